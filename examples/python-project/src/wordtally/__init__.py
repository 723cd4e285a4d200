"""Counts the words of a text."""

from wordtally.text import tally, top, words

__all__ = ["tally", "top", "words"]

"""Words and how often they occur."""

import re
from collections import Counter

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


def words(text: str) -> list[str]:
    """The words of a text in order, in lower case.

    An apostrophe inside a word belongs to it.
    """
    return _WORD.findall(text.lower())


def tally(text: str) -> Counter[str]:
    """How often each word occurs."""
    return Counter(words(text))


def top(text: str, count: int) -> list[tuple[str, int]]:
    """The most frequent words, at most `count`.

    Words that occur equally often are in alphabetical order.
    """
    return sorted(tally(text).items(), key=lambda entry: (-entry[1], entry[0]))[:count]

"""Which steps a word of a command line means, where projects below the root have steps too."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from hookflow.core.names import did_you_mean
from hookflow.core.projects import BETWEEN, full_name

_WILDCARDS = frozenset("*?[")


def meant_by(word: str, known: Sequence[str], here: str = "") -> Sequence[str]:
    """The full names that a word stands for.

    Args:
        word: A step's name: in full, as ``:name`` for the root's own, or as it is called in the project `here`, if
            that has such a step; ``dir:`` for all steps of a project and ``:`` for all of the root's; or a glob
            (``services/*:tests``).
        known: All full names.
        here: The project that the word was typed in, "" for the root's own.

    Returns:
        One name or several; the word itself where it means nothing that is known.
    """
    own = full_name(here, word)
    if BETWEEN not in word and here and own in known:
        return (own,)
    plain = word.removeprefix(BETWEEN)
    if plain in known:
        return (plain,)
    return [name for name in known if _is_among(name, word)] or (word,)


def _is_among(name: str, word: str) -> bool:
    """Whether a step is one of those that a word which is no name stands for."""
    if word == BETWEEN:
        return BETWEEN not in name
    if word.endswith(BETWEEN):
        return name.startswith(word)
    return not _WILDCARDS.isdisjoint(word) and fnmatchcase(name, word)


def only(word: str, known: Sequence[str], here: str = "") -> str:
    """The one step that a word stands for; the word itself where it means several, or none."""
    found = meant_by(word, known, here)
    return found[0] if len(found) == 1 else word


def suggestion(word: str, known: Sequence[str]) -> str:
    """``"; did you mean X?"``, or nothing: the steps of that name in projects, else the nearest one."""
    projects = dict.fromkeys(name.rpartition(BETWEEN)[0] for name in known)
    for project in projects:
        if project and word.rstrip(BETWEEN) in {project, project.rpartition("/")[2]}:
            return f"; all steps of that project are {project}{BETWEEN}"
    same = [name for name in known if name.endswith(f"{BETWEEN}{word}")]
    if not same or BETWEEN in word:
        return did_you_mean(word, known)
    more = f" (or another of {len(same)}; all of them are *{BETWEEN}{word})" if len(same) > 1 else ""
    return f"; did you mean {same[0]}?{more}"

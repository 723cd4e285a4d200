"""Gitignore-style patterns: whether one is well formed, and which paths a list of them takes.

Matching is pathspec's. Paths are relative to the repository's root, ``/``-separated.
"""

import itertools
import re
import warnings
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec
    from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

# pathspec's regular expressions treat a newline as the end of the text; this character, which no pattern
# can hold (`problem` refuses it), stands for one in both.
_NEWLINE = "\x1a"
_WILDCARD = frozenset("*?[\\")
# In pathspec's regular expressions: an escaped character, or a class of them.
_ESCAPED_OR_CLASS = re.compile(r"\\.|\[\^?\]?[^\]]*\]", re.DOTALL)

EVERY_FILE = ("**",)  # of a step that names no files
_KNOWN: dict[tuple[str, ...], str] = {}  # expressions by their rules; nothing in them depends on a run
# ``*.py`` and the like: whether a path has a name that ends so can be told without an expression.
_ENDING = re.compile(r"\*([A-Za-z0-9._+-]+)", re.ASCII)
_GROUP = re.compile(r"\(\?P<\w+>")  # the name of a group, which an expression may have only once


def problem(pattern: str) -> str | None:
    """What is wrong with a pattern, as a sentence; None where it is well formed.

    git and pathspec silently ignore what they cannot read; a pattern in a configuration was meant.
    """
    body = pattern.removeprefix("!")
    if not body.strip():
        return f"{pattern!r} matches nothing; write a pattern such as *.py"
    if pattern.startswith("#"):
        return f"{pattern!r} is a comment in gitignore rules; a name with a # is written \\#"
    if _NEWLINE in pattern:
        return f"{pattern!r} has a control character (U+001A) in it"
    if "//" in body or {".", ".."} & set(body.split("/")):
        return f"{pattern!r} never matches: write paths from the repository's root, without //, ./ and ../"
    if "[[:" in body:
        return f"{pattern!r}: classes such as [[:alpha:]] are not supported; write [A-Za-z]"
    return _unreadable(pattern)


def _unreadable(pattern: str) -> str | None:
    try:
        (compiled,) = _compiled([pattern])
    except (ValueError, re.error) as error:
        return f"{pattern!r} is not a gitignore pattern: {error}"
    return f"{pattern!r} is not a gitignore pattern" if compiled.include is None else None


class Patterns:
    """A list of gitignore rules in order; the last one that matches decides, ``!`` takes back.

    Args:
        lines: Well-formed patterns; an empty list matches nothing.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = tuple(lines)

    def matches(self, path: str) -> bool:
        """Whether the rules take `path`."""
        if not self.lines:
            return False
        if self._endings:
            return path.endswith(self._endings) or any(f"{ending}/" in path for ending in self._endings)
        known = path.replace("\n", _NEWLINE)
        return self._any.search(known) is not None if self._any is not None else self._spec.match_file(known)

    def among(self, paths: Sequence[str]) -> list[str]:
        """Those of many paths that the rules take, in the same order: as `matches` of each, but quick."""
        if not self.lines or not paths:
            return []
        if self.lines == EVERY_FILE:
            return [*paths]
        whole = "\0".join(paths)
        if self._endings and not any(f"{ending}/" in whole for ending in self._endings):
            return [path for path in paths if path.endswith(self._endings)]
        if self._endings or self._any is None or "\n" in whole:
            return [path for path in paths if self.matches(path)]
        return list(filter(self._any.search, paths))

    @cached_property
    def _endings(self) -> tuple[str, ...]:
        """Where each rule takes every name with a certain ending: those endings; else none."""
        found = [_ENDING.fullmatch(line) for line in self.lines]
        return tuple(each[1] for each in found if each is not None) if all(found) else ()

    @cached_property
    def _any(self) -> re.Pattern[str] | None:
        """All rules as one expression, several times as fast; None where one takes back what another took."""
        source = expression(self.lines)
        if source is None:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # see `_compiled`
            return re.compile(source)

    def directories(self) -> tuple[str, ...]:
        """Directories below which everything lies that the rules can take; ``""`` for the whole tree.

        As far as the rules begin with names without wildcards: ``build`` of ``build/*.json``, ``""`` of ``*.json``.
        """
        return tuple(dict.fromkeys(_directory(line) for line in self.lines if not line.startswith("!")))

    @cached_property
    def _spec(self) -> "GitIgnoreSpec":
        from pathspec import GitIgnoreSpec  # noqa: PLC0415 (26 ms, only where something is matched)

        return GitIgnoreSpec(_compiled(line.replace("\n", _NEWLINE) for line in self.lines), backend="simple")


def expression(lines: tuple[str, ...]) -> str | None:
    """Rules that take nothing back as one regular expression to search for in a path; None of others, or of none."""
    if not lines or any(line.startswith("!") for line in lines):
        return None
    if lines not in _KNOWN:
        rules = _compiled(line.replace("\n", _NEWLINE) for line in lines)
        parts = [rule.regex.pattern for rule in rules if rule.regex is not None]
        _KNOWN[lines] = "|".join(f"(?:{_GROUP.sub('(?:', part)})" for part in parts)
    return _KNOWN[lines]


def learn(expressions: Iterable[tuple[tuple[str, ...], str]]) -> None:
    """Take over what `expression` returned in an earlier run, so that pathspec need not be asked again."""
    _KNOWN.update(expressions)


def _directory(rule: str) -> str:
    *above, last = rule.strip("/").split("/")
    if not above and not rule.startswith("/"):
        return ""  # a rule without a slash before its end matches at any depth
    names = [*above, *([last] if rule.endswith("/") else [])]
    literal = itertools.takewhile(lambda name: not _WILDCARD.intersection(name), names)
    return "/".join(literal)


def _compiled(lines: Iterable[str]) -> "list[GitIgnoreSpecPattern]":
    """The rules as pathspec reads them, but with classes that take no slash, as git's (``a[!b]c`` takes no ``a/c``).

    Raises:
        ValueError: A line is no rule.
        re.error: The same, for the ends of a range.
    """
    from pathspec import GitIgnoreSpec  # noqa: PLC0415 (26 ms, not for every command)

    with warnings.catch_warnings():
        # To `re`, a class such as "[[]" may one day mean something else.
        warnings.simplefilter("ignore", FutureWarning)
        rules = list(GitIgnoreSpec.from_lines(lines).patterns)
        for rule in rules:
            if rule.regex is not None:
                rule.regex = re.compile(_ESCAPED_OR_CLASS.sub(_without_slash, rule.regex.pattern))
    return rules


def _without_slash(part: re.Match[str]) -> str:
    return part[0] if part[0].startswith("\\") or part[0] == "[^/]" else f"(?!/){part[0]}"

"""Globs as lefthook reads them, as regular expressions and as gitignore rules.

There ``*`` takes slashes too (the Go library gobwas/glob without separators), unless the configuration asks for
``doublestar``, where it stays within a name and ``**/`` takes any directories, or none.
"""

import itertools
import re
from collections.abc import Iterator, Sequence

_BRACES = re.compile(r"\{([^{}]*)\}")


def as_regex(glob: str, *, doublestar: bool = False) -> str:
    """An expression that is found in exactly the paths that the glob takes."""
    alternatives = "|".join("".join(_parts(each, doublestar=doublestar)) for each in expanded(glob))
    return f"^(?:{alternatives})$"


def plain_names(globs: Sequence[str]) -> tuple[str, ...] | None:
    """The globs as gitignore rules, where they are about a file's ending alone and so mean the same; else None."""
    names = tuple(itertools.chain.from_iterable(expanded(glob) for glob in globs))
    return names if names and all(re.fullmatch(r"\*\.[\w.-]+", name) for name in names) else None


def expanded(glob: str) -> list[str]:
    """Without braces: ``*.{a,b}`` is ``*.a`` and ``*.b``."""
    found = _BRACES.search(glob)
    if found is None:
        return [glob]
    before, after = glob[: found.start()], glob[found.end() :]
    return [each for choice in found[1].split(",") for each in expanded(before + choice + after)]


def _parts(glob: str, *, doublestar: bool) -> Iterator[str]:
    position = 0
    while position < len(glob):
        rest = glob[position:]
        if doublestar and rest.startswith("**/"):
            yield "(?:.*/)?"
            position += 3
        elif rest.startswith("**"):
            yield ".*"
            position += 2
        elif rest[0] == "*":
            yield "[^/]*" if doublestar else ".*"
            position += 1
        elif rest[0] == "?":
            yield "[^/]" if doublestar else "."
            position += 1
        elif rest[0] == "[" and (end := rest.find("]", 2)) > 0:
            yield _class(rest[1:end])
            position += end + 1
        else:
            position += rest[0] == "\\"
            yield re.escape(glob[position : position + 1])
            position += 1


def _class(members: str) -> str:
    negated = members[0] in "!^"
    plain = members[negated:].replace("\\", r"\\").replace("[", r"\[")
    return f"[{'^' if negated else ''}{plain}]"

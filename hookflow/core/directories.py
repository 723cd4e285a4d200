"""What lies below which directories: a first, rough look at paths and patterns that spares looking at each.

To ask every step for every file, or every pair of steps for a common one, takes the product of their numbers; those of
different projects have nothing to do with one another.
"""

import posixpath
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

_AFTER_SLASH = chr(ord("/") + 1)


class Paths:
    """Paths relative to the root, each once.

    Args:
        paths: In any order.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self.all = paths

    def below(self, directories: Sequence[str]) -> Sequence[str]:
        """Those in some directories, each once, in order; "" is the root: then as they were given."""
        if "" in directories:
            return self.all
        found: dict[str, None] = {}
        for directory in sorted(directories):
            first = bisect_left(self._sorted, f"{directory}/")
            found.update(
                dict.fromkeys(self._sorted[first : bisect_left(self._sorted, f"{directory}{_AFTER_SLASH}", first)])
            )
        return [*found]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.all)


class Neighbours:
    """Things numbered from 0, each with directories below which all of its files are, and which of them can share one.

    Args:
        directories: Of each thing; "" is the whole tree, none is nowhere.
    """

    def __init__(self, directories: Iterable[Sequence[str]]) -> None:
        self._at: dict[str, list[int]] = {}
        self._below: dict[str, list[int]] = {}
        for place, each in enumerate(directories):
            for directory in each:
                self._at.setdefault(directory, []).append(place)
                for above in _upwards(directory):
                    self._below.setdefault(above, []).append(place)

    def of(self, directories: Sequence[str]) -> list[int]:
        """The things that may have a file in these directories, in order."""
        found: set[int] = set()
        for directory in directories:
            found.update(self._below.get(directory, ()))
            for above in _upwards(directory):
                found.update(self._at.get(above, ()))
        return sorted(found)


def _upwards(directory: str) -> Iterator[str]:
    """The directory and all around it, to the whole tree."""
    yield directory
    while directory:
        directory = directory.rpartition("/")[0]
        yield directory


def rules_inside(directory: str, lines: Sequence[str]) -> tuple[str, ...] | None:
    """Rules as one would write them in a directory; None where one is not about that directory alone."""
    found = []
    for line in lines:
        taken = line.removeprefix("!")
        rest = taken.removeprefix("/").removeprefix(f"{directory}/")
        if not rest.strip("/ ") or len(rest) in {len(taken), len(taken) - 1}:
            return None
        found.append(f"{'' if taken == line else '!'}/{rest}")
    return tuple(found)


def common_directory(first: Sequence[str], second: Sequence[str]) -> str | None:
    """The directory in which every path is that is below one of the first and one of the second; None of no path."""
    inner = [two if len(one) < len(two) else one for one in first for two in second if _are_nested(one, two)]
    return posixpath.commonpath(inner) if inner else None


def _are_nested(one: str, two: str) -> bool:
    around, inside = sorted((one, two), key=len)
    return not around or around == inside or inside.startswith(f"{around}/")

"""Many paths, of which those below some directories are found without a look at the others."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

_AFTER_SLASH = chr(ord("/") + 1)


class Paths:
    """Paths relative to the root, each once.

    Args:
        paths: In any order.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.all = frozenset(paths)

    def below(self, directories: Sequence[str]) -> Iterator[str]:
        """Those in some directories; "" is the root. One that is in several may come several times."""
        if "" in directories:
            yield from self.all
            return
        for directory in directories:
            first = bisect_left(self._sorted, f"{directory}/")
            yield from self._sorted[first : bisect_left(self._sorted, f"{directory}{_AFTER_SLASH}", first)]

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.all)

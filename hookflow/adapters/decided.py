"""Which files of a work tree decide the results of steps, and what they are; once for all steps of equal rules."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from hookflow.adapters.listing import Listing
from hookflow.core.fingerprint import Deciding, Files, FileState
from hookflow.core.patterns import Patterns

_MANY = 50_000  # paths; more of them are looked for again rather than kept


class Seen(Protocol):
    """What is asked of the files of a work tree: see `hookflow.adapters.contents.Contents`."""

    index: Listing
    opaque: frozenset[str]

    @property
    def paths(self) -> Sequence[str]:
        """Every file that git tracks or would offer to track."""
        ...

    @property
    def looked_at(self) -> frozenset[str]:
        """Files of which the bytes in the work tree decide, not the index."""
        ...

    def knows(self, path: str) -> bool:
        """Whether it is one of the files that git tracks or would offer to track."""
        ...

    def states(self, paths: Iterable[str]) -> dict[str, FileState]:
        """What some files are; those that are not there are left out."""
        ...

    def ignored(self, inputs: Patterns) -> list[str]:
        """Files that git ignores and that rules take nevertheless."""
        ...


class Decided:
    """The files that decide at one moment.

    Args:
        contents: The files.
        earlier: The same a moment ago. While the index is the same, only those files are looked at again of which the
            bytes decide; where none of them is another one, what is found is the same object as before.
    """

    def __init__(self, contents: Seen, earlier: "Decided | None" = None) -> None:
        self._contents = contents
        self._looked_at = contents.looked_at
        self._of_rules: dict[tuple[object, ...], Files | None] = {}
        self._of_lines: dict[tuple[str, ...], Sequence[str]] = {}
        self._before: Mapping[tuple[object, ...], Files | None] = {}
        self._perhaps: Sequence[str] = ()
        if earlier is not None and earlier._contents.index is contents.index:  # noqa: SLF001 (another one of us)
            self._before = earlier._of_rules  # noqa: SLF001
            self._perhaps = tuple(earlier._looked_at | self._looked_at)  # noqa: SLF001

    def files(self, deciding: Deciding, inputs: Sequence[str]) -> Files | None:
        """The files that decide; None where it is not known what is in one of them."""
        if deciding.rules not in self._of_rules:
            known = not self._contents.opaque or not deciding.among([*self._contents.opaque])
            self._of_rules[deciding.rules] = self._found(deciding, inputs) if known else None
        return self._of_rules[deciding.rules]

    def _found(self, deciding: Deciding, inputs: Sequence[str]) -> Files:
        ignored = deciding.among(self._contents.ignored(Patterns(inputs))) if inputs else ()
        before = self._before.get(deciding.rules)
        if before is None:
            paths = deciding.among(self._contents.paths, self._taken)
            return Files(self._contents.states([*paths, *ignored]))
        return self._as_before(deciding, before, ignored)

    def _as_before(self, deciding: Deciding, before: Files, ignored: Sequence[str]) -> Files:
        """The files, told by what they were before and those that may be others now."""
        index = self._contents.index.states
        outside = [path for path in before.states if path not in index]
        perhaps = {*deciding.among(self._perhaps), *outside, *ignored}
        there = {*ignored, *filter(self._contents.knows, perhaps)}  # what is ignored by now does not count
        now = self._contents.states(there)
        if all(before.states.get(path) == now.get(path) for path in perhaps):
            return before
        same = {path: state for path, state in before.states.items() if path not in perhaps}
        return Files(same | now)

    def _taken(self, rules: Patterns) -> Sequence[str]:
        if rules.lines in self._of_lines:
            return self._of_lines[rules.lines]
        found = rules.among(self._contents.paths)
        if len(found) <= _MANY:
            self._of_lines[rules.lines] = found
        return found

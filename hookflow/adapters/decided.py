"""Which files of a work tree decide the results of steps, and what they are; once for all steps of equal rules."""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from hookflow.adapters.listing import Listing
from hookflow.core.directories import Paths
from hookflow.core.fingerprint import Deciding, Files, FileState, Rules
from hookflow.core.patterns import Patterns

_MANY = 50_000  # paths; more of them are looked for again rather than kept


_MOST_TEXTS = 6  # for each of which git compares each path
_FEW = 200  # files that are looked at one by one


def is_inside(path: str, area: Collection[str]) -> bool:
    """Whether a path has one of some texts in it, after a slash."""
    whole = f"/{path}"
    return any(text in whole for text in area)


def outside(paths: Iterable[str], area: Collection[str]) -> list[str]:
    """Those of many paths that are not inside."""
    for text in area:
        if not text.startswith("/"):
            paths = [path for path in paths if text not in path]
    return [path for path in paths if not is_inside(path, area)]


def pathspecs(area: Iterable[str]) -> list[str]:
    """The same for git (gitglossary(7), "pathspec")."""
    return [spec for text in area for spec in [f"*{text}*", *([f"{text[1:]}*"] if text.startswith("/") else [])]]


class Seen(Protocol):
    """What is asked of the files of a work tree: see `hookflow.adapters.contents.Contents`."""

    index: Listing
    opaque: frozenset[str]
    area: tuple[str, ...] | None  # texts of which a path has one if it is known to be as in the index; None: all are

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
        self._of_rules: dict[Rules, Files | None] = {}
        self._of_lines: dict[tuple[str, ...], Sequence[str]] = {}
        self._paths = Paths(contents.paths)
        self._before: Mapping[Rules, Files | None] = {}
        self._perhaps: Collection[str] = ()
        if earlier is not None and earlier._contents.index is contents.index:  # noqa: SLF001 (another one of us)
            self._before = earlier._of_rules  # noqa: SLF001
            before = earlier._looked_at  # noqa: SLF001
            self._perhaps = before if before == self._looked_at else before | self._looked_at

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
        index, area = self._contents.index.states, self._contents.area
        others = outside(before.states, area) if area is not None else []
        if deciding.reads_ignored:
            others += [path for path in before.states if path not in index]
        self._looked_at = self._looked_at.union(others) if others else self._looked_at
        perhaps = [*deciding.among([*self._perhaps]), *others, *ignored]
        # What is ignored by now does not count.
        now = self._contents.states(itertools.chain(ignored, filter(self._contents.knows, perhaps)))
        if all(before.states.get(path) == now.get(path) for path in perhaps):
            return before
        left = frozenset(perhaps)
        return Files({path: state for path, state in before.states.items() if path not in left} | now)

    def area(self) -> tuple[str, ...] | None:
        """Texts of which each file that has decided here has one, after a slash, but for a few; None of all files."""
        found: set[str] = set()
        for files, inputs, *_ in self._of_rules:
            for rules in (Patterns(files), Patterns(inputs)):
                found.update(rules.parts)
                if rules.lines and not rules.parts:
                    return None
            if not files or len(found) > _MOST_TEXTS:
                return None
        different = {id(files): files for files in self._of_rules.values() if files is not None}.values()
        others = sum(len(outside(files.states, found)) for files in different)
        return tuple(found) if found and others <= _FEW else None

    def _taken(self, rules: Patterns) -> Sequence[str]:
        if rules.lines in self._of_lines:
            return self._of_lines[rules.lines]
        found = rules.among(self._paths.below(rules.directories()))
        if len(found) <= _MANY:
            self._of_lines[rules.lines] = found
        return found

"""Notices what steps change in the work tree, each on its own."""

import hashlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from hookflow.adapters import moving
from hookflow.adapters.index import Index
from hookflow.core.porcelain import IndexEntry, data
from hookflow.core.structs import Struct, field

_Mark = tuple[int, int, int, int, int]  # of which the last is the mode
_Seen = tuple[_Mark | None, bytes | None]


class ChangeWatch(Struct, kw_only=True):
    """Compares a step's files before and after it.

    Attributes:
        root: The top of the work tree.
        index: The index that the commit uses.
        files: Each step's files that are watched.
        writers: Steps that are declared to change files (``modifies``, or a fix that may run).
        everyone: Whether a change counts against steps too that are not declared to make any. In a commit it does;
            by hand, the person may be at work on the same files.
        may_stage: Whether a fix may be added to the index at all.
        mixed: Files with changes of the user's that are not staged, in place: to add those would stage them too.
        hidden: Files that have a hidden version. Someone may save one of them meanwhile, so a change there counts
            against declared writers only; putting back joins it.
        staged: The files that were staged, with what the index had of them before.
    """

    root: Path
    index: Index
    files: Mapping[str, Sequence[str]]
    writers: frozenset[str]
    everyone: bool = False
    may_stage: bool = False
    mixed: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    staged: dict[str, IndexEntry] = field(default_factory=dict)
    _before: dict[str, dict[str, _Seen]] = field(default_factory=dict)

    def begin(self, step: str) -> None:
        """Remember what the step's files are now. A retry begins where the first try did."""
        if step not in self._before:
            with_content = step in self.writers
            self._before[step] = {path: self._seen(path, with_content) for path in self._watched(step)}

    def changed(self, step: str) -> list[str]:
        """The step's files whose content or mode is not what it was when the step began."""
        suspects = [path for path, (mark, _) in self._before.get(step, {}).items() if self._mark(path) != mark]
        if step in self.writers or not suspects:
            return [path for path in suspects if self._differs(step, path)]
        # It is not declared to write, so its files were not read before: the index tells, as they were as staged.
        differing = {change.path for change in self.index.unstaged(suspects)}
        return [path for path in suspects if path in differing]

    def stage(self, paths: Sequence[str]) -> bool:
        """Add the files as they are to the index that the commit uses; whether all of it could be.

        By hand, what is only partly staged or not tracked keeps its entry as it is: the fix is in the work tree.
        """
        if not self.may_stage or (self.everyone and self.mixed & set(paths)):
            return False
        entries = {entry.path: entry for entry in self.index.entries(paths)}
        whole = [path for path in paths if path in entries and path not in self.mixed]
        if whole:
            self.index.add(whole)
        self.staged |= {path: entries[path] for path in whole if path not in self.staged}
        return True

    def unstage(self, paths: Sequence[str]) -> None:
        """Give files their entries back that they had before `stage`."""
        before = [self.staged.pop(path) for path in paths if path in self.staged]
        if before:
            self.index.put_back(before)

    def _watched(self, step: str) -> Sequence[str]:
        files = self.files.get(step, ())
        if step in self.writers:
            return files
        return [path for path in files if path not in self.hidden] if self.everyone else ()

    def _seen(self, path: str, with_content: bool) -> _Seen:
        mark = self._mark(path)
        return mark, self._digest(path) if with_content and mark is not None else None

    def _differs(self, step: str, path: str) -> bool:
        """Whether the content or mode is another one, not only the time."""
        before, digest = self._before[step][path]
        now = self._mark(path)
        if before is None or now is None:
            return before is not now
        return before[-1] != now[-1] or digest != self._digest(path)

    def _mark(self, path: str) -> _Mark | None:
        # Asked twice of each file of each step: a name in bytes takes a tenth of the time that a `Path` takes.
        return moving.mark(b"%s/%s" % (os.fsencode(self.root), data(path)))

    def _digest(self, path: str) -> bytes | None:
        content = moving.content(self.root / moving.local(path))
        return None if content is None else hashlib.blake2b(content).digest()

"""What differs from the index now; git is asked again only where a file or the index itself shows a change.

Hooks that change nothing are the rule, and asking git costs a process and its wait, before and after each of them.
What a file's inode tells costs a thousandth of that. As git itself does (its documentation, racy-git), what was
changed so shortly before it was looked at that another change might look the same is not trusted.
"""

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from hookflow.adapters import moving
from hookflow.adapters.files import Inode, inode
from hookflow.adapters.index import Index
from hookflow.core import porcelain
from hookflow.core.structs import Struct

Seen = tuple[int | None, bytes | None]  # mode and digest of the content

_MOST_FILES = 10_000  # of which inodes are looked at; from some 5,000 on, git is as fast
_COARSE = 50_000_000  # nanoseconds: what file systems' clocks may lag behind the system's, and more
_SAME_MOMENT = 20_000_000  # nanoseconds in which a step that ends makes room for another one


class _Look(Struct, frozen=True):
    """The tree at one moment.

    Attributes:
        at: When, in nanoseconds of a clock that never goes back.
        index: The index's inode.
        paths: All tracked files, as bytes with the root before them.
        inodes: Theirs; empty where they are too many.
        settled: Whether each later change must show in them.
        different: The files that are not as in the index.
    """

    at: int
    index: Inode
    paths: Sequence[bytes]
    inodes: Sequence[Inode]
    settled: bool
    different: Mapping[str, Seen]


class TreeState:
    """The tracked files of one work tree.

    Args:
        root: The top of the work tree.
        index: The index that the commit uses.
    """

    def __init__(self, root: Path, index: Index) -> None:
        self._root = root
        self._index = index
        self._last: _Look | None = None

    def now(self) -> Mapping[str, Seen]:
        """The files that are not as in the index, and what they are."""
        self._last = self._looked_again(self._last)
        return self._last.different

    def lately(self) -> Mapping[str, Seen]:
        """The same, as it was a moment ago, if it was looked at then."""
        last = self._last
        return last.different if last is not None and time.monotonic_ns() - last.at < _SAME_MOMENT else self.now()

    def forget(self) -> None:
        """The index is changed by ourselves."""
        self._last = None

    def _looked_again(self, last: _Look | None) -> _Look:
        """Inodes first, then git: what changes between the two shows at the next look, and changes nothing there."""
        began = time.time_ns() - _COARSE
        index = inode(os.fsencode(self._index.file))
        paths = last.paths if last is not None and last.index == index else self._tracked()
        inodes = list(map(inode, paths)) if len(paths) <= _MOST_FILES else []
        at = time.monotonic_ns()
        if last is not None and last.settled and (last.index, last.inodes) == (index, inodes):
            return _Look(at, index, paths, inodes, settled=True, different=last.different)
        settled = bool(inodes) and all(max(found[2:]) < began for found in (index, *inodes) if found is not None)
        return _Look(at, index, paths, inodes, settled, self._different())

    def _tracked(self) -> list[bytes]:
        root = os.fsencode(self._root)
        return [root + b"/" + porcelain.data(path) for path in self._index.names()]

    def _different(self) -> dict[str, Seen]:
        return {change.path: self._seen(change.path) for change in self._index.unstaged()}

    def _seen(self, path: str) -> Seen:
        place = self._root / moving.local(path)
        identity = moving.identity(place)
        content = None if identity is None else moving.content(place)
        mode = None if identity is None else identity.mode
        return mode, None if content is None else hashlib.blake2b(content).digest()

"""The index, as git lists it: it may have tens of thousands of files, so little is made of one that nobody asks for."""

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hookflow.adapters import ahead, questions
from hookflow.adapters.git_command import GitCommand
from hookflow.core import porcelain

if TYPE_CHECKING:
    from hookflow.core.fingerprint import FileState

_AT_ONCE = 1 << 18  # bytes of a listing: what is made of them on the way is not needed for all at once
_SUBMODULE = f"{porcelain.SUBMODULE} "
_TRUSTED = "H"  # git-ls-files(1), -t and -v
_BEFORE_MODE, _AFTER_ID = 2, 3  # characters: a tag and a blank; a blank, the stage and a tab
# git's ids of no bytes at all, by SHA-1 and by SHA-256.
_EMPTY = (
    "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391",
    "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813",
)


class Listing:
    """What ``ls-files -s -v -z`` prints.

    Args:
        shown: That.

    Attributes:
        states: What each file is in the index; of an unmerged path, one of its versions.
        untrusted: Paths with which git does not compare the work tree: those marked with ``update-index
            --assume-unchanged`` or ``--skip-worktree``, and unmerged ones, of which there is no one version.
        submodules: Paths of which another repository has the content.
        empty: Paths of files without a byte.
    """

    def __init__(self, shown: bytes) -> None:
        # Tag, mode, object id and stage are of the same length in each entry.
        self._name = shown.find(b"\t") + 1
        self.states: dict[str, FileState] = {}
        self.untrusted, self.submodules, self.empty = frozenset[str](), frozenset[str](), frozenset[str]()
        begin = 0
        while begin < len(shown):
            end = shown.find(b"\0", begin + _AT_ONCE) + 1 or len(shown)
            self._read(porcelain.text(shown[begin:end]))
            begin = end

    def _read(self, text: str) -> None:
        """A part of the listing: some entries, each ended by a NUL."""
        entries = text.split("\0")
        entries.pop()
        name = self._name
        states = {entry[name:]: entry[_BEFORE_MODE : name - _AFTER_ID] for entry in entries}
        self.states |= states
        if not _all_trusted(text, len(entries)):
            self.untrusted |= {each[name:] for each in entries if each[0] != _TRUSTED}
        # Most indexes have none of these, which the text tells at once.
        if f" {_SUBMODULE}" in text:
            self.submodules |= {path for path, state in states.items() if state.startswith(_SUBMODULE)}
        if any(f" {each} " in text for each in _EMPTY):
            self.empty |= {path for path, state in states.items() if state.endswith(_EMPTY)}

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All paths, in git's order."""
        return tuple(self.states)

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory with a file in it, near or far; ``""`` for the top."""
        return with_parents({path.rpartition("/")[0] for path in self.states})


def with_parents(directories: set[str]) -> frozenset[str]:
    """Directories and those that they are in, up to ``""``, the top."""
    found = {""}
    for directory in directories:
        above = directory
        while above not in found:
            found.add(above)
            above = above.rpartition("/")[0]
    return frozenset(found)


class _Known:
    """The last listing, and what tells whether the index is still the same."""

    checksum: bytes | None = None  # of the index, read before it was listed
    digest: bytes = b""  # of what git printed
    listing: Listing | None = None


_KNOWN: dict[Path, _Known] = {}


def foresee(git: GitCommand, *, times: int) -> None:
    """Start a listing that will be asked for so many times."""
    git.listed_at = git.listed_at or _checksum(git)
    git.foresee(*questions.INDEX, times=times)


def listed(git: GitCommand) -> Listing:
    """The index as it is now; the same object as the last one, with all that was found in it, if nothing changed.

    Raises:
        GitError: git refuses.
    """
    known = _known(git)
    checksum, git.listed_at = git.listed_at or _checksum(git), None
    if known.listing is None or checksum is None or checksum != known.checksum:
        shown = git.ask(*questions.INDEX)
        digest = hashlib.sha256(shown).digest()
        if known.listing is None or digest != known.digest:
            known.listing, known.digest = Listing(shown), digest
        known.checksum = checksum
    return known.listing


def _known(git: GitCommand) -> _Known:
    return _KNOWN.setdefault(git.directory, _Known())


def _checksum(git: GitCommand) -> bytes | None:
    """The checksum of the index; None where it has none, or is not known."""
    named = os.environ.get("GIT_INDEX_FILE")
    place = git.directory / named if named else git.index_file
    return None if place is None else ahead.index_checksum(str(place))


def _all_trusted(text: str, count: int) -> bool:
    """Whether every entry has the tag of an ordinary one. Names have no NUL in them, so each is told by that."""
    return not count or (text.startswith(f"{_TRUSTED} ") and text.count(f"\0{_TRUSTED} ") == count - 1)

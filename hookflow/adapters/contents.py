"""What the files of a work tree are, by the bytes that a step would read: git's object ids, as far as they hold.

Where a file is as the index has it, its id is the index's. Of others (changed, untracked, marked as not to be looked
at, or converted between index and work tree) the bytes in the work tree decide, hashed as git hashes a blob. That is
done here and not by git-hash-object, which follows links and cannot be told of a name with a newline; the ids are
the same.
"""

import hashlib
import os
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from hookflow.adapters import questions
from hookflow.adapters.conversion import Conversion, settings_directory
from hookflow.adapters.decided import Decided, is_inside, pathspecs
from hookflow.adapters.git_command import directly
from hookflow.adapters.listing import listed
from hookflow.core import porcelain
from hookflow.core.fingerprint import FileState, file_state
from hookflow.core.patterns import Patterns

_LINK, _FILE, _PROGRAM = "120000", "100644", "100755"
_CHUNK = 1 << 20
_COARSE = 50_000_000  # nanoseconds: what file systems' clocks may lag behind the system's, and more


class Contents:
    """The files of a work tree at one moment, or as they will be when what is not staged is hidden.

    Args:
        root: The top of the work tree.
        common_dir: The git directory that all linked work trees share.
        hidden: Whether what is not staged will be hidden before a step starts.
        earlier: The same files a moment ago: what has not been touched since need not be read again.

    Attributes:
        dirty: Tracked files that are not as the index has them, as far as that was of interest: none before changes
            are hidden, and while they are, those that may decide a result.
        index: What the index has.
        untracked: Files that git would offer to track.
        area: Texts, of which a path has one (after a slash) if it is known to be as in the index where it is not
            dirty; None where that is known of all.
        opaque: Names of which it is not known what is in them: other repositories inside this one, and files
            that are to be hidden and converted on the way.

    Raises:
        GitError: git refuses.
    """

    def __init__(
        self, root: Path, common_dir: Path, *, hidden: bool = False, earlier: "Contents | None" = None
    ) -> None:
        self._earlier = earlier
        if earlier is not None:
            earlier._earlier = None  # noqa: SLF001 (another one of us: no chain of them is kept)
        self._times: dict[str, int] = {}
        self._began = time.time_ns()
        self._root = porcelain.data(str(root))
        self._git = directly(root)
        self._conversion = Conversion(self._root, common_dir, self._git)
        if earlier is not None:
            self._git.forget_foreseen()  # what was asked before this moment does not count
        # While changes are hidden, what is not as staged has been changed by a step: it matters where it decides.
        self._hides: bool = hidden or (earlier is not None and earlier._hides)  # noqa: SLF001 (another one of us)
        self.area: tuple[str, ...] | None = (
            earlier.decided.area() if earlier is not None and self._hides and not hidden else None
        )
        self._git.foresee(*questions.UNTRACKED)  # while the index is read
        if not hidden:
            self._git.foresee(*self._sweep, contents=True)
        self.index = listed(self._git)
        untracked = porcelain.names(self._git.ask(*questions.UNTRACKED))
        self.untracked = frozenset(path for path in untracked if not path.endswith("/"))
        if earlier is not None and earlier.untracked == self.untracked:
            self.untracked = earlier.untracked  # there may be many
        converted = self._conversion.converted(self.index, self.untracked)
        dirty = self._dirty() if converted or not hidden else frozenset[str]()
        # What is under a filter is not hidden: the filter, a program, would have to run.
        stays = self._conversion.filtered(dirty) if hidden else dirty
        # What is only announced is not hidden.
        untrusted = self.index.untrusted | self._announced() if hidden else self.index.untrusted
        self._by_bytes = frozenset(untrusted | stays | (converted - dirty) | (converted & stays))
        self._states: dict[str, FileState | None] = {}
        self.dirty = dirty
        self.opaque = frozenset(path.rstrip("/") for path in untracked if path.endswith("/"))
        self.opaque |= (converted & dirty) - stays
        self.opaque |= {path for path in self.index.submodules if os.path.lexists(self._place(f"{path}/.git"))}
        self.decided: Decided = Decided(self, None if earlier is None else earlier.decided)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """Every file that git tracks or would offer to track."""
        return (*self.index.paths, *self.untracked) if self.untracked else self.index.paths

    @property
    def looked_at(self) -> frozenset[str]:
        """Files of which the bytes in the work tree decide, not the index."""
        return self._by_bytes | self.untracked if self._by_bytes else self.untracked

    @property
    def _sweep(self) -> tuple[str, ...]:
        """The question which tracked files are not as the index has them: all, or those that may decide."""
        return questions.UNSTAGED if self.area is None else (*questions.UNSTAGED, "--", *pathspecs(self.area))

    def knows(self, path: str) -> bool:
        """Whether it is one of the files that git tracks or would offer to track."""
        return path in self.index.states or path in self.untracked

    def state(self, path: str) -> FileState | None:
        """What a file is; None where there is none. Any path will do, ignored ones too."""
        if path not in self._states:
            as_in_index = path in self.index.states and path not in self._by_bytes
            if as_in_index and (self.area is None or is_inside(path, self.area)):
                return self.index.states[path]
            state = self._seen(path)
            self._states[path] = None if state is None else sys.intern(state)
        return self._states[path]

    def states(self, paths: Iterable[str]) -> dict[str, FileState]:
        """What some files are; those that are not there are left out."""
        index, by_bytes = self.index.states if self.area is None else {}, self._by_bytes
        seen = ((path, index[path] if path in index and path not in by_bytes else self.state(path)) for path in paths)
        return {path: state for path, state in seen if state is not None}

    def is_tracked(self, path: str) -> bool:
        """Whether the index has a file of that name."""
        return path in self.index.states

    def ignored(self, inputs: Patterns) -> list[str]:
        """Files that git ignores and that rules take nevertheless.

        A directory that git ignores as a whole is entered only where a rule names it: that ``src/**`` takes
        ``src/__pycache__/x.pyc`` is nobody's intention, that ``build/*.json`` takes something in an ignored
        ``build`` is.
        """
        found = [path for path in self._ignored if not path.endswith("/") and inputs.matches(path)]
        for directory in self.entered(inputs):
            found += [path for path in walk(self._root, directory) if inputs.matches(path)]
        return found

    def entered(self, inputs: Patterns) -> list[str]:
        """Directories that git ignores as a whole and that rules name."""
        named = inputs.directories()
        # `build` and `build/` name a directory at any depth.
        anywhere = {name for line in inputs.lines if "/" not in (name := line.strip("/"))}
        ignored = (path.rstrip("/") for path in self._ignored if path.endswith("/"))
        return [
            each
            for each in ignored
            if each.rpartition("/")[2] in anywhere or any(f"{name}/".startswith(f"{each}/") for name in named)
        ]

    def configuration_files(self) -> list[str]:
        """Files outside the work tree that say how git reads it: configuration and attributes, there or not."""
        root = os.fsdecode(self._root)
        own = [os.path.join(root, origin) for origin in self._git.configuration_files]  # noqa: PTH118 (text)
        return [
            *own,
            *map(str, self._conversion.places()),
            str(settings_directory() / "config"),
            str(Path.home() / ".gitconfig"),
            "/etc/gitconfig",
        ]

    @property
    def is_simple(self) -> bool:
        """Whether git tells all of it without a program of the configuration's, and no other repository is in it."""
        return not (self.opaque or self.index.submodules or self._git.filter_drivers)

    @cached_property
    def _ignored(self) -> list[str]:
        listed = self._git.ask("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
        return porcelain.names(listed)

    def _dirty(self) -> frozenset[str]:
        return frozenset(change.path for change in self._changes())

    def _announced(self) -> set[str]:
        """Files of which only the name was added (``git add -N``); the index has them as empty ones."""
        if not any(self._size(path) for path in self.index.empty):
            return set()
        return {change.path for change in self._changes() if change.letter == "A"}

    def _changes(self) -> Iterator[porcelain.RawChange]:
        return porcelain.raw_changes(self._git.ask_contents(*self._sweep))

    def _remembers(self, path: str, times: int) -> bool:
        """Whether a file has been read here, and a change since then would show in its times."""
        return self._times.get(path) == times and path in self._states

    def _size(self, path: str) -> int:
        try:
            return os.lstat(self._place(path)).st_size
        except OSError:
            return 0

    def _seen(self, path: str) -> FileState | None:
        """What stands in the work tree under a name; of a directory nothing."""
        place = self._place(path)
        try:
            found = os.lstat(place)
            times = hash((found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))
            if max(found.st_mtime_ns, found.st_ctime_ns) < self._began - _COARSE:
                self._times[path] = times
            if self._earlier is not None and self._earlier._remembers(path, times):  # noqa: SLF001 (another one of us)
                return self._earlier._states[path]  # noqa: SLF001
            return self._read(path, place, found.st_mode)
        except OSError:
            return None

    def _read(self, path: str, place: bytes, mode: int) -> FileState | None:
        """What a file is by its bytes.

        Raises:
            OSError: It cannot be read.
        """
        if stat.S_ISLNK(mode):
            return file_state(_LINK, self._blob_id([link := os.readlink(place)], len(link)))  # noqa: PTH115 (bytes)
        if not stat.S_ISREG(mode):
            return None
        with open(place, "rb") as file:  # noqa: PTH123 (a name in bytes)
            size = os.fstat(file.fileno()).st_size
            return file_state(self._mode(path, mode), self._blob_id(iter(lambda: file.read(_CHUNK), b""), size))

    def _mode(self, path: str, mode: int) -> str:
        if self._git.settings.get("core.filemode", "true").lower() == "false" and path in self.index.states:
            return self.index.states[path].partition(" ")[0]
        return _PROGRAM if mode & stat.S_IXUSR else _FILE

    def _blob_id(self, chunks: Iterable[bytes], size: int) -> str:
        """What git-hash-object would say of these bytes: of a file that grows meanwhile, of no blob at all."""
        sha256 = self._git.settings.get("extensions.objectformat", "sha1").lower() == "sha256"
        whole = hashlib.sha256() if sha256 else hashlib.sha1(usedforsecurity=False)
        whole.update(b"blob %d\0" % size)
        for chunk in chunks:
            whole.update(chunk)
        return whole.hexdigest()

    def _place(self, path: str) -> bytes:
        return os.path.join(self._root, porcelain.data(path))  # noqa: PTH118 (bytes)


def walk(root: bytes, directory: str) -> Iterator[str]:
    """The files below a directory, links not followed and git's own directory left out; relative to `root`."""
    top = os.path.join(root, porcelain.data(directory)) if directory else root  # noqa: PTH118 (bytes)
    for place, directories, names in os.walk(top):
        directories[:] = sorted(name for name in directories if name.lower() != b".git")
        relative = os.path.relpath(place, root)
        # A link to a directory counts among directories; it is a file to us.
        links = [name for name in directories if os.path.islink(os.path.join(place, name))]  # noqa: PTH114, PTH118
        for name in sorted([*names, *links]):
            yield porcelain.text(name if relative == b"." else relative + b"/" + name)

"""Hides what is not staged and puts it back, whatever happens.

Hiding moves the user's files aside, so they keep every byte, mode and time, and it needs no room on disk to put
them back. Before the first of them moves, a journal says where each belongs; putting back after a run and after a
crash reads the same journal and is the same code. It can be interrupted anywhere and begun again.

Nothing of the user's is ever written over: a file takes its place only where nothing stands, and what stood there
was moved aside first and looked at then.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from hookflow.adapters import files, moving, survey
from hookflow.adapters.git_command import GitError
from hookflow.adapters.index import Index
from hookflow.adapters.leftovers import hidden_directory, leftovers
from hookflow.core import hiding
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.hiding import HiddenFile, Journal, Obstacle
from hookflow.core.porcelain import IndexEntry, RawChange
from hookflow.core.structs import Struct, field

_JOURNAL = "journal.json"


class Restored(Struct):
    """What putting back came to.

    Attributes:
        paths: Files that are back.
        merged: Of those, the ones whose staged version had changed meanwhile: both changes are in them.
        conflicts: Files whose two changes excluded each other: the user's is in place, and where the other is.
    """

    paths: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    conflicts: dict[str, str] = field(default_factory=dict)


class Hidden(Struct, frozen=True):
    """The files that one run has set aside.

    Attributes:
        root: The top of the work tree.
        directory: Where they are.
        journal: Which they are.
        index: For the staged versions.
    """

    root: Path
    directory: Path
    journal: Journal
    index: Index

    def set_aside(self) -> None:
        """Move the user's versions aside and the staged ones into place.

        Raises:
            OSError: One cannot be moved; those before it are moved.
        """
        for obstacle in self.journal.obstacles:
            moving.move_aside(self._place(obstacle.path), self._kept(obstacle))
        for path in self.journal.directories:
            self._place(path).mkdir(exist_ok=True)
        for file in self.journal.files:
            place, staged = self._place(file.path), self._staged(file.path)
            if not file.absent:
                moving.move_aside(place, self._kept(file))
            # Where someone saved the file in this very moment, the newer version is the user's.
            while not moving.put_in_place(staged, place) and not file.absent:
                moving.move_aside(place, self._kept(file))

    def restore(self, staged_fixes: Iterable[str] = ()) -> Restored:
        """Put everything back; what was done of it before is not done again.

        Args:
            staged_fixes: Files whose version in the work tree is the one in the index by now.

        Raises:
            OSError: One cannot be moved; it can be tried again.
        """
        done = Restored()
        fixed = frozenset(staged_fixes)
        for file in reversed(self.journal.files):
            if file.absent:
                self._take_away(file, done, fixed=file.path in fixed)
            else:
                self._put_back(file, done)
        for path in reversed(self.journal.directories):
            with suppress(OSError):
                self._place(path).rmdir()
        for obstacle in reversed(self.journal.obstacles):
            self._put_obstacle_back(obstacle, done)
        (self.directory / _JOURNAL).unlink()
        shutil.rmtree(self.directory, ignore_errors=True)
        return done

    def _put_back(self, file: HiddenFile, done: Restored) -> None:
        kept, taken, place = self._kept(file), self._taken(file), self._place(file.path)
        if not os.path.lexists(kept):
            with suppress(FileNotFoundError):
                moving.remove(taken)  # it was put back before an interruption
            return
        while True:
            if os.path.lexists(taken) or moving.move_aside(place, taken):
                self._join(file, done)
                moving.remove(taken)
            if moving.put_in_place(kept, place):
                break
        done.paths.append(file.path)

    def _join(self, file: HiddenFile, done: Restored) -> None:
        """Let the user's version have what changed in the staged one while it stood in place."""
        kept, taken = self._kept(file), self._taken(file)
        if moving.identity(taken) == file.placed:
            return
        ours, theirs = moving.content(kept), moving.content(taken)
        base = self._base(file)
        if theirs is not None and theirs in (base, ours):
            return
        merged = None
        if ours is not None and base is not None and theirs is not None and _are_texts(kept, taken):
            merged = self.index.merged(ours, base, theirs)
        if merged is None:
            done.conflicts[file.path] = self._save_beside(taken, file.path)
            return
        files.write_whole(kept, merged, mode=stat.S_IMODE(kept.lstat().st_mode), durable=True)
        done.merged.append(file.path)

    def _take_away(self, file: HiddenFile, done: Restored, *, fixed: bool) -> None:
        """The work tree had no such file: take the staged version away, but nothing else."""
        taken, place = self._taken(file), self._place(file.path)
        if not os.path.lexists(taken):
            never_placed = os.path.lexists(self._staged(file.path)) and moving.identity(place) != file.placed
            if never_placed or not moving.move_aside(place, taken):
                return
        if fixed or moving.identity(taken) == file.placed or moving.content(taken) == self._base(file):
            moving.remove(taken)
            done.paths.append(file.path)
        elif not moving.put_in_place(taken, place):
            done.conflicts[file.path] = self._save_beside(taken, file.path)

    def _put_obstacle_back(self, obstacle: Obstacle, done: Restored) -> None:
        kept, place = self._kept(obstacle), self._place(obstacle.path)
        if not os.path.lexists(kept):
            return
        if not moving.put_in_place(kept, place):
            done.conflicts[obstacle.path] = self._save_beside(kept, obstacle.path)
        done.paths.append(obstacle.path)

    def _save_beside(self, version: Path, path: str) -> str:
        """Keep a version next to the file, under a name that says what it is."""
        number = 0
        while True:
            name = f"{path}.hookflow-{self.journal.run}{f'-{number}' if number else ''}"
            if moving.put_in_place(version, self._place(name)):
                return name
            number += 1

    def _base(self, file: HiddenFile) -> bytes | None:
        try:
            return self.index.content(IndexEntry(file.mode, file.object_id, file.path))
        except GitError:
            return None

    def _place(self, path: str) -> Path:
        return self.root / moving.local(path)

    def _staged(self, path: str) -> Path:
        return self.directory / "staged" / moving.local(path)

    def _kept(self, entry: HiddenFile | Obstacle) -> Path:
        return self.directory / "kept" / str(entry.number)

    def _taken(self, file: HiddenFile) -> Path:
        return self.directory / "taken" / str(file.number)


def hide(root: Path, git_dir: Path, index: Index, run: str, changes: Sequence[RawChange]) -> Hidden:
    """Hide some unstaged changes: the work tree has the staged versions of those files from here on.

    Args:
        root: The top of the work tree.
        git_dir: Its own git directory.
        index: The index that the commit uses.
        run: The run's id.
        changes: What `Index.unstaged` says, at least one; none of them under a filter.

    Raises:
        BrokenEnvironmentError: It could not be done; the work tree is as it was.
    """
    directory = hidden_directory(git_dir) / run
    try:
        for part in ("kept", "taken", "staged"):
            (directory / part).mkdir(mode=0o700, parents=True)
        index.write_contents([change.path for change in changes], directory / "staged")
        hidden = Hidden(root, directory, survey.journal(root, directory / "staged", run, changes), index)
        content = hiding.encode(hidden.journal)
        files.write_whole(directory / _JOURNAL, content, mode=0o600, durable=True)
    except (OSError, GitError) as error:
        shutil.rmtree(directory, ignore_errors=True)
        raise BrokenEnvironmentError(_refusal(error)) from None
    try:
        hidden.set_aside()
    except OSError as error:
        hidden.restore()
        raise BrokenEnvironmentError(_refusal(error)) from None
    except BaseException:
        hidden.restore()
        raise
    return hidden


def _refusal(error: Exception) -> str:
    why = error.strerror if isinstance(error, OSError) else str(error)
    about = f" ({error.filename})" if isinstance(error, OSError) and error.filename else ""
    return (
        f"what is not staged cannot be hidden: {why}{about}. Nothing was changed. "
        'Mend that, or set unstaged = "keep" to let steps see the work tree as it is.'
    )


def recover(root: Path, git_dir: Path, index: Index) -> list[tuple[str, Restored]]:
    """Put back what interrupted runs left hidden; the caller holds the work tree's lock.

    Returns:
        For each such run its id and what was put back.

    Raises:
        BrokenEnvironmentError: A journal cannot be read; its directory is left alone.
    """
    found = []
    for directory in reversed(leftovers(git_dir)):
        journal = directory / _JOURNAL
        if not journal.exists():
            shutil.rmtree(directory, ignore_errors=True)  # it ended before anything was moved
            continue
        try:
            hidden = Hidden(root, directory, hiding.decode(journal.read_bytes()), index)
        except ValueError as error:
            raise BrokenEnvironmentError(f"{journal}: {error}; your files are in {directory}/kept") from None
        found.append((directory.name, hidden.restore()))
    return found


def _are_texts(*places: Path) -> bool:
    return all(stat.S_ISREG(place.lstat().st_mode) for place in places)

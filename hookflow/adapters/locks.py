"""Locks shared with other processes: units of a resource, and the work tree. A dead holder's are free at once.

Nothing here waits: whoever finds a lock taken is told by whom, and decides whether to try again.
"""

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from hookflow.adapters import lockfile
from hookflow.adapters.lockfile import Holder
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.porcelain import data
from hookflow.core.structs import Struct

_TREE = "this work tree"
_MOST_NAME = 200  # bytes of a resource's name in a file's name, which may have 255
_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")


class Busy(Struct, frozen=True):
    """What was not free.

    Attributes:
        resource: Its name.
        holders: Who holds it, each once. Empty where nobody has left a note: the holder has only just taken it,
            shares it with others, or has died while a process that it forked still keeps the lock.
    """

    resource: str
    holders: tuple[Holder, ...]


class Held:
    """Locks that this process holds until `release`, or until it ends, however it ends.

    A program that the process starts does not inherit them (O_CLOEXEC); a child that it only forks does.

    Attributes:
        descriptors: The open lock files, for a forked child that closes all others.
        before: Of one lock, when its file was last written before it was taken, in nanoseconds; whoever has a lock for
            itself writes a note there, and takes it away. 0 of several.
    """

    def __init__(self, descriptors: tuple[int, ...], *, noted: bool, forked_share: bool, before: int = 0) -> None:
        self.descriptors = descriptors
        self.before = before
        self._noted = noted
        self._forked_share = forked_share
        self._owner = os.getpid()

    def release(self) -> None:
        """Let go of all of it; nothing happens the second time.

        In a forked child only the child's own share ends: the lock and its note are its parent's.
        """
        descriptors, self.descriptors = self.descriptors, ()
        own = os.getpid() == self._owner
        for descriptor in descriptors:
            if own and self._noted:
                lockfile.erase_note(descriptor)
            if own and not self._forked_share:
                lockfile.let_go(descriptor)  # a child forked meanwhile, on its way to exec, must not prolong it
            else:
                os.close(descriptor)


class TreeLock(Struct, frozen=True):
    """The lock of one work tree: shared by who only reads it, exclusive for who changes it.

    The file is ``<git_dir>/hookflow/worktree.lock``; a linked work tree has a git directory, and so a lock, of
    its own. To go from shared to exclusive, release the one and try the other.

    A child that is forked (not started) while the lock is held shares it on purpose: it stays taken until the
    process that took it and all such children have released it or ended. So a guardian that was forked to put
    files back does so under the lock, also after its parent was killed.

    Attributes:
        git_dir: The work tree's own git directory.
    """

    git_dir: Path

    @property
    def path(self) -> Path:
        """The lock file."""
        return self.git_dir / "hookflow" / "worktree.lock"

    def try_lock(self, *, exclusive: bool, run: str) -> Held | Busy:
        """Take the lock if it is free.

        Args:
            exclusive: Whether nobody else may have it; only then it is noted who has.
            run: The run's id.

        Raises:
            BrokenEnvironmentError: The lock file cannot be made, or is not a file of its own.
        """
        with lockfile.open_directory(self.path.parent, make=True) as directory:
            taken = lockfile.take(directory, self.path.name, exclusive=exclusive)
        if not isinstance(taken, int):
            return Busy(_TREE, taken)
        before = os.fstat(taken).st_mtime_ns
        if exclusive:
            lockfile.write_note(taken, run)
        else:  # whoever wrote a note there has died
            lockfile.erase_note(taken)
        return Held((taken,), noted=exclusive, forked_share=True, before=before)

    def in_use(self) -> Busy | None:
        """Who has the lock now, shared or exclusive; None where it is free.

        Raises:
            BrokenEnvironmentError: The lock file cannot be read.
        """
        found = lockfile.holders(self.path.parent, [self.path.name])
        return Busy(_TREE, _distinct(found)) if found else None


def try_slots(directories: Mapping[str, Path], wanted: Mapping[str, tuple[int, int]], *, run: str) -> Held | Busy:
    """Take units of several resources: all of them, or none.

    Nothing is held while something else is not free, so there is no deadlock, in whatever order resources are
    named. An attempt that fails holds for a moment what it gives back at once, and another may fail for that: who
    waits tries again after a pause that is not always the same.

    Args:
        directories: Where the lock files of each resource are; made, for their owner only, where missing.
        wanted: Of each resource, the units to take and the slots that there are.
        run: The run's id, for those who wait.

    Raises:
        ValueError: More units than slots, which could never be had.
        BrokenEnvironmentError: A lock file cannot be made, or is not a file of its own.
    """
    with ExitStack() as undo:
        taken: list[int] = []
        for name in sorted(wanted):
            units, slots = wanted[name]
            if units > slots:
                raise ValueError(f"{name}: {units} units of {slots} slots")
            with lockfile.open_directory(directories[name], make=True) as directory:
                found = _take_units(directory, name, units, slots, undo)
            if isinstance(found, Busy):
                return found
            taken += found
        undo.pop_all()
    # Not before all are taken: an attempt that fails leaves no trace.
    for descriptor in taken:
        lockfile.write_note(descriptor, run)
    return Held(tuple(taken), noted=True, forked_share=False)


def slots_in_use(directory: Path, name: str, slots: int) -> tuple[Holder | None, ...]:
    """The holders of a resource's slots that are taken now, each as often as it holds one; None where not known.

    Raises:
        BrokenEnvironmentError: A lock file cannot be read.
    """
    return tuple(lockfile.holders(directory, [_slot_file(name, slot) for slot in range(slots)]))


def repository_directory(common_dir: Path) -> Path:
    """Where the locks are for which all runs in a repository compete, those in its linked work trees too.

    ``HOOKFLOW_STATE_DIR`` does not move them: whoever competes must look in the same place.
    """
    return common_dir / "hookflow" / "locks"


def machine_directory() -> Path:
    """Where the locks are for which all runs of this user on this machine compete; made where missing.

    ``hookflow-<uid>/locks`` in the directory for temporary files. The runs of other users do not compete: a
    place where they could would be one where they could keep us waiting, or have us write where we did not mean
    to. Nor does a run whose ``TMPDIR`` is another one.

    Raises:
        BrokenEnvironmentError: It cannot be made, or someone else has put a link or a directory there.
    """
    import tempfile  # noqa: PLC0415 (3 ms, only for locks of the machine)

    try:
        own = Path(tempfile.gettempdir()) / f"hookflow-{os.geteuid()}"
    except FileNotFoundError as error:
        raise BrokenEnvironmentError(f"no directory for temporary files: {error.strerror}; set TMPDIR") from None
    for directory in (own, own / "locks"):
        with lockfile.open_directory(directory, make=True) as descriptor:
            _refuse_foreign(directory, os.fstat(descriptor).st_uid)
            os.fchmod(descriptor, 0o700)
    return own / "locks"


def _refuse_foreign(path: Path, owner: int) -> None:
    if owner != os.geteuid():
        raise BrokenEnvironmentError(
            f"{path} belongs to another user (uid {owner}), so no machine-wide lock can be kept in it; have it taken "
            "away, or set TMPDIR to a directory of your own"
        )


def _take_units(directory: int, name: str, units: int, slots: int, undo: ExitStack) -> list[int] | Busy:
    """The descriptors of so many slots of a resource; `undo` gives them back."""
    taken: list[int] = []
    holders: list[Holder | None] = []
    for slot in range(slots):
        # Who cannot succeed any more stops, and so is not in the way of who still can.
        if len(taken) == units or len(holders) > slots - units:
            break
        found = lockfile.take(directory, _slot_file(name, slot), exclusive=True)
        if isinstance(found, int):
            undo.callback(lockfile.let_go, found)
            taken.append(found)
        else:
            holders += found or [None]
    return taken if len(taken) == units else Busy(name, _distinct(holders))


def _distinct(holders: Sequence[Holder | None]) -> tuple[Holder, ...]:
    return tuple(dict.fromkeys(holder for holder in holders if holder is not None))


def _slot_file(name: str, slot: int) -> str:
    """The lock file of a slot, inside its directory whatever the name of the resource is."""
    encoded = _UNSAFE.sub(lambda match: b"%%%02X" % match[0][0], data(name)).decode("ascii")
    if len(encoded) > _MOST_NAME:
        encoded = f"{encoded[: _MOST_NAME - 33]}-{hashlib.sha256(data(name)).hexdigest()[:32]}"
    return f"{encoded}.{slot}"

"""One lock file: the kernel's lock on it (flock(2)), and in it a note of who has the lock, for people who wait.

The file stays. Who holds the lock writes its run and its process into it, and empties it before it lets go; a note
that was left by a process which has died says nothing.
"""

import fcntl
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.porcelain import data, text
from hookflow.core.structs import Struct

_FLAGS = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # never wait for a planted FIFO's other end
_NOTE = re.compile(rb"(\d{1,10}) ([^\n]+)\n")  # process and run; without the line's end it is not written yet
_MOST_NOTE = 1024  # bytes
_REPLACED = 10  # times that a lock file may be replaced under our hands before we take it for held


class Holder(Struct, frozen=True):
    """Who holds a lock, by its own note: a run's id and the process that carries it out."""

    run: str
    pid: int


@contextmanager
def open_directory(path: Path, *, make: bool) -> Iterator[int]:
    """A descriptor of a directory of lock files; what the system refuses meanwhile is explained.

    Args:
        path: The directory; a link in its place is not followed.
        make: Whether to make it, and those above it that are missing, for their owner only.

    Raises:
        FileNotFoundError: Something is not there, and `make` is false.
        BrokenEnvironmentError: It cannot be made, entered, or used for locks.
    """
    try:
        if make:
            _make_private(path)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
    except OSError as error:
        if isinstance(error, FileNotFoundError) and not make:
            raise
        about = f" ({error.filename})" if isinstance(error.filename, str) and error.filename != str(path) else ""
        raise BrokenEnvironmentError(
            f"no lock can be kept in {path}: {error.strerror}{about}; it has to be a directory (not a link to one) "
            "in which you can make files"
        ) from None


def take(directory: int, name: str, *, exclusive: bool) -> int | tuple[Holder, ...]:
    """The descriptor of a lock file with the lock on it; where it is not free, who is known to hold it.

    Raises:
        OSError: The file cannot be made (as a planted link cannot be opened) or locked.
        BrokenEnvironmentError: It is not a file of its own.
    """
    for _ in range(_REPLACED):
        descriptor = _opened(directory, name, os.O_CREAT)
        try:
            if not _locked(descriptor, exclusive=exclusive):
                holder = _read_note(descriptor)
                os.close(descriptor)
                return (holder,) if holder is not None else ()
            if _is_at(descriptor, directory, name):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    return ()


def let_go(descriptor: int) -> None:
    """Unlock the file for all who share the descriptor, and close it."""
    with suppress(OSError):
        fcntl.flock(descriptor, fcntl.LOCK_UN)
    os.close(descriptor)


def holders(directory: Path, names: Sequence[str]) -> list[Holder | None]:
    """The holders of those of some locks that are taken now; None for one that is not known.

    To look is to take the lock for a moment, where it is free: who tries just then has to try again.

    Raises:
        BrokenEnvironmentError: They cannot be read.
    """
    found: list[Holder | None] = []
    with suppress(FileNotFoundError), open_directory(directory, make=False) as opened:
        for name in names:
            with suppress(FileNotFoundError):
                descriptor = _opened(opened, name, 0)
                try:
                    if not _locked(descriptor, exclusive=True):
                        found.append(_read_note(descriptor))
                finally:
                    os.close(descriptor)
    return found


def write_note(descriptor: int, run: str) -> None:
    """Say in the file that this process has the lock."""
    erase_note(descriptor)
    with suppress(OSError):  # the disk may be full: the lock holds without its note
        os.pwrite(descriptor, f"{os.getpid()} ".encode() + data(run.replace("\n", " ")) + b"\n", 0)


def erase_note(descriptor: int) -> None:
    """Empty the file; only for who has the lock."""
    with suppress(OSError):
        os.ftruncate(descriptor, 0)


def _make_private(path: Path) -> None:
    if not path.parent.exists():
        _make_private(path.parent)
    with suppress(FileExistsError):
        path.mkdir(mode=0o700)


def _opened(directory: int, name: str, more_flags: int) -> int:
    descriptor = os.open(name, _FLAGS | more_flags, 0o600, dir_fd=directory)
    found = os.fstat(descriptor)
    # A note must not be written into a file that has another name elsewhere.
    if not stat.S_ISREG(found.st_mode) or found.st_nlink > 1:
        os.close(descriptor)
        raise BrokenEnvironmentError(f"{name} is no lock file of hookflow's, but stands where one belongs; remove it")
    return descriptor


def _locked(descriptor: int, *, exclusive: bool) -> bool:
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(descriptor: int, directory: int, name: str) -> bool:
    """Whether a file is still the one of that name: who cleans up old files may have taken it away meanwhile."""
    try:
        there = os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(there, os.fstat(descriptor))


def _read_note(descriptor: int) -> Holder | None:
    """Who wrote the note; None where there is none, or whose process does not live any more."""
    found = _NOTE.fullmatch(os.pread(descriptor, _MOST_NOTE, 0))
    if found is None:
        return None
    holder = Holder(text(found[2]), int(found[1]))
    return holder if _lives(holder.pid) else None


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True  # another user's
    except (ProcessLookupError, OverflowError):
        return False
    return pid > 0

"""Files that appear whole or not at all, and directories and files that only their owner may use."""

import os
from pathlib import Path, PurePath
from typing import TextIO

Inode = tuple[int, int, int, int] | None


def inode(path: str | bytes) -> Inode:
    """What any change of a file changes: which it is, its size, its times; None where there is none."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns


def write_whole(place: Path, content: bytes, *, mode: int, durable: bool = False) -> None:
    """Put a file in place by rename: whoever looks sees the old one or the new one, whole.

    A link that stands at `place` is replaced, not followed.

    Args:
        place: The file.
        content: All of it.
        mode: Its permissions.
        durable: Return only when it would survive a loss of power.

    Raises:
        OSError: It could not be written; what was there before is there.
    """
    temporary = place.with_name(f".{place.name[:40]}-{os.urandom(8).hex()}")
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), mode)
            if durable:
                os.fsync(file.fileno())
        temporary.replace(place)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    if durable:
        sync_directory(place.parent)


def sync_directory(directory: Path) -> None:
    """Let the names in a directory survive a loss of power (fsync(2) on the directory itself)."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def private_text(path: Path) -> TextIO:
    """A new text file that only its owner may read; a planted link is not followed.

    Raises:
        OSError: It cannot be made.
    """
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    return os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8")


def private_append(path: PurePath) -> int:
    """A descriptor that appends to a file which only its owner may read; a planted link is not followed.

    Raises:
        OSError: It cannot be opened.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)

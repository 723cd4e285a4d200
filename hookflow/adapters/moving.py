"""Moves of files that never write over another one, also from one file system to another."""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from hookflow.core import porcelain
from hookflow.core.hiding import Identity

# What link(2) and rename(2) say where they cannot do it here, but a copy can.
_NO_LINKS = frozenset({errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})


def move_aside(source: Path, place: Path) -> bool:
    """Move whatever stands at `source` to `place`, over what is there; whether anything stood there.

    Raises:
        OSError: It cannot be moved; it is where it was.
    """
    try:
        source.rename(place)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _copy(source, place)
        remove(source)
    return True


def put_in_place(source: Path, place: Path) -> bool:
    """Move `source` to `place` if nothing stands there; whether it was so.

    Directories that are missing above `place` are made.

    Raises:
        OSError: It cannot be moved; it is where it was.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir() and not source.is_symlink():
        return _put_directory(source, place)
    try:
        os.link(source, place, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        return _put_without_links(source, place)
    source.unlink()
    return True


def _put_directory(source: Path, place: Path) -> bool:
    if os.path.lexists(place):
        return False
    return move_aside(source, place)


def _put_without_links(source: Path, place: Path) -> bool:
    """Where there are no links, what comes to stand at `place` in this moment would be lost."""
    beside = place.with_name(f".{place.name[:200]}.hookflow")
    try:
        _copy(source, beside)
        if os.path.lexists(place):
            remove(beside)
            return False
        beside.rename(place)
    except OSError:
        with suppress(OSError):
            remove(beside)
        raise
    source.unlink()
    return True


def _copy(source: Path, place: Path) -> None:
    """A copy with times and modes, on the disk before it counts; links stay links."""
    import shutil  # noqa: PLC0415 (2 ms, and every run loads this)

    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, place, symlinks=True)
        return
    shutil.copy2(source, place, follow_symlinks=False)
    if not source.is_symlink():
        with place.open("rb") as copy:
            os.fsync(copy.fileno())


def remove(place: Path) -> None:
    """Take away whatever stands at `place`, and nothing that a link there points to."""
    if place.is_dir() and not place.is_symlink():
        import shutil  # noqa: PLC0415 (2 ms, and every run loads this)

        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def identity(place: Path | bytes) -> Identity | None:
    """What tells the file at `place` from others; None where there is none."""
    found = mark(place)
    return None if found is None else Identity(*found)


def mark(place: Path | bytes) -> tuple[int, int, int, int, int] | None:
    """The fields of `identity`, for who looks at thousands of files."""
    try:
        found = os.lstat(place)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode


def content(place: Path) -> bytes | None:
    """The content of a plain file, or where a link points; None for anything else."""
    mode = place.lstat().st_mode
    if stat.S_ISLNK(mode):
        return os.fsencode(place.readlink())
    return place.read_bytes() if stat.S_ISREG(mode) else None


def local(path: str) -> str:
    """A name as the file system has it, whatever the locale's encoding."""
    return os.fsdecode(porcelain.data(path))

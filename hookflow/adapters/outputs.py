"""Files that steps make: found, and put back without ever leaving the work tree.

Putting back never follows a link: every directory on the way is opened from the one above it with ``O_NOFOLLOW``, so
that nothing which is swapped meanwhile leads elsewhere.
"""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hookflow.adapters.blobs import Blobs
from hookflow.adapters.contents import walk
from hookflow.core.kept import Output, path_problem
from hookflow.core.patterns import Patterns
from hookflow.core.porcelain import data

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_PLAIN = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK


class NotKept(Exception):  # noqa: N818 (it is no error: the result is only not kept)
    """The outputs cannot be kept; the text says why."""


def find(root: Path, patterns: Patterns) -> Iterator[str]:
    """The files that rules of ``outputs`` take, sorted; links to directories are not entered."""
    found = {
        path
        for directory in patterns.directories()
        if not _is_behind_link(root, directory)
        for path in walk(data(str(root)), directory)
        if patterns.matches(path)
    }
    yield from sorted(found)


def capture(root: Path, patterns: Patterns, blobs: Blobs, *, most: int) -> tuple[tuple[Output, ...], int]:
    """Keep the content of a step's outputs; returns them, and their bytes.

    Args:
        root: The top of the work tree.
        patterns: The step's ``outputs``.
        blobs: Where contents go.
        most: Bytes that may be kept.

    Raises:
        NotKept: Something is no plain file, or too big.
        OSError: It cannot be read or written.
    """
    captured, size = [], 0
    for path in find(root, patterns):
        if (problem := path_problem(path)) is not None:
            raise NotKept(problem)
        place = root / os.fsdecode(data(path))
        found = place.lstat()
        size += found.st_size
        if not stat.S_ISREG(found.st_mode):
            raise NotKept(f"its output {path} is no plain file")
        if size > most:
            raise NotKept(f"its outputs have more than {most:,} bytes")
        captured.append(Output(path, stat.S_IMODE(found.st_mode) & 0o777, blobs.put(place.read_bytes())))
    return tuple(captured), size


def restore(
    root: Path,
    outputs: tuple[Output, ...],
    patterns: Patterns,
    blobs: Blobs,
    *,
    writing: bool,
    spared: Callable[[str], bool],
) -> bool:
    """Put the outputs back; every content is verified before the first one is written.

    Args:
        root: The top of the work tree.
        outputs: What to put back.
        patterns: What the step declares now; nothing else is ever written.
        blobs: The contents.
        writing: Whether anything may be written.
        spared: Whether a file of that name is not to be written over.

    Returns:
        Whether they are all in place.
    """
    if not all(path_problem(each.path) is None and patterns.matches(each.path) for each in outputs):
        return False
    missing = [each for each in outputs if not _is_in_place(root, each)]
    if missing and (not writing or any(spared(each.path) for each in missing)):
        return False
    contents = [blobs.read(each.blob) for each in missing]
    try:
        for each, content in zip(missing, contents, strict=True):
            if content is None or None in contents:
                return False
            _write(root, each, content)
    except OSError:
        return False
    return True


def _is_behind_link(root: Path, directory: str) -> bool:
    place = root
    for name in filter(None, directory.split("/")):
        place = place / os.fsdecode(data(name))
        if place.is_symlink():
            return True
    return False


def _is_in_place(root: Path, output: Output) -> bool:
    try:
        with _opened_parent(root, output.path, make=False) as parent:
            descriptor = os.open(data(output.path.rpartition("/")[2]), _PLAIN, dir_fd=parent)
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):  # to make a file object of a directory raises, and leaves it open
            os.close(descriptor)
            return False
        with os.fdopen(descriptor, "rb") as file:
            same_mode = stat.S_IMODE(mode) & 0o777 == output.mode
            return same_mode and hashlib.file_digest(file, "sha256").hexdigest() == output.blob
    except OSError:
        return False


def _write(root: Path, output: Output, content: bytes) -> None:
    """Write a file whole, by rename; whatever file stood there is replaced, a directory is not."""
    with _opened_parent(root, output.path, make=True) as parent:
        name = data(output.path.rpartition("/")[2])
        temporary = b".%s-%d.hookflow" % (name[:200], os.getpid())
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=parent)
        descriptor = os.open(temporary, flags, 0o600, dir_fd=parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                os.fchmod(file.fileno(), output.mode)
            os.rename(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
        except BaseException:
            os.unlink(temporary, dir_fd=parent)
            raise


@contextmanager
def _opened_parent(root: Path, path: str, *, make: bool) -> Iterator[int]:
    """A descriptor of the directory of a file, reached from the root without a link.

    Raises:
        OSError: It is not there, or something on the way is no directory.
    """
    descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for name in path.split("/")[:-1]:
            if make:
                with suppress(FileExistsError):
                    os.mkdir(data(name), dir_fd=descriptor)
            below = os.open(data(name), _DIRECTORY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
        yield descriptor
    finally:
        os.close(descriptor)

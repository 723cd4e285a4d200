"""Contents by their SHA-256, each in a file of that name that appears whole."""

import hashlib
import os
import time
from collections.abc import Collection, Iterator
from contextlib import suppress
from pathlib import Path, PurePath

from hookflow.adapters.files import write_whole
from hookflow.core.kept import is_digest

_YOUNG = 3600.0  # seconds: what is not referred to yet may be about to be


class Blobs:
    """The blobs in one directory.

    Args:
        directory: Where; it is made when the first one is put there.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def put(self, content: bytes) -> str:
        """Keep a content; returns its name.

        Raises:
            OSError: It cannot be written.
        """
        name = hashlib.sha256(content).hexdigest()
        place = self.place(name)
        try:
            os.utime(place, follow_symlinks=False)  # it is wanted again: not old, for who cleans up just now
            if self.read(name) is not None:
                return name
        except OSError:
            place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(place, content, mode=0o600)
        return name

    def put_end(self, file: PurePath | None, *, most: int) -> tuple[str | None, int]:
        """Keep a file's end of at most so many bytes; returns its name and size, no name where nothing is in it.

        Raises:
            OSError: It cannot be written.
        """
        try:
            if file is None or not os.stat(file).st_size:  # noqa: PTH116 (most steps print nothing)
                return None, 0
            with Path(file).open("rb") as source:
                size = source.seek(0, os.SEEK_END)
                source.seek(max(0, size - most))
                text = source.read()
        except OSError:
            return None, 0
        if size > most:
            text = f"(the first {size - most:,} bytes are not kept)\n".encode() + text
        return (self.put(text), len(text)) if text else (None, 0)

    def read(self, name: str) -> bytes | None:
        """A content, verified; None where it is missing or is not what its name says."""
        try:
            descriptor = os.open(self.place(name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                content = file.read()
        except OSError:
            return None
        return content if hashlib.sha256(content).hexdigest() == name else None

    def remove(self, name: str) -> None:
        """Take a blob away, if it is there."""
        with suppress(OSError, ValueError):
            self.place(name).unlink()

    def place(self, name: str) -> Path:
        """Where the blob of that name is, or would be.

        Raises:
            ValueError: That is no name of a blob.
        """
        if not is_digest(name):
            raise ValueError(f"{name!r} is no name of a blob")
        return self._directory / name[:2] / name[2:]

    def total(self) -> tuple[int, int]:
        """How many there are, and their bytes."""
        sizes = [size for _, size, _ in self._listed()]
        return len(sizes), sum(sizes)

    def remove_unused(self, used: Collection[str], *, young_too: bool = False) -> None:
        """Take away what nobody refers to; also what was only half written by someone who was killed."""
        before = time.time() - (0 if young_too else _YOUNG)
        for place, _, changed in self._listed():
            if place.parent.name + place.name not in used and changed <= before:
                with suppress(OSError):
                    place.unlink()

    def _listed(self) -> Iterator[tuple[Path, int, float]]:
        try:
            directories = [entry for entry in os.scandir(self._directory) if entry.is_dir(follow_symlinks=False)]
        except OSError:
            return
        for directory in directories:
            for entry in os.scandir(directory):
                with suppress(OSError):
                    found = entry.stat(follow_symlinks=False)
                    yield Path(entry.path), found.st_size, found.st_mtime

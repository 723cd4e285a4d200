"""Environments of pre-commit's hooks in Python that were looked at: while nothing of one changes, it is as it was.

To ask pre-commit whether one is installed and healthy takes its import, and a process of Python for each.
"""

import hashlib
import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from hookflow.adapters import files

_DIRECTORY = "environments"
_STATES = (".install_state_v1", ".install_state_v2", "pyvenv.cfg")
_MOST = 200  # that are remembered


def signs(home: str) -> tuple[str, ...]:
    """The files by which it shows that an environment is another one now, its interpreter among them."""
    python = f"{home}/bin/python"
    return (*(f"{home}/{name}" for name in _STATES), python, os.path.realpath(python))


def are_known(state: Path, homes: Collection[str]) -> bool:
    """Whether all of them were found to be healthy as they are now."""
    return all((state / _DIRECTORY / _name(home)).exists() for home in homes)


def remember(state: Path, homes: Collection[str]) -> None:
    """These are healthy as they are; nothing happens where that cannot be written."""
    directory = state / _DIRECTORY
    with suppress(OSError):
        directory.mkdir(mode=0o700, exist_ok=True)
        for home in homes:
            files.write_whole(directory / _name(home), b"", mode=0o600)
        for old in sorted(directory.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)[_MOST:]:
            old.unlink()


def _name(home: str) -> str:
    seen = [f"{place} {files.inode(place)}" for place in signs(home)]
    return hashlib.sha256("\0".join(seen).encode("utf-8", "surrogateescape")).hexdigest()

"""Looks at a work tree before anything in it is moved, and plans what it takes to hide some files."""

import os
from collections.abc import Sequence
from pathlib import Path

from hookflow.adapters import moving
from hookflow.core.hiding import HiddenFile, Journal, Obstacle
from hookflow.core.porcelain import RawChange


def journal(root: Path, staged: Path, run: str, changes: Sequence[RawChange]) -> Journal:
    """What it takes to hide some changes, written down.

    Args:
        root: The top of the work tree.
        staged: The directory that has the staged versions, by name.
        run: The run's id.
        changes: The files.

    Raises:
        OSError: A staged version is missing.
    """
    survey = _Survey(root)
    entries = []
    for number, change in enumerate(changes):
        placed = moving.identity(staged / moving.local(change.path))
        if placed is None:
            raise FileNotFoundError(2, "git did not write the staged version", change.path)
        entries.append(
            HiddenFile(
                number=number,
                path=change.path,
                absent=survey.is_absent(change.path),
                mode=change.mode,
                object_id=change.object_id,
                placed=placed,
            )
        )
    obstacles = (Obstacle(len(entries) + number, path) for number, path in enumerate(survey.obstacles))
    return Journal(
        run=run,
        pid=os.getpid(),
        files=tuple(entries),
        obstacles=tuple(obstacles),
        directories=tuple(survey.missing),
    )


class _Survey:
    """What the work tree has where staged files are to stand; no link is followed."""

    def __init__(self, root: Path) -> None:
        self.obstacles: list[str] = []
        self.missing: list[str] = []
        self._root = root
        self._directories: dict[str, bool] = {"": True}

    def is_absent(self, path: str) -> bool:
        """Whether nothing of that name is there; notes the directories that it lacks."""
        parent = path.rpartition("/")[0]
        return not self._is_directory(parent) or not os.path.lexists(self._root / moving.local(path))

    def _is_directory(self, path: str) -> bool:
        if path not in self._directories:
            there = self._is_directory(path.rpartition("/")[0])
            place = self._root / moving.local(path)
            there = there and place.is_dir() and not place.is_symlink()
            if not there:
                if self._is_directory(path.rpartition("/")[0]) and os.path.lexists(place):
                    self.obstacles.append(path)
                self.missing.append(path)
            self._directories[path] = there
        return self._directories[path]

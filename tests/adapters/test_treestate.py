"""What differs from the index, asked of git only where inodes show a change."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
from project import Project

from hookflow.adapters.index import Index
from hookflow.adapters.treestate import TreeState
from hookflow.core.porcelain import RawChange


class CountingIndex(Index):
    """An index that counts how often git is asked what is not staged."""

    asked = 0

    def unstaged(self, paths: Sequence[str] | None = None) -> list[RawChange]:
        """As in Index, counted."""
        self.asked += 1
        return super().unstaged(paths)


def state(project: Project) -> tuple[TreeState, CountingIndex]:
    """Of two files, both as they are staged."""
    for name in ("one", "two"):
        project.write(name, "as it was\n")
    project.commit()
    index = CountingIndex(project.path, project.path / ".git")
    return TreeState(project.path, index), index


def settle(tree: TreeState, index: CountingIndex) -> int:
    """Look until git is no longer asked; returns how often it was."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        before = index.asked
        tree.now()
        if index.asked == before:
            return before
    raise AssertionError("git is asked for ever")


def rewrite(file: Path, content: str) -> None:
    """Another content of the same size, with the time of change as it was."""
    times = file.stat()
    file.write_text(content, "utf-8")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_git_is_asked_again_only_after_a_change(project: Project) -> None:
    """Once nothing was changed for a moment, inodes tell."""
    tree, index = state(project)
    asked = settle(tree, index)
    assert tree.now() == {}
    assert index.asked == asked
    project.write("one", "changed\n")
    assert list(tree.now()) == ["one"]
    assert index.asked == asked + 1


def test_no_change_is_missed(project: Project) -> None:
    """The same size and the same time, a mode, a file that is gone, one that is back."""
    tree, index = state(project)
    settle(tree, index)
    rewrite(project.path / "one", "as it IS.\n")
    assert list(tree.now()) == ["one"]
    settle(tree, index)
    (project.path / "two").chmod(0o755)
    assert sorted(tree.now()) == ["one", "two"]
    settle(tree, index)
    (project.path / "one").unlink()
    assert tree.now()["one"] == (None, None)
    settle(tree, index)
    project.write("one", "as it was\n")
    assert list(tree.now()) == ["two"]


def test_what_is_looked_at_at_once_is_not_trusted(project: Project) -> None:
    """Two changes of one size in one tick of a file system's clock cannot be told apart: git compares contents."""
    tree, index = state(project)
    settle(tree, index)
    for number in range(50):
        content = f"content{number:02}\n"
        (project.path / "one").write_text(content, "utf-8")
        mode, first = tree.now()["one"]
        (project.path / "one").write_text(content.upper(), "utf-8")
        assert tree.now()["one"] != (mode, first)


def test_the_index_counts(project: Project) -> None:
    """What is added to it no longer differs, and a new file is looked at from then on."""
    tree, index = state(project)
    project.write("one", "changed\n")
    settle(tree, index)
    project.git("add", "one")
    assert tree.now() == {}
    project.write("three", "new\n")
    assert tree.now() == {}
    project.git("add", "three")
    settle(tree, index)
    project.write("three", "changed\n")
    assert list(tree.now()) == ["three"]


def test_a_moment_ago_is_now(project: Project) -> None:
    """Unless we have changed the index ourselves since then."""
    tree, index = state(project)
    settle(tree, index)
    assert tree.lately() == {}
    project.write("one", "changed\n")
    tree.forget()
    assert list(tree.lately()) == ["one"]


def test_many_files_are_left_to_git(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there are too many, each look asks."""
    monkeypatch.setattr("hookflow.adapters.treestate._MOST_FILES", 1)
    tree, index = state(project)
    tree.now()
    tree.now()
    assert index.asked == 2
    project.write("one", "changed\n")
    assert list(tree.now()) == ["one"]

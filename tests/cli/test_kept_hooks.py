"""Hooks of pre-commit's that were read before, so that pre-commit need not be imported."""

import json
import os
import sys
import time
from pathlib import Path

import pytest
from project import Finished, Project


def local(**more: object) -> dict[str, object]:
    """A hook that only reads."""
    return {"id": "look", "name": "look", "language": "pygrep", "entry": "FAIL", "files": "txt$", **more}


def write_hooks(project: Project, *hooks: dict[str, object], **top: object) -> None:
    """A configuration, with nothing in it that has just changed."""
    project.write(".pre-commit-config.yaml", json.dumps({"repos": [{"repo": "local", "hooks": hooks}], **top}))


@pytest.fixture
def kept(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Project:
    """A project of which a run has been, so that its hooks are known."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    write_hooks(project, local())
    project.configure("pre-commit = true")
    project.write("a.txt", "one\n")
    project.commit()
    settle()
    assert project.hookflow("run", "--all-files").code == 0
    return project


def settle() -> None:
    """What was written just now is old enough to be trusted."""
    until = time.time_ns() + 60_000_000
    while time.time_ns() < until:
        os.sched_yield()


def without(project: Project, *arguments: str) -> Finished:
    """A command of hookflow's that cannot import pre-commit."""
    gone = Project(project.path.parent / "gone")
    gone.write("pre_commit/__init__.py", "raise ImportError('gone')\n")
    return project.hookflow(*arguments, PYTHONPATH=str(gone.path))


def test_a_second_run_does_not_import_it(kept: Project) -> None:
    """Neither to read hooks nor to see whether their environments are there."""
    kept.write("a.txt", "two\n")
    asked = (sys.executable, "-X", "importtime", "-P", "-m", "hookflow", "run", "--all-files", "--refresh")
    done = kept.run(*asked)
    assert done.code == 0
    assert "hookflow.cli" in done.err
    assert "pre_commit" not in done.err
    assert kept.outcomes() == {"look": "passed"}


def test_another_configuration_is_read(kept: Project) -> None:
    """Of the same size, too."""
    write_hooks(kept, local(entry="fail"))
    assert without(kept, "run", "--all-files").code == 3
    kept.write("a.txt", "fail\n")
    assert kept.hookflow("run", "--all-files").code == 1


def test_what_was_written_just_now_is_read_again(kept: Project) -> None:
    """Two edits in one tick of a file system's clock cannot be told apart, so the first is not kept."""
    for entry in ("one1", "two2", "one1"):
        write_hooks(kept, local(entry=entry))
        kept.write("a.txt", "one1\n")
        assert kept.hookflow("run", "--all-files").code == (entry == "one1")


def test_another_place_of_pre_commits_own_things(kept: Project, tmp_path: Path) -> None:
    """Hooks are read there."""
    gone = Project(tmp_path / "gone")
    gone.write("pre_commit/__init__.py", "raise ImportError('gone')\n")
    done = kept.hookflow("run", "--all-files", PYTHONPATH=str(gone.path), PRE_COMMIT_HOME=str(tmp_path / "other"))
    assert done.code == 3


def test_warnings_are_said_every_time(kept: Project) -> None:
    """A configuration that pre-commit warns of is not kept."""
    write_hooks(kept, local(), nonsense=1)
    settle()
    for _ in range(2):
        assert "nonsense" in kept.hookflow("validate").err


def test_a_language_with_more_to_look_at(kept: Project) -> None:
    """Of it nobody knows what its environment depends on, so its hooks are read every time."""
    write_hooks(kept, local(), local(id="docker", language="docker", entry="x", files="^none$"))
    settle()
    assert kept.hookflow("run", "--all-files").code == 0
    assert without(kept, "run", "--all-files").code == 3


def test_a_run_is_answered_from_memory(kept: Project) -> None:
    """While the configuration of hooks is as it was; an edit of it shows, although its time does not."""
    settle()
    assert kept.hookflow("run", "--all-files").code == 0
    modules = kept.run(sys.executable, "-X", "importtime", "-P", "-m", "hookflow", "run", "--all-files").err
    assert "hookflow.cli" not in modules
    file = kept.path / ".pre-commit-config.yaml"
    times = file.stat()
    write_hooks(kept, local(entry="one "))
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    kept.write("a.txt", "one \n")
    assert kept.hookflow("run", "--all-files").code == 1


@pytest.mark.slow
def test_an_environment_of_pythons(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It is asked for again when anything of it has changed."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    write_hooks(
        project, local(id="py", language="python", entry="python -c 'import sys; print(sys.prefix)'", verbose=True)
    )
    project.configure("pre-commit = true")
    project.write("a.txt", "one\n")
    project.commit()
    for _ in range(3):
        settle()
        assert project.hookflow("run", "--all-files").code == 0
    done = without(project, "run", "--all-files")
    assert done.code == 0, done.text
    environment = next((tmp_path / "home").glob("*/py_env*"))
    assert str(environment) in done.out
    next(environment.glob(".install_state*")).unlink()
    assert without(project, "run", "--all-files").code == 3
    assert project.hookflow("run", "--all-files").code == 0

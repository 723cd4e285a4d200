"""A run that skipped every step is answered for all contents of the same files: only their names decided it."""

import sys

import pytest
from project import Project

CONFIGURATION = """
[steps.lint]
run = "echo ran >> .git/ran"
files = ["*.py"]
[steps.docs]
run = "echo ran >> .git/ran"
files = ["docs/**"]
exclude = ["docs/drafts/**"]
"""


@pytest.fixture
def skipped(project: Project) -> Project:
    """A repository in which a file of no step is staged, and a run skipped all of them."""
    project.configure(CONFIGURATION)
    project.write("notes.txt", "one\n")
    project.write("src/a.py", "a = 1\n")
    project.commit()
    project.write("notes.txt", "two\n")
    project.git("add", "-A")
    assert project.hookflow("run", "--staged").code == 0
    return project


def is_answered(project: Project, *options: str) -> bool:
    """Whether a run is answered before the rest of the program is imported; it has to pass."""
    done = project.run(sys.executable, "-X", "importtime", "-P", "-m", "hookflow", "run", "--staged", *options)
    assert done.code == 0, done.text
    assert "skipped" in done.out
    return " hookflow.cli\n" not in done.err


def test_other_content_of_the_same_files(skipped: Project) -> None:
    """Staged or not, and after a commit."""
    assert is_answered(skipped)
    skipped.write("notes.txt", "three\n")
    skipped.git("add", "-A")
    assert is_answered(skipped)
    skipped.commit()
    skipped.write("notes.txt", "four\n")
    skipped.git("add", "-A")
    assert is_answered(skipped)


def test_where_results_do_not_count(skipped: Project) -> None:
    """Nothing was replayed, so nothing can be asked to run again."""
    is_answered(skipped, "--refresh")
    assert is_answered(skipped, "--refresh")


@pytest.mark.parametrize("option", ["--refresh", "--no-cache"])
def test_a_step_that_is_to_run_again_is_never_answered(skipped: Project, option) -> None:
    """However often it has passed on the same content."""
    skipped.write("src/a.py", "a = 2\n")
    skipped.git("add", "-A")
    for count in (1, 2, 3):
        assert not is_answered(skipped, option)
        assert (skipped.path / ".git/ran").read_text() == "ran\n" * count


@pytest.mark.parametrize(
    "change",
    [
        lambda project: project.write("src/a.py", "a = 2\n"),
        lambda project: project.write("docs/new.md", "text\n"),
        lambda project: (project.path / "src/a.py").unlink(),
    ],
    ids=["changed", "new", "gone"],
)
def test_a_file_of_a_step_wakes_the_rest(skipped: Project, change) -> None:
    """One that is changed, comes or goes."""
    change(skipped)
    skipped.git("add", "-A")
    assert not is_answered(skipped)
    assert (skipped.path / ".git/ran").exists()


def test_where_the_type_of_a_file_decides_its_content_does(skipped: Project) -> None:
    """A script may become one of Python's by its first line."""
    skipped.configure(f'{CONFIGURATION}\n[steps.scripts]\nrun = "false"\ntypes = ["python"]\n')
    skipped.commit()
    skipped.write("tool", "#!/bin/sh\n", mode=0o755)
    skipped.git("add", "-A")
    assert skipped.hookflow("run", "--staged").code == 0
    skipped.write("tool", "#!/usr/bin/env python3\n", mode=0o755)
    skipped.git("add", "-A")
    assert skipped.hookflow("run", "--staged").code == 1

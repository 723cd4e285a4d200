"""``--failed``: what did not pass in the last run, and nothing else."""

import pytest
from project import Project


@pytest.fixture
def failing(project: Project) -> Project:
    """A failure, what it blocks, and what passes."""
    project.configure("""\
[steps.good]
run = "true"
[steps.bad]
run = "test -e .git/mended"
[steps.after]
run = "true"
needs = ["bad"]
[steps.allowed]
run = "exit 1"
allow-failure = true
""")
    project.write("a", "")
    project.commit()
    assert project.hookflow("run", "--all-files").code == 1
    expected = {"good": "passed", "bad": "failed", "after": "blocked", "allowed": "failed"}
    assert project.outcomes() == expected
    return project


def test_what_did_not_pass_is_run_on_what_was_looked_at(failing: Project) -> None:
    """Until it passes; then there is nothing left."""
    assert failing.hookflow("run", "--failed").code == 1
    assert failing.outcomes() == {"bad": "failed", "after": "blocked", "allowed": "failed"}
    assert failing.events()[0]["scope"] == "all-files"
    failing.write(".git/mended")
    assert failing.hookflow("run", "--failed", "--skip", "allowed").code == 0
    assert failing.outcomes() == {"bad": "passed", "after": "passed", "allowed": "skipped"}
    done = failing.hookflow("run", "--failed")
    assert (done.code, done.out) == (0, "everything passed in the last run\n")


def test_a_step_that_is_gone_is_not_asked_for(failing: Project) -> None:
    """The configuration may have changed since."""
    failing.configure('[steps.good]\nrun = "true"')
    assert failing.hookflow("run", "--failed").out == "everything passed in the last run\n"


def test_names_beside_it_are_refused_and_so_is_no_run(failing: Project, tmp_path: object) -> None:
    """Exit code 2, and what to do."""
    assert failing.hookflow("run", "--failed", "good").code == 2
    done = failing.hookflow("run", "--failed", HOOKFLOW_STATE_DIR=f"{tmp_path}/none")
    assert done.code == 2
    assert "no run" in done.err


def test_it_can_be_planned(failing: Project) -> None:
    """With the same steps."""
    text = failing.hookflow("plan", "--failed").out
    assert "bad" in text
    assert "good" not in text

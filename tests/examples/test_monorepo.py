"""`examples/monorepo`, by the commands of its README."""

import re
from collections.abc import Callable

import pytest
from project import Finished, Project

STEPS = ("blanks", "libs/greetings:build", "services/api:lint", "services/api:tests", "services/web:tests")


def follow(project: Project, section: str, block: int = 0) -> Finished:
    """Run one block of commands from a section of the README, as far as its first failure."""
    text = (project.path / "README.md").read_text(encoding="utf-8")
    body = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return project.run("sh", "-e", "-c", re.findall(r"```bash\n(.*?)```", body, re.DOTALL)[block])


@pytest.fixture
def started(example: Callable[[str], Project]) -> Project:
    """The example set up as its README says."""
    project = example("monorepo")
    done = follow(project, "Set up", block=1)
    assert done.code == 0, done.text
    assert project.outcomes() == dict.fromkeys(STEPS, "passed")
    return project


def chosen(project: Project) -> dict[str, str]:
    """How each step of the last run ended that was not skipped."""
    return {step: outcome for step, outcome in project.outcomes().items() if outcome != "skipped"}


def test_a_commit_in_one_service(started: Project) -> None:
    """Its steps, and the root's."""
    done = follow(started, "A commit in one service")
    assert done.code == 0, done.text
    assert chosen(started) == {"blanks": "passed", "services/web:tests": "passed"}


def test_a_commit_in_the_library(started: Project) -> None:
    """What reads the library's result finds the mistake."""
    done = follow(started, "A commit in the library")
    assert done.code == 1
    assert "Servus, Ada!" in done.text
    assert chosen(started) == {"blanks": "passed", "libs/greetings:build": "passed", "services/api:tests": "failed"}


def test_one_project_and_the_same_step_of_all(started: Project) -> None:
    """The last command is given inside of a project."""
    done = follow(started, "One project, and the same step of all")
    assert done.code == 0, done.text
    assert list(started.outcomes()) == ["services/web:tests"]


def test_the_readme_tells_of_every_step(started: Project) -> None:
    """In its table."""
    text = (started.path / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE) == list(STEPS)

"""``hookflow plan``: what a run would do, told without doing or writing anything."""

import json
from typing import Any

import pytest
from project import Project

STEPS = """\
parallel = true
jobs = 2
[steps.lint]
run = "true"
files = ["*.py"]
[steps.tests]
run = "sleep 0.2"
files = ["*.py"]
needs = ["lint"]
[steps.docs]
run = "true"
files = ["*.md"]
"""


@pytest.fixture
def planned(project: Project) -> Project:
    """Three steps, and a changed file of two."""
    project.configure(STEPS)
    project.write("a.py", "")
    project.commit()
    project.write("a.py", "changed\n")
    return project


def plan(project: Project, *arguments: str, **environment: str) -> dict[str, Any]:
    """The plan as data."""
    done = project.hookflow("plan", "--format", "json", *arguments, **environment)
    assert done.code == 0, done.text
    return json.loads(done.out)


def acts(project: Project, *arguments: str, **environment: str) -> dict[str, str]:
    """What would become of each step."""
    return {step["step"]: step["act"] for step in plan(project, *arguments, **environment)["steps"]}


def test_a_plan_says_what_would_run_and_writes_nothing(planned: Project) -> None:
    """Groups, times that are guessed, the critical path; no state directory is made for it."""
    found = plan(planned)
    assert {step["step"]: step["act"] for step in found["steps"]} == {"lint": "run", "tests": "run", "docs": "skip"}
    assert found["groups"] == [["lint", "docs"], ["tests"]]
    assert found["critical_path"] == ["lint", "tests"]
    assert found["unknown"] == ["lint", "tests"]
    assert (found["jobs"], found["files"], found["scope"], found["stage"]) == (2, 1, "changed", "pre-commit")
    assert not planned.state.exists()


def test_what_was_planned_is_what_a_run_does(planned: Project) -> None:
    """Before it, after it with known times, and when everything is cached."""
    assert planned.hookflow("run").code == 0
    assert planned.outcomes() == {"lint": "passed", "tests": "passed", "docs": "skipped"}
    assert acts(planned) == {"lint": "cached", "tests": "cached", "docs": "skip"}
    planned.write("a.py", "again\n")
    found = plan(planned)
    seconds = {step["step"]: step["seconds"] for step in found["steps"]}
    assert seconds["tests"] >= 0.2
    assert seconds["docs"] is None
    assert found["unknown"] == []
    assert found["makespan_seconds"] >= found["bound_seconds"] >= 0.2
    assert not (planned.path / ".git" / "hookflow" / "runs" / "plan").exists()
    assert len(list((planned.state / "runs").iterdir())) == 1


def test_options_of_the_cache_are_heeded(planned: Project) -> None:
    """And say why the step would run."""
    planned.hookflow("run")
    for option, why in [("--no-cache", "the cache is off"), ("--refresh", "--refresh"), ("--verify-cache", "verify")]:
        found = plan(planned, option)["steps"][0]
        assert found["act"] == "run"
        assert why in found["reason"]


def test_text_and_dry_run_are_the_same(planned: Project) -> None:
    """For people."""
    text = planned.hookflow("plan").out
    assert planned.hookflow("run", "--dry-run").out == text
    assert text.startswith("pre-commit: 1 changed file (changed), 2 jobs\ngroup 1\n *run     lint")
    assert "critical path (*): lint > tests" in text


def test_wrong_questions_are_answered(planned: Project) -> None:
    """As those of a run."""
    assert planned.hookflow("plan", "tets").code == 2
    assert planned.hookflow("plan", "--failed").code == 2
    assert planned.hookflow("plan", "--no-cache", "--refresh").code == 2


def test_outputs_are_not_put_back_by_a_plan(project: Project) -> None:
    """It only looks."""
    project.configure('[steps.s]\nrun = "echo x > made"\noutputs = ["made"]')
    project.write(".gitignore", "made\n")
    project.commit()
    assert project.hookflow("run", "--all-files").code == 0
    (project.path / "made").unlink()
    assert acts(project, "--all-files") == {"s": "cached"}
    assert not (project.path / "made").exists()

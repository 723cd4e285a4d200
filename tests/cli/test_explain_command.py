"""``hookflow explain STEP``: why now, and what differs from the last pass."""

import pytest
from project import Project


@pytest.fixture
def passed(project: Project) -> Project:
    """A step that has passed."""
    project.configure("""\
global-inputs = []
[steps.lint]
run = "true"
files = ["*.py"]
[steps.tests]
run = "true"
files = ["*.py", "*.sh"]
cache-env = ["MODE"]
needs = ["lint"]
[steps.message]
run = "true"
stages = ["commit-msg"]
""")
    for name in ("a.py", "b.py", "run.sh"):
        project.write(name, f"{name}\n")
    project.commit()
    assert project.hookflow("run", "--all-files").code == 0
    return project


def explain(project: Project, *arguments: str, **environment: str) -> str:
    """What is explained."""
    done = project.hookflow("explain", *arguments, **environment)
    assert done.code == 0, done.text
    return done.out


def test_a_hit_is_explained(passed: Project) -> None:
    """Everything that decides is as it was."""
    text = explain(passed, "tests", "--all-files")
    assert text.startswith("tests would come from the cache (pre-commit): the same content passed before")
    assert "everything that decides is as in its last pass that is kept" in text
    assert "needs: lint, which would come from the cache" in text
    assert "3 changed files match; 3 files decide its result" in text


def test_each_difference_is_named(passed: Project) -> None:
    """Files, a variable; and nothing that is as it was."""
    passed.write("a.py", "changed\n")
    (passed.path / "b.py").unlink()
    (passed.path / "run.sh").chmod(0o755)
    passed.write("new.py", "")
    text = explain(passed, "tests", MODE="x")
    since = text.split("since its last pass")[1].split("\n\n")[0].splitlines()[1:]
    assert since == [
        "  a.py has another content",
        "  b.py is gone",
        "  new.py is new",
        "  run.sh has another mode (100644, now 100755)",
        "  the variable MODE (cache-env) has another value",
        "  lint, which it needs, is not what it was",
    ]


def test_a_step_that_is_skipped_is_explained(passed: Project) -> None:
    """With what would make it run."""
    text = explain(passed, "tests")
    assert text.startswith("tests would be skipped (pre-commit): nothing changed")
    assert "a file of *.py *.sh changes" in text


def test_another_command_is_named(passed: Project) -> None:
    """It was the configuration that changed."""
    text = (passed.path / "pyproject.toml").read_text()
    passed.write("pyproject.toml", text.replace('run = "true"\nfiles = ["*.py", ', 'run = "true #"\nfiles = ["*.py", '))
    assert "its command `run` is another one" in explain(passed, "tests", "--all-files")


def test_a_step_of_another_stage_is_looked_at_there(passed: Project) -> None:
    """And is never cached there."""
    text = explain(passed, "message")
    assert text.startswith("message would run (commit-msg)")
    assert "never cached: the result of a step of commit-msg is not told by files" in text


def test_a_step_that_does_not_exist_is_answered_with_the_nearest(passed: Project) -> None:
    """Exit code 2."""
    done = passed.hookflow("explain", "tets")
    assert done.code == 2
    assert "did you mean tests?" in done.err

"""`examples/python-project`, with its real linters; the commands are those of its README."""

import re
from collections.abc import Callable

import pytest
from project import Finished, Project

pytestmark = pytest.mark.slow

STEPS = ("format", "lint", "types", "tests", "docs")


def follow(project: Project, section: str, block: int = 0) -> Finished:
    """Run one block of commands from a section of the README, as far as its first failure."""
    text = (project.path / "README.md").read_text(encoding="utf-8")
    body = text.split(f"\n## {section}\n")[1].split("\n## ")[0]
    return project.run("sh", "-e", "-c", re.findall(r"```bash\n(.*?)```", body, re.DOTALL)[block])


@pytest.fixture
def hooked(example: Callable[[str], Project], monkeypatch: pytest.MonkeyPatch) -> Project:
    """The project set up as its README says, but for the virtual environment: the tests' own has the tools."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    project = example("python-project")
    done = follow(project, "Set up", block=1)
    assert done.code == 0, done.text
    return project


def test_a_good_commit_passes_all_steps(hooked: Project) -> None:
    """A new function is formatted, linted, typed and tested, and the documentation still holds."""
    done = follow(hooked, "A commit that passes")
    assert done.code == 0, done.text
    assert hooked.outcomes() == dict.fromkeys(STEPS, "passed")
    assert hooked.git("log", "-1", "--format=%s") == "Add longest\n"


def test_a_mistake_blocks_the_commit(hooked: Project) -> None:
    """Exit code 1 with the linter's text, no commit, and the tests did not start."""
    done = follow(hooked, "A commit that is blocked")
    assert done.code == 1
    assert "F401" in done.text
    assert "`os` imported but unused" in done.text
    outcomes = dict.fromkeys(STEPS, "passed") | {"lint": "failed", "tests": "blocked"}
    assert hooked.outcomes() == outcomes
    assert hooked.git("log", "--format=%s") == "Start\n"
    assert "step-started" not in {event["event"] for event in hooked.events() if event.get("step") == "tests"}


def test_the_mistake_can_be_taken_away(hooked: Project) -> None:
    """After that nothing is left of it."""
    follow(hooked, "A commit that is blocked")
    assert follow(hooked, "A commit that is blocked", block=1).code == 0
    assert hooked.git("status", "--porcelain") == ""


def test_a_commit_of_documentation_skips_the_python_steps(hooked: Project) -> None:
    """Only the documentation is checked, and each skipped step says why."""
    done = follow(hooked, "A commit of documentation only")
    assert done.code == 0, done.text
    assert hooked.outcomes() == dict.fromkeys(STEPS, "skipped") | {"docs": "passed"}
    reasons = {event["reason"] for step, event in hooked.finished().items() if step != "docs"}
    assert reasons == {"none of its files changed"}
    assert [event["step"] for event in hooked.events() if event["event"] == "step-started"] == ["docs"]


@pytest.mark.parametrize(
    ("step", "file", "content", "said"),
    [
        ("format", "src/wordtally/extra.py", "numbers = [1,2]\n", "1 file would be reformatted"),
        ("lint", "src/wordtally/extra.py", "import os\n", "F401"),
        ("types", "src/wordtally/extra.py", 'size: int = "many"\n', "Incompatible types in assignment"),
        ("tests", "tests/test_extra.py", "def test_sum() -> None:\n    assert 1 + 1 == 3\n", "1 failed"),
        ("docs", "docs/extra.md", ">>> 1 + 1\n3\n", "Expected:"),
    ],
)
def test_each_step_finds_its_own_kind_of_mistake(
    hooked: Project, step: str, file: str, content: str, said: str
) -> None:
    """And no other step fails for it."""
    hooked.write(file, content)
    done = hooked.hookflow("run")
    assert done.code == 1
    assert said in done.out
    assert [name for name, outcome in hooked.outcomes().items() if outcome == "failed"] == [step]


def test_a_changed_setting_makes_the_steps_look_at_all_files(hooked: Project) -> None:
    """pyproject.toml is an input of the Python steps, so an old file is checked by a new rule."""
    settings = hooked.path / "pyproject.toml"
    settings.write_text(
        settings.read_text(encoding="utf-8").replace('"UP"]', '"UP", "D104", "ERA", "N", "T20", "ANN"]')
    )
    done = hooked.hookflow("run")
    assert done.code == 0, done.text
    assert hooked.outcomes() == dict.fromkeys(STEPS, "passed") | {"docs": "skipped"}
    started = {event["step"]: event for event in hooked.events() if event["event"] == "step-started"}
    assert started["lint"]["files"] == len(list(hooked.path.rglob("*.py")))

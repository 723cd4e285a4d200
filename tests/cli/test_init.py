"""`hookflow init`: a starting table from what the repository shows."""

from pathlib import Path

import pytest
from project import Project


def test_the_tools_of_the_repository_become_steps(project: Project) -> None:
    """What was there stays as it was, and the result holds."""
    old = "[project]\nname = 'x'\n[tool.ruff]\n[tool.mypy]\n# the end"
    project.write("pyproject.toml", old)
    project.write("tests/test_x.py")
    project.write(".pre-commit-config.yaml", "repos: []\n")
    done = project.hookflow("init")
    assert done.code == 0
    text = (project.path / "pyproject.toml").read_text()
    assert text.startswith(old + "\n\n[tool.hookflow]\n")
    steps = [line for line in text.splitlines() if line.startswith("[tool.hookflow.steps.")]
    assert [line.rpartition(".")[2].rstrip("]") for line in steps] == ["format", "lint", "types", "tests"]
    assert "pre-commit = true " in text
    assert "each of its hooks is a step now" in done.out
    assert "types: pyproject.toml has [tool.mypy]" in done.out
    assert "tests: tests is there" in done.out
    assert project.hookflow("validate").code == 0


def test_an_empty_repository_gets_a_start(project: Project) -> None:
    """A file that works."""
    assert project.hookflow("init").code == 0
    project.write("x.txt", "fine\n")
    project.git("add", "-A")
    assert project.hookflow("run", "--staged").code == 0
    assert project.outcomes() == {"whitespace": "passed"}
    project.write("x.txt", "blank at the end \n")
    project.git("add", "-A")
    assert project.hookflow("run", "--staged").code == 1


def test_the_steps_of_ruff_work_as_written(project: Project) -> None:
    """A new user's first run."""
    project.write("ruff.toml", "")
    project.hookflow("init")
    project.write("a.py", "import os\n")
    project.git("add", "-A")
    done = project.hookflow("run", "--staged")
    assert done.code == 1
    assert "F401" in done.out
    assert project.outcomes() == {"format": "passed", "lint": "failed"}


def test_a_table_that_is_there_is_not_written_again(project: Project) -> None:
    """Nothing is changed."""
    project.configure('[steps.a]\nrun = "true"')
    before = (project.path / "pyproject.toml").read_bytes()
    assert project.hookflow("init").code == 2
    assert (project.path / "pyproject.toml").read_bytes() == before


def test_a_file_that_cannot_be_read_is_left_alone(project: Project) -> None:
    """Its error is told with file and line."""
    project.write("pyproject.toml", "[broken\n")
    done = project.hookflow("init")
    assert (done.code, done.err.startswith("pyproject.toml:1: not valid TOML")) == (2, True)
    assert (project.path / "pyproject.toml").read_text() == "[broken\n"


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'", "[project]\nname = 'x'\n\n\n"])
def test_the_mode_and_the_text_before_stay(project: Project, text: str) -> None:
    """Byte for byte."""
    file = project.write("pyproject.toml", text, mode=0o640)
    assert project.hookflow("init").code == 0
    assert file.read_text().startswith(text)
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_pre_commit_configuration_that_calls_us_is_not_called_by_us(project: Project) -> None:
    """It would never end."""
    project.write(".pre-commit-config.yaml", "repos: [{repo: x/hookflow, hooks: [{id: hookflow}]}]\n")
    project.hookflow("init")
    assert "pre-commit run" not in (project.path / "pyproject.toml").read_text()


HOOKS = """repos:
- repo: local
  hooks:
  - id: ruff-format
    name: x
    language: fail
    entry: x
    files: ^none$
  - {"id": "other", 'alias': "tests", name: x, language: fail, entry: never, files: ^bad}
"""


def test_hooks_of_pre_commits_become_steps(project: Project) -> None:
    """What is a hook is not a step too, and no step has a hook's name; a new user's first run."""
    project.write(".pre-commit-config.yaml", HOOKS)
    project.write("ruff.toml")
    project.write("tests/bad.txt")
    project.write("bad.txt")
    assert project.hookflow("init").code == 0
    assert project.hookflow("validate").code == 0
    text = (project.path / "pyproject.toml").read_text()
    assert [line for line in text.splitlines() if line.startswith("[tool.")] == [
        "[tool.hookflow]",
        "[tool.hookflow.steps.tests-2]",
    ]
    project.git("add", "-A")
    assert project.hookflow("run", "--staged", SKIP="tests-2").code == 1
    assert project.outcomes() == {"ruff-format": "skipped", "tests": "failed", "tests-2": "skipped"}


def test_without_the_package_pre_commit_is_one_step(project: Project, tmp_path: Path) -> None:
    """And it is said what to install."""
    Project(tmp_path / "gone").write("pre_commit/__init__.py", "raise ImportError('gone')\n")
    project.write(".pre-commit-config.yaml", HOOKS)
    done = project.hookflow("init", PYTHONPATH=str(tmp_path / "gone"))
    assert done.code == 0
    assert "pip install 'hookflow[pre-commit]'" in done.out
    text = (project.path / "pyproject.toml").read_text()
    assert 'run = ["pre-commit", "run", "--files", "{files}"]' in text
    assert "pre-commit = true" not in text

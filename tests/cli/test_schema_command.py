"""`hookflow schema`, as an editor is given it."""

import json
import tomllib

from jsonschema import Draft7Validator
from project import Project

CONFIGURATION = """\
[project]
name = "x"

[tool.hookflow.steps.lint]
run = "ruff check {files}"
timeout = "5m"
"""


def test_the_schema_is_printed(project: Project) -> None:
    """Without a configuration, without a repository even: it is asked for once, anywhere."""
    done = project.hookflow("schema", cwd=project.path.parent)
    assert (done.code, done.err) == (0, "")
    table = tomllib.loads(CONFIGURATION)["tool"]["hookflow"]
    assert Draft7Validator(json.loads(done.out)).is_valid(table)
    assert not Draft7Validator(json.loads(done.out)).is_valid({**table, "paralel": True})


def test_a_schema_for_the_whole_file(project: Project) -> None:
    """As editors apply one to pyproject.toml."""
    validator = Draft7Validator(json.loads(project.hookflow("schema", "--whole").out))
    assert validator.is_valid(tomllib.loads(CONFIGURATION))
    (error,) = validator.iter_errors(tomllib.loads(CONFIGURATION.replace("5m", "soon")))
    assert list(error.path) == ["tool", "hookflow", "steps", "lint", "timeout"]


def test_what_is_printed_is_ascii(project: Project) -> None:
    """So that no locale can spoil it."""
    assert project.hookflow("schema", PYTHONIOENCODING="ascii").out.isascii()

"""Copies of the examples to run for real."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from project import Project

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture
def example(tmp_path: Path) -> Callable[[str], Project]:
    """A copy of the example of that name, as a git repository without commits."""

    def copied(name: str) -> Project:
        project = Project.create(tmp_path / name)
        # Someone may have run the tools in the original.
        leave_out = shutil.ignore_patterns(".*_cache", "__pycache__", ".venv")
        shutil.copytree(EXAMPLES / name, project.path, ignore=leave_out, dirs_exist_ok=True)
        return project

    return copied

"""Fixtures that all tests share: an environment of their own, and real git repositories."""

import os
import sys
from pathlib import Path

import hypothesis
import pytest
from project import Project

# In CI the same examples each time: a new find there would come at somebody else's change.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")

_LEAKING = ("GIT_", "HOOKFLOW", "PRE_COMMIT", "GITHUB_", "XDG_")


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No setting of the person who runs the tests reaches git, hookflow or the steps."""
    for name in os.environ:
        if name.startswith(_LEAKING) or name in {"SKIP", "NO_COLOR", "FORCE_COLOR", "CI", "VIRTUAL_ENV"}:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "A. Tester")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "tester@example.org")
    # The tools of the interpreter that runs the tests are the ones that steps find.
    programs = Path(sys.executable).parent
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """An empty git repository to work in."""
    return Project.create(tmp_path / "project")

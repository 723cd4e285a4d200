"""Hooks that are taken for writers and never write, as `plan` and `explain` tell of them."""

import json
from typing import Any

import pytest
from project import Project

HOOK = {"language": "system", "files": r"\.txt$"}
HOOKS = [
    {"id": "check me", "name": "check", "entry": "sh -c '! grep -q bad \"$@\"' sh", **HOOK},
    {"id": "fixer", "name": "fixer", "entry": "sed -i s/worse/good/", **HOOK, "files": r"\.fix$"},
]


@pytest.fixture
def hooked(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Project:
    """Two hooks that nobody knows, and a step on the same files."""
    monkeypatch.setenv("PRE_COMMIT_HOME", f"{tmp_path}/home")
    project.write(".pre-commit-config.yaml", json.dumps({"repos": [{"repo": "local", "hooks": HOOKS}]}))
    project.configure('pre-commit = true\nparallel = true\n[steps.read]\nrun = "cat a.txt"\nfiles = ["*.txt", "*.fix"]')
    project.write("a.txt", "fine\n")
    project.write("a.fix", "fine\n")
    project.commit()
    return project


def suggestions(project: Project, *options: str) -> list[dict[str, Any]]:
    """What a plan suggests."""
    done = project.hookflow("plan", "--all-files", "--format", "json", *options)
    assert done.code == 0, done.text
    return json.loads(done.out)["suggestions"]


def run_on(project: Project, *contents: str) -> None:
    """Runs on these contents of the file, one after another."""
    for content in contents:
        for name in ("a.txt", "a.fix"):
            project.write(name, f"{content}\n")
        project.hookflow("run", "--all-files")


def test_a_checker_shows_itself(hooked: Project) -> None:
    """After five runs on different content, in one of which it found something."""
    run_on(hooked, "one", "two", "three", "bad")
    assert suggestions(hooked) == []
    run_on(hooked, "five")
    hooked.hookflow("run", "--all-files")
    table = 'tool.hookflow.pre-commit-hooks."check me"'
    assert suggestions(hooked) == [
        {"step": "check-me", "table": table, "runs": 5, "found": 1, "beside": ["read"]},
    ]
    sentence = (
        "check-me changed no file in 5 runs, and found something in 1 of them: if it never does, "
        f"[{table}] modifies = false lets it run at the same time as read"
    )
    assert sentence in hooked.hookflow("plan", "--all-files").out
    assert sentence in hooked.hookflow("explain", "check-me", "--all-files").out
    assert "modifies" not in hooked.hookflow("explain", "read", "--all-files").out


def test_the_same_files_count_once(hooked: Project) -> None:
    """To run it again and again proves nothing."""
    run_on(hooked, "bad")
    for _ in range(6):
        hooked.hookflow("run", "--all-files")
    assert suggestions(hooked) == []


def test_who_changed_a_file_once_is_a_writer(hooked: Project) -> None:
    """However often it changes nothing afterwards."""
    run_on(hooked, "worse", *map(str, range(22)))
    assert [each["step"] for each in suggestions(hooked)] == ["check-me"]
    assert suggestions(hooked)[0]["found"] == 0


def test_nobody_is_told_what_is_declared_or_of_no_use(hooked: Project) -> None:
    """Where the table says it, where steps run one after another, and for another command."""
    run_on(hooked, "one", "two", "three", "bad", "five")
    assert len(suggestions(hooked)) == 1
    assert suggestions(hooked, "--no-parallel") == []
    config = (hooked.path / "pyproject.toml").read_text()
    hooked.write("pyproject.toml", f'{config}\n[tool.hookflow.pre-commit-hooks."check me"]\nmodifies = false\n')
    assert suggestions(hooked) == []
    hooked.write("pyproject.toml", config)
    assert len(suggestions(hooked)) == 1
    other = [{**HOOKS[0], "args": ["-x"]}, HOOKS[1]]
    hooked.write(".pre-commit-config.yaml", json.dumps({"repos": [{"repo": "local", "hooks": other}]}))
    assert suggestions(hooked) == []


def test_own_steps_count_too(project: Project) -> None:
    """One that says that it modifies."""
    project.configure(
        'parallel = true\n[steps.a]\nrun = "! grep bad a.txt"\nfiles = ["*.txt"]\nmodifies = true\n'
        '[steps.b]\nrun = "true"\nfiles = ["*.txt"]'
    )
    project.write("a.txt")
    project.commit()
    run_on(project, "one", "two", "three", "bad", "five")
    found = suggestions(project, "--no-cache")
    assert [(each["table"], each["beside"]) for each in found] == [("tool.hookflow.steps.a", ["b"])]

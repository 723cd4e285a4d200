"""Hooks of pre-commit's as steps, from the outside."""

import json
from pathlib import Path

import pytest
import tomli
from project import Project

HOOKS = [
    {"id": "fixer", "name": "fixer", "language": "system", "entry": "sed -i s/bad/good/", "files": r"\.txt$"},
    {"id": "no-fail", "name": "no-fail", "alias": "nf", "language": "pygrep", "entry": "FAIL", "types": ["text"]},
    {"id": "message", "name": "message", "language": "system", "entry": "grep -q ticket", "stages": ["commit-msg"]},
    {
        "id": "env",
        "name": "env",
        "language": "system",
        "entry": "sh -c 'echo $PRE_COMMIT; test -n \"$GIT_INDEX_FILE\"'",
        "pass_filenames": False,
        "verbose": True,
    },
]


@pytest.fixture
def hooked(project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Project:
    """A project with hooks that are steps, and git hooks."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    config = {"repos": [{"repo": "local", "hooks": HOOKS}], "default_install_hook_types": ["pre-commit", "commit-msg"],
              "default_stages": ["pre-commit"]}  # fmt: skip
    project.write(".pre-commit-config.yaml", json.dumps(config))
    project.configure('pre-commit = true\nparallel = true\n[steps.after]\nrun = "cat a.txt"\nneeds = ["fixer"]')
    assert project.hookflow("install").code == 0
    project.commit()
    return project


def test_a_commit(hooked: Project) -> None:
    """A fix fails it, and what needs the hook is blocked; then it goes through."""
    hooked.write("a.txt", "bad\n")
    hooked.git("add", "a.txt")
    done = hooked.run("git", "commit", "-m", "a ticket")
    assert done.code == 1
    assert hooked.outcomes() == {
        "fixer": "failed", "nf": "passed", "env": "passed", "after": "blocked"}  # fmt: skip
    assert hooked.finished()["fixer"]["modified"] == ["a.txt"]
    assert "--- env ---\n1\n" in done.text  # verbose
    hooked.git("add", "a.txt")
    assert hooked.run("git", "commit", "-m", "nothing").code == 1
    assert hooked.outcomes() == {"message": "failed"}
    assert hooked.run("git", "commit", "-m", "a ticket").code == 0


def test_skip_names_ids_and_aliases(hooked: Project) -> None:
    """As pre-commit's does."""
    hooked.write("a.txt", "FAIL\n")
    hooked.git("add", "a.txt")
    assert hooked.hookflow("run", "--staged", SKIP="env").code == 1
    for name in ("no-fail", "nf"):
        assert hooked.hookflow("run", "--staged", GIT_INDEX_FILE=".git/index", SKIP=name).code == 0
        assert hooked.outcomes()["nf"] == "skipped"


def test_a_change_to_a_file_that_was_not_given_counts(project: Project) -> None:
    """As under pre-commit; with stage-fixed it is staged."""
    hook = {"id": "gen", "name": "gen", "language": "system", "entry": "sh -c 'ls > list'", "files": "^a"}
    project.write(".pre-commit-config.yaml", json.dumps({"repos": [{"repo": "local", "hooks": [hook]}]}))
    project.write("list")
    project.configure("pre-commit = true")
    project.commit()
    project.write("a")
    project.git("add", "a")
    assert project.hookflow("run", "--staged").code == 1
    assert project.finished()["gen"]["modified"] == ["list"]
    project.git("checkout", "-q", "list")
    project.configure("pre-commit = true\n[pre-commit-hooks.gen]\nstage-fixed = true")
    project.git("add", "pyproject.toml")
    assert project.hookflow("run", "--staged").code == 0
    assert project.git("diff", "--name-only", "--cached").split() == ["a", "list", "pyproject.toml"]


def test_a_language_that_only_pre_commit_can_start(hooked: Project, tmp_path: Path) -> None:
    """It is called with the files; a program stands in for docker."""
    programs = Project(tmp_path / "programs")
    programs.write(
        "docker",
        '#!/bin/sh\ncase $1 in system) echo "{}";; esac\ncase "$*" in *"image tool a.txt") exit 7;; esac\n',
        mode=0o755,
    )
    hook = {"id": "box", "name": "box", "language": "docker_image", "entry": "image tool", "files": "txt"}
    hooked.write(".pre-commit-config.yaml", json.dumps({"repos": [{"repo": "local", "hooks": [hook]}]}))
    hooked.configure("pre-commit = true")
    for name, code in (("b.txt", 0), ("a.txt", 1)):
        hooked.write(name)
        path = f"{programs.path}:{hooked.run('sh', '-c', 'echo $PATH').out.strip()}"
        assert hooked.hookflow("run", "--files", name, PATH=path).code == code, hooked.log("box")


def test_without_the_package(project: Project, tmp_path: Path) -> None:
    """What to install is said."""
    Project(tmp_path / "gone").write("pre_commit/__init__.py", "raise ImportError('gone')\n")
    project.configure("pre-commit = true")
    done = project.hookflow("validate", PYTHONPATH=str(tmp_path / "gone"))
    assert done.code == 3
    assert "pip install 'hookflow[pre-commit]'" in done.err


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (None, "there is no .pre-commit-config.yaml"),
        ({"repos": [{"repo": "local", "hooks": [{"id": "x"}]}]}, "Missing required key: name"),
        ({"repos": [], "minimum_pre_commit_version": "99"}, "pre-commit version 99 is required"),
        ({"repos": [{"repo": "./nowhere", "rev": "1.0", "hooks": []}]}, ""),
    ],
)
def test_wrong_configurations(project: Project, config, said: str, tmp_path: Path) -> None:
    """pre-commit's own words, where it has some."""
    project.configure("pre-commit = true")
    if config is not None:
        project.write(".pre-commit-config.yaml", json.dumps(config))
    done = project.hookflow("validate", PRE_COMMIT_HOME=str(tmp_path / "home"))
    assert done.code in {2, 3}
    assert said in done.err
    assert "Traceback" not in done.err


def test_import(hooked: Project) -> None:
    """What is printed is what is written, and it holds."""
    shown = hooked.hookflow("import")
    steps = tomli.loads(shown.out)["tool"]["hookflow"]["steps"]
    assert list(steps) == ["fixer", "nf", "message", "env"]
    assert steps["fixer"] == {
        "run": ["sed", "-i", "s/bad/good/", "{files}"],
        "types": ["file"],
        "files-regex": [r"\.txt$"],
        "modifies": True,
        "git-env": True,
        "batch": "auto",
    }
    assert "env: not mapped: verbose" in shown.err
    assert hooked.hookflow("import", "--write").code == 2
    hooked.configure('[steps.env]\nrun = "true"')
    assert hooked.hookflow("import", "--write").code == 0
    assert list(tomli.loads((hooked.path / "pyproject.toml").read_text())["tool"]["hookflow"]["steps"]) == [
        "env", "fixer", "nf", "message", "env-2"]  # fmt: skip
    hooked.write("a.txt", "bad\n")
    hooked.git("add", "a.txt")
    assert hooked.hookflow("run", "fixer").code == 1
    assert (hooked.path / "a.txt").read_text() == "good\n"


def test_import_from_lefthook(project: Project) -> None:
    """Into a new file."""
    assert project.hookflow("import").code == 2
    project.write("lefthook.yml", "pre-commit:\n  parallel: true\n  jobs:\n    - run: test ! -e bad\n      tags: [a]\n")
    done = project.hookflow("import", "--write")
    assert done.code == 0, done.err
    assert done.err == "hookflow: pre-commit-1: not mapped: tags\n"
    project.write("bad")
    assert project.hookflow("run").code == 1

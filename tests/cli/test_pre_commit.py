"""Called by the real pre-commit: as a repository of hooks, and installed on real commits and pushes."""

import shutil
import sys
from pathlib import Path

import pytest
from project import Project

SOURCE = Path(__file__).parents[2]
PRE_COMMIT = (sys.executable, "-m", "pre_commit")

STEPS = """\
[steps.no-bad]
run = "! grep -n BAD {files}"
files = ["*.txt"]
stages = ["pre-commit", "pre-push"]
[steps.py]
run = "true"
files = ["*.py"]
[steps.message]
run = "grep -q ticket {args}"
stages = ["commit-msg"]
[steps.told]
run = "echo $HOOKFLOW_REMOTE_NAME $HOOKFLOW_FROM_REF $HOOKFLOW_TO_REF; echo $PATH; echo venv=$VIRTUAL_ENV"
stages = ["pre-push", "pre-commit"]
"""

SYSTEM_HOOKS = """\
repos:
  - repo: local
    hooks:
      - {id: a, name: a, entry: hookflow hook pre-commit, language: system, always_run: true, pass_filenames: false}
      - {id: b, name: b, entry: hookflow hook commit-msg, language: system, always_run: true, stages: [commit-msg]}
      - {id: c, name: c, entry: hookflow hook pre-push, language: system, always_run: true, pass_filenames: false,
         stages: [pre-push]}
default_stages: [pre-commit]
"""


@pytest.fixture
def hooks_repository(tmp_path: Path) -> Path:
    """Hookflow's own files, committed to a repository that pre-commit can clone."""
    source = Project.create(tmp_path / "hookflow-source")
    for name in ("hookflow", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml"):
        place = SOURCE / name
        if place.is_dir():
            shutil.copytree(place, source.path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(place, source.path / name)
    source.commit()
    return source.path


@pytest.fixture
def checked(project: Project) -> Project:
    """A committed project with steps and pre-commit's hooks installed."""
    project.configure(STEPS)
    project.write(".pre-commit-config.yaml", SYSTEM_HOOKS)
    project.write("a.txt", "good\n")
    project.commit()
    for stage in ("pre-commit", "commit-msg", "pre-push"):
        assert project.run(*PRE_COMMIT, "install", "-t", stage).code == 0
    return project


def test_a_commit_is_checked(checked: Project) -> None:
    """Blocked with the step's output, or let through; the message too."""
    checked.write("a.txt", "BAD\n")
    checked.git("add", "-A")
    done = checked.run("git", "commit", "-m", "ticket 1")
    assert (done.code, "BAD" in done.text) == (1, True)
    checked.write("a.txt", "better\n")
    checked.git("add", "-A")
    assert checked.run("git", "commit", "-m", "no reference").code == 1
    assert checked.run("git", "commit", "-m", "ticket 1").code == 0
    assert checked.outcomes() == {"message": "passed"}


@pytest.mark.parametrize("options", [["-a"], ["a.txt"]])
def test_what_the_commit_takes_is_what_is_looked_at(checked: Project, options: list[str]) -> None:
    """pre-commit hands git's GIT_INDEX_FILE on."""
    checked.write("a.txt", "BAD\n")
    assert checked.run("git", "commit", "-m", "ticket 1", *options).code == 1
    checked.write("a.txt", "fine\n")
    assert checked.run("git", "commit", "-m", "ticket 1", *options).code == 0


def test_unstaged_changes_are_hidden_once_by_pre_commit(checked: Project) -> None:
    """And are back afterwards."""
    checked.write("a.txt", "staged\n")
    checked.git("add", "-A")
    checked.write("a.txt", "BAD, but not staged\n")
    assert checked.run("git", "commit", "-m", "ticket 1").code == 0
    assert (checked.path / "a.txt").read_text() == "BAD, but not staged\n"
    assert checked.git("show", "HEAD:a.txt") == "staged\n"


def test_a_deletion_alone_is_a_change(checked: Project) -> None:
    """pre-commit matches no file then, and calls us all the same."""
    checked.git("rm", "-q", "a.txt")
    assert checked.run("git", "commit", "-m", "ticket 1", SKIP="b").code == 0
    assert checked.events()[0].items() >= {"scope": "staged", "files": 1}.items()


def test_a_commit_of_nothing_runs_nothing(checked: Project) -> None:
    """An amended message changes no file."""
    assert checked.run("git", "commit", "--amend", "-m", "ticket 2", SKIP="b").code == 0
    assert set(checked.outcomes().values()) == {"skipped"}


def test_all_files_are_looked_at_when_pre_commit_is_asked_for_them(checked: Project) -> None:
    """`pre-commit run --all-files` in CI: nothing is staged there."""
    assert checked.run(*PRE_COMMIT, "run", "--all-files").code == 0
    assert checked.events()[0].items() >= {"scope": "all-files", "files": 3}.items()
    assert checked.outcomes()["no-bad"] == "passed"


def test_a_push_is_checked_with_the_range_that_pre_commit_tells(checked: Project, tmp_path: Path) -> None:
    """Blocked or let through; steps are told the range and the remote."""
    checked.run("git", "init", "-q", "--bare", str(tmp_path / "remote.git"))
    checked.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    assert checked.run("git", "push", "origin", "main").code == 0
    before = checked.git("rev-parse", "HEAD").strip()
    checked.write("a.txt", "fine\n")
    checked.commit()
    assert checked.run("git", "push", "origin", "main").code == 0
    after = checked.git("rev-parse", "HEAD").strip()
    assert checked.log("told").decode().splitlines()[0] == f"origin {before} {after}"
    checked.write("a.txt", "BAD\n")
    checked.commit()
    done = checked.run("git", "push", "origin", "main")
    assert (done.code, "BAD" in done.text) == (1, True)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_try_repo_installs_hookflow_and_runs_it(project: Project, hooks_repository: Path, tmp_path: Path) -> None:
    """`language: python`: pre-commit builds an environment of ours, which no step gets to see."""
    project.configure(STEPS)
    project.write("a.txt", "good\n")
    project.git("add", "-A")
    home = {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}
    done = project.run(*PRE_COMMIT, "try-repo", str(hooks_repository), "hookflow", "--verbose", timeout=280, **home)
    assert done.code == 0, done.text
    assert project.outcomes() == {"no-bad": "passed", "py": "skipped", "told": "passed"}
    assert str(tmp_path / "pre-commit") not in project.log("told").decode()
    project.write("a.txt", "BAD\n")
    project.git("add", "-A")
    done = project.run(*PRE_COMMIT, "try-repo", str(hooks_repository), "hookflow", timeout=280, **home)
    assert (done.code, "BAD" in done.text) == (1, True)


def test_every_entry_of_the_manifest_is_one_that_we_understand(hooks_repository: Path) -> None:
    """pre-commit's own check of the file, and our own of the stages."""
    source = Project(hooks_repository)
    assert source.run(*PRE_COMMIT, "validate-manifest", ".pre-commit-hooks.yaml").code == 0
    text = (hooks_repository / ".pre-commit-hooks.yaml").read_text()
    for stage in ("pre-commit", "commit-msg", "pre-push"):
        assert text.count(f"entry: hookflow hook {stage}\n") == 2

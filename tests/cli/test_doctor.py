"""`hookflow doctor`: a line for each thing that could keep hookflow from working, and 3 if one does."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest
from project import HOOKFLOW, Finished, Project

from hookflow.adapters import locks

LINE = re.compile(r"(?P<check>.+?) +(?P<level>ok|note|PROBLEM) +(?P<text>.+)")


@pytest.fixture
def configured(project: Project) -> Project:
    """A repository with a valid configuration."""
    project.configure('[steps.a]\nrun = "true"\n[steps.b]\nrun = "true"\nstages = ["pre-push", "manual"]')
    return project


def findings(done: Finished) -> dict[str, tuple[str, str]]:
    """Level and text of each check; the exit code fits them."""
    assert done.err == ""
    found = {}
    for line in done.out.splitlines():
        match = LINE.fullmatch(line)
        assert match is not None, line
        found[match["check"]] = (match["level"], match["text"])
    assert len(found) == len(done.out.splitlines())
    assert done.code == (3 if "PROBLEM" in {level for level, _ in found.values()} else 0)
    return found


def doctor(project: Project, **environment: str) -> dict[str, tuple[str, str]]:
    """What doctor finds in a repository."""
    return findings(project.hookflow("doctor", **environment))


def problems(found: dict[str, tuple[str, str]]) -> list[str]:
    """The checks that found one."""
    return [check for check, (level, _) in found.items() if level == "PROBLEM"]


def test_a_repository_in_order(configured: Project) -> None:
    """Every check is there, in aligned columns, and nothing is left behind."""
    configured.hookflow("install")
    done = configured.hookflow("doctor")
    found = findings(done)
    assert problems(found) == []
    assert done.code == 0
    git = configured.git("version").split()[2]
    assert found["git"] == ("ok", f"{git} ({shutil.which('git')})")
    assert found["configuration"] == ("ok", f"{configured.path / 'pyproject.toml'}: 2 steps")
    for check in ("hook pre-commit", "hook pre-push"):
        assert found[check] == ("ok", f"installed, calls {sys.executable}")
    assert "hook manual" not in found
    for check in ("repository", "state directory", "work tree lock", "hidden changes", "index", "CPUs", "arguments"):
        assert found[check][0] == "ok", check
    assert len({re.search(r"(?<= )(ok|note)(?= )", line).start() for line in done.out.splitlines()}) == 1
    assert not configured.state.exists()


def test_without_a_repository(tmp_path: Path) -> None:
    """It says so, and looks at the machine all the same."""
    found = doctor(Project(tmp_path), GIT_CEILING_DIRECTORIES=str(tmp_path.parent))
    assert problems(found) == ["repository"]
    assert "not in a git repository" in found["repository"][1]
    assert found["CPUs"][0] == "ok"


def test_without_git(configured: Project, tmp_path: Path) -> None:
    """It says so, and looks at the machine all the same."""
    found = doctor(configured, PATH=str(tmp_path))
    assert problems(found) == ["git"]
    assert "git was not found on PATH" in found["git"][1]
    assert found["open files"][0] == "ok"


@pytest.mark.parametrize(("version", "level"), [("2.30.9", "PROBLEM"), ("1.99.0", "PROBLEM"), ("2.31.0.rc1", "ok")])
def test_an_old_git(configured: Project, tmp_path: Path, version: str, level: str) -> None:
    """One without --path-format; nothing else is asked of it."""
    real = shutil.which("git")
    script = f'#!/bin/sh\ncase "$*" in *version) echo git version {version};; *) exec {real} "$@";; esac\n'
    Project(tmp_path).write("bin/git", script, mode=0o755)
    found = doctor(configured, PATH=f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    assert found["git"][0] == level
    assert version in found["git"][1]
    assert ("install 2.31 or newer" in found["git"][1]) == (level == "PROBLEM")


def test_without_a_configuration(project: Project) -> None:
    """What would write one is named."""
    found = doctor(project)
    assert problems(found) == ["configuration"]
    assert "`hookflow init` writes one" in found["configuration"][1]
    assert found["work tree lock"] == ("ok", "free")


def test_a_wrong_configuration(project: Project) -> None:
    """How many errors, the first of them, and where to see them all."""
    project.configure('jobs = "x"\nparalel = true\n[steps.a]\nrun = "true"')
    level, text = doctor(project)["configuration"]
    assert level == "PROBLEM"
    assert text.startswith("2 errors; `hookflow validate` shows them; the first: pyproject.toml:2:")


def test_hooks_that_are_not_installed(configured: Project) -> None:
    """A note, since pre-commit may call us, or CI."""
    configured.write(".git/hooks/pre-push", "#!/bin/sh\n", mode=0o755)
    found = doctor(configured)
    assert found["hook pre-commit"] == ("note", "not installed; `hookflow install` does it")
    assert found["hook pre-push"][0] == "note"
    assert "is not hookflow's" in found["hook pre-push"][1]
    assert problems(found) == []


def test_hooks_that_would_not_work(configured: Project, tmp_path: Path) -> None:
    """Edited, made by another version, without their interpreter or without hookflow in it, not executable."""
    configured.hookflow("install")
    hook = configured.path / ".git" / "hooks" / "pre-commit"
    text = hook.read_text()
    empty = Project(tmp_path).write("an empty one/python", "#!/bin/sh\nexit 1\n", mode=0o755)
    for changed, expected in (
        (text + "echo more\n", "was edited"),
        (text.replace("hook --before", "hook --old"), "another version's"),
        (text.replace("python=", "python='"), "another version's"),
        (text.replace(f"python={sys.executable}", "python=/nowhere/python"), "/nowhere/python, which does not run"),
        (text.replace(f"python={sys.executable}", f"python='{empty}'"), f"{empty}, which does not run hookflow"),
    ):
        hook.write_text(changed)
        found = doctor(configured)
        assert problems(found) == ["hook pre-commit"], changed
        assert expected in found["hook pre-commit"][1]
        assert "`hookflow install`" in found["hook pre-commit"][1]
    hook.write_text(text)
    hook.chmod(0o644)
    assert "not executable" in doctor(configured)["hook pre-commit"][1]
    configured.hookflow("install")
    assert problems(doctor(configured)) == []


def test_hooks_elsewhere(configured: Project, tmp_path: Path) -> None:
    """They are looked for where git looks for them."""
    configured.git("config", "core.hooksPath", str(tmp_path / "shared"))
    configured.hookflow("install")
    found = doctor(configured)
    assert found["core.hooksPath"][0] == "note"
    assert found["hook pre-commit"][0] == "ok"


def test_a_state_directory_that_cannot_be_written(configured: Project, tmp_path: Path) -> None:
    """With the place and the reason, in a repository and outside."""
    (tmp_path / "file").touch()
    place = tmp_path / "file" / "state"
    for project in (configured, Project(tmp_path)):
        found = doctor(project, HOOKFLOW_STATE_DIR=str(place))
        assert found["state directory"][0] == "PROBLEM"
        assert f"{place} cannot be written (Not a directory)" in found["state directory"][1]


def test_little_room_for_state(configured: Project, tmp_path: Path) -> None:
    """A note below 100 MiB."""
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "none", small], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("a small file system can only be mounted by root")
    try:
        found = doctor(configured, HOOKFLOW_STATE_DIR=str(small))
        assert found["disk space"][0] == "note"
        assert found["disk space"][1].startswith("1 MiB free")
        with suppress(OSError):  # it does not all fit
            (small / "all").write_bytes(b"x" * (2 << 20))
        assert "No space left" in doctor(configured, HOOKFLOW_STATE_DIR=str(small))["state directory"][1]
    finally:
        subprocess.run(["umount", small], check=True)


def test_changes_that_an_interrupted_run_left(configured: Project) -> None:
    """A problem unless their run goes on."""
    place = configured.write(".git/hookflow/hidden/20260101T000000-000000abc/journal.json", "{}").parent
    (place.parent / "unfinished").mkdir()
    found = doctor(configured)
    assert problems(found) == ["hidden changes"]
    assert f"left them in {place}; `hookflow recover`" in found["hidden changes"][1]
    held = locks.TreeLock(configured.path / ".git").try_lock(exclusive=True, run="goes-on")
    assert isinstance(held, locks.Held)
    found = doctor(configured)
    assert problems(found) == []
    assert found["work tree lock"] == ("note", f"held by run goes-on (process {os.getpid()})")
    assert "puts them back at its end" in found["hidden changes"][1]
    held.release()


def test_an_index_in_the_middle_of_something(configured: Project) -> None:
    """A conflict, and a lock that git left."""
    configured.commit()
    lock = configured.write(".git/index.lock")
    assert doctor(configured)["index"][0] == "note"
    assert str(lock) in doctor(configured)["index"][1]
    lock.unlink()
    for branch in ("one", "two"):
        configured.git("checkout", "-q", "-b", branch, "main")
        configured.write("a.txt", branch)
        configured.commit()
    configured.git("merge", "one", check=False)
    found = doctor(configured)
    assert found["index"] == ("note", "1 unmerged path: resolve the conflicts and `git add` them before a run")


def test_a_virtual_environment_of_the_repository(configured: Project) -> None:
    """None, one that works, and one whose interpreter has gone."""
    assert doctor(configured)["venv"][0] == "note"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", configured.path / ".venv"], check=True)
    assert doctor(configured)["venv"][0] == "ok"
    python = configured.path / ".venv" / "bin" / "python"
    python.unlink()
    python.symlink_to("/nowhere/python")
    found = doctor(configured)
    assert problems(found) == ["venv"]
    assert f"{python} does not run" in found["venv"][1]


@pytest.mark.parametrize(
    ("value", "level", "text"),
    [
        ("false", "ok", "none wanted"),
        ('"env"', "PROBLEM", "env: there is no such virtual environment"),
        ('"~nobody-of-that-name/env"', "PROBLEM", "home directory"),
    ],
)
def test_a_virtual_environment_that_was_configured(project: Project, value: str, level: str, text: str) -> None:
    """One that is missing is a problem."""
    project.configure(f'venv = {value}\n[steps.a]\nrun = "true"')
    found = doctor(project)["venv"]
    assert found[0] == level
    assert text in found[1]


def test_who_holds_what_runs_compete_for(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the repository and of the machine; what only steps of one run share is not shown."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    project.configure(
        '[resources]\ndb = { scope = "repository" }\nai = { slots = 3, scope = "machine" }\nx = { slots = 2 }\n'
        '[steps.a]\nrun = "true"\nuses = ["db", "ai", "x"]'
    )
    found = doctor(project)
    assert found["resource db"] == ("ok", "free (1 slot)")
    assert found["resource ai"] == ("ok", "free (3 slots)")
    assert "resource x" not in found
    directories = {"db": locks.repository_directory(project.path / ".git"), "ai": locks.machine_directory()}
    held = locks.try_slots(directories, {"db": (1, 1), "ai": (2, 3)}, run="that-one")
    assert isinstance(held, locks.Held)
    found = doctor(project)
    assert found["resource db"] == ("note", f"1 of 1 slot held by run that-one (process {os.getpid()})")
    assert found["resource ai"] == ("note", f"2 of 3 slots held by run that-one (process {os.getpid()})")
    held.release()
    shutil.rmtree(locks.machine_directory().parent)
    (tmp_path / f"hookflow-{os.geteuid()}").symlink_to(project.path)
    assert problems(doctor(project)) == ["resource ai"]


def test_settings_of_git_that_matter(configured: Project, tmp_path: Path) -> None:
    """Each is explained, and none of the programs that they name is run."""
    program = Project(tmp_path).write("program", f"#!/bin/sh\ntouch {tmp_path / 'ran'}\n", mode=0o755)
    assert not {"core.fsmonitor", "diff.external", "core.autocrlf", "filter drivers"} & doctor(configured).keys()
    configured.commit()
    configured.write(".gitattributes", "* filter=secret diff=odd\n")
    for name in ("core.fsmonitor", "diff.external", "filter.secret.clean", "filter.secret.smudge", "diff.odd.textconv"):
        configured.git("config", name, str(program))
    configured.git("config", "core.autocrlf", "input")
    found = doctor(configured)
    assert problems(found) == []
    assert found["core.fsmonitor"] == ("note", f"{program}: hookflow's own git calls do not use it")
    assert found["diff.external"] == ("note", f"{program}: hookflow's own git calls do not run it")
    assert found["core.autocrlf"][0] == "note"
    assert found["filter drivers"][1].startswith("secret: ")
    assert not (tmp_path / "ran").exists()
    configured.git("config", "core.fsmonitor", "false")
    assert "core.fsmonitor" not in doctor(configured)


def test_few_open_files(configured: Project) -> None:
    """A note below 64."""
    done = configured.run("sh", "-c", 'ulimit -n 40; exec "$@"', "sh", *HOOKFLOW, "doctor")
    assert findings(done)["open files"][1].startswith("at most 40: ")


def test_without_a_home(configured: Project) -> None:
    """It says so, and goes on."""
    done = configured.run("env", "-u", "HOME", *HOOKFLOW, "doctor")
    assert findings(done)["home"][0] == "note"
    assert done.code == 0


def test_a_terminal_that_knows_few_letters(tmp_path: Path) -> None:
    """What it cannot show is shown as escapes, and so is what would change its colour."""
    project = Project.create(tmp_path / "größe\x1b[31m")
    project.configure('[steps.a]\nrun = "true"')
    found = doctor(project, PYTHONIOENCODING="ascii")
    assert found["encoding"][0] == "note"
    assert r"gr\xf6\xdfe\x1b[31m" in found["repository"][1]
    assert found["configuration"][0] == "ok"

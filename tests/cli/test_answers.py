"""The same run on the same content is answered at once; anything that decides a step's result makes it look again."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from project import HOOKFLOW, Project

from hookflow.adapters.locks import Held, TreeLock

CONFIGURATION = """
[steps.code]
run = "./tools/check.sh && tool"
files = ["src/**", "*.txt"]
inputs = ["data/*.json", "generated/*.py"]
cache-env = ["MODE"]
[steps.docs]
run = "true"
files = ["docs/**"]
always-run = true
cache = true
"""


@pytest.fixture
def settled(project: Project) -> Project:
    """A repository of which a run has passed, with files of every kind, whose answer is kept."""
    project.configure(CONFIGURATION)
    project.write("src/a.py", "a = 1\n")
    project.write("src/b.py", "b = 1\n")
    project.write("data/x.json", "{}\n")
    project.write("docs/a.md", "text\n")
    project.write("tools/check.sh", "#!/bin/sh\ntest ! -e fail\n", mode=0o755)
    project.write(".gitignore", "generated\n*.log\n.env\n/bin\nfail\n")
    project.write("bin/tool", "#!/bin/sh\nexit 0\n", mode=0o755)
    project.commit()
    project.write("src/a.py", "a = 2\n")
    project.write("new.txt", "untracked\n")
    wait_a_tick()
    done = run(project)
    assert done.code == 0, done.text
    assert list((project.state / "answers").iterdir())
    return project


def run(project: Project, *options: str, **environment: str):
    """A run by hand with the repository's own tool on PATH."""
    path = f"{project.path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return project.run(*HOOKFLOW, "run", *options, PATH=path, **environment)


def wait_a_tick() -> None:
    """Until what is written now has another time than what was written before: an answer is not kept for less."""
    before = time.time_ns()
    while time.time_ns() < before + 60_000_000:
        time.sleep(0.01)


def imported(project: Project) -> str:
    """The modules that a run imports, as text."""
    path = f"{project.path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = project.run(sys.executable, "-X", "importtime", "-P", "-m", "hookflow", "run", PATH=path)
    assert done.code == 0
    return done.err


def test_it_is_answered_without_git_python_and_trio(settled: Project) -> None:
    """And its events, logs and lines are those of a run of cached steps."""
    modules = imported(settled)
    assert not [line for line in modules.splitlines() if line.endswith((" git", " trio", " sqlite3"))]
    events = settled.events()
    assert [event["event"] for event in events] == ["run-started", "step-finished", "step-finished", "run-finished"]
    assert events[0]["steps"] == ["code", "docs"]
    assert events[-1]["counts"] == {"cached": 2}
    settled.write("src/a.py", "a = 3\n")
    assert " hookflow.cli" in imported(settled)


def edit(name: str, text: str) -> Callable[[Project], None]:
    """A file with another content."""
    return lambda project: void(project.write(name, text))


def git(*arguments: str) -> Callable[[Project], None]:
    """A git command."""
    return lambda project: void(project.git(*arguments))


def void(_: object) -> None:
    """Nothing."""


def both(*actions: Callable[[Project], None]) -> Callable[[Project], None]:
    """One after the other."""

    def act(project: Project) -> None:
        for action in actions:
            action(project)

    return act


def with_time(name: str, text: str) -> Callable[[Project], None]:
    """A file of the same size whose time of change is set back to what it was."""

    def act(project: Project) -> None:
        place = project.path / name
        before = place.stat()
        place.write_text(text)
        os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))

    return act


CHANGES = {
    "a tracked file that was as in the index": edit("src/b.py", "b = 2\n"),
    "a changed file": edit("src/a.py", "a = 3\n"),
    "a changed file, of the same size and time": with_time("src/a.py", "a = 9\n"),
    "a tracked file, of the same size and time": with_time("src/b.py", "b = 9\n"),
    "an untracked file": edit("new.txt", "another\n"),
    "another untracked file": edit("src/c.py", ""),
    "an untracked file is gone": lambda project: (project.path / "new.txt").unlink(),
    "a tracked file is gone": lambda project: (project.path / "src/b.py").unlink(),
    "a mode": lambda project: (project.path / "src/b.py").chmod(0o755),
    "the mode of an untracked file": lambda project: (project.path / "new.txt").chmod(0o755),
    "a renamed file": git("mv", "src/b.py", "src/d.py"),
    "the configuration": lambda project: project.configure(CONFIGURATION.replace("&& tool", "&& tool && true")),
    "an input": edit("data/x.json", "[]\n"),
    "a new ignored input": edit("generated/x.py", ""),
    "a script that the command names": edit("tools/check.sh", "#!/bin/sh\ntest ! -e fail || true\n"),
    "a program on PATH": edit("bin/tool", "#!/bin/sh\nexit 0 # another version\n"),
    "a program that comes first on PATH now": lambda project: void(
        project.write(".venv/bin/tool", "#!/bin/sh\nexit 0\n", mode=0o755)
    ),
    "a lock file": edit("uv.lock", "version = 1\n"),
    "a file that git was told not to look at": both(
        git("update-index", "--assume-unchanged", "src/b.py"), edit("src/b.py", "b = 2\n")
    ),
    "a file that git was told to skip": both(
        git("update-index", "--skip-worktree", "src/b.py"), edit("src/b.py", "b = 2\n")
    ),
    "a file of which git shows no change any more": both(
        git("config", "core.fileMode", "false"), lambda project: (project.path / "new.txt").chmod(0o755)
    ),
    "line endings that git does not tell": both(
        edit(".gitattributes", "*.py text=auto\n"), edit("src/b.py", "b = 1\r\n")
    ),
    "what is staged": both(edit("src/b.py", "b = 3\n"), git("add", "src/b.py")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_decides_is_looked_at_again(settled: Project, change: str) -> None:
    """Whatever it is that has changed, the step runs."""
    CHANGES[change](settled)
    assert run(settled).code == 0
    assert settled.outcomes()["code"] == "passed"


def test_a_variable_that_decides(settled: Project) -> None:
    """Unset, empty and set are three things; each is answered on its own."""
    for mode in ("", "x"):
        assert run(settled, MODE=mode).code == 0
        assert settled.outcomes()["code"] == "passed"
        assert run(settled, MODE=mode).code == 0
        assert settled.outcomes()["code"] == "cached"


def test_options_that_ask_for_another_run(settled: Project) -> None:
    """--no-cache, --refresh and --verify-cache run the step; another scope, stage or SKIP is another question."""
    for option in ("--no-cache", "--refresh", "--verify-cache"):
        assert run(settled, option).code == 0
        assert settled.outcomes()["code"] == "passed"
    assert run(settled, SKIP="code").code == 0
    assert settled.outcomes()["code"] == "skipped"
    assert run(settled, "--skip", "docs").code == 0
    assert settled.outcomes() == {"code": "cached", "docs": "skipped"}


def test_a_failure_is_never_answered(settled: Project) -> None:
    """It runs again each time; what is ignored and not declared is not noticed, and --verify-cache finds it."""
    settled.write("fail")
    assert run(settled).code == 0
    done = run(settled, "--verify-cache")
    assert done.code == 1
    assert "not declared" in done.out
    for _ in range(2):
        assert run(settled).code == 1
        assert settled.outcomes()["code"] == "failed"


def test_nothing_is_answered_while_another_run_hides_changes(settled: Project) -> None:
    """What stands in the work tree then is not the user's."""
    lock = TreeLock(settled.path / ".git").try_lock(exclusive=True, run="another")
    assert isinstance(lock, Held)
    path = f"{settled.path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    waiting = subprocess.Popen(
        [*HOOKFLOW, "run"], cwd=settled.path, env={**os.environ, "PATH": path}, stderr=subprocess.PIPE, text=True
    )
    assert waiting.stderr is not None
    assert "waits for this work tree" in waiting.stderr.readline()
    lock.release()
    assert waiting.wait(timeout=20) == 0
    waiting.stderr.close()


def test_linked_work_trees_have_answers_of_their_own(settled: Project, tmp_path: Path) -> None:
    """One does not answer for another; results are shared, as far as files and programs are the same."""
    other = Project(tmp_path / "linked")
    settled.git("worktree", "add", "-q", "--detach", str(other.path))
    other.write("bin/tool", "#!/bin/sh\nexit 0\n", mode=0o755)
    done = run(other, "--all-files")
    assert done.code == 0, done.text
    rows = [line.split()[:2] for line in done.out.splitlines()]
    assert ["passed", "code"] in rows
    assert ["cached", "docs"] in rows
    assert " hookflow.cli" not in imported(settled)


def test_a_link_on_the_way_to_a_program_decides(settled: Project, tmp_path: Path) -> None:
    """Neither the first link nor the file that it led to has changed."""
    for version in ("1", "2"):
        settled.write(f".git/{version}", "#!/bin/sh\nexit 0\n", mode=0o755)
    middle = tmp_path / "middle"
    middle.symlink_to(settled.path / ".git" / "1")
    tool = settled.path / "bin" / "tool"
    tool.unlink()
    tool.symlink_to(middle)
    assert run(settled).code == 0
    assert " hookflow.cli" not in imported(settled)
    middle.unlink()
    middle.symlink_to(settled.path / ".git" / "2")
    assert run(settled).code == 0
    assert settled.outcomes()["code"] == "passed"


def test_a_closed_standard_output_changes_nothing(settled: Project) -> None:
    """Nor one that knows ASCII only."""
    path = f"{settled.path / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = settled.run("sh", "-c", f"{' '.join(HOOKFLOW)} run >&-", PATH=path)
    assert (done.code, done.err) == (0, "")
    assert run(settled, PYTHONIOENCODING="ascii").code == 0


def test_clearing_the_cache_forgets_answers(settled: Project) -> None:
    """Every step runs again."""
    assert settled.hookflow("cache", "clear").code == 0
    assert run(settled).code == 0
    assert settled.outcomes() == {"code": "passed", "docs": "passed"}

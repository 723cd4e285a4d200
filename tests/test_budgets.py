"""What a run may cost that can be counted without a clock: modules that are imported, and calls of git."""

import json
import sys
from collections import Counter
from pathlib import Path

import pytest
from project import Project

MODULES = (
    *("trio", "git", "rich", "pathspec", "identify.identify", "tomli", "dataclasses", "argparse", "tempfile", "shutil"),
    *("hookflow.reporters.live", "hookflow.core.validation", "hookflow.adapters.worktree", "hookflow.core.diagrams"),
)


@pytest.fixture
def checked(project: Project) -> Project:
    """Twelve steps on Python files, of which a run has been already."""
    steps = "\n".join(f'[steps.s{number}]\nrun = "true"\nfiles = ["*.py"]\nneeds = []' for number in range(12))
    project.configure(f"parallel = true\n{steps}")
    project.write("a.py", "a = 1\n")
    project.write("notes.md", "text\n")
    project.commit()
    project.write("a.py", "a = 2\n")
    assert project.hookflow("run").code == 0
    return project


def counted(project: Project, *arguments: str) -> tuple[set[str], list[list[str]]]:
    """The modules that a run imports, and the git commands that it calls."""
    trace = project.path / ".git" / "trace"
    trace.mkdir(exist_ok=True)
    done = project.run(
        sys.executable, "-X", "importtime", "-P", "-m", "hookflow", *arguments, GIT_TRACE2_EVENT=str(trace)
    )
    assert done.code == 0, done.text
    modules = {line.rpartition("|")[2].strip() for line in done.err.splitlines() if line.startswith("import time:")}
    calls = [json.loads(file.read_text().splitlines()[1])["argv"] for file in sorted(trace.iterdir())]
    for file in trace.iterdir():
        file.unlink()
    return modules, [call for call in calls if Path(call[0]).name == "git"]


def test_the_same_run_again(checked: Project) -> None:
    """One call of git, and next to nothing imported."""
    counted(checked, "run")
    modules, calls = counted(checked, "run")
    assert len(calls) == 1
    assert "status" in calls[0]
    assert len([name for name in modules if name.startswith("hookflow")]) <= 8
    assert not modules & {"json", "pathlib", "typing", "re", *MODULES}


def test_a_run_of_a_short_step(checked: Project) -> None:
    """Neither trio nor GitPython, and nothing that an unchanged configuration needs not."""
    checked.write("a.py", "a = 3\n")
    modules, calls = counted(checked, "run")
    assert len(calls) <= 12, calls
    assert not modules & set(MODULES)
    assert len(modules) <= 215  # half of them of the standard library


def test_a_run_of_a_long_step(checked: Project) -> None:
    """Trio, after the first step has been started; GitPython still not."""
    checked.configure('[steps.long]\nrun = "sleep 0.2"\nfiles = ["*.py"]')
    checked.hookflow("run", "--no-cache")
    modules, _ = counted(checked, "run", "--no-cache")
    assert "trio" in modules
    assert "git" not in modules


def test_a_run_of_which_everything_is_skipped(checked: Project) -> None:
    """No step, no process but git's."""
    checked.commit()
    checked.write("notes.md", "other\n")
    modules, calls = counted(checked, "run", "--no-cache")
    assert len(calls) <= 5, calls
    assert not modules & set(MODULES)


def questions(calls: list[list[str]]) -> dict[str, int]:
    """How often git was asked what it answers by looking at every file, or every entry of the index."""
    words = ("--others", "--raw", "-s")
    return {word: sum(word in call for call in calls) for word in words}


@pytest.mark.parametrize("beside", [False, True])
def test_a_commits_check_looks_at_every_file_twice(checked: Project, beside: bool) -> None:
    """Before the steps and after them, whether there is something to hide or not; and at the index once.

    Where something was hidden, git's comparison may find that a file's time has changed and note it in the index, which
    is listed again if that was done in time.
    """
    checked.write("a.py", "a = 3\n")
    checked.git("add", "-A")
    if beside:
        checked.write("a.py", "a = 3\na = 4\n")
    _, calls = counted(checked, "run", "--staged")
    assert questions(calls) in [{"--others": 2, "--raw": 2, "-s": count} for count in ([1, 2] if beside else [1])], (
        calls
    )


def test_what_is_compared_after_a_commits_check_is_what_may_decide(checked: Project) -> None:
    """The files of the steps, and no others."""
    checked.write("a.py", "a = 3\n")
    checked.git("add", "-A")
    _, calls = counted(checked, "run", "--staged")
    compared = [call[call.index("--") + 1 :] if "--" in call else [] for call in calls if "--raw" in call]
    assert sorted(compared) == [[], ["*.py*"]]


def test_nothing_that_was_asked_ahead_is_left_running(checked: Project) -> None:
    """Also where the command line was wrong, or nothing of it was needed."""
    checked.run("git", "config", "hookflow.no", "yes")
    assert checked.hookflow("run", "--no-such-option").code == 2
    assert checked.hookflow("run", "no-such-step").code == 2
    left = checked.run("sh", "-c", "ps -o args= -e | grep -c '[g]it -C .*" + checked.path.name + "/.* ls-files'")
    assert left.out.strip() == "0"


# Runs a command line in this process and says what it took: calls of functions, and what the interpreter's audit
# hooks told of the main thread (sys.addaudithook).
COUNTED = """
import collections, json, sys, threading
from hookflow import cli

found = collections.Counter()
main = threading.get_ident()


def count(_frame, event, _argument):
    found["calls"] += event in ("call", "c_call")


def audit(event, _arguments):
    if threading.get_ident() == main:
        found[event] += 1


sys.addaudithook(audit)
sys.setprofile(count)
code = cli.main(sys.argv[1:])
sys.setprofile(None)
print(json.dumps(found), file=sys.stderr)
sys.exit(code)
"""


def taken(project: Project, steps: int, *arguments: str) -> Counter[str]:
    """What a run of so many steps that do nothing takes, each after the one before the last."""
    tables = (f'[steps.s{n}]\nrun = ["true"]\nneeds = {[f"s{n - 2}"] if n > 1 else []}' for n in range(steps))
    project.configure("parallel = true\njobs = 2\n" + "\n".join(tables))
    project.git("add", "-A")
    done = project.run(sys.executable, "-P", "-c", COUNTED, "run", "--all-files", *arguments)
    assert done.code == 0, done.text
    return Counter(json.loads(done.err.splitlines()[-1]))


@pytest.mark.parametrize(("arguments", "most"), [((), 3000), (("--refresh",), 3000), (("--no-cache",), 2000)])
def test_one_more_short_step(project: Project, arguments: tuple[str, ...], most: int) -> None:
    """One process, two files opened, no thread, no directory read; and no more for the hundredth than for the tenth."""
    counts = [taken(project, steps, *arguments) for steps in (20, 70, 170)]
    early, late = (
        {name: (after[name] - before[name]) / steps for name in after}
        for before, after, steps in zip(counts, counts[1:], (50, 100), strict=False)
    )
    assert late["os.posix_spawn"] == 1
    assert late["open"] <= 2  # its log, and what it reads
    assert {name for name, count in late.items() if count > 0.5} <= {
        *("calls", "open", "os.posix_spawn", "os.killpg", "builtins.id")
    }
    assert late["calls"] <= min(most, early["calls"] * 1.2)

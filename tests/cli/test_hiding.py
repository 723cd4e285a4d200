"""Steps of a commit see exactly what is staged, and the work tree is afterwards what it was before."""

import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from project import HOOKFLOW, Project


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Look until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


Tree = dict[str, tuple[bytes, int]]


def tree(project: Project) -> Tree:
    """Every file of the work tree with content and mode, and the index."""
    found = {}
    for directory, names, files in os.walk(project.path):
        names[:] = [name for name in names if name != ".git"]
        for path in (Path(directory, name) for name in files):
            with suppress(FileNotFoundError):  # a guardian may be at work
                found[str(path.relative_to(project.path))] = (path.read_bytes(), path.stat().st_mode)
    return {**found, "the index": (project.git("ls-files", "-s", "-z").encode(), 0)}


TEXT = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def partly(project: Project) -> Project:
    """A step that shows what it sees, and a file of which only a part is staged; the hook is installed."""
    project.configure('[steps.show]\nrun = "cat a.txt; ls"\nfiles = ["*.txt"]')
    project.write("a.txt", TEXT)
    project.write("gone.txt", "gone\n")
    project.commit()
    assert project.hookflow("install").code == 0
    project.write("a.txt", "staged\n" + TEXT)
    project.git("add", "a.txt")
    project.write("a.txt", "staged\n" + TEXT + "unstaged\n", mode=0o755)
    (project.path / "gone.txt").unlink()
    project.write("untracked.txt", "untracked\n")
    return project


def test_a_commit_is_checked_as_it_is_staged(partly: Project) -> None:
    """The unstaged part is out of the steps' sight, and back afterwards with its mode."""
    before = tree(partly)
    partly.git("commit", "-q", "-m", "x")
    shown = partly.log("show").decode()
    assert shown.startswith("staged\n" + TEXT)
    assert "unstaged" not in shown
    assert "gone.txt\n" in shown
    assert tree(partly) == before
    assert partly.git("status", "--porcelain") == " M a.txt\n D gone.txt\n?? untracked.txt\n"


def test_staged_by_hand_does_what_the_hook_does(partly: Project) -> None:
    """And the other scopes leave the work tree as it is."""
    before = tree(partly)
    assert partly.hookflow("run", "--staged").code == 0
    assert "unstaged" not in partly.log("show").decode()
    assert partly.hookflow("run", "--changed").code == 0
    assert "unstaged" in partly.log("show").decode()
    assert tree(partly) == before


def test_an_untracked_file_is_named_to_who_may_see_it(partly: Project) -> None:
    """It stays where it is."""
    partly.git("commit", "-q", "-m", "x")
    assert partly.finished()["show"]["reason"] == "untracked untracked.txt is in the work tree too"


def test_keep_leaves_the_work_tree_as_it_is(partly: Project) -> None:
    """Unstaged = "keep"."""
    partly.configure('unstaged = "keep"\n[steps.show]\nrun = "cat a.txt"\nfiles = ["*.txt"]')
    partly.git("commit", "-q", "-m", "x")
    assert "unstaged" in partly.log("show").decode()


def test_a_failing_step_gets_everything_back_too(partly: Project) -> None:
    """The commit is blocked."""
    partly.configure('[steps.bad]\nrun = "false"\nfiles = ["*.txt"]')
    before = tree(partly)
    assert partly.run("git", "commit", "-m", "x").code == 1
    assert tree(partly) == before


@pytest.mark.parametrize("options", [["-a"], ["a.txt"]])
def test_what_the_commit_takes_is_what_steps_see(partly: Project, options: list[str]) -> None:
    """With -a there is nothing to hide; with a path the rest of what is staged is out of sight."""
    partly.write("b.txt", "staged b\n")
    partly.git("add", "b.txt")
    partly.write("a.txt", "all of it\n" + TEXT)
    partly.git("commit", "-q", "-m", "x", *options)
    shown = partly.log("show").decode()
    assert shown.startswith("all of it\n" + TEXT)
    assert ("gone.txt\n" in shown) == (options == ["a.txt"])
    assert partly.git("show", "HEAD:a.txt") == "all of it\n" + TEXT


def start(project: Project, *command: str) -> subprocess.Popen[bytes]:
    """A command in the background, in a session of its own."""
    return subprocess.Popen(
        command, cwd=project.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


# Begins, and goes on when the test says so.
WAITING = "touch .git/began; while [ ! -e .git/go ]; do sleep 0.02; done"


def let_go(project: Project) -> None:
    """Let the waiting step end."""
    (project.path / ".git" / "go").touch()


SLOW = "touch .git/began; sleep 30 & echo $! > .git/child; wait"


def slow(project: Project) -> None:
    """Let the step take long, with a child of its own."""
    project.configure(f'[steps.slow]\nrun = "{SLOW}"\nfiles = ["*.txt"]')


def alive(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def child_of(project: Project) -> int:
    """The process that the slow step has left in its group."""
    place = project.path / ".git" / "child"
    wait_until(lambda: place.exists() and bool(place.read_text().strip()))
    return int(place.read_text())


def test_sigkill_loses_nothing(partly: Project) -> None:
    """Within two seconds the work tree is as it was, and the step's whole group is gone."""
    slow(partly)
    before = tree(partly)
    run = start(partly, *HOOKFLOW, "run", "--staged")
    child = child_of(partly)
    assert "unstaged" not in (partly.path / "a.txt").read_text()
    run.kill()
    run.wait()
    wait_until(lambda: tree(partly) == before and not alive(child), seconds=2)
    assert "nothing is hidden" in partly.hookflow("recover").out


@pytest.mark.parametrize("command", [["recover"], ["run", "--skip", "slow"], ["hook", "pre-commit", "--skip", "slow"]])
def test_where_the_guardian_dies_too_the_next_command_restores_first(partly: Project, command: list[str]) -> None:
    """And says so."""
    slow(partly)
    before = tree(partly)
    run = start(partly, *HOOKFLOW, "run", "--staged")
    child = child_of(partly)
    for pid in (int(pid) for pid in subprocess.check_output(["pgrep", "-P", str(run.pid)]).split()):
        if pid != os.getpgid(child):
            os.kill(pid, signal.SIGKILL)
    run.kill()
    run.wait()
    os.killpg(os.getpgid(child), signal.SIGKILL)
    assert tree(partly) != before
    done = partly.hookflow(*command)
    assert (done.code, "put back what run" in done.err, "a.txt" in done.err) == (0, True, True)
    assert tree(partly) == before


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_puts_everything_back(partly: Project, number: signal.Signals) -> None:
    """Exit 128 + n when children are gone and hidden changes are back."""
    slow(partly)
    before = tree(partly)
    run = start(partly, *HOOKFLOW, "run", "--staged")
    child = child_of(partly)
    run.send_signal(number)
    assert run.wait(timeout=10) == 128 + number
    assert tree(partly) == before
    assert not alive(child)


def test_ctrl_c_in_a_commit(partly: Project) -> None:
    """No commit, and everything is back when the hook has ended."""
    slow(partly)
    before = tree(partly)
    head = partly.git("rev-parse", "HEAD")
    commit = start(partly, "git", "commit", "-m", "x")
    child = child_of(partly)
    os.killpg(commit.pid, signal.SIGINT)
    commit.wait(timeout=10)
    wait_until(lambda: tree(partly) == before and not alive(child), seconds=4)
    assert partly.git("rev-parse", "HEAD") == head


def test_a_reader_that_goes_away_changes_nothing(partly: Project) -> None:
    """Standard output closed while the changes are hidden: they come back."""
    partly.configure('[steps.a]\nrun = "sleep 0.2"\nfiles = ["*.txt"]\n[steps.b]\nrun = "false"\nfiles = ["*.txt"]')
    before = tree(partly)
    command = f"{' '.join(HOOKFLOW)} run --staged | true; exit ${{PIPESTATUS[0]}}"
    assert partly.run("bash", "-c", command).code == 1
    assert tree(partly) == before


def test_three_times_ctrl_c_loses_nothing(partly: Project) -> None:
    """Even a step that ignores it is gone at once."""
    partly.configure(
        '[steps.deaf]\nrun = "trap \'\' INT TERM; touch .git/began; while :; do sleep 0.1; done"\nfiles = ["*.txt"]'
    )
    before = tree(partly)
    run = start(partly, *HOOKFLOW, "run", "--staged")
    wait_until((partly.path / ".git" / "began").exists)
    for _ in range(3):
        run.send_signal(signal.SIGINT)
        time.sleep(0.1)
    assert run.wait(timeout=10) == 130
    assert tree(partly) == before


def test_a_second_run_waits_and_says_for_whom(partly: Project) -> None:
    """Both see only what is staged."""
    partly.configure(f'[steps.show]\nrun = "{WAITING}; cat a.txt"\nfiles = ["*.txt"]')
    before = tree(partly)
    first = start(partly, *HOOKFLOW, "run", "--staged")
    wait_until((partly.path / ".git" / "began").exists)
    said = partly.path / ".git" / "said"
    with said.open("w") as err:
        second = subprocess.Popen(
            [*HOOKFLOW, "run", "--staged"], cwd=partly.path, stdout=subprocess.DEVNULL, stderr=err
        )
    wait_until(lambda: f"process {first.pid}" in said.read_text())
    let_go(partly)
    assert (first.wait(timeout=10), second.wait(timeout=10)) == (0, 0)
    assert said.read_text().count("waits for this work tree, held by run") == 1
    assert "unstaged" not in partly.log("show").decode()
    assert tree(partly) == before


def test_a_step_may_call_hookflow(partly: Project) -> None:
    """It is part of the run that has the work tree, and does not wait for it."""
    partly.configure(
        f'[steps.outer]\nrun = "{" ".join(HOOKFLOW)} run inner"\nfiles = ["*.txt"]\n'
        '[steps.inner]\nrun = "true"\nstages = ["manual"]'
    )
    partly.git("add", "pyproject.toml")
    before = tree(partly)
    assert partly.hookflow("run", "--staged").code == 0
    assert tree(partly) == before


def test_an_editor_saves_a_hidden_file_meanwhile(partly: Project) -> None:
    """Both edits are kept, and the commit is made."""
    partly.configure(f'[steps.slow]\nrun = "{WAITING}"\nfiles = ["*.txt"]')
    run = start(partly, "git", "commit", "-m", "x")
    wait_until((partly.path / ".git" / "began").exists)
    text = (partly.path / "a.txt").read_text()
    partly.write("a.txt", text.replace("line 5\n", "line 5, edited\n"))
    let_go(partly)
    assert run.wait(timeout=10) == 0
    now = (partly.path / "a.txt").read_text()
    assert "line 5, edited\n" in now
    assert now.endswith("unstaged\n")


def test_edits_that_exclude_each_other_block_the_commit(partly: Project) -> None:
    """The user's is in place, the other is saved beside and named."""
    partly.configure(f'[steps.slow]\nrun = "{WAITING}"\nfiles = ["*.txt"]')
    before = (partly.path / "a.txt").read_text()
    partly_run = subprocess.Popen(
        [*HOOKFLOW, "run", "--staged"], cwd=partly.path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    wait_until((partly.path / ".git" / "began").exists)
    partly.write("a.txt", "staged\n" + TEXT + "something else\n")
    let_go(partly)
    _, said = partly_run.communicate(timeout=10)
    assert partly_run.returncode == 1
    assert (partly.path / "a.txt").read_text() == before
    (beside,) = partly.path.glob("a.txt.hookflow-*")
    assert beside.read_text().endswith("something else\n")
    assert beside.name in said


def test_a_file_under_a_filter_is_left_as_it_is(partly: Project, tmp_path: Path) -> None:
    """Its filter is a program of the configuration's, and is not run."""
    partly.git("config", "filter.evil.clean", f"touch {tmp_path}/sprung; cat")
    partly.git("config", "filter.evil.smudge", f"touch {tmp_path}/sprung; cat")
    partly.write(".git/info/attributes", "a.txt filter=evil\n")
    before = (partly.path / "a.txt").read_text()
    done = partly.hookflow("run", "--staged")
    assert done.code == 0
    assert "steps see the unstaged version of a.txt" in done.err
    assert (partly.path / "a.txt").read_text() == before
    assert not (tmp_path / "sprung").exists()


def test_a_users_stash_stays(partly: Project) -> None:
    """Nothing of git's state is used."""
    partly.git("stash")
    partly.write("a.txt", "staged\n")
    partly.git("add", "-A")
    partly.write("a.txt", "unstaged\n")
    before = partly.git("stash", "list", "--format=%H")
    partly.git("commit", "-q", "-m", "x")
    assert partly.git("stash", "list", "--format=%H") == before

"""However a run ends, nothing that it started is left running."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from project import HOOKFLOW, Project

_MARK = "HOOKFLOW_TEST_MARK"


def wait_until(condition: Callable[[], bool], seconds: float = 15) -> None:
    """Look until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def marked(mark: str) -> list[int]:
    """The living processes whose environment carries a mark: all that a run has started."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"{_MARK}={mark}".encode() in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


@pytest.fixture
def mark(tmp_path: Path) -> Iterator[str]:
    """A mark of this test's own; whatever carries it at the end is killed."""
    yield str(tmp_path)
    for pid in marked(str(tmp_path)):
        os.kill(pid, signal.SIGKILL)


def start(project: Project, mark: str, *arguments: str) -> subprocess.Popen[bytes]:
    """Start hookflow in the background, in a session of its own, as under a terminal."""
    return subprocess.Popen(
        [*HOOKFLOW, *arguments],
        cwd=project.path,
        env={**os.environ, _MARK: mark},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def in_terminal(project: Project, mark: str, command: str) -> subprocess.Popen[bytes]:
    """Start a command in a terminal of its own (util-linux's script)."""
    return subprocess.Popen(
        ["script", "-qec", command, "/dev/null"],
        cwd=project.path,
        env={**os.environ, _MARK: mark},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def typed(terminal: subprocess.Popen[bytes], keys: bytes) -> None:
    """Press keys in a terminal."""
    assert terminal.stdin is not None
    with terminal.stdin as keyboard:
        keyboard.write(keys)


def started(project: Project, *names: str) -> Callable[[], bool]:
    """Whether all the files are there that the steps touch when they have begun."""
    return lambda: all((project.path / name).exists() for name in names)


FAMILY = "sleep 60 & sleep 60 & touch {name}; wait"
DEAF = "trap '' TERM INT HUP; touch {name}; while :; do sleep 0.2; done"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(project: Project, mark: str, number: signal.Signals) -> None:
    """128 + n, each step with its one outcome, no process left, in the grace and a second."""
    project.configure(
        f'[steps.a]\nrun = "{FAMILY.format(name="a")}"\n[steps.b]\nrun = "{DEAF.format(name="b")}"\n'
        '[steps.c]\nrun = "true"\nneeds = ["a"]'
    )
    project.write("x")
    run = start(project, mark, "run", "--parallel")
    wait_until(started(project, "a", "b"))
    began = time.monotonic()
    run.send_signal(number)
    assert run.wait(timeout=10) == 128 + number
    assert time.monotonic() - began < 2 + 1 + 1  # grace, a second, and room for a busy machine
    assert marked(mark) == []
    assert set(project.outcomes().values()) == {"cancelled"}
    assert project.events()[-1].items() >= {"outcome": "interrupted", "exit_code": 128 + number}.items()


def test_the_second_ctrl_c_does_not_wait(project: Project, mark: str) -> None:
    """KILL at once."""
    project.configure(f'[steps.b]\nrun = "{DEAF.format(name="b")}"')
    project.write("x")
    run = start(project, mark, "run")
    wait_until(started(project, "b"))
    began = time.monotonic()
    for _ in range(3):
        run.send_signal(signal.SIGINT)
        time.sleep(0.2)
    assert run.wait(timeout=10) == 130
    assert time.monotonic() - began < 2
    assert marked(mark) == []


def test_a_time_out_ends_the_whole_group(project: Project, mark: str) -> None:
    """The step fails with its reason; what needs it is blocked."""
    project.configure(
        f'[steps.slow]\nrun = "{FAMILY.format(name="a")}"\ntimeout = "300ms"\n'
        '[steps.after]\nrun = "true"\nneeds = ["slow"]'
    )
    project.write("x")
    done = project.hookflow("run", **{_MARK: mark})
    assert done.code == 1
    assert project.outcomes() == {"slow": "timed-out", "after": "blocked"}
    assert "its time was up after 0.3 s" in done.out
    assert marked(mark) == []


def test_fail_fast_ends_what_runs(project: Project, mark: str) -> None:
    """Also who ignores TERM."""
    project.configure(
        f'[steps.long]\nrun = "{DEAF.format(name="a")}"\n'
        '[steps.bad]\nrun = "while [ ! -e a ]; do sleep 0.05; done; false"'
    )
    project.write("x")
    assert project.hookflow("run", "--parallel", "--fail-fast", **{_MARK: mark}).code == 1
    assert project.outcomes() == {"bad": "failed", "long": "cancelled"}
    assert marked(mark) == []


def test_a_background_child_is_ended_and_reported(project: Project, mark: str) -> None:
    """The step ends at once, although the child holds its output."""
    project.configure('[steps.leaves]\nrun = "sleep 60 & echo done"')
    project.write("x")
    began = time.monotonic()
    done = project.hookflow("run", **{_MARK: mark})
    assert time.monotonic() - began < 10
    assert done.code == 0
    assert "leaves: left 1 background process behind, which was ended" in done.err
    assert marked(mark) == []


def test_ctrl_c_in_a_terminal_during_a_commit(project: Project, mark: str) -> None:
    """The commit dies at once, the hook ends what it started, and nothing is committed."""
    project.configure(f'[steps.a]\nrun = "{FAMILY.format(name="a")}"')
    project.hookflow("install")
    project.git("add", "-A")
    terminal = in_terminal(project, mark, "git commit -m x")
    wait_until(started(project, "a"))
    typed(terminal, b"\x03")
    terminal.wait(timeout=10)
    wait_until(lambda: marked(mark) == [], seconds=4)
    assert project.run("git", "rev-parse", "-q", "--verify", "HEAD").code != 0
    assert project.outcomes() == {"a": "cancelled"}
    assert not list((project.path / ".git").glob("*.lock"))


def test_an_interactive_step_owns_the_terminal(project: Project, mark: str) -> None:
    """It reads what is typed; without a terminal it fails and says so."""
    project.configure('[steps.ask]\nrun = "touch ready; read answer; test \\"$answer\\" = yes"\ninteractive = true')
    project.write("x")
    assert project.run("setsid", "-w", *HOOKFLOW, "run").code == 1
    assert project.finished()["ask"]["reason"] == "it is interactive, and there is no terminal here"
    command = " ".join([*HOOKFLOW, "run"])
    terminal = in_terminal(project, mark, command)
    wait_until(started(project, "ready"))
    typed(terminal, b"yes\n")
    assert terminal.wait(timeout=15) == 0
    assert project.outcomes() == {"ask": "passed"}


def test_few_file_descriptors_are_enough(project: Project) -> None:
    """With 24 of them, many steps at once are slowed down, not failed."""
    project.configure("\n".join(f'[steps.s{number}]\nrun = ["sleep", "0.1"]' for number in range(30)))
    project.write("x")
    done = project.run("bash", "-c", f"ulimit -n 24; {' '.join(HOOKFLOW)} run -j 30")
    assert done.code == 0, done.text
    assert set(project.outcomes().values()) == {"passed"}
    assert "Traceback" not in done.text


def test_a_step_that_the_system_kills_is_a_failure_with_the_signal(project: Project) -> None:
    """Not taken for a pass, nor for an end of ours."""
    project.configure('[steps.a]\nrun = "kill -SEGV $$"')
    project.write("x")
    assert project.hookflow("run").code == 1
    assert project.finished()["a"].items() >= {"reason": "ended by SIGSEGV", "exit_code": -11}.items()


def test_a_parent_that_ignores_the_ends_of_children_changes_nothing(project: Project) -> None:
    """An ignored SIGCHLD is inherited, and then the kernel tells nobody how a child ended."""
    project.configure('[steps.one]\nrun = "exit 3"\n[steps.two]\nrun = "true"')
    project.commit()
    ignoring = (
        "import os, signal, sys; signal.signal(signal.SIGCHLD, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    )
    done = project.run(sys.executable, "-c", ignoring, *HOOKFLOW, "run", "--all-files")
    assert done.code == 1, done.text
    assert "exit code 3" in done.text
    assert "1 passed" in done.text

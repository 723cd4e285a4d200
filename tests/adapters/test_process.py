"""Real processes: started apart, captured in files, ended as a group."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import trio

from hookflow.adapters import process
from hookflow.core.launch import Launch, NotStarted


@pytest.fixture(params=["beside", "here"], autouse=True)
def _place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it in another directory than our own, and in our own, where a program is started in another way."""
    if request.param == "here":
        monkeypatch.chdir(tmp_path)


def launch(tmp_path: Path, *arguments: str, **keys) -> Launch:
    """A launch in a directory of its own, with the environment of the tests."""
    keys.setdefault("environment", dict(os.environ))
    return Launch(arguments=arguments, cwd=tmp_path, log=tmp_path / "log", **keys)


def started(what: Launch) -> process.Process:
    """The process, which must have been started."""
    found = process.start(what)
    assert isinstance(found, process.Process)
    return found


def exit_of(what: Launch) -> int:
    """Its exit code."""
    return trio.run(started(what).wait_exit)


def alive(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] != b"Z"
    except FileNotFoundError:
        return False


def wait_until(condition: Callable[[], bool]) -> None:
    """Look until it holds, at most 10 s."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_output_and_errors_go_to_the_log_in_order(tmp_path: Path) -> None:
    """The log holds both, byte for byte."""
    script = "printf 'a\\n'; printf 'b\\n' >&2; printf '\\377\\000c'"
    assert exit_of(launch(tmp_path, "sh", "-c", script)) == 0
    assert (tmp_path / "log").read_bytes() == b"a\nb\n\xff\x00c"


def test_the_log_is_for_its_owner_and_grows(tmp_path: Path) -> None:
    """0600, and a second attempt appends."""
    for _ in range(2):
        exit_of(launch(tmp_path, "echo", "x"))
    assert (tmp_path / "log").read_bytes() == b"x\nx\n"
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_a_planted_link_in_place_of_the_log_is_not_followed(tmp_path: Path) -> None:
    """The file that it points to stays as it is, and the step does not run."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "log").symlink_to(victim)
    assert isinstance(process.start(launch(tmp_path, "echo", "x")), NotStarted)
    assert victim.read_text() == "precious"


def test_exit_codes_and_signals_are_told_apart(tmp_path: Path) -> None:
    """A signal is a negative number."""
    assert exit_of(launch(tmp_path, "sh", "-c", "exit 7")) == 7
    assert exit_of(launch(tmp_path, "sh", "-c", "kill -9 $$")) == -signal.SIGKILL


def test_standard_input_is_empty_or_what_was_given(tmp_path: Path) -> None:
    """Reading gives the end of the file at once; a step with stdin gets the whole of it."""
    exit_of(launch(tmp_path, "cat"))
    assert (tmp_path / "log").read_bytes() == b""
    exit_of(launch(tmp_path, "cat", stdin=b"refs\n"))
    assert (tmp_path / "log").read_bytes() == b"refs\n"


def test_a_process_has_a_session_and_group_of_its_own(tmp_path: Path) -> None:
    """So the terminal's Ctrl-C does not reach it, and all of it can be ended."""
    script = "import os; print(os.getpid() == os.getpgrp() == os.getsid(0))"
    exit_of(launch(tmp_path, sys.executable, "-c", script))
    assert (tmp_path / "log").read_text() == "True\n"


def test_names_of_any_bytes_arrive_as_they_are(tmp_path: Path) -> None:
    """Surrogate escapes become the bytes again."""
    exit_of(launch(tmp_path, "printf", "%s", "a\udcff b\n"))
    assert (tmp_path / "log").read_bytes() == b"a\xff b\n"


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("no-such-program-here",), "was not found"),
        (("./plain",), "may not be executed"),
        (("./empty",), "no program that this system can run"),
        (("echo", "x" * 5_000_000), "longer than the system allows"),
    ],
)
def test_what_cannot_be_started_is_explained(tmp_path: Path, arguments: tuple[str, ...], expected: str) -> None:
    """As a value with a sentence, not as an exception."""
    (tmp_path / "plain").write_text("text")
    (tmp_path / "empty").write_text("text")
    (tmp_path / "empty").chmod(0o755)
    found = process.start(launch(tmp_path, *arguments))
    assert isinstance(found, NotStarted)
    assert expected in found.reason
    assert not found.temporary


def test_a_missing_working_directory_is_named(tmp_path: Path) -> None:
    """Not taken for a missing program."""
    what = Launch(arguments=("true",), cwd=tmp_path / "gone", environment=dict(os.environ))
    found = process.start(what)
    assert isinstance(found, NotStarted)
    assert "gone is not a directory" in found.reason


def test_a_program_is_found_on_the_path_of_the_step(tmp_path: Path) -> None:
    """A virtual environment that goes first on PATH wins."""
    tool = tmp_path / "bin" / "tool"
    tool.parent.mkdir()
    tool.write_text("#!/bin/sh\necho mine\n")
    tool.chmod(0o755)
    environment = {**os.environ, "PATH": f"{tool.parent}:{os.environ['PATH']}"}
    exit_of(launch(tmp_path, "tool", environment=environment))
    assert (tmp_path / "log").read_text() == "mine\n"


def test_the_end_of_a_group_reaches_grandchildren(tmp_path: Path) -> None:
    """TERM to all of them; nothing is left."""
    running = started(launch(tmp_path, "sh", "-c", "sleep 60 & echo $!; wait"))
    wait_until(lambda: bool((tmp_path / "log").read_text().strip()))
    child = int((tmp_path / "log").read_text())
    trio.run(running.end)
    assert not alive(child)
    assert not alive(running.pid)


def test_who_ignores_term_gets_kill_after_two_seconds(tmp_path: Path) -> None:
    """The grace is the contract's."""
    script = "trap '' TERM INT; echo ready; while :; do sleep 0.1; done"
    running = started(launch(tmp_path, "sh", "-c", script))
    wait_until(lambda: "ready" in (tmp_path / "log").read_text())
    began = time.monotonic()
    trio.run(running.end)
    assert time.monotonic() - began >= 2
    assert not alive(running.pid)


def test_a_stopped_process_can_be_ended(tmp_path: Path) -> None:
    """It is woken for its TERM, so it needs no KILL."""
    running = started(launch(tmp_path, "sh", "-c", "trap 'exit 9' TERM; kill -STOP $$; sleep 60"))
    wait_until(lambda: Path(f"/proc/{running.pid}/stat").read_bytes().rpartition(b")")[2].split()[0] == b"T")
    trio.run(running.end)
    assert trio.run(running.wait_exit) == 9


def test_a_background_child_that_holds_the_output_keeps_nobody_waiting(tmp_path: Path) -> None:
    """The step ends with its first process; what is left of the group is counted and can be ended."""
    running = started(launch(tmp_path, "sh", "-c", "sleep 60 & echo $!"))
    assert trio.run(running.wait_exit) == 0
    assert running.left_over() == 1
    trio.run(running.end)
    assert running.left_over() == 0
    assert not alive(int((tmp_path / "log").read_text()))


def test_a_child_in_a_session_of_its_own_is_left_alone(tmp_path: Path) -> None:
    """A daemon that left the group is neither waited for nor killed."""
    running = started(launch(tmp_path, "sh", "-c", "setsid sleep 60 & echo $!"))
    assert trio.run(running.wait_exit) == 0
    child = int((tmp_path / "log").read_text())
    wait_until(lambda: running.left_over() == 0)
    trio.run(running.end)
    assert alive(child)
    os.kill(child, signal.SIGKILL)


def test_waiting_works_without_pidfd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS, where a thread waits."""
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    assert exit_of(launch(tmp_path, "sh", "-c", "exit 3")) == 3


def test_ending_works_while_someone_waits_without_pidfd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wait that was cancelled leaves a thread behind; the end must still be seen."""
    monkeypatch.delattr(os, "pidfd_open", raising=False)
    running = started(launch(tmp_path, "sleep", "60"))

    async def cancel_and_end() -> None:
        with trio.move_on_after(0.05):
            await running.wait_exit()
        await running.end()

    trio.run(cancel_and_end)
    assert not alive(running.pid)

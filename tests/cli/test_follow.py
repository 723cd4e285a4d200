"""`hookflow logs --follow` and `--list`."""

import os
import subprocess
import time
from collections.abc import Iterator

import pytest
from project import HOOKFLOW, Project


def wait_until(condition) -> None:
    """Look until it holds."""
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def start(project: Project, *arguments: str) -> "subprocess.Popen[str]":
    """Hookflow in the background; its output is a pipe."""
    return subprocess.Popen(
        [*HOOKFLOW, *arguments], cwd=project.path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip


@pytest.fixture
def running(project: Project) -> Iterator[Project]:
    """A run whose steps go on until the test lets them."""
    project.configure(
        "parallel = true\njobs = 2\n"
        "[steps.a]\nrun = \"echo one; until test -e go; do sleep 0.05; done; printf '\\\\033[2Jtwo'\"\n"
        '[steps.long]\nrun = "echo begun; until test -e end; do sleep 0.05; done; echo three; exit 4"\n'
        '[steps.after]\nrun = "true"\nneeds = ["long"]'
    )
    project.write("x")
    run = start(project, "run")
    wait_until((project.state / "latest" / "long.log").exists)
    yield project
    project.write("go")
    project.write("end")
    run.communicate(timeout=20)


def test_a_step_is_followed_until_it_ends(running: Project) -> None:
    """Line by line as it prints, control sequences taken out, a last line without an end too."""
    follower = start(running, "logs", "-f", "a")
    assert follower.stdout is not None
    assert follower.stdout.readline() == "one\n"
    running.write("go")
    out, err = follower.communicate(timeout=20)
    assert (out, err, follower.returncode) == ("two\n", "a: passed\n", 0)


def test_a_run_is_followed_until_it_ends(running: Project) -> None:
    """Each line after the name of its step."""
    follower = start(running, "logs", "--follow")
    assert follower.stdout is not None
    first = [follower.stdout.readline() for _ in range(2)]
    assert sorted(first) == ["a     | one\n", "long  | begun\n"]
    running.write("go")
    assert follower.stdout.readline() == "a     | two\n"
    running.write("end")
    out, _ = follower.communicate(timeout=20)
    assert (out, follower.returncode) == ("long  | three\n", 0)


def test_a_step_that_never_starts_is_followed_to_its_end(running: Project) -> None:
    """And one that the run has not is named."""
    follower = start(running, "logs", "-f", "after")
    running.write("end")
    out, err = follower.communicate(timeout=20)
    assert (out, err) == ("", "after: blocked: needs long, which failed\n")
    unknown = running.hookflow("logs", "-f", "lung")
    assert (unknown.code, "did you mean long?" in unknown.err) == (2, True)


def test_a_run_that_is_over_is_printed(running: Project) -> None:
    """Also one that was killed: nobody will write there any more."""
    running.write("go")
    running.write("end")
    wait_until(lambda: "three" in running.hookflow("logs", "long").out)
    wait_until(lambda: "run-finished" in {event["event"] for event in running.events()})
    assert running.hookflow("logs", "-f", "long").out == "begun\nthree\n"
    events = running.state / "latest" / "events.jsonl"
    events.write_text("\n".join(events.read_text().splitlines()[:4]))
    assert running.hookflow("logs", "-f", "long").out == "begun\nthree\n"


def test_the_runs_that_are_kept(running: Project) -> None:
    """The newest first; one that goes on, one that ended, one that was killed."""
    first = running.events()[0]["run"]
    lines = [line.split() for line in running.hookflow("logs", "--list").out.splitlines()]
    assert lines[0] == ["RUN", "WHEN", "STAGE", "OUTCOME", "TIME"]
    assert lines[1][0] == first
    assert lines[1][3:] == ["pre-commit", "goes", "on"]
    running.hookflow("run", "--files", "x", "--only", "after", "--stage", "pre-commit")
    running.write("go")
    running.write("end")
    listed = running.hookflow("logs", "--list").out.splitlines()
    assert "passed" in listed[1]
    assert first in listed[2]
    wait_until(lambda: " failed " in running.hookflow("logs", "--list").out)
    events = running.state / "runs" / first / "events.jsonl"
    wait_until(lambda: "goes on" not in running.hookflow("logs", "--list").out)
    events.write_text(events.read_text().splitlines()[0])
    assert "not finished" in running.hookflow("logs", "--list").out


def test_what_does_not_go_together(project: Project) -> None:
    """--list is about runs; and where none is kept, that is said."""
    assert project.hookflow("logs", "--list", "a").code == 2
    assert project.hookflow("logs", "--list", "-f").code == 2
    done = project.hookflow("logs", "--list")
    assert (done.code, done.out, done.err) == (0, "", "no run is kept here yet\n")

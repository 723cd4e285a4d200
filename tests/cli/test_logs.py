"""`hookflow logs`: what a run's steps printed."""

import pytest
from project import Project


@pytest.fixture
def ran(project: Project) -> Project:
    """A project after one run."""
    project.configure(
        '[steps.a]\nrun = "printf \'one\\\\n\\\\033[1mtwo\\\\033[0m\\\\n\'"\n[steps.bad]\nrun = "echo trouble; false"\n'
        '[steps.b]\nrun = "true"\nneeds = ["bad"]'
    )
    project.write("x")
    project.hookflow("run")
    return project


def test_all_logs_of_the_last_run_with_headings(ran: Project) -> None:
    """In the order of declaration, each with how it ended."""
    done = ran.hookflow("logs")
    assert done.code == 0
    assert done.out.splitlines() == [
        "--- a: passed",
        "one",
        "two",
        "--- bad: failed: exit code 1",
        "trouble",
        "--- b: blocked: needs bad, which failed",
    ]


def test_one_log_alone(ran: Project) -> None:
    """Without a heading, and without control sequences when piped."""
    assert ran.hookflow("logs", "a").out == "one\ntwo\n"
    blocked = ran.hookflow("logs", "b")
    assert (blocked.code, blocked.out) == (0, "")
    assert "b: blocked: needs bad, which failed; it left no log" in blocked.err


def test_an_earlier_run_by_its_id(ran: Project) -> None:
    """And what is said where there is no such run or step."""
    run = ran.events()[0]["run"]
    ran.hookflow("run", "a")
    assert ran.hookflow("logs", "bad").code == 2
    assert ran.hookflow("logs", "bad", "--run", run).out == "trouble\n"
    unknown = ran.hookflow("logs", "--run", "yesterday")
    assert (unknown.code, run in unknown.err) == (2, True)
    assert "did you mean bad?" in ran.hookflow("logs", "bat", "--run", run).err


def test_a_run_that_was_killed_still_has_its_logs(ran: Project) -> None:
    """Its last event may be cut in the middle."""
    latest = (ran.state / "latest").resolve()
    text = (latest / "events.jsonl").read_text()
    (latest / "events.jsonl").write_text(text[: text.index('"event": "step-finished"') + 40])
    assert ran.hookflow("logs", "a").out == "one\ntwo\n"
    assert "--- b: not finished" in ran.hookflow("logs").out

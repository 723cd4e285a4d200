"""The trace, held against what the Trace Event Format asks of complete, instant and metadata events."""

import io
import json
from itertools import pairwise
from typing import Any

from happenings import began, end, finished, start

from hookflow.core import events
from hookflow.core.outcome import Failed, Passed, Skipped
from hookflow.reporters.trace import Trace

_NEEDED = {
    "X": {"name", "cat", "ts", "dur", "pid", "tid", "args"},
    "i": {"name", "cat", "ts", "pid", "tid", "s", "args"},
}
_METADATA = {"process_name": ("name", str), "thread_name": ("name", str), "thread_sort_index": ("sort_index", int)}


def written(*happened: events.Event) -> str:
    """The file."""
    stream = io.StringIO()
    reporter = Trace(stream)
    for event in happened:
        reporter.emit(event)
    return stream.getvalue()


def trace(*happened: events.Event) -> list[dict[str, Any]]:
    """The events of a file that is as the format wants it."""
    text = written(*happened)
    text.encode()
    assert "\\u" not in text
    found = json.loads(text)
    for event in found:
        if event["ph"] == "M":
            key, kind = _METADATA[event["name"]]
            assert isinstance(event["args"][key], kind)
            assert event.keys() >= {"pid", "tid"}
        else:
            assert event.keys() >= _NEEDED[event["ph"]]
            assert isinstance(event["ts"], int)
            assert event["ts"] >= 0
            assert event.get("dur", 0) >= 0
            assert event.get("s", "t") in {"g", "p", "t"}
    named = {event["tid"] for event in found if event["name"] == "thread_name"}
    assert {event["tid"] for event in found} == named
    return found


def spans(found: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    """Of each step: its lane, its start and its length in microseconds."""
    return {e["name"]: (e["tid"], e["ts"], e["dur"]) for e in found if e["ph"] == "X" and e["cat"] == "step"}


def test_steps_that_run_at_once_have_lanes_of_their_own() -> None:
    """A lane is used again as soon as it is free; names say what it is."""
    found = trace(
        start("a", "b", "c"),
        began("a", at=0.0),
        began("b", at=0.5),
        finished("a", Passed(), at=1.0),
        began("c", at=1.0),
        finished("c", Passed(), at=2.5),
        finished("b", Passed(), at=3.0),
        end(at=3.0),
    )
    assert spans(found) == {"a": (2, 0, 1_000_000), "c": (2, 1_000_000, 1_500_000), "b": (3, 500_000, 2_500_000)}
    names = {event["tid"]: event["args"]["name"] for event in found if event["name"] == "thread_name"}
    assert names == {1: "run", 2: "slot 1", 3: "slot 2"}
    (run,) = [event for event in found if event["ph"] == "X" and event["cat"] == "run"]
    assert (run["tid"], run["ts"], run["dur"], run["args"]["exit_code"]) == (1, 0, 3_000_000, 1)


def test_a_step_says_how_it_ended_and_on_how_many_files() -> None:
    """What a person asks of it."""
    found = trace(start("a"), began("a"), finished("a", Failed(3, "exit code 3"), blocking=True, at=1.0), end(at=1.0))
    (told,) = [event["args"] for event in found if event["name"] == "a"]
    assert told["outcome"] == "failed"
    assert told["reason"] == "exit code 3"
    assert (told["files"], told["command"], told["blocking"]) == (2, "run a", True)


def test_what_did_not_run_warnings_and_retries_are_marks() -> None:
    """A step that did not run on the run's lane, the rest on the step's."""
    found = trace(
        start("a", "b"),
        finished("b", Skipped("none of its files changed"), at=0.0),
        began("a", at=0.0),
        events.Warned(time=1.0, message="trying again", step="a"),
        began("a", at=2.0, attempt=2),
        events.Warned(time=2.5, message="general"),
        finished("a", Passed(), at=3.0),
        end(at=3.0),
    )
    marks = {event["name"]: (event["tid"], event["ts"]) for event in found if event["ph"] == "i"}
    assert marks == {
        "b: skipped": (1, 0),
        "trying again": (2, 1_000_000),
        "attempt 2": (2, 2_000_000),
        "general": (1, 2_500_000),
    }
    assert spans(found) == {"a": (2, 0, 3_000_000)}


def test_names_of_any_bytes() -> None:
    """As escapes that a person can read, since viewers refuse lone surrogates."""
    found = trace(start("a\udcff"), began("a\udcff"), finished("a\udcff", Failed(1, "\x1b\ud800")), end())
    (told,) = [event for event in found if event["ph"] == "X" and event["cat"] == "step"]
    assert (told["name"], told["args"]["reason"]) == ("a\\xff", "\\x1b\\x00")


def test_a_clock_that_is_set_back_puts_no_step_over_another() -> None:
    """Viewers drop what overlaps on one lane."""
    found = trace(
        start("a", "b"),
        began("a", at=5.0),
        finished("a", Passed(), at=6.0),
        began("b", at=-2.0),
        finished("b", Passed(), at=-1.0),
        end(at=-1.0),
    )
    ordered = sorted((begin, begin + length) for _, begin, length in spans(found).values())
    assert all(before[1] <= after[0] for before, after in pairwise(ordered))


def test_what_was_written_until_a_kill_can_be_read() -> None:
    """The format lets the closing bracket be missing, and every event is a line."""
    text = written(start("a", "b"), began("a"), finished("a", Passed(), at=1.0), began("b"))
    assert "a" in spans(json.loads(text + "]"))


class Full(io.StringIO):
    """A disk without room."""

    def write(self, _text: str) -> int:
        """Refuse."""
        raise OSError(28, "No space left on device")


def test_a_full_disk_ends_the_trace_and_not_the_run() -> None:
    """Reporters only listen."""
    reporter = Trace(Full())
    for event in (start("a"), began("a"), finished("a", Passed()), end()):
        reporter.emit(event)

"""What is read of a run's events."""

import pytest
from stories import BEGAN, recorded, told

from hookflow.core.outcome import Cached, Failed
from hookflow.core.record import UNFINISHED, read


def test_a_run_is_read_as_it_was() -> None:
    """Times after the start, outcomes as words."""
    run = recorded({"a": (0.5, 2.0), "b": (2.0, 3.0, Failed(2, "exit code 2")), "c": Cached("same")}, seconds=3.25)
    a, b, c = run.steps
    assert (a.outcome, a.starts, a.end, a.seconds, a.command) == ("passed", (0.5,), 2.0, 1.5, "do a")
    assert (b.outcome, b.exit_code, b.reason, b.blocking) == ("failed", 2, "exit code 2", True)
    assert (c.outcome, c.starts, c.reason) == ("cached", (), "same")
    assert (run.seconds, run.outcome, run.bound_seconds, run.jobs) == (3.25, "failed", 1.0, 2)
    assert run.durations == {"a": 1.5, "b": 1.0}


def test_a_run_without_an_end_lasts_to_its_last_event() -> None:
    """So do its steps: it was killed, or it goes on."""
    events = told({"a": (0.0, 1.0), "b": (0.5, 9.0)})[:-2]
    run = read(events)
    assert run is not None
    assert [step.outcome for step in run.steps] == ["passed", UNFINISHED]
    assert (run.outcome, run.exit_code, run.seconds) == (UNFINISHED, None, 1.0)
    assert run.durations == {"a": 1.0, "b": 0.5}


def test_tries_and_warnings_are_kept_with_their_step() -> None:
    """A second start, a warning about a step, and one about none."""
    first, start, end, last = told({"a": (1.0, 4.0)})
    again = {**start, "time": BEGAN + 3.0, "attempt": 2}
    about = {"event": "warning", "time": BEGAN + 2.0, "step": "a", "message": "again"}
    run = read([first, start, about, {**about, "step": None, "message": "all"}, again, end, last])
    assert run is not None
    assert (run.steps[0].starts, run.steps[0].warnings, run.warnings) == ((1.0, 3.0), ("again",), ("all",))


def test_what_is_not_known_is_passed_over() -> None:
    """An event of a kind to come; events before the run's start; no events."""
    events = told({"a": (0.0, 1.0)})
    assert read([*events[:2], {"event": "step-paused", "time": BEGAN}, *events[2:]]) == read(events)
    assert read(events[1:]) is None
    assert read([]) is None


def test_a_clock_that_was_set_back_makes_no_negative_times() -> None:
    """Times are not before the start, ends not before starts."""
    first, start, end, last = told({"a": (1.0, 2.0)})
    run = read([first, start, {**end, "time": BEGAN - 50}, last])
    assert run is not None
    assert (run.steps[0].starts, run.steps[0].end) == ((1.0,), 1.0)


def test_an_event_that_lacks_something_is_refused() -> None:
    """Whoever reads it decides what that means."""
    first, *_ = told({"a": (0.0, 1.0)})
    with pytest.raises(KeyError):
        read([first, {"event": "step-started", "time": BEGAN}])

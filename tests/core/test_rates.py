"""Rates: never more starts in any window than allowed, and no later than they must be."""

from hypothesis import given
from hypothesis import strategies as st

from hookflow.core.config import Rate, Resource
from hookflow.core.rates import Rates

API = Resource(name="api", rate=Rate(2, 10.0))
DISK = Resource(name="disk", rate=Rate(1, 3.0))
FREE = Resource(name="free")


def rates() -> Rates:
    """No start so far."""
    return Rates({resource.name: resource for resource in (API, DISK, FREE)})


def test_starts_below_the_rate_are_due_now() -> None:
    """And of what has no rate always."""
    starts = rates()
    assert starts.due_time([], 5.0) == 5.0
    starts.start(["api", "free"], 0.0)
    assert starts.due_time(["api"], 1.0) == 1.0
    for _ in range(9):
        starts.start(["free"], 1.0)
    assert starts.due_time(["free"], 1.0) == 1.0


def test_the_next_start_is_due_a_period_after_the_one_that_counts() -> None:
    """The oldest of as many as are allowed."""
    starts = rates()
    starts.start(["api"], 0.0)
    starts.start(["api"], 4.0)
    assert starts.due_time(["api"], 5.0) == 10.0
    assert starts.due_time(["api"], 10.0) == 10.0
    starts.start(["api"], 10.0)
    assert starts.due_time(["api"], 11.0) == 14.0


def test_the_strictest_of_several_decides() -> None:
    """A step waits for all that it uses."""
    starts = rates()
    starts.start(["api", "disk"], 0.0)
    starts.start(["api"], 1.0)
    assert starts.due_time(["disk"], 1.0) == 3.0
    assert starts.due_time(["api", "disk", "free"], 1.0) == 10.0


def test_a_start_that_was_none_is_taken_back() -> None:
    """Once; one that never was changes nothing."""
    starts = rates()
    starts.start(["disk"], 0.0)
    starts.take_back(["disk"], 2.0)
    assert starts.due_time(["disk"], 1.0) == 3.0
    starts.take_back(["disk"], 0.0)
    assert starts.due_time(["disk"], 1.0) == 1.0


@given(st.lists(st.floats(0, 5), max_size=40), st.integers(1, 4), st.floats(0.5, 20))
def test_no_window_has_more_starts_than_allowed(waits, count: int, period: float) -> None:
    """Whenever someone asks, if starts are when they are due; and an idle period later it is due at once."""
    starts, now, times = Rates({"api": Resource(name="api", rate=Rate(count, period))}), 0.0, []
    for wait in waits:
        now = starts.due_time(["api"], now + wait)
        starts.start(["api"], now)
        times.append(now)
    for first, after in zip(times, times[count:], strict=False):
        assert after >= first + period or abs(after - first - period) < 1e-9
    later = now + period
    assert starts.due_time(["api"], later) == later

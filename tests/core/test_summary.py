"""What a run came to: verdict, times, and the bound that they are held against."""

import pytest
from builders import graph, tasks

from hookflow.core.bounds import bound_seconds
from hookflow.core.config import Resource
from hookflow.core.events import RunFinished
from hookflow.core.outcome import Blocked, Cached, Cancelled, Failed, Outcome, Passed, Skipped, TimedOut
from hookflow.core.schedule import Task
from hookflow.core.summary import Frame, finished

RESOURCES = {"db": Resource(name="db", slots=2)}


def bound(nodes: str, seconds: dict[str, float], *, needs: tuple[str, ...] = (), jobs: int = 2, **special) -> float:
    """The bound of a small run."""
    return bound_seconds(graph(nodes, needs), tasks(nodes, **special), seconds, jobs=jobs, resources=RESOURCES)


def summary(ended: dict[str, Outcome], *, may_fail: str = "", **keys) -> RunFinished:
    """The last event of a run of independent steps."""
    special = {name: Task(name=name, may_fail=True) for name in may_fail}
    frame = Frame(graph=graph(ended), tasks=tasks("".join(ended), **special), jobs=1, resources={})
    options = {"seconds": {}, "time": 5.0, "wall": 3.0, "peak": 1, **keys}
    return finished(frame, ended, options.pop("seconds"), **options)


@pytest.mark.parametrize(
    ("expected", "arguments"),
    [
        (0.0, {"nodes": "", "seconds": {}}),
        (9.0, {"nodes": "abc", "seconds": {"a": 4.0, "b": 5.0, "c": 1.0}, "needs": ("ab",)}),
        (3.0, {"nodes": "abc", "seconds": {"a": 2.0, "b": 2.0, "c": 2.0}}),
        (
            4.0,
            {"nodes": "ab", "seconds": {"a": 2.0, "b": 2.0}, "a": Task(name="a", cpus=2), "b": Task(name="b", cpus=9)},
        ),
        (2.0, {"nodes": "ab", "seconds": {"a": 2.0, "b": 2.0}, "b": Task(name="b", most_cpus=2)}),
        (3.25, {"nodes": "ab", "seconds": {"a": 3.0, "b": 2.0}, "jobs": 8, "a": Task(name="a", alone=True)}),
        (3.0, {"nodes": "a", "seconds": {"a": 3.0}, "jobs": 8, "a": Task(name="a", uses={"db": 2})}),
        (
            6.0,
            {
                "nodes": "abc",
                "seconds": dict.fromkeys("abc", 3.0),
                "jobs": 8,
                **{name: Task(name=name, uses={"db": 2 if name == "a" else 1}) for name in "abc"},
            },
        ),
    ],
)
def test_the_bound_is_the_greatest_of_three(expected, arguments) -> None:
    """The longest chain; the work over the CPUs (all of them for a lone step); the use of a resource over its slots."""
    assert bound(**arguments) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("ended", "may_fail", "verdict"),
    [
        ({}, "", ("passed", 0)),
        ({"a": Passed(), "b": Skipped("x"), "c": Cached("x")}, "", ("passed", 0)),
        ({"a": Passed(), "b": Failed(1, "x")}, "", ("failed", 1)),
        ({"a": TimedOut("x")}, "", ("failed", 1)),
        ({"a": Blocked("x")}, "", ("failed", 1)),
        ({"a": Failed(7, "x"), "b": TimedOut("x"), "c": Blocked("x")}, "abc", ("passed", 0)),
        ({"a": Failed(1, "x"), "b": Cancelled("x")}, "a", ("passed", 0)),
    ],
)
def test_the_verdict_comes_from_the_outcomes(ended, may_fail, verdict) -> None:
    """Whatever is allowed to fail does not count."""
    found = summary(ended, may_fail=may_fail)
    assert (found.outcome, found.exit_code) == verdict


@pytest.mark.parametrize("signal", [2, 15])
def test_a_signal_is_the_verdict(signal) -> None:
    """As a shell says it, whatever failed before."""
    found = summary({"a": Failed(1, "x"), "b": Cancelled("x")}, signal=signal)
    assert (found.outcome, found.exit_code) == ("interrupted", 128 + signal)


def test_a_conflict_fails_the_run() -> None:
    """Even if every step passed."""
    found = summary({"a": Passed()}, conflict=True)
    assert (found.outcome, found.exit_code) == ("failed", 1)


def test_counts_and_times_are_those_of_the_run() -> None:
    """Outcomes that did not occur are not counted; only steps that were started are on the critical path."""
    drawn = graph("abcd", ["ab", "bc"])
    frame = Frame(graph=drawn, tasks=tasks("abcd"), jobs=2, resources={})
    ended = {"a": Passed(), "b": Skipped("x"), "c": Passed(), "d": Cached("x")}
    found = finished(frame, ended, {"a": 2.0, "c": 3.0}, time=9.0, wall=5.5, peak=1)
    assert found.counts == {"passed": 2, "skipped": 1, "cached": 1}
    assert (found.critical_path, found.bound_seconds) == (("a", "c"), 5.0)
    assert (found.serial_seconds, found.seconds, found.time, found.peak) == (5.0, 5.5, 9.0, 1)

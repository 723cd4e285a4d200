"""The schedule, asked and told by hand."""

import pytest
from simulation import RESOURCES

from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.outcome import Blocked, Cancelled, Failed, Passed, Skipped
from hookflow.core.schedule import Ended, Schedule, Task


def tasks(*names: str, **keys) -> dict[str, Task]:
    """Tasks that are alike."""
    return {name: Task(name=name, **keys) for name in names}


def test_the_longest_remaining_chain_goes_first() -> None:
    """By expected times, not by the order of declaration."""
    graph = Graph("abcd", [Edge("c", "d", (Reason("needs", "x"),))])
    of = {name: Task(name=name, seconds=seconds) for name, seconds in zip("abcd", (1, 2, 3, 4), strict=True)}
    schedule = Schedule(graph, of, jobs=1)
    assert [start.name for start in schedule.startable(0)] == ["c"]


def test_a_large_step_that_does_not_fit_lets_small_ones_pass() -> None:
    """But one that wants the machine for itself is not passed by for ever."""
    of = {
        "small": Task(name="small", seconds=5),
        "large": Task(name="large", cpus=2, seconds=4),
        "tiny": Task(name="tiny", seconds=1),
    }
    schedule = Schedule(Graph(of), of, jobs=2)
    assert [start.name for start in schedule.startable(0)] == ["small", "tiny"]
    of["large"] = Task(name="large", alone=True, seconds=4)
    schedule = Schedule(Graph(of), of, jobs=2)
    assert [start.name for start in schedule.startable(0)] == ["small"]


def test_cpus_that_are_left_over_go_to_who_can_use_them() -> None:
    """A batch that is split over the free ones."""
    schedule = Schedule(Graph("a"), tasks("a", most_cpus=3), jobs=4)
    assert [start.cpus for start in schedule.startable(0)] == [3]


def test_more_cpus_than_there_are_is_all_of_them() -> None:
    """It runs all the same."""
    schedule = Schedule(Graph("a"), tasks("a", cpus=8), jobs=2)
    assert [start.cpus for start in schedule.startable(0)] == [2]


def test_a_retry_gives_its_place_away_until_its_time() -> None:
    """And counts its attempts."""
    schedule = Schedule(Graph("a"), tasks("a"), jobs=1)
    assert schedule.startable(0)[0].attempt == 1
    schedule.retry("a", not_before=3.0)
    assert (schedule.startable(1), schedule.wake_time(1), schedule.done) == ([], 3.0, False)
    assert schedule.startable(3.0)[0].attempt == 2


def test_a_refusal_limits_how_many_run_and_counts_no_attempt() -> None:
    """What ran then is the most that runs from there on."""
    schedule = Schedule(Graph("abc"), tasks("a", "b", "c"), jobs=3)
    assert len(schedule.startable(0)) == 3
    schedule.refused("c", 0)
    assert schedule.startable(0) == []
    schedule.ended("a", Passed())
    (again,) = schedule.startable(0)
    assert (again.name, again.attempt) == ("c", 1)


def test_postponing_lets_others_go_on() -> None:
    """It is no start: neither an attempt nor part of a rate."""
    of = tasks("a", "b", uses={"api": 1})
    schedule = Schedule(Graph("ab"), of, jobs=1, resources=RESOURCES)
    assert [start.name for start in schedule.startable(0)] == ["a"]
    schedule.postpone("a", 9.0)
    assert [start.name for start in schedule.startable(0)] == ["b"]
    schedule.ended("b", Passed())
    assert schedule.startable(9.0)[0].attempt == 1


def test_a_move_that_a_steps_life_has_not_is_a_defect() -> None:
    """The table in outcome.py is the law."""
    schedule = Schedule(Graph("a"), tasks("a"), jobs=1)
    schedule.startable(0)
    with pytest.raises(KeyError):
        schedule.ended("a", Skipped("x"))


def test_postponing_takes_back_the_start_it_was() -> None:
    """Another step's later start still counts for the rate."""
    of = tasks("a", "b", "c", "d", uses={"api": 1})
    schedule = Schedule(Graph("abcd"), of, jobs=4, resources=RESOURCES)
    assert [start.name for start in schedule.startable(0)] == ["a", "b"]
    schedule.ended("b", Passed())
    schedule.postpone("a", 9.0)
    assert [start.name for start in schedule.startable(2.0)] == ["c"]
    assert schedule.wake_time(2.0) == 5.0
    assert [start.name for start in schedule.startable(5.0)] == ["d"]
    assert schedule.startable(6.0) == []


def test_postponing_long_after_the_start() -> None:
    """When the rate has forgotten it already."""
    schedule = Schedule(Graph("ab"), tasks("a", "b", uses={"api": 1}), jobs=1, resources=RESOURCES)
    schedule.startable(0)
    assert schedule.wake_time(60.0) is None
    schedule.postpone("a", 61.0)
    assert [start.name for start in schedule.startable(60.0)] == ["b"]


def test_a_step_that_waits_for_its_time_holds_nobody_back() -> None:
    """Not even one that wants the machine for itself; when its time has come, it does."""
    of = {**tasks(*"abc"), "z": Task(name="z", alone=True, seconds=9)}
    schedule = Schedule(Graph("abcz"), of, jobs=2)
    assert [start.name for start in schedule.startable(0)] == ["z"]
    schedule.retry("z", not_before=10.0)
    assert [start.name for start in schedule.startable(1)] == ["a", "b"]
    schedule.ended("a", Passed())
    assert [start.name for start in schedule.startable(2)] == ["c"]
    schedule.ended("b", Passed())
    assert schedule.wake_time(3) == 10.0
    assert schedule.startable(10.0) == []
    schedule.ended("c", Passed())
    assert [(start.name, start.attempt) for start in schedule.startable(10.0)] == [("z", 2)]


def test_a_failure_is_named_to_whom_it_blocks() -> None:
    """Directly, or as what failed before."""
    edges = [Edge(before, after, (Reason("needs", "x"),)) for before, after in ("ab", "bc")]
    schedule = Schedule(Graph("abc", edges), tasks("a", "b", "c"), jobs=1)
    schedule.startable(0)
    schedule.ended("a", Failed(1, "x"))
    assert schedule.take_ended() == [
        Ended("b", Blocked("needs a, which failed")),
        Ended("c", Blocked("a failed before it")),
    ]
    assert schedule.take_ended() == []
    assert schedule.done


def test_fail_fast_says_who_failed() -> None:
    """To every step that could have run."""
    schedule = Schedule(Graph("ab"), tasks("a", "b"), jobs=1, fail_fast=True)
    schedule.startable(0)
    schedule.ended("a", Failed(1, "x"))
    assert schedule.take_ended() == [Ended("b", Cancelled("fail-fast: a failed"))]


def test_nothing_to_do_is_done() -> None:
    """An empty graph, and steps that are all skipped."""
    assert Schedule(Graph(""), {}, jobs=1).done
    schedule = Schedule(Graph("a"), tasks("a", skip="nothing changed"), jobs=1)
    assert schedule.done
    assert schedule.take_ended() == [Ended("a", Skipped("nothing changed"))]

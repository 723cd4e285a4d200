"""The schedule, simulated: no process, no sleep; it is told the time."""

import heapq
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookflow.core.bounds import bound_seconds
from hookflow.core.config import Rate, Resource
from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.outcome import Blocked, Cancelled, Failed, Outcome, Passed, Skipped
from hookflow.core.schedule import Schedule, Task

RESOURCES = {"db": Resource(name="db", slots=2), "api": Resource(name="api", slots=9, rate=Rate(2, 5.0))}


@dataclass
class World:
    """A graph of tasks, and how each of them behaves."""

    graph: Graph
    tasks: dict[str, Task]
    seconds: dict[str, float]
    failing: set[str]
    jobs: int


@dataclass
class Course:
    """What a simulation saw."""

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)
    ended: dict[str, float] = field(default_factory=dict)
    running: dict[str, int] = field(default_factory=dict)
    widest: int = 0
    now: float = 0.0


def simulate(world: World, **options) -> Course:
    """Run a world to its end, and hold its limits against it at every moment."""
    schedule = Schedule(world.graph, world.tasks, jobs=world.jobs, resources=RESOURCES, **options)
    course, ends = Course(), list[tuple[float, str]]()
    _collect(schedule, course)
    while not schedule.done:
        for start in schedule.startable(course.now):
            course.running[start.name] = start.cpus
            course.began[start.name] = course.now
            heapq.heappush(ends, (course.now + world.seconds[start.name], start.name))
        _check_limits(world, course)
        wake = schedule.wake_time(course.now)
        if wake is not None and (not ends or wake < ends[0][0]):
            course.now = wake
            continue
        assert ends, "nothing runs, nothing may start, and it is not done"
        course.now, name = heapq.heappop(ends)
        del course.running[name]
        course.ended[name] = course.now
        course.outcomes[name] = Failed(1, "x") if name in world.failing else Passed()
        schedule.ended(name, course.outcomes[name])
        if schedule.cancelled:
            for _, other in ends:
                course.outcomes[other] = Cancelled("x")
                schedule.ended(other, course.outcomes[other])
            ends.clear()
        _collect(schedule, course)
    return course


def _collect(schedule: Schedule, course: Course) -> None:
    for ended in schedule.take_ended():
        assert ended.name not in course.outcomes
        course.outcomes[ended.name] = ended.outcome


def _check_limits(world: World, course: Course) -> None:
    course.widest = max(course.widest, len(course.running))
    assert sum(course.running.values()) <= world.jobs
    assert sum(world.tasks[name].uses.get("db", 0) for name in course.running) <= RESOURCES["db"].slots
    if any(world.tasks[name].alone for name in course.running):
        assert len(course.running) == 1


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Up to eight tasks of every kind."""
    names = [f"t{number}" for number in range(draw(st.integers(1, 8)))]
    kinds = st.sampled_from(["needs", "outputs", "writes"])
    edges = [
        Edge(before, after, (Reason(draw(kinds), "x"),))
        for place, after in enumerate(names)
        for before in names[:place]
        if draw(st.integers(0, 3)) == 0
    ]
    tasks = {
        name: Task(
            name=name,
            cpus=draw(st.integers(1, 3)),
            most_cpus=draw(st.integers(1, 4)),
            uses=draw(st.sampled_from([{}, {}, {"db": 1}, {"db": 2}, {"api": 1}])),
            alone=draw(st.integers(0, 5)) == 0,
            may_fail=draw(st.integers(0, 4)) == 0,
            skip="nothing to do" if draw(st.integers(0, 5)) == 0 else None,
        )
        for name in names
    }
    seconds = {name: float(draw(st.integers(1, 5))) for name in names}
    failing = {name for name in names if draw(st.integers(0, 4)) == 0}
    return World(Graph(names, edges), tasks, seconds, failing, draw(st.integers(1, 4)))


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_everything_ends_once_and_nothing_starts_before_what_it_waits_for(world: World) -> None:
    """Under all limits, which the simulation checks at every moment."""
    course = simulate(world)
    assert course.outcomes.keys() == set(world.graph.nodes)
    for edge in world.graph.edges:
        if edge.after in course.began and edge.before in course.ended:
            assert course.began[edge.after] >= course.ended[edge.before]
    starts = sorted(course.began[name] for name in course.began if "api" in world.tasks[name].uses)
    assert all(later - earlier >= 5.0 for earlier, later in zip(starts, starts[2:], strict=False))


@settings(max_examples=150, deadline=None)
@given(worlds())
def test_what_depends_on_a_failure_is_blocked_and_nothing_else(world: World) -> None:
    """Through skipped and blocked steps too; the order of writes blocks nothing."""
    course = simulate(world)
    bad: set[str] = set()
    for name in world.graph.order:
        reached = any(edge.blocks and edge.before in bad for edge in world.graph.into(name))
        skipped = world.tasks[name].skip is not None
        assert isinstance(course.outcomes[name], Skipped) == skipped
        assert isinstance(course.outcomes[name], Blocked) == (reached and not skipped)
        failed = isinstance(course.outcomes[name], Failed) and not world.tasks[name].may_fail
        if reached or failed:
            bad.add(name)


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_in_order_is_one_at_a_time_in_the_graphs_order(world: World) -> None:
    """What a person expects without --parallel."""
    course = simulate(world, in_order=True)
    began = sorted(course.began, key=course.began.__getitem__)
    assert course.widest <= 1
    assert began == [name for name in world.graph.order if name in course.began]


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_no_run_is_shorter_than_its_bound(world: World) -> None:
    """The bound is one: critical path, work over CPUs, resources."""
    course = simulate(world)
    ran = {name: course.ended[name] - course.began[name] for name in course.ended}
    bound = bound_seconds(world.graph, world.tasks, ran, jobs=world.jobs, resources=RESOURCES)
    assert bound <= course.now + 1e-9


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_fail_fast_lets_nothing_start_after_a_failure(world: World) -> None:
    """What had not ended is cancelled."""
    course = simulate(world, fail_fast=True)
    failures = [
        course.ended[name]
        for name, outcome in course.outcomes.items()
        if isinstance(outcome, Failed) and not world.tasks[name].may_fail
    ]
    assert len(failures) <= 1
    assert not failures or all(began <= failures[0] for began in course.began.values())


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

"""A schedule, simulated: no process, no sleep; it is told the time, and its limits are held against it."""

import heapq
from dataclasses import dataclass, field

from hypothesis import strategies as st

from hookflow.core.config import Rate, Resource
from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.outcome import Cancelled, Failed, Outcome, Passed
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
def worlds(draw: st.DrawFn, *, plain: bool = False) -> World:
    """Up to eight tasks of every kind, or of one CPU and nothing else."""
    names = [f"t{number}" for number in range(draw(st.integers(1, 8)))]
    kinds = st.sampled_from(["needs", "outputs", "writes"])
    edges = [
        Edge(before, after, (Reason(draw(kinds), "x"),))
        for place, after in enumerate(names)
        for before in names[:place]
        if draw(st.integers(0, 3)) == 0
    ]
    tasks = {
        name: Task(name=name)
        if plain
        else Task(
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

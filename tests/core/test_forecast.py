"""How a run would go, and how near to the least possible time that is."""

from collections.abc import Mapping
from random import Random
from statistics import fmean

import pytest
from builders import graph, tasks
from hypothesis import given, settings
from hypothesis import strategies as st
from simulation import RESOURCES, World, simulate, worlds

from hookflow.core.bounds import bound_seconds
from hookflow.core.config import Rate, Resource
from hookflow.core.forecast import Forecast, forecast
from hookflow.core.graph import Graph
from hookflow.core.schedule import Schedule, Task


def foretold(world: World, **options) -> Forecast:
    """What is forecast for a world."""
    schedule = Schedule(world.graph, world.tasks, jobs=world.jobs, resources=RESOURCES, **options)
    return forecast(schedule, world.seconds)


def bound(world: World, names) -> float:
    """The least that these steps of a world could take."""
    seconds = {name: world.seconds[name] for name in names}
    return bound_seconds(world.graph, world.tasks, seconds, jobs=world.jobs, resources=RESOURCES)


def test_a_run_is_foretold() -> None:
    """Two chains on two CPUs: starts, ends and the time of the whole."""
    schedule = Schedule(graph("abcd", ["ab", "cd"]), tasks("abcd"), jobs=2)
    told = forecast(schedule, {"a": 1.0, "b": 2.0, "c": 4.0, "d": 0.5})
    assert told.starts == {"a": 0.0, "c": 0.0, "b": 1.0, "d": 4.0}
    assert told.ends == {"a": 1.0, "b": 3.0, "c": 4.0, "d": 4.5}
    assert told.makespan == 4.5


def test_nothing_takes_no_time() -> None:
    """No steps, or none that has something to do."""
    assert forecast(Schedule(Graph([]), {}, jobs=1), {}) == Forecast({}, {}, 0.0)
    skipped = {"a": Task(name="a", skip="nothing to do")}
    assert forecast(Schedule(graph("a"), skipped, jobs=1), {}) == Forecast({}, {}, 0.0)


def test_a_rate_is_waited_for() -> None:
    """Two starts in ten seconds: the third step is late, and nothing else is."""
    resources = {"api": Resource(name="api", slots=9, rate=Rate(2, 10.0))}
    special = {name: Task(name=name, uses={"api": 1}) for name in "abc"}
    schedule = Schedule(graph("abcd"), tasks("abcd", **special), jobs=9, resources=resources)
    told = forecast(schedule, dict.fromkeys("abcd", 1.0))
    assert told.starts == {"a": 0.0, "b": 0.0, "d": 0.0, "c": 10.0}
    assert told.makespan == 11.0


@given(worlds(), st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_forecast_is_what_a_run_without_failures_does(world: World, in_order) -> None:
    """Step by step, under all limits, which the simulation holds against it."""
    world.failing.clear()
    course, told = simulate(world, in_order=in_order), foretold(world, in_order=in_order)
    assert (told.starts, told.ends, told.makespan) == (course.began, course.ended, course.now)


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_each_step_takes_its_time_after_all_that_it_waits_for(world: World) -> None:
    """Of those that have something to do."""
    told = foretold(world)
    assert set(told.starts) == {name for name, task in world.tasks.items() if task.skip is None}
    assert told.ends == {name: start + world.seconds[name] for name, start in told.starts.items()}
    assert told.makespan == max(told.ends.values(), default=0.0)
    for edge in world.graph.edges:
        if edge.after in told.starts and edge.before in told.ends:
            assert told.starts[edge.after] >= told.ends[edge.before]


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_one_after_another_takes_the_sum(world: World) -> None:
    """And the waits for a rate, where there is one."""
    told = foretold(world, in_order=True)
    total = sum(world.seconds[name] for name in told.starts)
    assert told.makespan >= total
    if not any("api" in world.tasks[name].uses for name in told.starts):
        assert told.makespan == total


@given(worlds())
@settings(max_examples=150, deadline=None)
def test_no_forecast_is_below_the_bound(world: World) -> None:
    """Whatever the steps take of CPUs and resources."""
    told = foretold(world)
    assert bound(world, told.starts) <= told.makespan + 1e-9


@given(worlds(plain=True), st.randoms(use_true_random=False))
@settings(max_examples=200, deadline=None)
def test_no_estimates_are_so_wrong_that_a_run_takes_twice_the_bound(world: World, random: Random) -> None:
    """Graham (1969): any list, so any estimates, stay within 2 - 1/m times the optimum, here of the bound."""
    world.tasks = {name: Task(name=name, seconds=random.uniform(0.0, 100.0)) for name in world.tasks}
    least = bound(world, world.tasks)
    assert least <= foretold(world).makespan + 1e-9
    assert foretold(world).makespan <= (2 - 1 / world.jobs) * least + 1e-9


def mean_ratio(drawn: list[World], expected: list[Mapping[str, float]]) -> float:
    """The mean of makespan over bound, with these estimates."""
    ratios = []
    for world, seconds in zip(drawn, expected, strict=True):
        world.tasks = {name: Task(name=name, seconds=seconds[name]) for name in world.graph.nodes}
        ratios.append(foretold(world).makespan / bound(world, world.tasks))
    return fmean(ratios)


def drawn_world(random: Random, jobs: int) -> World:
    """Ten to forty plain steps, each of which needs up to two earlier ones."""
    names = [f"s{number}" for number in range(random.randint(10, 40))]
    needs = [(random.choice(names[:place]), name) for place, name in enumerate(names) if place for _ in range(2)]
    seconds = {name: random.lognormvariate(0.0, 1.0) for name in names}
    return World(graph(names, [pair for pair in needs if random.random() < 0.5]), tasks(names), seconds, set(), jobs)


@pytest.mark.parametrize("jobs", [2, 4])
def test_the_critical_path_is_nearly_optimal_even_with_estimates_that_are_off(jobs: int) -> None:
    """Over a hundred fixed graphs: near the bound, and nearer than the order of the configuration."""
    random = Random(7)
    drawn = [drawn_world(random, jobs) for _ in range(100)]
    known = mean_ratio(drawn, [world.seconds for world in drawn])
    off_by_two = [{name: time * 2 ** random.uniform(-1, 1) for name, time in each.seconds.items()} for each in drawn]
    off = mean_ratio(drawn, off_by_two)
    declared = mean_ratio(drawn, [dict.fromkeys(world.graph.nodes, 0.0) for world in drawn])
    without_history = mean_ratio(drawn, [dict.fromkeys(world.graph.nodes, 1.0) for world in drawn])
    assert 1.0 <= known < 1.02
    assert 1.0 <= off < 1.02
    assert off < without_history
    assert off < declared

"""Whole runs, simulated: what holds for every graph, every task and every course of events."""

from hypothesis import given, settings
from hypothesis import strategies as st
from simulation import RESOURCES, World, simulate, worlds

from hookflow.core.bounds import bound_seconds
from hookflow.core.graph import Graph
from hookflow.core.outcome import Blocked, Cancelled, Failed, Outcome, Passed, Skipped
from hookflow.core.schedule import Schedule, Task


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


@settings(max_examples=150, deadline=None)
@given(worlds(plain=True))
def test_no_run_is_longer_than_list_scheduling_allows(world: World) -> None:
    """Graham's bound of 1969: while CPUs are idle, the chain that the run ends with is being worked on."""
    course = simulate(world)
    ran = {name: course.ended[name] - course.began[name] for name in course.ended}
    _, chain = world.graph.critical_path(ran)
    assert course.now <= sum(ran.values()) / world.jobs + (1 - 1 / world.jobs) * chain + 1e-9


@settings(max_examples=100, deadline=None)
@given(worlds())
def test_fail_fast_gives_every_step_an_end(world: World) -> None:
    """Without a failure that counts, it changes nothing."""
    slow, fast = simulate(world), simulate(world, fail_fast=True)
    assert fast.outcomes.keys() == set(world.graph.nodes)
    if not any(isinstance(slow.outcomes[name], Failed) for name in world.graph.nodes if not world.tasks[name].may_fail):
        assert fast.outcomes == slow.outcomes


class Turbulence:
    """A run in which anything may happen to a step that runs; what must hold is asserted as it goes."""

    def __init__(self, world: World, data: st.DataObject) -> None:
        self.world, self.data = world, data
        self.schedule = Schedule(world.graph, world.tasks, jobs=world.jobs, resources=RESOURCES)
        self.now, self.troubles = 0.0, 12
        self.attempts = dict.fromkeys(world.graph.nodes, 0)
        self.not_before: dict[str, float] = {}
        self.started: list[tuple[float, str]] = []
        self.ends: list[tuple[str, Outcome]] = []

    def run(self) -> None:
        """To the end."""
        self._collect()
        while not self.schedule.done:
            self._start()
            if self.schedule.running:
                self._something_happens(self.data.draw(st.sampled_from(self.schedule.running)))
                self.now += self.data.draw(st.integers(0, 3))
            elif not self.schedule.done:
                wake = self.schedule.wake_time(self.now)
                assert wake is not None, "nothing runs, nothing may start, and it is not done"
                assert wake > self.now
                self.now = wake
            self._collect()

    def _start(self) -> None:
        for start in self.schedule.startable(self.now):
            assert self.schedule.state(start.name) == "running"
            assert self.now >= self.not_before.get(start.name, 0.0)
            self.attempts[start.name] += 1
            assert start.attempt == self.attempts[start.name]
            self.started.append((self.now, start.name))

    def _something_happens(self, name: str) -> None:
        kinds = ["pass", "fail", "retry", "postpone", "refuse"] if self.troubles else ["pass", "fail"]
        kind = self.data.draw(st.sampled_from(kinds))
        if kind in {"pass", "fail"}:
            outcome = Passed() if kind == "pass" else Failed(1, "x")
            self.ends.append((name, outcome))
            self.schedule.ended(name, outcome)
            return
        self.troubles -= 1
        later = self.not_before[name] = self.now + self.data.draw(st.integers(0, 6))
        if kind == "retry":
            self.schedule.retry(name, later)
            return
        self.attempts[name] -= 1
        self.started.remove(max(entry for entry in self.started if entry[1] == name))
        (self.schedule.postpone if kind == "postpone" else self.schedule.refused)(name, later)

    def _collect(self) -> None:
        self.ends += [(ended.name, ended.outcome) for ended in self.schedule.take_ended()]


@settings(max_examples=150, deadline=None)
@given(worlds(), st.data())
def test_retries_refusals_and_postponements_lose_nothing(world: World, data: st.DataObject) -> None:
    """Every step still ends once, attempts are counted, delays are kept, and rates hold for real starts."""
    course = Turbulence(world, data)
    course.run()
    assert sorted(name for name, _ in course.ends) == sorted(world.graph.nodes)
    for resource in RESOURCES.values():
        if (rate := resource.rate) is not None:
            starts = sorted(time for time, name in course.started if resource.name in world.tasks[name].uses)
            assert all(starts[n + rate.count] - time >= rate.period for n, time in enumerate(starts[: -rate.count]))


@settings(max_examples=100, deadline=None)
@given(worlds(), st.integers(0, 6))
def test_cancelling_ends_what_has_not_started(world: World, after: int) -> None:
    """After some ends; what runs is the caller's to end, and then all is done."""
    schedule = Schedule(world.graph, world.tasks, jobs=world.jobs, resources=RESOURCES)
    now, ended = 0.0, schedule.take_ended()
    for _ in range(after):
        schedule.startable(now)
        if schedule.running:
            schedule.ended(schedule.running[0], Passed())
        now += 5.0
    running = schedule.running
    schedule.cancel("enough")
    schedule.cancel("another reason comes too late")
    assert (schedule.startable(now), schedule.running, schedule.cancelled) == ([], running, "enough")
    for name in running:
        schedule.ended(name, Cancelled("enough"))
    assert schedule.done
    ended += schedule.take_ended()
    assert all(isinstance(one.outcome, Skipped | Blocked) or one.outcome == Cancelled("enough") for one in ended)
    assert not {schedule.state(name) for name in world.graph.nodes} & {"waiting", "running"}


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), st.integers(1, 4))
@settings(max_examples=100, deadline=None)
def test_what_is_longer_starts_first(seconds: list[int], jobs: int) -> None:
    """Of steps that wait for nothing; the first declared among equals."""
    tasks = {f"t{n}": Task(name=f"t{n}", seconds=float(time)) for n, time in enumerate(seconds)}
    started = [start.name for start in Schedule(Graph(tasks), tasks, jobs=jobs).startable(0.0)]
    assert started == sorted(tasks, key=lambda name: -tasks[name].seconds)[:jobs]

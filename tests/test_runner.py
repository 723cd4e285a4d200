"""The runner, with processes that only take time: trio's clock jumps, so nothing here is timed for real."""

import signal
from collections.abc import Mapping
from pathlib import PurePath

import pytest
import trio
import trio.testing
from fakes import Behaviour, Outside

from hookflow import outside as ports
from hookflow import runner
from hookflow.core import dependencies, events
from hookflow.core.config import Rate, Resource, Step
from hookflow.core.launch import Job
from hookflow.core.outcome import Blocked, Cancelled, Failed, Passed, TimedOut
from hookflow.core.schedule import Schedule, Task
from hookflow.ledger import Ledger


class Run:
    """One run of some steps on fakes."""

    def __init__(self, *steps: Step, jobs: int = 4, commands: Mapping[str, int] | None = None, **options) -> None:
        behaviours = options.pop("behaviours", {})
        self.outside = Outside(behaviours)
        graph = dependencies.data_graph(steps)
        tasks = {
            step.name: Task(
                name=step.name,
                cpus=step.cpus,
                most_cpus=jobs if step.batch == "auto" else step.cpus,
                uses=step.uses,
                alone=step.alone,
                may_fail=step.allow_failure,
            )
            for step in steps
        }
        self.schedule = Schedule(graph, tasks, jobs=jobs, **options)
        parts = commands or {}
        self.jobs = {step.name: _job(step, parts.get(step.name, 1)) for step in steps}
        self.ledger = Ledger({step.name: step for step in steps}, self.outside, self.outside.emit, lambda: 0.0)
        self.course = runner.Course()
        self.seconds = 0.0

    def go(self) -> "Run":
        """To its end."""
        trio.run(self._go, clock=trio.testing.MockClock(autojump_threshold=0))
        return self

    async def _go(self) -> None:
        began = trio.current_time()
        outside = ports.Outside(launcher=self.outside.launch, watch=self.outside, take=self.outside.take)
        self.course = await runner.run(self.schedule, self.jobs, outside, self.ledger)
        self.seconds = trio.current_time() - began

    def of(self, kind: type) -> list:
        """The events of one kind."""
        return [event for event in self.outside.seen if isinstance(event, kind)]

    def warnings(self) -> list[str]:
        """What a person was told."""
        return [event.message for event in self.of(events.Warned)]


def _job(step: Step, parts: int) -> Job:
    return Job(
        step=step,
        commands=lambda _cpus: [(step.name,)] * parts,
        display=step.name,
        files=0,
        environment={},
        cwd=PurePath("/"),
    )


def step(name: str, **keys) -> Step:
    """A step with a command."""
    return Step(name=name, run="true", **keys)


def test_independent_steps_run_at_the_same_time() -> None:
    """Three steps of a second each take a second."""
    run = Run(step("a"), step("b"), step("c")).go()
    assert run.seconds == pytest.approx(1)
    assert run.course.peak == 3
    assert run.ledger.outcomes == {"a": Passed(), "b": Passed(), "c": Passed()}


def test_a_step_starts_the_moment_its_own_dependencies_have_ended() -> None:
    """No barrier: c waits for a alone, although b of the same group takes longer."""
    behaviours = {"a": Behaviour(1), "b": Behaviour(10), "c": Behaviour(1)}
    run = Run(step("a"), step("b"), step("c", needs=("a",)), behaviours=behaviours).go()
    assert run.seconds == pytest.approx(10)
    assert run.ledger.seconds["c"] == pytest.approx(1)
    assert list(run.ledger.outcomes) == ["a", "c", "b"]


def test_a_failure_blocks_what_needs_it_and_nothing_else() -> None:
    """Every exit code is kept, and the rest of the graph goes on."""
    steps = (step("a"), step("b", needs=("a",)), step("c", needs=("b",)), step("d"))
    run = Run(*steps, behaviours={"a": Behaviour(exit_code=7)}).go()
    assert run.ledger.outcomes["a"] == Failed(7, "exit code 7")
    assert isinstance(run.ledger.outcomes["b"], Blocked)
    assert isinstance(run.ledger.outcomes["c"], Blocked)
    assert run.ledger.outcomes["d"] == Passed()
    assert sorted(event.step for event in run.of(events.StepFinished)) == ["a", "b", "c", "d"]


def test_every_failure_is_kept() -> None:
    """Not only the last one: the shell's `wait p1 p2` loses the first."""
    run = Run(step("a"), step("b"), behaviours={"a": Behaviour(1, 3), "b": Behaviour(2, 0)}).go()
    assert run.ledger.outcomes["a"] == Failed(3, "exit code 3")


def test_fail_fast_ends_what_runs() -> None:
    """The long step is cancelled at the first failure."""
    behaviours = {"bad": Behaviour(1, 1), "long": Behaviour(100)}
    run = Run(step("bad"), step("long"), step("late", needs=("long",)), behaviours=behaviours, fail_fast=True).go()
    assert run.seconds == pytest.approx(1)
    assert run.ledger.outcomes["long"] == Cancelled("fail-fast: bad failed")
    assert isinstance(run.ledger.outcomes["late"], Cancelled)
    assert run.outside.running == []


def test_a_time_out_ends_a_step() -> None:
    """It counts as a failure, with the time in its reason."""
    run = Run(step("slow", timeout=5.0), behaviours={"slow": Behaviour(100)}).go()
    assert run.ledger.outcomes["slow"] == TimedOut("its time was up after 5 s")
    assert run.seconds == pytest.approx(5)
    assert run.outside.running == []


def test_retries_wait_twice_as_long_each_time() -> None:
    """Three attempts of 1 s, with 2 s and 4 s between them."""
    run = Run(step("flaky", retries=2, retry_delay=2.0), behaviours={"flaky": Behaviour(1, 1)}).go()
    assert run.seconds == pytest.approx(3 + 2 + 4)
    assert [event.attempt for event in run.of(events.StepStarted)] == [1, 2, 3]
    assert len(run.of(events.StepFinished)) == 1


def test_another_step_runs_while_one_waits_for_its_next_try() -> None:
    """A waiting retry holds no CPU."""
    steps = (step("flaky", retries=1, retry_delay=10.0), step("other"))
    behaviours = {"flaky": Behaviour(1, 1), "other": Behaviour(5)}
    run = Run(*steps, jobs=1, behaviours=behaviours).go()
    assert run.seconds == pytest.approx(12)


def test_a_step_that_is_not_found_is_not_tried_again() -> None:
    """A missing program will not appear."""
    run = Run(step("gone", retries=3), behaviours={"gone": Behaviour(missing=True)}).go()
    assert run.ledger.outcomes["gone"] == Failed(None, "gone was not found")
    assert run.seconds == 0
    assert run.ledger.seconds == {}


def test_when_the_system_refuses_a_process_fewer_run_at_once() -> None:
    """The refused step is tried again after a running one has ended, and a person is told."""
    behaviours = {"a": Behaviour(1), "b": Behaviour(1, refusals=1), "c": Behaviour(1)}
    run = Run(step("a"), step("b"), step("c"), behaviours=behaviours).go()
    assert set(run.ledger.outcomes.values()) == {Passed()}
    assert run.outside.most_running <= 2
    assert any("refuses another process" in text for text in run.warnings())


def test_a_lone_step_that_is_refused_is_tried_again_for_a_while() -> None:
    """With nothing running there is no end to wait for, so time passes instead."""
    run = Run(step("a"), behaviours={"a": Behaviour(1, refusals=3)}).go()
    assert run.ledger.outcomes["a"] == Passed()
    assert run.seconds == pytest.approx(1 + 0.1 + 0.2 + 0.4)


def test_refusals_without_end_fail_the_step() -> None:
    """The run ends all the same."""
    run = Run(step("a"), behaviours={"a": Behaviour(1, refusals=1000)}).go()
    assert run.ledger.outcomes["a"] == Failed(None, "the system refuses another process")


def test_background_processes_are_reported() -> None:
    """What a step leaves in its group is ended, and said."""
    run = Run(step("a"), behaviours={"a": Behaviour(left_over=2)}).go()
    assert run.ledger.outcomes["a"] == Passed()
    assert run.warnings() == ["left 2 background processes behind, which were ended"]


def test_a_step_waits_for_what_another_process_holds_and_lets_others_go_on() -> None:
    """It holds no CPU meanwhile, and a person is told once for whom it waits."""
    run = Run(step("shared"), step("other"), jobs=1, behaviours={"shared": Behaviour(1, busy=30)}).go()
    assert list(run.ledger.outcomes) == ["other", "shared"]
    assert run.warnings() == ["waits for database, held by run r, process 1"]
    assert run.seconds == pytest.approx(1 + 30 * 0.1 + 1, abs=0.2)


def test_a_change_fails_a_step_or_is_staged() -> None:
    """By stage-fixed; a failure stays one, and stages nothing."""
    behaviours = {
        "a": Behaviour(changes=["x.py"]),
        "b": Behaviour(changes=["y.py"]),
        "c": Behaviour(exit_code=1, changes=["z.py"]),
    }
    run = Run(step("a"), step("b", stage_fixed=True), step("c", stage_fixed=True), behaviours=behaviours).go()
    assert run.ledger.outcomes == {
        "a": Failed(0, "changed x.py; look at it, stage it and try again"),
        "b": Passed("changed y.py, and staged that"),
        "c": Failed(1, "exit code 1"),
    }
    assert run.outside.staged == ["y.py"]
    assert {event.step: event.modified for event in run.of(events.StepFinished)}["c"] == ("z.py",)


def test_rates_space_out_starts() -> None:
    """Two starts in any ten seconds."""
    steps = [step(name, uses={"api": 1}) for name in "abcd"]
    run = Run(*steps, resources={"api": Resource(name="api", slots=9, rate=Rate(2, 10.0))}).go()
    assert run.seconds == pytest.approx(11)


def test_batches_run_at_once_on_the_cpus_of_their_step() -> None:
    """Four processes on two CPUs take two seconds, and the first code that is not 0 is the step's."""
    run = Run(step("many", batch="auto"), jobs=2, commands={"many": 4}).go()
    assert run.seconds == pytest.approx(2)
    assert [str(launch.log) for launch in run.outside.launches] == [f"/nowhere/many.{n}.log" for n in range(4)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_run(number: signal.Signals) -> None:
    """Everything is cancelled, and the signal is known for the exit code."""
    run = Run(step("a"), step("b", needs=("a",)), behaviours={"a": Behaviour(100)})
    run.outside.on_start = lambda _name: signal.raise_signal(number)
    run.go()
    assert run.course.signal == number
    assert run.ledger.outcomes["a"] == Cancelled(f"the run was ended by {number.name}")
    assert isinstance(run.ledger.outcomes["b"], Cancelled)
    assert run.outside.running == []


def test_a_second_signal_leaves_no_grace() -> None:
    """Ctrl-C twice: KILL comes at once, not after two seconds."""
    run = Run(step("deaf"), behaviours={"deaf": Behaviour(100, ignores_term=True)})
    run.outside.on_start = run.outside.on_end = lambda _name: signal.raise_signal(signal.SIGINT)
    run.go()
    assert run.seconds < 2
    assert run.outside.running == []


def test_an_ignored_hang_up_stays_ignored() -> None:
    """Under nohup a run outlives its terminal."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        run = Run(step("a"))
        run.outside.on_start = lambda _name: signal.raise_signal(signal.SIGHUP)
        run.go()
    finally:
        signal.signal(signal.SIGHUP, before)
    assert run.course.signal is None
    assert run.ledger.outcomes["a"] == Passed()

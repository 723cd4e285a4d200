"""What runs, what waits for what and how much is left, without a terminal."""

from builders import graph, tasks
from hypothesis import given, settings
from hypothesis import strategies as st
from simulation import RESOURCES, World, worlds

from hookflow.core import events
from hookflow.core.outcome import Outcome, Passed, Skipped
from hookflow.core.progress import Outlook, Progress, View, Waiting
from hookflow.core.schedule import Schedule, Task
from hookflow.core.summary import Frame


def frame(nodes: str = "abc", needs: tuple[str, ...] = (), jobs: int = 2, **special: Task) -> Frame:
    """A run of one-letter steps."""
    return Frame(graph=graph(nodes, needs), tasks=tasks(nodes, **special), jobs=jobs, resources=RESOURCES)


def run_started(time: float = 0.0, *, parallel: bool = True) -> events.RunStarted:
    """A run's start."""
    return events.RunStarted(
        time=time, run="r", stage="pre-commit", scope="staged", files=1, steps=(), jobs=2, parallel=parallel
    )


def started(step: str, time: float = 0.0, attempt: int = 1) -> events.StepStarted:
    """A step's start."""
    return events.StepStarted(time=time, step=step, attempt=attempt, command=step, files=0)


def finished(step: str, outcome: Outcome | None = None, time: float = 0.0) -> events.StepFinished:
    """A step's end."""
    return events.StepFinished(
        time=time, step=step, outcome=outcome or Passed(), seconds=1.0, log=None, modified=(), blocking=False
    )


def waits(step: str, message: str) -> events.Warned:
    """A step does not run now."""
    return events.Warned(time=0.0, message=message, step=step, waits=True)


def view(known: Frame, *happened: events.Event, at: float = 0.0, **outlook) -> View:
    """The view after some events."""
    progress = Progress(Outlook(frame=known, **outlook))
    for event in happened:
        progress.feed(event)
    return progress.at(at)


def reasons(known: Frame, *happened: events.Event, **outlook) -> dict[str, str | None]:
    """What each step waits for."""
    return {waiting.step: waiting.reason for waiting in view(known, *happened, **outlook).waiting}


def test_a_running_step_has_its_time_and_what_is_expected() -> None:
    """Of this attempt; a clock that was set back stands still."""
    happened = (run_started(90.0), started("a", 100.0), started("b", 101.0, attempt=2))
    found = view(frame(), *happened, at=103.0, expected={"a": 5.0})
    assert [(step.step, step.attempt, step.elapsed, step.expected) for step in found.running] == [
        ("a", 1, 3.0, 5.0),
        ("b", 2, 2.0, None),
    ]
    assert (found.done, found.total, found.elapsed) == (0, 3, 13.0)
    assert view(frame(), *happened, at=50.0).running[0].elapsed == 0.0


def test_what_goes_before_is_what_is_waited_for() -> None:
    """Only as long as it has not ended."""
    known = frame(needs=("ac", "bc"))
    assert reasons(known, started("a"), started("b"))["c"] == "for a, b"
    assert reasons(known, finished("a"), started("b"))["c"] == "for b"


def test_many_that_go_before_are_counted() -> None:
    """Three are named."""
    known = frame("abcdef", needs=("af", "bf", "cf", "df", "ef"))
    assert reasons(known, started("a"))["f"] == "for a, b, c and 2 more"


def test_steps_with_nothing_to_do_are_neither_waited_for_nor_shown() -> None:
    """What they wait for is."""
    known = frame(needs=("ab", "bc"), b=Task(name="b", skip="nothing changed"))
    assert reasons(known, started("a")) == {"b": None, "c": "for a"}


def test_cpus_are_waited_for_where_nothing_else_is() -> None:
    """Of steps that run one after another, their turn."""
    assert reasons(frame(), run_started(), started("a"))["c"] == "for CPUs"
    assert reasons(frame(jobs=1), run_started(parallel=False), started("a"))["c"] == "for its turn"


def test_a_resource_is_named_with_who_uses_it() -> None:
    """If it has no room for one more."""
    known = frame(a=Task(name="a", uses={"db": 1}), b=Task(name="b", uses={"db": 2}), c=Task(name="c", uses={"db": 1}))
    assert reasons(known, run_started(), started("a")) == {"b": "for db, used by a", "c": "for CPUs"}


def test_steps_that_run_alone() -> None:
    """Keep others waiting, and wait for the others."""
    known = frame(a=Task(name="a", alone=True))
    assert reasons(known, started("a"))["b"] == "for a, which runs alone"
    assert reasons(known, started("b"))["a"] == "to run alone"


def test_what_a_warning_says_of_a_wait_holds_until_the_step_starts() -> None:
    """A step between two attempts waits, too."""
    held = waits("a", "waits for db, held by run r, process 1")
    assert reasons(frame(), held)["a"] == "for db, held by run r, process 1"
    assert "a" not in reasons(frame(), held, started("a"))
    retried = view(frame(), started("a"), waits("a", "exit code 1; trying again in 2 s"))
    assert retried.running == ()
    assert retried.waiting[0] == Waiting("a", "exit code 1; trying again in 2 s")


def test_other_warnings_change_nothing() -> None:
    """Nor do events of steps that the run has not, or that have ended."""
    noise = (
        events.Warned(time=0.0, message="m"),
        events.Warned(time=0.0, message="m", step="a"),
        waits("zz", "m"),
        waits("b", "m"),
        started("zz"),
        started("b"),
        finished("zz"),
    )
    found = view(frame(), started("a"), finished("b"), *noise)
    assert [step.step for step in found.running] == ["a"]
    assert (found.done, [waiting.step for waiting in found.waiting]) == (1, ["c"])


def test_what_is_left_is_bounded_by_the_chain_and_by_the_work() -> None:
    """As far as everything is known; what takes longer than expected may end any moment."""
    known = frame(needs=("ab",), c=Task(name="c", skip="nothing changed"))
    expected = {"a": 4.0, "b": 3.0, "c": None}
    assert view(known, started("a"), at=1.0, expected=expected).seconds_left == 6.0
    assert view(known, started("a"), at=9.0, expected=expected).seconds_left == 3.0
    assert view(frame(jobs=1), expected={"a": 4.0, "b": 3.0, "c": 1.0}).seconds_left == 8.0
    assert view(frame(), started("a"), expected={"a": 4.0, "b": 3.0}).seconds_left is None
    assert view(frame(), started("a"), expected={"b": 3.0, "c": 3.0}).seconds_left is None


def test_the_terminal_is_left_to_interactive_steps() -> None:
    """While they run, and while nothing keeps them from starting."""
    known = frame(needs=("ab",), b=Task(name="b", alone=True))
    owners = frozenset("b")
    assert view(known, started("a"), interactive=owners).terminal_free
    assert not view(known, finished("a"), interactive=owners).terminal_free
    assert not view(known, finished("a"), started("b"), interactive=owners).terminal_free
    assert view(known, finished("a"), finished("b"), interactive=owners).terminal_free


@st.composite
def courses(draw: st.DrawFn) -> tuple[World, list[events.Event]]:
    """A world, and the events of its run, with waits and retries between them."""
    world = draw(worlds())
    schedule = Schedule(world.graph, world.tasks, jobs=world.jobs, resources=RESOURCES)
    seen: list[events.Event] = [run_started()]
    seen += [finished(ended.name, Skipped("x")) for ended in schedule.take_ended()]
    now = 0.0
    while not schedule.done:
        now += 1.0
        for start in schedule.startable(now):
            if draw(st.integers(0, 4)) == 0:
                seen.append(waits(start.name, "waits for db, held by another run"))
                schedule.postpone(start.name, now + 1.0)
            else:
                seen.append(started(start.name, now, start.attempt))
        if schedule.running and draw(st.booleans()):
            name = draw(st.sampled_from(schedule.running))
            seen.append(finished(name, time=now))
            schedule.ended(name, Passed())
        seen += [finished(ended.name, Skipped("x"), now) for ended in schedule.take_ended()]
    return world, seen


@settings(deadline=None)
@given(courses(), st.floats(0, 1e6))
def test_every_step_is_at_one_place_at_every_moment(course: tuple[World, list[events.Event]], moment: float) -> None:
    """Running, waiting or done; who waits says for what, and never for what has ended."""
    world, happened = course
    known = Frame(graph=world.graph, tasks=world.tasks, jobs=world.jobs, resources=RESOURCES)
    progress = Progress(Outlook(frame=known, expected=world.seconds))
    ended: set[str] = set()
    for event in happened:
        progress.feed(event)
        if isinstance(event, events.StepFinished):
            ended.add(event.step)
        found = progress.at(moment)
        running = {step.step for step in found.running}
        waiting = {step.step for step in found.waiting}
        assert not running & waiting
        assert running | waiting | ended == set(world.graph.nodes)
        assert len(running) + len(waiting) + found.done == found.total
        assert found.seconds_left is not None
        assert 0.0 <= found.seconds_left <= sum(world.seconds.values())
        for step in found.waiting:
            assert (step.reason is None) == (world.tasks[step.step].skip is not None)
            named = set((step.reason or "").removeprefix("for ").split(", "))
            assert not named & ended
    assert progress.at(moment).done == len(world.graph.nodes)

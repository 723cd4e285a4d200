"""What runs now, what waits and for what, and how much is left: fed with events, asked at a moment.

Knows no terminal and no clock: times are the Unix seconds of the events, and those that it is asked with.
"""

from collections.abc import Mapping, Sequence
from typing import assert_never

from hookflow.core import events
from hookflow.core.bounds import bound_seconds
from hookflow.core.structs import Struct, field
from hookflow.core.summary import Frame

_NAMED = 3  # steps that a reason names; beyond, their number

LEAST_COLUMNS = 40  # below that, a line of a view says nothing


class Outlook(Struct, frozen=True, kw_only=True):
    """What is known of a run before it begins.

    Attributes:
        frame: Its graph, tasks, CPUs and resources.
        expected: The expected seconds of steps; None, or missing, where nothing is known.
        interactive: The steps that own the terminal while they run.
    """

    frame: Frame
    expected: Mapping[str, float | None] = field(default_factory=dict)
    interactive: frozenset[str] = frozenset()


class Running(Struct, frozen=True):
    """A step that runs: seconds since this attempt began, and how many are expected, if that is known."""

    step: str
    attempt: int
    elapsed: float
    expected: float | None


class Waiting(Struct, frozen=True):
    """A step that waits: ``for lint, types``, ``for CPUs``; None where it will have nothing to do."""

    step: str
    reason: str | None


class View(Struct, frozen=True, kw_only=True):
    """A run at one moment; every step is in `running`, in `waiting` or `done`.

    Attributes:
        running: In the order in which they started.
        waiting: In the order of declaration.
        done: How many have ended.
        total: How many there are.
        elapsed: Seconds since the run began.
        seconds_left: The least that the rest takes by what is expected of its steps; None where of one
            nothing is known.
        terminal_free: No interactive step has the terminal, or may have it the next moment.
    """

    running: tuple[Running, ...]
    waiting: tuple[Waiting, ...]
    done: int
    total: int
    elapsed: float
    seconds_left: float | None
    terminal_free: bool


class Progress:
    """How far a run is. Steps that the outlook has not are passed over."""

    def __init__(self, outlook: Outlook) -> None:
        self._outlook = outlook
        self._graph = outlook.frame.graph
        self._tasks = outlook.frame.tasks
        self._began: float | None = None
        self._parallel = outlook.frame.jobs > 1
        self._running: dict[str, events.StepStarted] = {}
        self._ended: set[str] = set()
        self._said: dict[str, str] = {}

    def feed(self, event: events.Event) -> None:
        """This has happened."""
        match event:
            case events.RunStarted():
                self._began, self._parallel = event.time, event.parallel
            case events.StepStarted():
                if event.step in self._tasks and event.step not in self._ended:
                    self._move(event.step)
                    self._running[event.step] = event
            case events.StepFinished():
                if event.step in self._tasks:
                    self._move(event.step)
                    self._ended.add(event.step)
            case events.Warned():
                if event.waits and event.step is not None:
                    self._waits(event.step, event.message)
            case events.RunFinished():
                pass
            case _:
                assert_never(event)

    def runs(self, step: str) -> bool:
        """Whether the step runs now."""
        return step in self._running

    def at(self, time: float) -> View:
        """How far the run is, as of `time` (Unix seconds; a clock that was set back counts as standing still)."""
        running = tuple(
            Running(name, event.attempt, max(0.0, time - event.time), self._outlook.expected.get(name))
            for name, event in self._running.items()
        )
        waiting = [name for name in self._graph.nodes if name not in self._ended and name not in self._running]
        return View(
            running=running,
            waiting=tuple(Waiting(name, self._reason(name)) for name in waiting),
            done=len(self._ended),
            total=len(self._graph.nodes),
            elapsed=0.0 if self._began is None else max(0.0, time - self._began),
            seconds_left=self._seconds_left(running, waiting),
            terminal_free=self._terminal_free(waiting),
        )

    def _waits(self, step: str, message: str) -> None:
        if step in self._tasks and step not in self._ended:
            self._move(step)
            self._said[step] = message.removeprefix("waits ")

    def _move(self, step: str) -> None:
        self._running.pop(step, None)
        self._said.pop(step, None)

    def _reason(self, name: str) -> str | None:
        task = self._tasks[name]
        if task.skip is not None:
            return None
        if name in self._said:
            return self._said[name]
        if before := self._missing(name):
            return f"for {_listed(before)}"
        if alone := [other for other in self._running if self._tasks[other].alone]:
            return f"for {_listed(alone)}, which runs alone"
        if task.alone and self._running:
            return "to run alone"
        return self._taken(name) or ("for CPUs" if self._parallel else "for its turn")

    def _missing(self, name: str) -> list[str]:
        """The steps that have not ended and that `name` comes after, also through steps with nothing to do."""
        found: dict[str, None] = {}
        for edge in self._graph.into(name):
            if edge.before not in self._ended:
                idle = self._tasks[edge.before].skip is not None
                found |= dict.fromkeys(self._missing(edge.before) if idle else [edge.before])
        return list(found)

    def _taken(self, name: str) -> str | None:
        """The first resource that is not free for it."""
        for resource, units in self._tasks[name].uses.items():
            users = [other for other in self._running if resource in self._tasks[other].uses]
            used = sum(self._tasks[other].uses[resource] for other in users)
            if users and used + units > self._outlook.frame.resources[resource].slots:
                return f"for {resource}, used by {_listed(users)}"
        return None

    def _seconds_left(self, running: Sequence[Running], waiting: Sequence[str]) -> float | None:
        left: dict[str, float] = {}
        for step in running:
            if step.expected is None:
                return None
            left[step.step] = max(0.0, step.expected - step.elapsed)
        for name in waiting:
            if self._tasks[name].skip is None:
                expected = self._outlook.expected.get(name)
                if expected is None:
                    return None
                left[name] = expected
        frame = self._outlook.frame
        return bound_seconds(frame.graph, frame.tasks, left, jobs=frame.jobs, resources=frame.resources)

    def _terminal_free(self, waiting: Sequence[str]) -> bool:
        interactive = self._outlook.interactive
        if self._running:
            return interactive.isdisjoint(self._running)
        # An interactive step starts only when nothing runs: then it may do so at any moment.
        return not any(name in interactive and not self._missing(name) for name in waiting)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names) if more <= 0 else f"{', '.join(names[:_NAMED])} and {more} more"

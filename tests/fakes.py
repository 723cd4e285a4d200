"""Our own ports, without an outside: processes that only take time, logs that are nowhere."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

import trio

from hookflow.core import events
from hookflow.core.launch import Launch, NotStarted


@dataclass
class Behaviour:
    """How the processes of a step behave: seconds, exit code, and what of a group stays behind."""

    seconds: float = 1.0
    exit_code: int = 0
    left_over: int = 0
    ignores_term: bool = False
    refusals: int = 0  # how often the system refuses it
    missing: bool = False
    busy: int = 0  # how often what it needs is held by another process
    changes: Sequence[str] = ()  # files that it changes


@dataclass
class FakeProcess:
    """A process that takes trio's time."""

    name: str
    behaviour: Behaviour
    outside: "Outside"
    ended: trio.Event = field(default_factory=trio.Event)
    killed: bool = False

    async def wait_exit(self) -> int:
        """Until its time is over."""
        await trio.sleep(self.behaviour.seconds)
        self.outside.leave(self.name)
        return self.behaviour.exit_code

    @property
    def descriptor(self) -> None:
        """There is no process."""

    def has_ended(self) -> bool:
        """At once, if it takes no time; else it ends in trio's time only."""
        return not self.behaviour.seconds

    def reap(self) -> int:
        """What its behaviour says."""
        self.outside.leave(self.name)
        return self.behaviour.exit_code

    def left_over(self) -> int:
        """What its behaviour says, until it is ended."""
        return 0 if self.ended.is_set() else self.behaviour.left_over

    async def end(self) -> None:
        """At once, or after the grace where TERM is ignored."""
        self.outside.on_end(self.name)
        if self.behaviour.ignores_term:
            with trio.move_on_after(2):
                await self.ended.wait()
        self.ended.set()
        self.outside.leave(self.name)

    def pause(self) -> None:
        """It takes no time."""

    def resume(self) -> None:
        """It takes no time."""

    def kill(self) -> None:
        """At once."""
        self.killed = True
        self.ended.set()


@dataclass
class Outside:
    """The launcher, the logs and the listener of a run, and what they saw."""

    behaviours: Mapping[str, Behaviour] = field(default_factory=dict)
    launches: list[Launch] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    most_running: int = 0
    seen: list[events.Event] = field(default_factory=list)
    staged: list[str] = field(default_factory=list)
    on_start: Callable[[str], None] = lambda _name: None
    on_end: Callable[[str], None] = lambda _name: None

    def launch(self, launch: Launch) -> FakeProcess | NotStarted:
        """Start a process; its first argument is the step's name."""
        name = launch.arguments[0]
        behaviour = self.behaviours.get(name, Behaviour())
        if behaviour.missing:
            return NotStarted(f"{name} was not found")
        if behaviour.refusals:
            behaviour.refusals -= 1
            return NotStarted("the system refuses another process", temporary=True)
        self.launches.append(launch)
        self.running.append(name)
        self.most_running = max(self.most_running, len(self.running))
        self.on_start(name)
        return FakeProcess(name, behaviour, self)

    def leave(self, name: str) -> None:
        """A process has ended."""
        if name in self.running:
            self.running.remove(name)

    def emit(self, event: events.Event) -> None:
        """Remember an event."""
        self.seen.append(event)

    def begin(self, step: str) -> None:
        """Nothing is compared here."""

    def changed(self, step: str) -> Sequence[str]:
        """What its behaviour says, once its process has run."""
        return self.behaviours.get(step, Behaviour()).changes

    def stage(self, paths: Sequence[str]) -> bool:
        """Remember what was to be staged."""
        self.staged += paths
        return True

    def take(self, step: str) -> "Outside | str":
        """Free, or held by another as often as its behaviour says."""
        behaviour = self.behaviours.get(step, Behaviour())
        if behaviour.busy:
            behaviour.busy -= 1
            return "waits for database, held by run r, process 1"
        return self

    def release(self) -> None:
        """Nothing is held."""

    def log(self, step: str) -> PurePath | None:
        """A place that nobody writes to."""
        return PurePath("/nowhere", f"{step}.log")

    def part(self, step: str, place: int) -> PurePath | None:
        """A place that nobody writes to."""
        return PurePath("/nowhere", f"{step}.{place}.log")

    def join(self, step: str, parts: int) -> None:
        """Nothing was written."""

    def adopt(self, step: str, kept: PurePath) -> PurePath | None:
        """Where it is kept."""
        del step
        return kept

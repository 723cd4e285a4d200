"""What a run has come to so far; whoever changes it here also tells the reporters, so the two agree."""

from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Protocol

from hookflow.core import events
from hookflow.core.config import Step
from hookflow.core.outcome import Outcome, is_blocking

Emit = Callable[[events.Event], None]


class Logs(Protocol):
    """Where steps' output goes."""

    def log(self, step: str) -> PurePath | None:
        """The step's log; None where there is nowhere to write it."""
        ...

    def part(self, step: str, place: int) -> PurePath | None:
        """The log of one of a step's processes, where several run at once."""
        ...

    def join(self, step: str, parts: int) -> None:
        """Put the parts into the step's log, in order."""
        ...

    def adopt(self, step: str, kept: PurePath) -> PurePath | None:
        """Let what a step printed in an earlier run be its log; None where there is nowhere to put it."""
        ...


class Ledger:
    """The outcomes and durations of one run.

    Args:
        steps: Every step of the run.
        logs: Where their output goes.
        emit: Takes each event.
        now: Unix seconds.

    Attributes:
        outcomes: Of every step that has ended.
        modified: The files that steps changed, of those that changed any.
        seconds: From a step's first start to its end; only of steps that were started.
        logs: As given.
    """

    def __init__(self, steps: Mapping[str, Step], logs: Logs, emit: Emit, now: Callable[[], float]) -> None:
        self.outcomes: dict[str, Outcome] = {}
        self.modified: dict[str, tuple[str, ...]] = {}
        self.seconds: dict[str, float] = {}
        self.logs = logs
        self._steps = steps
        self._emit = emit
        self._now = now
        self._began: dict[str, float] = {}
        self._replayed: dict[str, PurePath | None] = {}

    def started(self, name: str, *, at: float, attempt: int, command: str, files: int) -> None:
        """A process of the step has been started at `at`, in seconds of a monotonic clock."""
        self._began.setdefault(name, at)
        self._emit(events.StepStarted(time=self._now(), step=name, attempt=attempt, command=command, files=files))

    def replayed(self, name: str, log: PurePath | None) -> None:
        """The result of an earlier run stands in for the step; `log` is what it printed then."""
        self._replayed[name] = None if log is None else self.logs.adopt(name, log)

    def finish(self, name: str, outcome: Outcome, *, at: float, modified: tuple[str, ...] = ()) -> None:
        """The step has its outcome; `modified` are the files that it changed."""
        self.outcomes[name] = outcome
        if modified:
            self.modified[name] = modified
        log = self._replayed.get(name)
        if name in self._began:
            self.seconds[name] = at - self._began[name]
            log = self.logs.log(name)
        self._emit(
            events.StepFinished(
                time=self._now(),
                step=name,
                outcome=outcome,
                seconds=self.seconds.get(name, 0.0),
                log=None if log is None else str(log),
                modified=modified,
                blocking=is_blocking(outcome, allowed_to_fail=self._steps[name].allow_failure),
            )
        )

    def log(self, name: str) -> PurePath | None:
        """What the step printed in this run; None where it was not started, or there was nowhere to write it."""
        return self.logs.log(name) if name in self._began else None

    def warn(self, message: str, step: str | None = None, *, waits: bool = False) -> None:
        """A person should know this; `waits`: it is what the step waits for now."""
        self._emit(events.Warned(time=self._now(), message=message, step=step, waits=waits))

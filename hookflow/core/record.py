"""What is known of a run afterwards, read from its events; also of one that was killed, or still goes on."""

from collections.abc import Iterable, Mapping
from typing import Any

from hookflow.core.structs import Struct, replace

UNFINISHED = "not finished"  # in the place of an outcome


class StepRecord(Struct, frozen=True, kw_only=True):
    """One step of a run. Times are seconds after the run's start.

    Attributes:
        name: The step's.
        outcome: A word of `hookflow.core.outcome.Word`, or `UNFINISHED`.
        reason: Why, as a sentence; None where there is nothing to say.
        exit_code: The command's; None where there is none.
        starts: When each attempt was started; empty where nothing was run.
        end: When it had its outcome; None where it has none.
        seconds: From its first start to its end; 0 where it was not started.
        command: As run; None where it was not.
        files: How many it was given.
        log: The path of its output as it was then, or None.
        modified: Files that it changed.
        blocking: Whether this one makes the run fail.
        warnings: What a person should know of it.
    """

    name: str
    outcome: str = UNFINISHED
    reason: str | None = None
    exit_code: int | None = None
    starts: tuple[float, ...] = ()
    end: float | None = None
    seconds: float = 0.0
    command: str | None = None
    files: int = 0
    log: str | None = None
    modified: tuple[str, ...] = ()
    blocking: bool = False
    warnings: tuple[str, ...] = ()


class Record(Struct, frozen=True, kw_only=True):
    """A run.

    Attributes:
        run: Its id.
        stage: Its stage.
        scope: What it looked at, as a word.
        files: How many had changed.
        jobs: Units of CPU.
        parallel: Whether steps might run at the same time.
        started: Unix seconds.
        seconds: The wall time; up to the last event where the run has no end.
        steps: In the order of declaration.
        warnings: Those that concern no single step.
        outcome: ``passed``, ``failed`` or ``interrupted``, or `UNFINISHED`.
        exit_code: What the program exited with; None where it is not known.
        critical_path: As the run found it; None where it has no end.
        bound_seconds: The least that it could have taken; None where it has no end.
    """

    run: str
    stage: str
    scope: str
    files: int
    jobs: int
    parallel: bool
    started: float
    seconds: float = 0.0
    steps: tuple[StepRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    outcome: str = UNFINISHED
    exit_code: int | None = None
    critical_path: tuple[str, ...] | None = None
    bound_seconds: float | None = None

    @property
    def durations(self) -> dict[str, float]:
        """Seconds of every step that was started; up to the last event of those that have not ended."""
        return {
            step.name: step.seconds if step.end is not None else max(0.0, self.seconds - step.starts[0])
            for step in self.steps
            if step.starts
        }


def read(events: Iterable[Mapping[str, Any]]) -> Record | None:
    """A run from its events as the contract names them; None where they do not begin with its start.

    Raises:
        KeyError: An event lacks what its kind promises.
    """
    reader: _Reader | None = None
    for event in events:
        if event.get("event") == "run-started":
            reader = _Reader(event)
        elif reader is not None:
            reader.take(event)
    return reader.record() if reader is not None else None


class _Reader:
    """Takes the events of one run in order."""

    def __init__(self, event: Mapping[str, Any]) -> None:
        self._steps = {name: StepRecord(name=name) for name in event["steps"]}
        self._warnings: list[str] = []
        self._record = Record(
            run=event["run"],
            stage=event["stage"],
            scope=event["scope"],
            files=event["files"],
            jobs=max(1, event["jobs"]),
            parallel=event["parallel"],
            started=event["time"],
        )

    def record(self) -> Record:
        return replace(self._record, steps=tuple(self._steps.values()), warnings=tuple(self._warnings))

    def take(self, event: Mapping[str, Any]) -> None:
        """Learn from one event; one of a kind that is not known says nothing."""
        at = max(0.0, event["time"] - self._record.started)
        if self._record.exit_code is None:
            self._record = replace(self._record, seconds=at)
        match event.get("event"):
            case "step-started":
                step = self._step(event)
                self._steps[step.name] = replace(
                    step, starts=(*step.starts, at), command=event["command"], files=event["files"]
                )
            case "step-finished":
                self._finish(event, at)
            case "warning" if event.get("step") is not None:
                step = self._step(event)
                self._steps[step.name] = replace(step, warnings=(*step.warnings, event["message"]))
            case "warning":
                self._warnings.append(event["message"])
            case "run-finished":
                self._record = replace(
                    self._record,
                    seconds=event["seconds"],
                    outcome=event["outcome"],
                    exit_code=event["exit_code"],
                    critical_path=tuple(event["critical_path"]),
                    bound_seconds=event["bound_seconds"],
                )
            case _:
                pass

    def _step(self, event: Mapping[str, Any]) -> StepRecord:
        return self._steps.get(event["step"]) or StepRecord(name=event["step"])

    def _finish(self, event: Mapping[str, Any], at: float) -> None:
        step = self._step(event)
        self._steps[step.name] = replace(
            step,
            outcome=event["outcome"],
            reason=event["reason"],
            exit_code=event["exit_code"],
            end=max(at, *step.starts) if step.starts else at,
            seconds=event["seconds"],
            log=event["log"],
            modified=tuple(event["modified"]),
            blocking=event["blocking"],
        )

"""The closed union of what can happen in a run. Times are Unix seconds, durations seconds."""

from collections.abc import Mapping

from hookflow.core.outcome import Outcome
from hookflow.core.structs import Struct

SCHEMA = 1


class RunStarted(Struct, frozen=True, kw_only=True):
    """The first event of a run."""

    time: float
    run: str
    stage: str
    scope: str
    files: int
    steps: tuple[str, ...]
    jobs: int
    parallel: bool
    schema: int = SCHEMA


class StepStarted(Struct, frozen=True, kw_only=True):
    """A step's process has been started; once for each attempt, from 1."""

    time: float
    step: str
    attempt: int
    command: str
    files: int


class StepFinished(Struct, frozen=True, kw_only=True):
    """A step has its outcome; exactly once for each selected step.

    Attributes:
        time: When.
        step: Which.
        outcome: How.
        seconds: From its first start; 0 where it was not started.
        log: The path of its whole output, or None.
        modified: Files that it changed.
        blocking: Whether this one makes the run fail.
    """

    time: float
    step: str
    outcome: Outcome
    seconds: float
    log: str | None
    modified: tuple[str, ...]
    blocking: bool


class RunFinished(Struct, frozen=True, kw_only=True):
    """The last event of a run.

    Attributes:
        time: When.
        outcome: ``passed``, ``failed`` or ``interrupted``.
        exit_code: What the program will exit with.
        seconds: The wall time since the run started.
        counts: Steps per outcome.
        critical_path: The longest chain by the durations of this run.
        bound_seconds: The least that this graph could take with these durations and jobs.
        serial_seconds: All durations added.
        peak: The most steps that ran at once.
    """

    time: float
    outcome: str
    exit_code: int
    seconds: float
    counts: Mapping[str, int]
    critical_path: tuple[str, ...]
    bound_seconds: float
    serial_seconds: float
    peak: int


class Warned(Struct, frozen=True, kw_only=True):
    """Something that a person should know and that changes no outcome.

    Attributes:
        time: When.
        message: What.
        step: The step that it is about, or None.
        waits: The step does not run now; the message says what it waits for.
    """

    time: float
    message: str
    step: str | None = None
    waits: bool = False


Event = RunStarted | StepStarted | StepFinished | RunFinished | Warned

"""Events, written the way a test reads best."""

from pathlib import Path

from hookflow.core import events
from hookflow.core.outcome import Blocked, Outcome, Skipped


def finished(
    step: str, outcome: Outcome, *, log: Path | None = None, blocking: bool = False, at: float = 0.0
) -> events.StepFinished:
    """A step's end."""
    return events.StepFinished(
        time=at,
        step=step,
        outcome=outcome,
        seconds=0.0 if isinstance(outcome, Skipped | Blocked) else 1.5,
        log=str(log) if log else None,
        modified=(),
        blocking=blocking,
    )


def end(*, at: float = 0.0, **keys) -> events.RunFinished:
    """A run's end."""
    values = {"outcome": "failed", "exit_code": 1, "counts": {"failed": 1, "passed": 1}, "peak": 2}
    times = {"seconds": 3.0, "bound_seconds": 1.5, "serial_seconds": 4.5}
    return events.RunFinished(time=at, critical_path=(), **{**values, **times, **keys})


def start(*steps: str) -> events.RunStarted:
    """A run's start."""
    return events.RunStarted(
        time=0.0, run="r", stage="pre-commit", scope="staged", files=1, steps=steps, jobs=2, parallel=True
    )


def began(step: str, *, at: float = 0.0, attempt: int = 1) -> events.StepStarted:
    """A step's start."""
    return events.StepStarted(time=at, step=step, attempt=attempt, command=f"run {step}", files=2)

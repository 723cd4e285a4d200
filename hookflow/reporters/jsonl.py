"""Events as JSON lines, each written and flushed as it happens (the contract's section 3)."""

import json
from typing import Any, TextIO, assert_never

from hookflow.core import events, outcome


class JsonLines:
    """Writes every event to a text stream; it belongs to the caller, who closes it.

    Args:
        stream: The stream.
        logs_kept: Whether logs are still there after the run; else none is named.
    """

    def __init__(self, stream: TextIO, *, logs_kept: bool = True) -> None:
        self._stream: TextIO | None = stream
        self._logs_kept = logs_kept

    def emit(self, event: events.Event) -> None:
        """Write one event. When the stream fails, whoever read it has gone, or the disk is full: no more."""
        if self._stream is None:
            return
        try:
            # Pure ASCII, so that a name of any bytes gives valid UTF-8 (a lone surrogate as an escape).
            values = as_mapping(event)
            if "log" in values and not self._logs_kept:
                values["log"] = None
            self._stream.write(json.dumps(values) + "\n")
            self._stream.flush()
        except OSError:
            self._stream = None


def as_mapping(event: events.Event) -> dict[str, Any]:
    """An event with the contract's names."""
    match event:
        case events.RunStarted():
            return {"event": "run-started", **_fields(event), "steps": list(event.steps)}
        case events.StepStarted():
            return {"event": "step-started", **_fields(event)}
        case events.StepFinished():
            return {
                "event": "step-finished",
                **_fields(event),
                "outcome": outcome.word(event.outcome),
                "reason": event.outcome.reason,
                "exit_code": outcome.exit_code(event.outcome),
                "modified": list(event.modified),
            }
        case events.RunFinished():
            return {
                "event": "run-finished",
                **_fields(event),
                "counts": dict(event.counts),
                "critical_path": list(event.critical_path),
            }
        case events.Warned():
            return {"event": "warning", **_fields(event)}
        case _:
            assert_never(event)


def _fields(event: events.Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}

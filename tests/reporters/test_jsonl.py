"""Events as JSON lines."""

import io
import json

from hookflow.core import events
from hookflow.core.outcome import Failed
from hookflow.reporters.jsonl import JsonLines


def test_one_object_a_line_with_the_contracts_keys() -> None:
    """Flushed at once, and valid whatever bytes a name has."""
    stream = io.StringIO()
    JsonLines(stream).emit(
        events.StepFinished(
            time=1.0,
            step="a\udcff",
            outcome=Failed(3, "exit code 3"),
            seconds=2.0,
            log=None,
            modified=("x\n\udcfe",),
            blocking=True,
        )
    )
    text = stream.getvalue()
    assert text.isascii()
    assert text.count("\n") == 1
    assert json.loads(text) == {
        "event": "step-finished",
        "time": 1.0,
        "step": "a\udcff",
        "outcome": "failed",
        "reason": "exit code 3",
        "exit_code": 3,
        "seconds": 2.0,
        "log": None,
        "modified": ["x\n\udcfe"],
        "blocking": True,
    }


class Full(io.StringIO):
    """A disk without room."""

    def write(self, _text: str) -> int:
        """Refuse."""
        raise OSError(28, "No space left on device")


def test_a_full_disk_ends_the_list_and_not_the_run() -> None:
    """Reporters only listen."""
    listener = JsonLines(Full())
    for _ in range(2):
        listener.emit(events.Warned(time=0.0, message="m"))

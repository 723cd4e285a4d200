"""Who writes down what happens in a run, in whatever way it is shown."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from hookflow.adapters import files, runs
from hookflow.commands.options import Reporting
from hookflow.core import events
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.reporters import jsonl

Emit = Callable[[events.Event], None]


def written(stack: ExitStack, directory: runs.RunDirectory, asked: Reporting) -> list[Emit]:
    """What writes events down: for the run's own directory, and for who asked for them.

    Raises:
        BrokenEnvironmentError: The file that was asked for cannot be written.
    """
    told: list[Emit] = []
    if (path := directory.events()) is not None:
        told.append(jsonl.JsonLines(stack.enter_context(files.private_text(path))).emit)
    if asked.events is not None:
        stream = opened(stack, "--events", asked.events)
        told.append(jsonl.JsonLines(stream, logs_kept=directory.kept).emit)
    return told


def opened(stack: ExitStack, option: str, path: Path) -> TextIO:
    """The file that an option names, for writing, closed with the stack.

    Raises:
        BrokenEnvironmentError: It cannot be written.
    """
    try:
        return stack.enter_context(path.open("w", encoding="utf-8"))
    except OSError as error:
        raise BrokenEnvironmentError(f"{option} {path}: {error.strerror}") from None

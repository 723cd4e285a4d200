"""Runs that are kept, read whole: for a report."""

import os
from collections.abc import Sequence
from pathlib import Path

from hookflow.adapters import runs
from hookflow.commands import recorded
from hookflow.core import record
from hookflow.core.record import Record
from hookflow.core.report import Log


def read(place: Path) -> Record | None:
    """A run from its directory; None where its events tell no story."""
    try:
        return record.read(recorded.events(place))
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def past(state: Path, most: int) -> Sequence[Record]:
    """The newest `most` runs that are kept, the oldest first: where the history of durations comes from."""
    found = (read(place) for run in runs.list_runs(state)[:most] if (place := runs.directory_of(state, run)))
    return [run for run in found if run is not None][::-1]


def tail(place: Path, *, lines: int, size: int) -> Log | None:
    """The last lines of a log, in so many bytes; None where there is no such file."""
    try:
        with place.open("rb") as file:
            whole = file.seek(0, os.SEEK_END)
            file.seek(max(0, whole - size))
            text = file.read(size).decode("utf-8", "replace")
    except OSError:
        return None
    found = text.removesuffix("\n").split("\n") if text else []
    cut = whole > size
    if cut and len(found) > 1:
        del found[0]  # it begins somewhere inside
    return Log(tuple(found[-lines:]), cut or len(found) > lines)

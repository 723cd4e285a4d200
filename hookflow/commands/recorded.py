"""What runs left behind: their events and the ends of their logs."""

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from hookflow.adapters import runs
from hookflow.core import record
from hookflow.core.errors import UsageError
from hookflow.core.record import Record
from hookflow.core.report import Log


def directory(state: Path, run: str | None) -> Path:
    """The directory of the run with an id, or of the last one.

    Raises:
        UsageError: There is none.
    """
    known = runs.list_runs(state)
    if not known:
        raise UsageError("no run has left a log here yet")
    found = runs.directory_of(state, known[0] if run in (None, "last") else str(run))
    if found is None:
        raise UsageError(f"--run {run}: no such run is kept; the newest are {', '.join(known[:3])}")
    return found


def events(place: Path) -> Iterator[Mapping[str, Any]]:
    """The events in a run's directory; a line that is cut is left out."""
    try:
        lines = (place / runs.EVENTS).read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError):  # the last line of a run that was killed while it wrote
            event = json.loads(line)
            if isinstance(event, dict):
                yield event


def read(place: Path) -> Record | None:
    """A run from its directory; None where its events tell no story."""
    try:
        return record.read(events(place))
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

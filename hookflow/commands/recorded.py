"""What a run that is kept has left: its steps, how they ended, their logs."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from hookflow.adapters import runs
from hookflow.core.errors import UsageError
from hookflow.core.structs import Struct


class Entry(Struct, frozen=True):
    """What a run's events say of one step; without an outcome it had not finished."""

    step: str
    outcome: str | None = None
    reason: str | None = None
    log: Path | None = None

    @property
    def said(self) -> str:
        """How it ended, or that it did not."""
        return ": ".join(filter(None, (self.outcome or "not finished", self.reason)))

    @property
    def ended(self) -> bool:
        """Whether it has its outcome."""
        return self.outcome is not None


def directory(state: Path, run: str | None) -> Path:
    """The directory of the run with this id; of the last one for None and ``last``.

    Raises:
        UsageError: There is no such run.
    """
    known = runs.list_runs(state)
    if not known:
        raise UsageError("no run has left a log here yet")
    found = runs.directory_of(state, known[0] if run in (None, "last") else str(run))
    if found is None:
        raise UsageError(f"--run {run}: no such run is kept; the newest are {', '.join(known[:3])}")
    return found


def entries(directory: Path) -> dict[str, Entry]:
    """The steps of a run, in the order of declaration; those of a run that goes on or was killed too."""
    found: dict[str, Entry] = {}
    for event in events(directory):
        match event["event"]:
            case "run-started":
                found = {step: Entry(step) for step in event["steps"]}
            case "step-started":
                found[event["step"]] = Entry(event["step"], log=runs.log_of(directory, event["step"]))
            case "step-finished":
                log = event["log"] and Path(event["log"])
                found[event["step"]] = Entry(event["step"], event["outcome"], event["reason"], log)
            case _:
                pass
    return found


def subject(directory: Path) -> tuple[str, str]:
    """The stage of a run, and the word for what it looked at; empty where that was not written."""
    for event in events(directory):
        if event["event"] == "run-started":
            return event["stage"], event["scope"]
    return "", ""


def events(directory: Path) -> Iterator[Mapping[str, Any]]:
    """The events in a run's directory, as the contract names them; a line that is cut is left out."""
    try:
        lines = (directory / runs.EVENTS).read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError):  # the last line of a run that was killed while it wrote
            event = json.loads(line)
            if isinstance(event, dict):
                yield event

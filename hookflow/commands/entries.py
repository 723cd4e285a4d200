"""What a run's own list of events says of it and of its steps, also of a run that goes on or was killed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hookflow.adapters import runs


@dataclass(frozen=True, slots=True)
class Entry:
    """One step; `said` is how it ended, or that it did not."""

    step: str
    said: str
    log: Path | None
    ended: bool = False


def entries_of(directory: Path) -> dict[str, Entry]:
    """The steps of a run, in the order of declaration."""
    entries: dict[str, Entry] = {}
    for event in events_of(directory):
        match event["event"]:
            case "run-started":
                entries = {step: Entry(step, "not finished", None) for step in event["steps"]}
            case "step-started":
                log = runs.log_of(directory, event["step"])
                entries[event["step"]] = Entry(event["step"], "not finished", log)
            case "step-finished":
                said = ": ".join(filter(None, (event["outcome"], event["reason"])))
                log = event["log"] and Path(event["log"])
                entries[event["step"]] = Entry(event["step"], said, log, ended=True)
            case _:
                pass
    return entries


def events_of(directory: Path) -> Iterator[dict[str, Any]]:
    """The events of a run, as the contract names them."""
    try:
        lines = (directory / runs.EVENTS).read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            continue  # the last line of a run that was killed while it wrote

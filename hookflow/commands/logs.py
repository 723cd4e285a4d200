"""``hookflow logs``: what the steps of a run printed."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from hookflow.adapters import repository, runs
from hookflow.commands import recorded
from hookflow.commands.options import Place
from hookflow.core import display
from hookflow.core.errors import UsageError
from hookflow.core.names import did_you_mean

_LINE = 1 << 20  # bytes of a line that are held at once


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a run's events say of one step; `said` is how it ended, or that it did not."""

    step: str
    said: str
    log: Path | None


def logs(place: Place, step: str | None, run: str | None) -> int:
    """Print the logs of the last run, or of the run with an id: of one step alone, of all with headings.

    Raises:
        UsageError: There is no such run or step.
    """
    found = repository.Repository(place.directory)
    state = runs.state_directory(found.common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))
    entries = _entries(recorded.directory(state, run))
    if step is None:
        for entry in entries.values():
            print(display.printable(f"--- {entry.step}: {entry.said}"), flush=True)
            if entry.log is not None:
                _print_log(entry.log)
        return 0
    if step not in entries:
        raise UsageError(f"the run has no step {step}{did_you_mean(step, entries)}")
    log = entries[step].log
    if log is None:
        print(display.printable(f"{step}: {entries[step].said}; it left no log"), file=sys.stderr)
    else:
        _print_log(log)
    return 0


def _entries(directory: Path) -> dict[str, _Entry]:
    """The steps of a run, in the order of declaration; those of a run that goes on or was killed too."""
    entries: dict[str, _Entry] = {}
    for event in recorded.events(directory):
        match event["event"]:
            case "run-started":
                entries = {step: _Entry(step, "not finished", None) for step in event["steps"]}
            case "step-started":
                log = runs.log_of(directory, event["step"])
                entries[event["step"]] = _Entry(event["step"], "not finished", log)
            case "step-finished":
                said = ": ".join(filter(None, (event["outcome"], event["reason"])))
                entries[event["step"]] = _Entry(event["step"], said, event["log"] and Path(event["log"]))
            case _:
                pass
    return entries


def _print_log(log: Path) -> None:
    """A log as text; colours only for a terminal, other control sequences for nobody."""
    colours = sys.stdout.isatty()
    try:
        with log.open("rb") as file:
            while line := file.readline(_LINE):
                text = display.harmless(line.decode("utf-8", "replace").removesuffix("\n"), colours=colours)
                print(text)
    except FileNotFoundError:
        raise UsageError(f"{log} is not there any more") from None

"""``hookflow logs``: what the steps of a run printed."""

import os
import sys
from pathlib import Path

from hookflow.adapters import repository, runs
from hookflow.commands import recorded
from hookflow.commands.options import Place
from hookflow.core import display
from hookflow.core.errors import UsageError
from hookflow.core.names import did_you_mean

_LINE = 1 << 20  # bytes of a line that are held at once


def logs(place: Place, step: str | None, run: str | None) -> int:
    """Print the logs of the last run, or of the run with an id: of one step alone, of all with headings.

    Raises:
        UsageError: There is no such run or step.
    """
    found = repository.Repository(place.directory)
    state = runs.state_directory(found.common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))
    entries = recorded.entries(recorded.directory(state, run))
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

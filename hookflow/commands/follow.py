"""``hookflow logs --follow``: what the steps of a run print, while they print it."""

import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from hookflow.adapters import runs
from hookflow.commands import recorded
from hookflow.commands.recorded import Entry
from hookflow.core import display
from hookflow.core.errors import UsageError
from hookflow.core.names import did_you_mean

_POLL = 0.1  # seconds between looks at files that grow
_MOST = 1 << 20  # bytes that are read of one log at once
_LONGEST_LINE = 1 << 16  # bytes; a longer line is shown in pieces


def follow(directory: Path, step: str | None) -> int:
    """Print what a run's steps print until the run ends: all, each line after its step's name, or one until it ends.

    Raises:
        UsageError: The run has no such step.
    """
    seen = _Seen()
    while True:
        goes_on = runs.goes_on(directory)  # asked first: what it wrote before it ended is there afterwards
        entries = recorded.entries(directory)
        if step is not None and step not in entries and (entries or not goes_on):
            raise UsageError(f"the run has no step {step}{did_you_mean(step, entries)}")
        wanted = [entry for name, entry in entries.items() if step in (None, name)]
        ended = not goes_on or bool(wanted and step is not None and wanted[0].ended)
        more = seen.print_new(wanted, named=step is None, last=ended)
        if ended and not more:
            _say_end(entries, step)
            return 0
        if not more:
            time.sleep(_POLL)


def _say_end(entries: Mapping[str, Entry], step: str | None) -> None:
    """How the step ended, beside its output."""
    if step is not None:
        print(display.printable(f"{step}: {entries[step].said}"), file=sys.stderr)


class _Seen:
    """How far each log has been printed. Only whole lines are, so that those of several steps can alternate."""

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._colours = sys.stdout.isatty()

    def print_new(self, entries: Sequence[Entry], *, named: bool, last: bool) -> bool:
        """Print what is new; whether there may be more at once. `last`: also lines that have no end."""
        more = False
        width = max((len(display.printable(entry.step)) for entry in entries), default=0)
        for entry in entries:
            if entry.log is None:
                continue
            new = self._read(entry.step, entry.log, whole_lines=not (last or entry.ended))
            if not new:
                continue
            self._print(new, f"{display.printable(entry.step).ljust(width)} | " if named else "")
            more = True
        return more

    def _read(self, step: str, log: Path, *, whole_lines: bool) -> bytes:
        place = self._places.get(step, 0)
        try:
            with log.open("rb") as file:
                file.seek(place)
                new = file.read(_MOST)
        except OSError:
            return b""
        end = new.rfind(b"\n") + 1
        if (whole_lines or len(new) == _MOST) and (end or len(new) < _LONGEST_LINE):
            new = new[:end]
        self._places[step] = place + len(new)
        return new

    def _print(self, new: bytes, before: str) -> None:
        for line in new.decode("utf-8", "replace").removesuffix("\n").split("\n"):
            print(before + display.harmless(line, colours=self._colours))
        sys.stdout.flush()

"""``hookflow logs``: what the steps of a run printed."""

import os
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from hookflow.adapters import repository, runs
from hookflow.commands import recorded
from hookflow.commands.options import Place
from hookflow.core import display, naming, projects
from hookflow.core.areas import Areas
from hookflow.core.errors import UsageError
from hookflow.core.porcelain import text

_LINE = 1 << 20  # bytes of a line that are held at once


def logs(place: Place, step: str | None, run: str | None, *, follow: bool = False) -> int:
    """Print the logs of the last run, or of the run with an id: of one step alone, of all with headings.

    Args:
        place: Where.
        step: The step; None for all.
        run: The run's id; None for the last.
        follow: Go on printing until the run, or the step, has ended.

    Raises:
        UsageError: There is no such run or step.
    """
    directory = recorded.directory(_state(place), run)
    if follow:
        from hookflow.commands import follow as following  # noqa: PLC0415 (only for who asks for it)

        return following.follow(directory, step)
    entries = recorded.entries(directory)
    if step is not None and any(projects.BETWEEN in name for name in entries):
        step = naming.only(step, list(entries), _project_around(place, entries))
    if step is None:
        for entry in entries.values():
            print(display.printable(f"--- {entry.step}: {entry.said}"), flush=True)
            if entry.log is not None:
                _print_log(entry.log)
        return 0
    if step not in entries:
        raise UsageError(f"the run has no step {step}{naming.suggestion(step, list(entries))}")
    log = entries[step].log
    if log is None:
        print(display.printable(f"{step}: {entries[step].said}; it left no log"), file=sys.stderr)
    else:
        _print_log(log)
    return 0


def list_runs(place: Place) -> int:
    """Print the runs that are kept, the newest first: id, local time, stage, outcome, seconds."""
    state = _state(place)
    rows = [_run_row(state, run) for run in runs.list_runs(state)]
    if not rows:
        print("no run is kept here yet", file=sys.stderr)
        return 0
    for line in display.columns([("RUN", "WHEN", "STAGE", "OUTCOME", "TIME"), *rows]):
        print(line)
    return 0


def _run_row(state: Path, run: str) -> tuple[str, ...]:
    directory = runs.directory_of(state, run) or state
    found = {event["event"]: event for event in recorded.events(directory)}
    began, ended = found.get("run-started"), found.get("run-finished")
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(began["time"])) if began else ""
    stage = display.printable(began["stage"]) if began else ""
    if ended:
        return run, when, stage, ended["outcome"], display.seconds(ended["seconds"])
    return run, when, stage, "goes on" if runs.goes_on(directory) else "not finished", ""


def _state(place: Place) -> Path:
    found = repository.Repository(place.directory)
    return runs.state_directory(found.common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))


def _project_around(place: Place, steps: Iterable[str]) -> str:
    """The innermost project with one of the steps that a place is in, "" for the root's own."""
    root = repository.Repository(place.directory).root
    inside = text(os.fsencode(os.path.relpath(place.directory.resolve(), root)))
    return Areas(step.rpartition(projects.BETWEEN)[0] for step in steps if projects.BETWEEN in step).owner(f"{inside}/")


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

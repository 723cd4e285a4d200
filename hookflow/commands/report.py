"""``hookflow report``: a run as one HTML page."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from hookflow.adapters import files, filetypes, repository, runs
from hookflow.commands import history, kept_graph, preparation, recorded
from hookflow.commands.options import Place
from hookflow.core import dependencies, selection, snapshot
from hookflow.core import report as reports
from hookflow.core.display import printable
from hookflow.core.errors import BrokenEnvironmentError, HookflowError, UsageError
from hookflow.core.record import Record, StepRecord
from hookflow.core.report import Log
from hookflow.core.snapshot import Snapshot
from hookflow.reporters import html

_PAGE = "report.html"
_STDOUT = Path("-")
_LINES = 200  # of a log, at most
_SIZE = 64 * 1024  # bytes of a log, at most
_ALL_SIZE = 5 * 1024 * 1024  # bytes of all logs together
_RUNS = 50  # of the history, at most


def report(place: Place, run: str | None, out: Path | None, *, show: bool = False) -> int:
    """Write the page of the last run, or of the run with an id.

    Args:
        place: Where.
        run: The id, or None.
        out: The file to write, ``-`` for standard output; None for one in the run's directory.
        show: Open it in the browser.

    Raises:
        UsageError: There is no such run.
        BrokenEnvironmentError: The page cannot be written.
    """
    if show and out == _STDOUT:
        raise UsageError("--open and --out - exclude each other: a browser opens a file")
    found = repository.Repository(place.directory)
    state = runs.state_directory(found.common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))
    directory = recorded.directory(state, run)
    record = history.read(directory)
    if record is None:
        raise UsageError(f"{directory.name}: what happened in this run was not recorded")
    graph, note = _graph(place, directory, record)
    made = reports.make(record, graph, past=history.past(state, _RUNS), logs=_logs(directory, record), graph_note=note)
    page = html.page(made).encode()
    if out == _STDOUT:
        sys.stdout.buffer.write(page)
        return 0
    target = directory / _PAGE if out is None else place.directory / out
    _write(page, target, private=out is None)
    print(printable(str(target)))
    if show:
        _open(target)
    return 0


def _write(page: bytes, target: Path, *, private: bool) -> None:
    try:
        if private:
            files.write_whole(target, page, mode=0o600)
        else:
            target.write_bytes(page)
    except OSError as error:
        raise BrokenEnvironmentError(f"{target}: the report cannot be written: {error.strerror}") from None


def _open(target: Path) -> None:
    import webbrowser  # noqa: PLC0415 (only for who asks for it)

    if not webbrowser.open(target.resolve().as_uri()):
        print("hookflow: no browser could be opened", file=sys.stderr)


def _graph(place: Place, directory: Path, record: Record) -> tuple[Snapshot | None, str | None]:
    """The run's own graph, else that of the configuration as it is now; and what to know of it."""
    kept = kept_graph.read(directory)
    if kept is not None:
        return kept, None
    try:
        return _graph_now(
            place, record
        ), "This run left no graph: these are the edges of the configuration as it is now."
    except HookflowError:
        return None, "This run left no graph, and the configuration as it is now gives none: edges are missing here."


def _graph_now(place: Place, record: Record) -> Snapshot:
    project = preparation.open_project(place)
    names = {step.name for step in record.steps}
    steps = [step for step in project.config.steps if step.name in names]
    data = dependencies.data_graph(steps)
    touched = {step.name: selection.touched_by_all(step, filetypes.tagger(project.repository.root)) for step in steps}
    whole = dependencies.full_graph(data, touched, compatible=filetypes.compatible)
    return snapshot.take(whole, steps)


def _logs(directory: Path, record: Record) -> Mapping[str, Log]:
    """The ends of the logs; where they are too long together, those of failures come first."""
    found, left = {}, _ALL_SIZE
    for step in sorted(record.steps, key=lambda step: not step.blocking):
        if step.log is None and not step.starts:
            continue
        log = history.tail(_log_of(directory, step), lines=_LINES, size=min(_SIZE, left))
        if log is not None:
            left -= sum(len(line) + 1 for line in log.lines)
            found[step.name] = log
        left = max(0, left)
    return found


def _log_of(directory: Path, step: StepRecord) -> Path:
    """Where the log is now: its name is the run's, the directory may have moved since."""
    return directory / Path(step.log).name if step.log is not None else runs.log_of(directory, step.name)

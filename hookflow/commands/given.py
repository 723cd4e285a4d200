"""An answer from memory, told as the run that it stands for: its events, its directory, its lines."""

import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack

from hookflow.adapters import runs, terminal
from hookflow.adapters.blobs import Blobs
from hookflow.commands import answer, writing
from hookflow.commands.answer import Answer, Question, Row
from hookflow.commands.options import Reporting
from hookflow.core import events
from hookflow.core.outcome import Cached, Outcome, Skipped
from hookflow.core.outcome import word as word_of
from hookflow.reporters import plain

_BLOBS = "blobs"


def given(asked: Question, told: Reporting) -> bool:
    """Give the answer to a question again, if it is known and holds; whether that was so.

    Raises:
        BrokenEnvironmentError: The file that was asked for cannot be written.
    """
    if told.junit is not None or told.trace is not None or told.output not in {"auto", "plain", "quiet", "verbose"}:
        return False
    if told.output == "auto" and "GITHUB_ACTIONS" in os.environ:
        return False
    with answer.found(asked) as found:
        if found is not None:
            _tell(asked, found, told)
        return found is not None


def _tell(asked: Question, known: Answer, told: Reporting) -> None:
    began = time.monotonic()
    state = answer.state_of(asked.place)
    directory = runs.RunDirectory(state, runs.new_id())
    try:
        with ExitStack() as stack:
            level: plain.Level = "plain" if told.output not in {"quiet", "verbose"} else told.output
            shown = plain.Plain(
                sys.stdout,
                sys.stderr,
                level=level,
                colours=terminal.colours(sys.stdout),
                logs_kept=directory.kept,
            )
            listeners = [shown.emit, *writing.written(stack, directory, told)]
            directory.publish()
            for event in _events(known, directory, Blobs(state / _BLOBS), began):
                for listener in listeners:
                    listener(event)
    finally:
        directory.close(known.retention)


def _events(known: Answer, directory: runs.RunDirectory, blobs: Blobs, began: float) -> Iterator[events.Event]:
    yield events.RunStarted(
        time=time.time(),
        run=directory.run,
        stage=known.stage,
        scope=known.scope,
        files=known.files,
        steps=tuple(row.step for row in known.rows),
        jobs=known.jobs,
        parallel=known.parallel,
    )
    outcomes = [_outcome(row) for row in known.rows]
    for row, outcome in zip(known.rows, outcomes, strict=True):
        log = directory.adopt(row.step, blobs.place(row.log)) if row.log is not None else None
        yield events.StepFinished(
            time=time.time(),
            step=row.step,
            outcome=outcome,
            seconds=0.0,
            log=str(log) if log is not None else None,
            modified=(),
            blocking=False,
        )
    yield events.RunFinished(
        time=time.time(),
        outcome="passed",
        exit_code=0,
        seconds=time.monotonic() - began,
        counts=dict(Counter(word_of(outcome) for outcome in outcomes)),
        critical_path=(),
        bound_seconds=0.0,
        serial_seconds=0.0,
        peak=0,
    )


def _outcome(row: Row) -> Outcome:
    return Skipped(row.reason) if row.skipped else Cached(row.reason)

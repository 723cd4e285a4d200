"""Runs told in a line each, as the events that a real run writes."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from hookflow.core import events
from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.outcome import Outcome, Passed, is_failure, word
from hookflow.core.record import Record, read
from hookflow.core.report import Report, make
from hookflow.core.snapshot import Snapshot
from hookflow.reporters.jsonl import as_mapping

BEGAN = 1_700_000_000.0
# A step that ran: start, end and outcome (passed if it is left out). One that did not: its outcome alone.
Told = tuple[float, float] | tuple[float, float, Outcome] | Outcome


def told(steps: Mapping[str, Told], *, run: str = "r1", seconds: float | None = None, **keys) -> list[dict[str, Any]]:
    """The events of a run that came to its end; `keys` are those of `RunStarted`."""
    happened: list[tuple[float, int, events.Event]] = []
    for name, story in steps.items():
        start, end, outcome = _parts(story)
        if start is not None:
            begun = events.StepStarted(time=BEGAN + start, step=name, attempt=1, command=f"do {name}", files=0)
            happened.append((start, 1, begun))
        happened.append((end, 0, _finished(name, start, end, outcome)))
    whole = seconds if seconds is not None else max((at for at, _, _ in happened), default=0.0)
    options = {"stage": "pre-commit", "scope": "all-files", "files": 3, "jobs": 2, "parallel": True, **keys}
    first = events.RunStarted(time=BEGAN, run=run, steps=tuple(steps), **options)
    middle = [event for _, _, event in sorted(happened, key=lambda entry: entry[:2])]
    last = events.RunFinished(
        time=BEGAN + whole,
        outcome="failed" if any(getattr(event, "blocking", False) for event in middle) else "passed",
        exit_code=0,
        seconds=whole,
        counts={},
        critical_path=(),
        bound_seconds=1.0,
        serial_seconds=0.0,
        peak=1,
    )
    # Through JSON, as they are kept.
    return [json.loads(json.dumps(as_mapping(event))) for event in (first, *middle, last)]


def recorded(steps: Mapping[str, Told], **keys) -> Record:
    """The record of such a run."""
    record = read(told(steps, **keys))
    assert record is not None
    return record


def snapshot(names: Iterable[str], needs: Iterable[str] = (), writes: Iterable[str] = (), **cpus: int) -> Snapshot:
    """A graph of one-letter steps; the edge ``"ab"`` puts a before b."""
    edges = [Edge(*pair, (Reason("needs", f"{pair[1]} needs {pair[0]}"),)) for pair in needs]
    edges += [Edge(*pair, (Reason("writes", f"{pair[0]} writes for {pair[1]}"),)) for pair in writes]
    return Snapshot(graph=Graph(names, edges), cpus=cpus)


def reported(steps: Mapping[str, Told], needs: Iterable[str] = (), **keys) -> Report:
    """The report of such a run."""
    return make(recorded(steps, **keys), snapshot(steps, needs))


def _parts(story: Told) -> tuple[float | None, float, Outcome]:
    if not isinstance(story, tuple):
        return None, 0.0, story
    return story[0], story[1], story[2] if len(story) > 2 else Passed()


def _finished(name: str, start: float | None, end: float, outcome: Outcome) -> events.StepFinished:
    return events.StepFinished(
        time=BEGAN + end,
        step=name,
        outcome=outcome,
        seconds=end - start if start is not None else 0.0,
        log=f"/gone/{name}.log" if start is not None else None,
        modified=(),
        blocking=is_failure(outcome) or word(outcome) == "blocked",
    )

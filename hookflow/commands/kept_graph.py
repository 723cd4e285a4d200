"""The graph of a run, kept in its directory; apart from what reads runs, since every run loads this."""

import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from hookflow.adapters import files
from hookflow.core import snapshot
from hookflow.core.config import Step
from hookflow.core.graph import Graph

_NAME = "graph.json"


def keep(place: Path | None, graph: Graph, steps: Sequence[Step]) -> None:
    """Leave the graph of a run in its directory, so that a later report shows this one.

    Nothing is lost but the picture where that cannot be written.
    """
    if place is None:
        return
    with suppress(OSError), files.private_text(place / _NAME) as file:
        json.dump(snapshot.as_data(graph, {step.name: step for step in steps}), file)


def read(place: Path) -> snapshot.Snapshot | None:
    """The graph that a run left; None where there is none, or only a part of it."""
    try:
        return snapshot.from_data(json.loads((place / _NAME).read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return None

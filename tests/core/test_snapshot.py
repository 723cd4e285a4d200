"""The graph that a run leaves beside its events."""

import json
from typing import Any

import pytest
from builders import step
from hypothesis import given
from strategies import graphs

from hookflow.core.graph import Graph
from hookflow.core.snapshot import as_data, from_data, take


@given(graphs())
def test_what_is_written_is_read_again(drawn: Graph) -> None:
    """Names, edges with reasons, CPUs and descriptions, through JSON."""
    steps = {name: step(name, cpus=2, description=f"about {name}") for name in drawn.nodes}
    found = from_data(json.loads(json.dumps(as_data(drawn, steps))))
    assert found is not None
    assert (found.graph.nodes, found.graph.edges) == (drawn.nodes, drawn.edges)
    taken = take(drawn, steps.values())
    assert (found.cpus, found.descriptions) == (taken.cpus, taken.descriptions)


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        {"steps": [{"name": "a"}], "edges": [], "cpus": {}},
        {"steps": [], "edges": [], "cpus": []},
        {"steps": [], "edges": [{"before": "a", "after": "b", "reasons": []}], "cpus": {}},
        {
            "steps": [{"name": name, "description": ""} for name in "ab"],
            "edges": [{"before": "a", "after": "b", "reasons": [{"kind": "wish", "text": ""}]}],
            "cpus": {},
        },
        {
            "steps": [{"name": "a", "description": ""}],
            "edges": [{"before": "a", "after": "a", "reasons": [{"kind": "needs", "text": ""}]}],
            "cpus": {},
        },
    ],
)
def test_anything_else_is_no_snapshot(data: Any) -> None:
    """Half of it, another version's, or a circle."""
    assert from_data(data) is None


def test_a_snapshot_can_be_limited_to_the_steps_of_a_run() -> None:
    """Those that it does not know have no edges."""
    found = take(Graph("abc"), [step(name) for name in "abc"]).limited_to("bx")
    assert found.graph.nodes == ("b", "x")

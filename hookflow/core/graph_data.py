"""The graph as JSON-ready data; apart from what draws it, since every run keeps its graph."""

from collections.abc import Mapping
from typing import Any

from hookflow.core.config import Step
from hookflow.core.graph import Graph


def as_data(graph: Graph, steps: Mapping[str, Step]) -> dict[str, Any]:
    """Steps, edges with reasons, groups and the order, for JSON."""
    return {
        "steps": [{"name": name, "description": steps[name].description} for name in graph.nodes],
        "edges": [
            {
                "before": edge.before,
                "after": edge.after,
                "reasons": [{"kind": reason.kind, "text": reason.text} for reason in edge.reasons],
            }
            for edge in graph.edges
        ],
        "groups": [list(group) for group in graph.groups()],
        "order": list(graph.order),
    }

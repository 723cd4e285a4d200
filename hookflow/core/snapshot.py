"""A run's graph as data that is kept beside its events, so that a report of an old run shows the old graph."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from hookflow.core import graph_data
from hookflow.core.config import Step
from hookflow.core.errors import HookflowError
from hookflow.core.graph import Edge, Graph, Kind, Reason
from hookflow.core.structs import Struct, field

_KINDS: Mapping[str, Kind] = {kind: kind for kind in get_args(Kind)}


class Snapshot(Struct, frozen=True, kw_only=True):
    """A graph, and what a report says of its steps.

    Attributes:
        graph: The steps and their edges.
        cpus: Units of CPU of each step; 1 where it is not named.
        descriptions: Of each step; empty where it has none.
    """

    graph: Graph
    cpus: Mapping[str, int] = field(default_factory=dict)
    descriptions: Mapping[str, str] = field(default_factory=dict)

    def limited_to(self, names: Iterable[str]) -> "Snapshot":
        """The same for exactly these steps, those without an edge too."""
        kept = tuple(names)
        known = frozenset(kept)
        edges = (edge for edge in self.graph.edges if edge.before in known and edge.after in known)
        return Snapshot(graph=Graph(kept, edges), cpus=self.cpus, descriptions=self.descriptions)


def take(graph: Graph, steps: Iterable[Step]) -> Snapshot:
    """The snapshot of a run that is about to start."""
    named = {step.name: step for step in steps}
    return Snapshot(
        graph=graph,
        cpus={name: step.cpus for name, step in named.items()},
        descriptions={name: step.description for name, step in named.items()},
    )


def as_data(graph: Graph, steps: Mapping[str, Step]) -> dict[str, Any]:
    """For JSON: what `hookflow graph` writes, and the CPUs of each step."""
    return {**graph_data.as_data(graph, steps), "cpus": {name: steps[name].cpus for name in graph.nodes}}


def from_data(data: Any) -> Snapshot | None:
    """The snapshot that `as_data` wrote; None where it is something else, such as half of it."""
    try:
        names = [str(step["name"]) for step in data["steps"]]
        edges = [Edge(edge["before"], edge["after"], _reasons(edge["reasons"])) for edge in data["edges"]]
        return Snapshot(
            graph=Graph(names, edges),
            cpus={name: max(1, int(units)) for name, units in data["cpus"].items()},
            descriptions={step["name"]: str(step["description"]) for step in data["steps"]},
        )
    except (KeyError, TypeError, ValueError, AttributeError, HookflowError):
        return None


def _reasons(data: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    return tuple(Reason(_KINDS[reason["kind"]], str(reason["text"])) for reason in data)

"""Small steps, tasks and graphs, written the way a test reads best."""

from collections.abc import Collection, Iterable

from hookflow.core.config import Step
from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.schedule import Task

NEEDS = Reason("needs", "needed")
WRITES = Reason("writes", "written")


def step(name: str = "a", run: str | tuple[str, ...] = "true", **keys) -> Step:
    """A step whose command does nothing unless it says so."""
    return Step(name=name, run=run, **keys)


def graph(nodes: Iterable[str], needs: Collection[str] = (), writes: Collection[str] = ()) -> Graph:
    """A graph of one-letter steps; the edge ``"ab"`` puts a before b."""
    return Graph(
        nodes,
        [*(Edge(*pair, (NEEDS,)) for pair in needs), *(Edge(*pair, (WRITES,)) for pair in writes)],
    )


def tasks(nodes: Iterable[str], **special: Task) -> dict[str, Task]:
    """A plain task for each node, or the special one of that name."""
    return {name: special.get(name, Task(name=name)) for name in nodes}


def no_tags(_path: str) -> frozenset[str]:
    """Files of no known type."""
    return frozenset()

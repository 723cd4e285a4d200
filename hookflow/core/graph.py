"""A directed acyclic graph of step names whose edges keep their reasons.

Everything here is deterministic: among equals, the order of declaration decides.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from heapq import heapify, heappop, heappush
from typing import Literal

from hookflow.core.errors import HookflowError
from hookflow.core.structs import Struct

Kind = Literal["needs", "outputs", "writes"]


class Reason(Struct, frozen=True):
    """Why one step goes after another.

    Attributes:
        kind: ``needs`` and ``outputs`` are data dependencies: a failure before blocks what comes after.
            ``writes`` is a state dependency: it gives the order only.
        text: For people, e.g. ``"b needs a"``.
    """

    kind: Kind
    text: str


class Edge(Struct, frozen=True):
    """`after` starts only when `before` has ended."""

    before: str
    after: str
    reasons: tuple[Reason, ...]

    @property
    def blocks(self) -> bool:
        """Whether a failure of `before` blocks `after` (not where only the order of writes matters)."""
        return any(reason.kind != "writes" for reason in self.reasons)


class CycleError(HookflowError):
    """Steps wait for one another in a circle. `path` begins and ends with the same step."""

    exit_code = 2

    def __init__(self, path: tuple[str, ...], reasons: tuple[str, ...]) -> None:
        self.path = path
        super().__init__(f"cycle: {' -> '.join(path)} ({'; '.join(reasons)})")


class Graph:
    """Nodes in the order of declaration and the edges between them.

    Args:
        nodes: Names, each once.
        edges: Edges between those names; several between the same two are merged, reasons in order.

    Raises:
        CycleError: The edges make a circle.
    """

    def __init__(self, nodes: Iterable[str], edges: Iterable[Edge] = ()) -> None:
        self.nodes: tuple[str, ...] = tuple(nodes)
        merged: dict[tuple[str, str], list[Reason]] = {}
        for edge in edges:
            merged.setdefault((edge.before, edge.after), []).extend(edge.reasons)
        self.edges: tuple[Edge, ...] = tuple(
            Edge(before, after, tuple(dict.fromkeys(reasons))) for (before, after), reasons in merged.items()
        )
        self._into: dict[str, list[Edge]] = {name: [] for name in self.nodes}
        self._out_of: dict[str, list[Edge]] = {name: [] for name in self.nodes}
        for edge in self.edges:
            self._into[edge.after].append(edge)
            self._out_of[edge.before].append(edge)
        if len(self.order) < len(self.nodes):
            raise self._cycle()

    def into(self, name: str) -> Sequence[Edge]:
        """The edges that end in `name`: what it waits for."""
        return self._into[name]

    def out_of(self, name: str) -> Sequence[Edge]:
        """The edges that begin in `name`: what waits for it."""
        return self._out_of[name]

    @cached_property
    def order(self) -> tuple[str, ...]:
        """A topological order, the first declared first among equals (Kahn 1962, with a heap)."""
        place = {name: index for index, name in enumerate(self.nodes)}
        missing = {name: len(self._into[name]) for name in self.nodes}
        ready = [place[name] for name, count in missing.items() if count == 0]
        heapify(ready)
        order = []
        while ready:
            name = self.nodes[heappop(ready)]
            order.append(name)
            for edge in self._out_of[name]:
                missing[edge.after] -= 1
                if missing[edge.after] == 0:
                    heappush(ready, place[edge.after])
        return tuple(order)

    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Execution groups: everything in group n depends only on earlier groups, and on group n-1."""
        level: dict[str, int] = {}
        for name in self.order:
            level[name] = max((level[edge.before] + 1 for edge in self._into[name]), default=0)
        groups: list[list[str]] = [[] for _ in range(max(level.values(), default=-1) + 1)]
        for name in self.nodes:
            groups[level[name]].append(name)
        return tuple(tuple(group) for group in groups)

    def ranks(self, seconds: Mapping[str, float]) -> dict[str, float]:
        """For each node its own time and that of the longest chain after it, in seconds.

        The upward rank of list scheduling (Topcuoglu et al., HEFT, 2002), without communication.
        """
        ranks: dict[str, float] = {}
        for name in reversed(self.order):
            after = max((ranks[edge.after] for edge in self._out_of[name]), default=0.0)
            ranks[name] = seconds.get(name, 0.0) + after
        return ranks

    def critical_path(self, seconds: Mapping[str, float]) -> tuple[tuple[str, ...], float]:
        """The longest chain and its length in seconds; the first declared among equals."""
        ranks = self.ranks(seconds)
        path: list[str] = []
        candidates: Iterable[str] = self.nodes
        while best := max(candidates, key=lambda name: ranks[name], default=None):
            path.append(best)
            candidates = [edge.after for edge in self._out_of[best]]
        return tuple(path), max(ranks.values(), default=0.0)

    def ancestors(self, names: Iterable[str], *, kinds: Iterable[Kind] = ("needs", "outputs")) -> set[str]:
        """`names` and everything that they depend on, directly or not, by edges of these kinds."""
        wanted, found, waiting = frozenset(kinds), set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            waiting += [
                edge.before for edge in self._into[name] if any(reason.kind in wanted for reason in edge.reasons)
            ]
        return found

    def descendants(self, name: str, *, known: Collection[str] = ()) -> set[str]:
        """All that goes after `name`, directly or not; what is known and goes after that is not looked for again."""
        found, waiting = set[str](), [name]
        while waiting:
            for edge in self._out_of[waiting.pop()]:
                if edge.after not in found and edge.after not in known:
                    found.add(edge.after)
                    waiting.append(edge.after)
        return found

    def _cycle(self) -> CycleError:
        """One circle among the nodes that could not be ordered."""
        stuck = set(self.nodes) - set(self.order)
        name = next(name for name in self.nodes if name in stuck)
        walked: list[Edge] = []
        seen: dict[str, int] = {}
        while name not in seen:
            seen[name] = len(walked)
            # A stuck node always has a stuck predecessor: walk backwards until a node returns.
            walked.append(next(edge for edge in self._into[name] if edge.before in stuck))
            name = walked[-1].before
        circle = walked[seen[name] :]
        return _from_first_declared(self.nodes, circle)


def _from_first_declared(nodes: Sequence[str], backwards: Sequence[Edge]) -> CycleError:
    """The circle as an error whose arrows read "waits for", begun at the step that is declared first."""
    names = [edge.after for edge in backwards]
    start = min(range(len(names)), key=lambda index: nodes.index(names[index]))
    turned = [*backwards[start:], *backwards[:start]]
    path = (*(edge.after for edge in turned), turned[0].after)
    return CycleError(path, tuple(edge.reasons[0].text for edge in turned))

"""The graph: order, groups, critical path, cycles."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookflow.core.graph import CycleError, Edge, Graph, Reason

NEEDS = (Reason("needs", "x"),)


def graph(nodes: str, *edges: str) -> Graph:
    """A graph of one-letter nodes; an edge is two letters."""
    return Graph(nodes, (Edge(before, after, (Reason("needs", f"{after} needs {before}"),)) for before, after in edges))


@st.composite
def dags(draw: st.DrawFn) -> Graph:
    """A random graph without cycles, declared in an order that is not topological."""
    size = draw(st.integers(1, 7))
    nodes = draw(st.permutations([chr(97 + number) for number in range(size)]))
    pairs = [(chr(97 + low), chr(97 + high)) for low in range(size) for high in range(low + 1, size)]
    chosen = draw(st.lists(st.sampled_from(pairs), unique=True)) if pairs else []
    return Graph(nodes, (Edge(before, after, NEEDS) for before, after in chosen))


@given(dags())
def test_the_order_respects_every_edge_and_declaration_among_equals(found: Graph) -> None:
    """Whatever could have come next, the first declared did."""
    place = {name: number for number, name in enumerate(found.order)}
    assert sorted(found.order) == sorted(found.nodes)
    assert all(place[edge.before] < place[edge.after] for edge in found.edges)
    done: set[str] = set()
    for name in found.order:
        free = [node for node in found.nodes if node not in done and {e.before for e in found.into(node)} <= done]
        assert name == free[0]
        done.add(name)


@given(dags())
def test_groups_depend_on_earlier_groups_only_and_on_the_one_before(found: Graph) -> None:
    """What the decision record calls groups."""
    group = {name: number for number, names in enumerate(found.groups()) for name in names}
    assert group.keys() == set(found.nodes)
    for name in found.nodes:
        before = [group[edge.before] for edge in found.into(name)]
        assert max(before, default=-1) == group[name] - 1


def longest(found: Graph, seconds: dict[str, float]) -> float:
    """The longest chain, by trying all."""

    def below(name: str) -> float:
        return seconds[name] + max((below(edge.after) for edge in found.out_of(name)), default=0.0)

    return max(below(name) for name in found.nodes)


@settings(max_examples=60)
@given(dags(), st.data())
def test_the_critical_path_is_the_longest_chain(found: Graph, data: st.DataObject) -> None:
    """It is a chain, and as long as it says."""
    seconds = {name: float(data.draw(st.integers(0, 9))) for name in found.nodes}
    path, length = found.critical_path(seconds)
    assert length == longest(found, seconds) == sum(seconds[name] for name in path)
    edges = {(edge.before, edge.after) for edge in found.edges}
    assert all(pair in edges for pair in itertools.pairwise(path))


@given(dags(), st.data())
def test_every_cycle_is_found_and_reported_as_its_path(found: Graph, data: st.DataObject) -> None:
    """The arrows read "waits for", from the step that is declared first, and back to it."""
    chain = found.critical_path(dict.fromkeys(found.nodes, 1.0))[0]
    back = Edge(chain[-1], chain[0], NEEDS) if len(chain) > 1 else Edge(chain[0], chain[0], NEEDS)
    nodes = data.draw(st.permutations(found.nodes))
    with pytest.raises(CycleError) as caught:
        Graph(nodes, [*found.edges, back])
    path = caught.value.path
    edges = {(edge.before, edge.after) for edge in (*found.edges, back)}
    assert path[0] == path[-1]
    assert path[0] == min(path, key=nodes.index)
    assert len(set(path[:-1])) == len(path) - 1
    assert all((before, after) in edges for after, before in itertools.pairwise(path))


def test_a_cycle_is_told_with_its_reasons() -> None:
    """One sentence an arrow."""
    with pytest.raises(CycleError, match=r"^cycle: a -> b -> a \(a needs b; b needs a\)$"):
        graph("xab", "ab", "ba", "xa")


def test_edges_between_the_same_two_are_merged_with_all_reasons() -> None:
    """Each reason once."""
    reasons = [Reason("needs", "n"), Reason("outputs", "o"), Reason("needs", "n")]
    found = Graph("ab", (Edge("a", "b", (reason,)) for reason in reasons))
    assert found.edges == (Edge("a", "b", (reasons[0], reasons[1])),)


def test_only_the_order_of_writes_does_not_block() -> None:
    """A failure before blocks where there is a data dependency."""
    assert not Edge("a", "b", (Reason("writes", "w"),)).blocks
    assert Edge("a", "b", (Reason("writes", "w"), Reason("outputs", "o"))).blocks


def test_ancestors_follow_data_and_not_the_order_of_writes() -> None:
    """What a named step needs."""
    edges = [
        Edge("a", "b", NEEDS),
        Edge("b", "c", (Reason("outputs", "o"),)),
        Edge("x", "c", (Reason("writes", "w"),)),
    ]
    assert Graph("abcx", edges).ancestors(["c"]) == {"a", "b", "c"}


def test_an_empty_graph_is_one() -> None:
    """Nothing to do, no time."""
    empty = Graph(())
    assert (empty.order, empty.groups(), empty.critical_path({})) == ((), (), ((), 0.0))

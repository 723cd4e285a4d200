"""The graph: its order, groups, circles and longest chains."""

import itertools
from collections.abc import Iterator

import pytest
from builders import graph
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import graphs, wirings

from hookflow.core.graph import CycleError, Edge, Graph, Reason

SECONDS = st.integers(0, 20).map(float)


def chains(drawn: Graph, start: str) -> Iterator[tuple[str, ...]]:
    """Every chain that begins at a node, of any length."""
    yield (start,)
    for edge in drawn.out_of(start):
        for rest in chains(drawn, edge.after):
            yield (start, *rest)


def test_an_empty_graph_is_a_graph() -> None:
    """No steps: no order, no groups, no time."""
    empty = Graph([])
    assert (empty.order, empty.groups(), empty.critical_path({})) == ((), (), ((), 0.0))


def test_edges_between_the_same_two_are_one() -> None:
    """Their reasons are kept in order, each once."""
    needs, makes = Reason("needs", "b needs a"), Reason("outputs", "a makes x, which b reads")
    merged = Graph("ab", [Edge("a", "b", (needs,)), Edge("a", "b", (makes, needs))])
    assert merged.edges == (Edge("a", "b", (needs, makes)),)
    assert list(merged.into("b")) == list(merged.out_of("a")) == list(merged.edges)
    assert not merged.into("a")
    assert not merged.out_of("b")


@pytest.mark.parametrize(
    ("kinds", "blocks"),
    [(["needs"], True), (["outputs"], True), (["writes"], False), (["writes", "needs"], True)],
)
def test_a_failure_passes_along_data_only(kinds, blocks) -> None:
    """The order of writes alone lets what comes after go on."""
    assert Edge("a", "b", tuple(Reason(kind, kind) for kind in kinds)).blocks is blocks


def test_the_order_of_declaration_decides_among_equals() -> None:
    """What could go next goes in the order in which a person wrote it."""
    assert graph("dcba", ["ad"]).order == ("c", "b", "a", "d")
    assert graph("abcd", ["da"]).order == ("b", "c", "d", "a")


def test_a_cycle_is_named_from_the_step_that_is_declared_first() -> None:
    """The arrows read "waits for", and each has its reason."""
    edges = [Edge(before, after, (Reason("needs", f"{after} needs {before}"),)) for before, after in ("cb", "ac", "ba")]
    with pytest.raises(CycleError) as caught:
        Graph("xabc", [*edges, Edge("b", "x", (Reason("needs", "x needs b"),))])
    assert caught.value.path == ("a", "b", "c", "a")
    assert str(caught.value) == "cycle: a -> b -> c -> a (a needs b; b needs c; c needs a)"
    assert caught.value.exit_code == 2


def test_the_first_declared_of_the_longest_chains_is_shown() -> None:
    """Among equals, the order of declaration decides here too."""
    drawn = graph("dabc", ["ab", "ac"])
    assert drawn.critical_path({"b": 2.0, "c": 2.0, "d": 2.0}) == (("d",), 2.0)
    assert drawn.critical_path({"a": 1.0, "b": 2.0, "c": 2.0}) == (("a", "b"), 3.0)


def test_a_step_that_waits_for_itself_is_a_cycle() -> None:
    """The shortest one there is."""
    with pytest.raises(CycleError) as caught:
        graph("ab", ["aa"])
    assert caught.value.path == ("a", "a")


def test_ancestors_follow_data_unless_asked_otherwise() -> None:
    """What steps need, directly or not; the order of writes is followed only on request."""
    drawn = graph("abcdx", needs=["ab", "bc"], writes=["dc", "ax"])
    assert drawn.ancestors("c") == {"a", "b", "c"}
    assert drawn.ancestors("cx") == {"a", "b", "c", "x"}
    assert drawn.ancestors("c", kinds=["writes"]) == {"c", "d"}
    assert drawn.ancestors("") == set()


@given(drawn=graphs())
@settings(max_examples=120, deadline=None)
def test_the_order_is_topological(drawn) -> None:
    """Every node once, each after all that it waits for."""
    place = {name: index for index, name in enumerate(drawn.order)}
    assert sorted(drawn.order) == sorted(drawn.nodes)
    assert all(place[edge.before] < place[edge.after] for edge in drawn.edges)


@given(drawn=graphs())
@settings(max_examples=120, deadline=None)
def test_the_order_is_stable(drawn) -> None:
    """At each place stands the first declared of those that wait for nothing any more."""
    done: set[str] = set()
    for name in drawn.order:
        free = [
            other
            for other in drawn.nodes
            if other not in done and all(edge.before in done for edge in drawn.into(other))
        ]
        assert name == free[0]
        done.add(name)


@given(drawn=graphs())
@settings(max_examples=120, deadline=None)
def test_groups_depend_on_earlier_ones_and_on_the_one_before(drawn) -> None:
    """Every node is in one group, as early as can be; within a group the order of declaration holds."""
    groups = drawn.groups()
    level = {name: number for number, group in enumerate(groups) for name in group}
    assert sorted(level) == sorted(drawn.nodes)
    assert sum(map(len, groups)) == len(drawn.nodes)
    for name, number in level.items():
        befores = [level[edge.before] for edge in drawn.into(name)]
        assert max(befores, default=-1) == number - 1
    assert all(list(group) == [name for name in drawn.nodes if name in group] for group in groups)


@given(wiring=wirings())
@settings(max_examples=150, deadline=None)
def test_a_cycle_error_names_a_real_circle(wiring) -> None:
    """Each arrow of the path is an edge, no step comes twice, and there is no error without a circle."""
    names, edges = wiring
    pairs = {(edge.before, edge.after) for edge in edges}
    try:
        drawn = Graph(names, edges)
    except CycleError as error:
        path = error.path
        assert path[0] == path[-1]
        assert len(set(path)) == len(path) - 1
        assert all((before, after) in pairs for after, before in itertools.pairwise(path))
        assert names.index(path[0]) == min(map(names.index, path))
    else:
        place = {name: index for index, name in enumerate(drawn.order)}
        assert all(place[before] < place[after] for before, after in pairs)


@given(drawn=graphs(), data=st.data())
@settings(max_examples=120, deadline=None)
def test_the_critical_path_is_the_longest_chain(drawn, data) -> None:
    """Against every chain of the graph; a node without a time takes none."""
    seconds = data.draw(st.dictionaries(st.sampled_from(drawn.nodes or ("s0",)), SECONDS))
    path, length = drawn.critical_path(seconds)
    every = [chain for start in drawn.nodes for chain in chains(drawn, start)]
    assert length == max((sum(seconds.get(name, 0.0) for name in chain) for chain in every), default=0.0)
    assert not drawn.nodes or path in every
    assert length == sum(seconds.get(name, 0.0) for name in path)


@given(drawn=graphs(), data=st.data())
@settings(max_examples=100, deadline=None)
def test_a_rank_is_the_longest_chain_from_there(drawn, data) -> None:
    """A step's own time counts in it."""
    assume(drawn.nodes)
    seconds = {name: data.draw(SECONDS) for name in drawn.nodes}
    for name, rank in drawn.ranks(seconds).items():
        assert rank == max(sum(map(seconds.__getitem__, chain)) for chain in chains(drawn, name))


@given(drawn=graphs(), data=st.data())
@settings(max_examples=100, deadline=None)
def test_ancestors_are_closed(drawn, data) -> None:
    """With each step come all that it depends on by data, and nothing else."""
    names = data.draw(st.sets(st.sampled_from(drawn.nodes))) if drawn.nodes else set()
    found = drawn.ancestors(names)
    assert names <= found
    for name in drawn.nodes:
        needed = any(edge.blocks and edge.after in found for edge in drawn.out_of(name))
        assert (name in found) == (name in names or needed)


def test_descendants_are_what_goes_after() -> None:
    """By any kind of edge; what is known is passed over, with all that goes after it."""
    drawn = Graph("abcdx", [Edge(*pair, (Reason("writes", "w"),)) for pair in ("ab", "bc", "ad", "dc")])
    assert drawn.descendants("a") == {"b", "c", "d"}
    assert drawn.descendants("a", known={"b"}) == {"c", "d"}
    assert drawn.descendants("a", known={"b", "d"}) == set()
    assert drawn.descendants("x") == set()

"""From steps to the edges between them, and why each is there."""

import pytest
from builders import no_tags, step
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import RULE_LISTS

from hookflow.core.config import Step
from hookflow.core.dependencies import data_graph, full_graph
from hookflow.core.graph import CycleError, Edge, Graph, Reason
from hookflow.core.patterns import Patterns
from hookflow.core.selection import FileFilter, Touched


def made(*steps: Step) -> dict[str, str]:
    """The texts of the edges that come from outputs, by their ends."""
    return {f"{edge.before}->{edge.after}": edge.reasons[0].text for edge in data_graph(steps).edges}


def touched(*steps: Step, files: dict[str, set[str]] | None = None) -> dict[str, Touched]:
    """What steps touch: these files, or all that they match."""
    known = files or {}
    return {
        one.name: Touched(
            filter=FileFilter(one, no_tags),
            files=frozenset(known[one.name]) if one.name in known else None,
            writes=one.modifies,
            inputs=Patterns(one.inputs),
        )
        for one in steps
    }


def written(*steps: Step, files: dict[str, set[str]] | None = None, **keys) -> list[str]:
    """The ends of the edges of the whole graph."""
    whole = full_graph(data_graph(steps), touched(*steps, files=files), **keys)
    return [f"{edge.before}->{edge.after}" for edge in whole.edges]


def test_needs_are_edges_with_their_reason() -> None:
    """A need that is not among the steps is left out."""
    graph = data_graph([step("a", needs=("b", "elsewhere")), step("b")])
    assert graph.nodes == ("a", "b")
    assert graph.edges == (Edge("b", "a", (Reason("needs", "a needs b"),)),)


@pytest.mark.parametrize(
    ("outputs", "reader", "text"),
    [
        (["gen/*.py"], {"files": ("*.py",)}, "maker makes gen/.py, which reader reads"),
        (["gen/x.json"], {"inputs": ("gen/**",)}, "maker makes gen/x.json, which reader reads"),
        (["x.json"], {"files": ("*.py",), "inputs": ("*.json",)}, "maker makes x.json, which reader reads"),
        (["gen/*.py"], {"files": ("*.py",), "exclude": ("gen/**",)}, None),
        (["*.html"], {"files": ("*.md",)}, None),
        ([".coverage"], {"files": ("*.py",)}, None),
        (["gen/x.py"], {}, None),
    ],
)
def test_outputs_make_an_edge_to_who_reads_them(outputs, reader, text) -> None:
    """By ``files`` or ``inputs``, less ``exclude``; a step that names neither reads no one's outputs."""
    edges = made(step("reader", **reader), step("maker", outputs=tuple(outputs)))
    assert edges == ({"maker->reader": text} if text else {})


def test_a_step_may_read_what_it_makes() -> None:
    """It waits for itself no more than for nobody."""
    assert made(step("a", files=("*.py",), outputs=("*.py",))) == {}


def test_two_generators_side_by_side_are_no_cycle() -> None:
    """Pages from Markdown and styles from SCSS have nothing to do with each other."""
    pages = step("pages", files=("*.md",), outputs=("*.html",))
    styles = step("styles", files=("*.scss",), outputs=("*.css",))
    assert made(pages, styles) == {}


def test_a_need_and_an_output_the_other_way_are_a_cycle() -> None:
    """The error says which file it is about."""
    steps = [step("a", files=("*.py",)), step("b", needs=("a",), outputs=("gen.py",))]
    with pytest.raises(CycleError, match=r"a -> b -> a \(b makes gen.py, which a reads; b needs a\)"):
        data_graph(steps)


def test_of_two_steps_on_one_file_the_first_declared_goes_first() -> None:
    """If one of them writes; the text says who and where."""
    check, mend = step("check", files=("*.py",)), step("mend", files=("*.py",), modifies=True)
    assert written(check, mend) == ["check->mend"]
    assert written(mend, check) == ["mend->check"]
    assert written(check, step("other", files=("*.py",))) == []
    (edge,) = full_graph(data_graph([check, mend]), touched(check, mend)).edges
    assert edge.reasons == (Reason("writes", "both touch .py, and mend may write it"),)
    assert not edge.blocks


def test_what_is_ordered_already_gets_no_edge() -> None:
    """Whichever way data goes, also over others."""
    first, last = step("first", needs=("middle",), modifies=True), step("last", modifies=True)
    assert written(first, step("middle", needs=("last",), files=("x",)), last) == ["middle->first", "last->middle"]


def test_writers_are_a_chain() -> None:
    """The rest is implied by it."""
    assert written(*(step(name, modifies=True) for name in "abcd")) == ["a->b", "b->c", "c->d"]


@pytest.mark.parametrize(
    ("files", "edges"),
    [
        ({"a": {"x.py"}, "b": {"y.py"}}, []),
        ({"a": {"x.py", "z.py"}, "b": {"z.py"}}, ["a->b"]),
        ({"a": {"x.py"}}, ["a->b"]),
        ({"a": {"x.md"}}, []),
        ({"b": {"x.py"}}, ["a->b"]),
        ({"b": {"skip.py"}}, []),
        ({"a": set()}, []),
    ],
)
def test_known_files_are_compared_as_they_are(files, edges) -> None:
    """Against the other's files where they are known too, else against its patterns."""
    steps = (step("a", files=("*.py",), exclude=("skip.py",), modifies=True), step("b", files=("*.py",)))
    assert written(*steps, files=files) == edges


def test_a_step_that_touches_nothing_is_in_no_order() -> None:
    """One that does not run, for instance."""
    steps = (step("a", modifies=True), step("b", modifies=True))
    assert full_graph(data_graph(steps), touched(steps[0])).edges == ()


def test_types_that_no_file_has_together_keep_steps_apart() -> None:
    """Where patterns alone would let them meet."""
    steps = (step("a", types=("python",), modifies=True), step("b", types=("image",)))
    assert written(*steps) == ["a->b"]
    assert written(*steps, compatible=lambda first, second: first == second) == []


STEPS = st.lists(st.tuples(RULE_LISTS, st.booleans(), st.integers(0, 5)), min_size=2, max_size=5)


@given(drawn=STEPS)
@settings(max_examples=60, deadline=None)
def test_any_two_that_meet_are_ordered_and_never_in_a_circle(drawn) -> None:
    """Each pair of which one writes is related, or has no file in common that the search knows of."""
    steps = [
        step(f"s{n}", files=tuple(rules), modifies=writes, needs=(f"s{need}",) if need < n else ())
        for n, (rules, writes, need) in enumerate(drawn)
    ]
    whole = full_graph(data_graph(steps), touched(*steps))
    after = {name: later(whole, name) for name in whole.nodes}
    for n, first in enumerate(steps):
        for second in steps[n + 1 :]:
            related = second.name in after[first.name] or first.name in after[second.name]
            alone = full_graph(Graph([first.name, second.name]), touched(first, second))
            assert related or not alone.edges


def later(graph: Graph, name: str) -> set[str]:
    """Everything that comes after a node."""
    return {found for edge in graph.out_of(name) for found in {edge.after} | later(graph, edge.after)}


@pytest.mark.parametrize("files", [None, {"format": {"data/x.json"}}])
def test_who_reads_an_input_and_who_writes_it_are_ordered(files: dict[str, set[str]] | None) -> None:
    """In the order of declaration, whichever comes first; two readers of it are not."""
    check = step("check", files=("*.py",), inputs=("data/**",))
    other = step("other", files=("*.c",), inputs=("data/**",))
    format_ = step("format", files=("*.json",), modifies=True)
    assert written(check, format_, files=files) == ["check->format"]
    assert written(format_, check, files=files) == ["format->check"]
    assert written(check, other) == []


def test_an_input_that_a_writer_does_not_write_gives_no_order() -> None:
    """Nor does one that the reader does not see."""
    check = step("check", files=("*.py",), inputs=("data/**",))
    assert written(check, step("format", files=("*.json",), modifies=True), files={"format": {"x.json"}}) == []
    assert written(check, step("format", files=("docs/*.json",), modifies=True)) == []
    blind = step("blind", files=("*.py",), inputs=("data/**",), exclude=("*.json",))
    assert written(blind, step("format", files=("*.json",), modifies=True)) == []

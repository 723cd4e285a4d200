"""The graph as text, data, Mermaid and dot: everything is there, and nothing in a text can break out of its place."""

import json
import re

from builders import graph, step
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import graphs

from hookflow.core.config import Step
from hookflow.core.diagrams import as_dot, as_mermaid, as_text
from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.graph_data import as_data

# A quoted string of dot's language.
_QUOTED = r'"(?:[^"\\\n]|\\.)*"'
_STATEMENT = re.compile(rf"    {_QUOTED}( -> {_QUOTED})? \[\w+={_QUOTED}(, \w+=({_QUOTED}|\w+))*\];")
HOSTILE = st.text(st.sampled_from('ab "\\\n\t;[]{}|<>&#%`$-_\x1b\udcff'), max_size=12)


def described(drawn: Graph, descriptions: dict[str, str]) -> dict[str, Step]:
    """Steps for the nodes of a graph."""
    return {name: step(name, description=descriptions.get(name, "")) for name in drawn.nodes}


def test_text_shows_groups_and_why_a_step_waits() -> None:
    """Under each step what it waits for; descriptions on one line."""
    edges = [
        Edge("a", "b", (Reason("needs", "b needs a"), Reason("outputs", "a makes x, which b reads"))),
        Edge("c", "b", (Reason("writes", "both touch y, and c may write it"),)),
    ]
    drawn = Graph("abc", edges)
    assert as_text(drawn, described(drawn, {"c": "two\nlines"})).splitlines() == [
        "group 1",
        "  a",
        "  c: two\\nlines",
        "group 2",
        "  b",
        "    after a: b needs a; a makes x, which b reads",
        "    after c: both touch y, and c may write it",
    ]


def test_an_empty_graph_can_be_shown() -> None:
    """In every form."""
    assert as_text(Graph([]), {}) == ""
    assert as_data(Graph([]), {}) == {"steps": [], "edges": [], "groups": [], "order": []}
    assert as_mermaid(Graph([]), {}).splitlines()[0].startswith("flowchart")
    assert as_dot(Graph([]), {}).startswith("digraph")


def test_data_has_all_there_is() -> None:
    """For JSON, as it is written."""
    drawn = graph("ba", needs=["ab"])
    found = as_data(drawn, described(drawn, {"a": "first\n"}))
    assert json.loads(json.dumps(found)) == found
    assert found == {
        "steps": [{"name": "b", "description": ""}, {"name": "a", "description": "first\n"}],
        "edges": [{"before": "a", "after": "b", "reasons": [{"kind": "needs", "text": "needed"}]}],
        "groups": [["a"], ["b"]],
        "order": ["a", "b"],
    }


def test_what_orders_only_is_drawn_dashed() -> None:
    """It blocks nothing."""
    drawn = graph("abcd", needs=["ab", "ad"], writes=["bc", "ad"])
    steps = described(drawn, {})
    assert sum("-.->" in line for line in as_mermaid(drawn, steps).splitlines()) == 1
    assert sum("-->" in line for line in as_mermaid(drawn, steps).splitlines()) == 2
    assert [line.split(" [")[0].strip() for line in as_dot(drawn, steps).splitlines() if "dashed" in line] == [
        '"b" -> "c"'
    ]


def test_outcomes_colour_the_steps_that_have_one() -> None:
    """And change nothing else; an outcome that nobody knows, or of a step that is not there, has no colour."""
    drawn = graph("abc", needs=["ab"])
    steps = described(drawn, {})
    plain = as_mermaid(drawn, steps)
    assert as_mermaid(drawn, steps, {"c": "", "x": "passed"}) == plain
    coloured = as_mermaid(drawn, steps, {"a": "failed", "b": "blocked", "c": "failed"})
    assert coloured.startswith(plain + "\n")
    assert [line.strip() for line in coloured.splitlines() if " class " in line] == [
        "class s0,s2 failed",
        "class s1 blocked",
    ]


@given(drawn=graphs(), texts=st.lists(HOSTILE, min_size=7, max_size=7))
@settings(max_examples=100, deadline=None)
def test_every_node_and_edge_is_one_statement(drawn, texts) -> None:
    """Whatever stands in descriptions and reasons."""
    edges = [Edge(e.before, e.after, (Reason("outputs", texts[n % 7]),)) for n, e in enumerate(drawn.edges)]
    drawn = Graph(drawn.nodes, edges)
    steps = described(drawn, dict(zip(drawn.nodes, texts, strict=False)))
    parts = len(drawn.nodes) + len(drawn.edges)
    dot = as_dot(drawn, steps).splitlines()
    assert sum(_STATEMENT.fullmatch(line) is not None for line in dot) == parts
    mermaid = as_mermaid(drawn, steps).splitlines()
    assert len(mermaid) == 1 + parts
    assert all(line.count('"') in {0, 2} for line in mermaid)
    text = as_text(drawn, steps)
    assert len(text.splitlines()) == parts + len(drawn.groups())
    for shown in (*dot, *mermaid, text):
        shown.encode()

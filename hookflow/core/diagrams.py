"""The graph as text, Mermaid and dot."""

import re
import textwrap
from collections.abc import Mapping
from itertools import chain

from hookflow.core.config import Step
from hookflow.core.display import printable
from hookflow.core.graph import Edge, Graph

_LABEL_WIDTH = 30  # of dot's labels, in characters; Mermaid breaks lines itself

# Of a node's label Mermaid decodes the entities first, and then looks for line breaks (a backslash and n), formulas in
# $$ and icons (fa:fa-car). Something invisible in the middle keeps it from finding them.
_READ_TWICE = re.compile(r"\\(?=n)|\$(?=\$)|:(?=fa-)")
_ZERO_WIDTH_SPACE = "\u200b"
# What a page draws that does not raise its limits (Mermaid's maxEdges and maxTextSize); GitHub's pages do not.
MOST_EDGES = 500
MOST_TEXT = 50_000
# Of outcomes: readable on light and dark pages, and told apart without colours by the borders of failures.
_LOOKS = {
    "passed": "fill:#dafbe1,stroke:#1a7f37,color:#0a3d1a",
    "cached": "fill:#ddf4ff,stroke:#0969da,color:#0a3069",
    "failed": "fill:#ffebe9,stroke:#cf222e,color:#82071e,stroke-width:3px",
    "timed-out": "fill:#ffebe9,stroke:#cf222e,color:#82071e,stroke-width:3px,stroke-dasharray:6 3",
    "blocked": "fill:#fff8c5,stroke:#9a6700,color:#4d2d00",
    "skipped": "fill:#f6f8fa,stroke:#8c959f,color:#57606a",
    "cancelled": "fill:#f6f8fa,stroke:#8c959f,color:#57606a,stroke-dasharray:3 3",
}
# What does not stand for itself inside quotes.
_MEANINGFUL = re.compile(
    r"""
      [^\w ,./:()!?'+=-]                # marks of Mermaid, HTML and Markdown
    | (?<![^\W_])_ | _(?![^\W_])        # Markdown again: __init__, but not unit_tests
    | :(?![ ])                          # in "style:#35;" Mermaid drops the semicolon
    | (?<=direction)[ ](?=[ ]*[TBLR])   # a statement (direction LR), which Mermaid finds even inside a label
    """,
    re.VERBOSE,
)


def as_text(graph: Graph, steps: Mapping[str, Step]) -> str:
    """Groups with their steps, and under each step what it waits for and why."""
    lines = []
    for number, group in enumerate(graph.groups(), start=1):
        lines.append(f"group {number}")
        for name in group:
            description = printable(steps[name].description)
            lines.append(f"  {name}{f': {description}' if description else ''}")
            lines += [f"    after {edge.before}: {_why(edge)}" for edge in graph.into(name)]
    return "\n".join(lines)


def as_mermaid(graph: Graph, steps: Mapping[str, Step], outcomes: Mapping[str, str] | None = None) -> str:
    """A Mermaid flowchart that shows names, descriptions and reasons as they are written.

    Nodes get ids of their own, since words such as ``end`` are Mermaid's. Edges from ``needs`` speak for
    themselves; others carry their reason, and the order of writes is dashed. Mermaid itself refuses more than
    500 edges unless the page that shows them raises its ``maxEdges``.

    Args:
        graph: The graph.
        steps: By name.
        outcomes: Of steps that have one, as events call it; it gives them their colours.
    """
    ids = {name: f"s{place}" for place, name in enumerate(graph.nodes)}
    nodes = (f'    {ids[name]}["{_mermaid_label(name, steps[name].description)}"]' for name in graph.nodes)
    lines = ["flowchart LR", *nodes]
    for edge in graph.edges:
        arrow = "-->" if edge.blocks else "-.->"
        reason = _unspoken(edge)
        label = f'|"{_mermaid_text(reason)}"|' if reason else ""
        lines.append(f"    {ids[edge.before]} {arrow}{label} {ids[edge.after]}")
    return "\n".join([*lines, *_mermaid_colours(ids, outcomes or {})])


def _mermaid_colours(ids: Mapping[str, str], outcomes: Mapping[str, str]) -> list[str]:
    """A class for each outcome that there is, and its nodes."""
    lines = []
    for word, look in _LOOKS.items():
        nodes = [id_ for name, id_ in ids.items() if outcomes.get(name) == word]
        if nodes:
            lines += [f"    classDef {word} {look}", f"    class {','.join(nodes)} {word}"]
    return lines


def as_dot(graph: Graph, steps: Mapping[str, Step]) -> str:
    """A graph in Graphviz's language, labelled and dashed as the Mermaid flowchart is."""
    lines = ["digraph hookflow {", "    rankdir=LR;", "    node [shape=box, style=rounded];", "    edge [fontsize=10];"]
    for name in graph.nodes:
        label = _dot_label(name, *steps[name].description.split("\n"))
        lines.append(f"    {_dot_text(name)} [label={label}];")
    for edge in graph.edges:
        look = [f"tooltip={_dot_text(_why(edge))}"]
        if reason := _unspoken(edge):
            look.append(f"label={_dot_label(reason)}")
        if not edge.blocks:
            look.append("style=dashed")
        lines.append(f"    {_dot_text(edge.before)} -> {_dot_text(edge.after)} [{', '.join(look)}];")
    return "\n".join([*lines, "}"])


def _why(edge: Edge) -> str:
    return printable("; ".join(reason.text for reason in edge.reasons))


def _unspoken(edge: Edge) -> str:
    """The reasons that an arrow alone does not tell: all but ``needs``."""
    return printable("; ".join(reason.text for reason in edge.reasons if reason.kind != "needs"))


def _mermaid_label(name: str, description: str) -> str:
    """The name, and under it the description, whose line breaks `printable` writes as Mermaid understands them."""
    label = _mermaid_text(name)
    once = _READ_TWICE.sub(rf"\g<0>{_ZERO_WIDTH_SPACE}", description)
    return f"{label}<br/><small>{_mermaid_text(printable(once))}</small>" if description else label


def _mermaid_text(text: str) -> str:
    """Text for inside quotes: what has a meaning there or cannot be seen as a numeric entity (``#35;``)."""
    return _MEANINGFUL.sub(_entity, text)


def _entity(match: re.Match[str]) -> str:
    """Marks that other scripts use have no meaning, so what can be seen of them stays as it is."""
    char = match[0]
    return char if not char.isascii() and char.isprintable() else f"#{ord(char)};"


def _dot_label(*lines: str) -> str:
    """Lines of text, the long ones broken between words."""
    broken = (
        textwrap.wrap(printable(line), _LABEL_WIDTH, break_long_words=False, break_on_hyphens=False) for line in lines
    )
    return _dot_text("\n".join(chain.from_iterable(broken)))


def _dot_text(text: str) -> str:
    """A quoted string. Graphviz reads HTML's entities in it, so an ampersand is written as one."""
    escaped = text.replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'

"""The graph as text, Mermaid, dot and JSON-ready data."""

import re
from collections.abc import Mapping
from typing import Any

from hookflow.core.config import Step
from hookflow.core.display import printable
from hookflow.core.graph import Edge, Graph

_DASHED = "writes"  # the order of writes is no data dependency, and is drawn dashed


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


def as_mermaid(graph: Graph, steps: Mapping[str, Step]) -> str:
    """A Mermaid flowchart. Nodes get ids of their own, since words such as ``end`` are Mermaid's."""
    ids = {name: f"s{place}" for place, name in enumerate(graph.nodes)}
    nodes = (f'    {ids[name]}["{_mermaid_label(name, steps[name].description)}"]' for name in graph.nodes)
    lines = ["flowchart LR", *nodes]
    for edge in graph.edges:
        if _is_dashed(edge):
            lines.append(f"    {ids[edge.before]} -.-> {ids[edge.after]}")
        else:
            label = _mermaid_edge_label(edge)
            lines.append(f"    {ids[edge.before]} -->{label} {ids[edge.after]}")
    return "\n".join(lines)


def as_dot(graph: Graph, steps: Mapping[str, Step]) -> str:
    """A graph in Graphviz's language."""
    lines = ["digraph hookflow {", "    rankdir=LR;", "    node [shape=box, style=rounded];"]
    for name in graph.nodes:
        label = "\n".join(filter(None, (name, printable(steps[name].description))))
        lines.append(f"    {_dot_text(name)} [label={_dot_text(label)}];")
    for edge in graph.edges:
        look = f"tooltip={_dot_text(_why(edge))}{', style=dashed' if _is_dashed(edge) else ''}"
        lines.append(f"    {_dot_text(edge.before)} -> {_dot_text(edge.after)} [{look}];")
    return "\n".join([*lines, "}"])


def _why(edge: Edge) -> str:
    return printable("; ".join(reason.text for reason in edge.reasons))


def _is_dashed(edge: Edge) -> bool:
    return all(reason.kind == _DASHED for reason in edge.reasons)


def _mermaid_label(name: str, description: str) -> str:
    label = _mermaid_text(name)
    return f"{label}<br/><small>{_mermaid_text(printable(description))}</small>" if description else label


def _mermaid_edge_label(edge: Edge) -> str:
    """Edges from ``needs`` speak for themselves; others say which file connects the two."""
    made = [reason.text for reason in edge.reasons if reason.kind == "outputs"]
    return f'|"{_mermaid_text(printable(made[0]))}"|' if made else ""


def _mermaid_text(text: str) -> str:
    """Text inside quotes: every character with a meaning as a numeric entity (``#35;``).

    Mermaid reads Markdown and HTML in labels, so only letters, digits and blanks of any script and a few
    harmless marks are left as they are.
    """
    return re.sub(r"[^\w ,.:/-]|_", lambda match: f"#{ord(match[0])};", text)


def _dot_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'

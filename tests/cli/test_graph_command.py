"""`hookflow graph`: each format read by a program that was not written here."""

import html
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from project import Project

MERMAID = Path(__file__).parents[1] / "mermaid"

# Words and marks that mean something to Mermaid, dot or TOML.
NAMES = [
    *("end", "class", "graph", "subgraph", "default", "style", "click", "o", "x", "A.b", "a-b_c", "1"),
    *("日本語", "größe", "ёлка", "e\u0301te\u0301"),
]
DESCRIPTIONS = [
    "quotes \" and ' and `",
    "brackets [a] (b) {c} <d> |e|",
    '"] end',
    "#35; &amp; %% ; --> -.->",
    "**bold** _markdown_ 1. list",
    "line\nbreak\ttab",
    "emoji \N{ROCKET} <script>alert(1)</script>",
    "long " * 60,
]


@pytest.fixture
def odd(project: Project) -> Project:
    """A chain of steps with odd names and descriptions, with every kind of edge."""
    lines = []
    for number, name in enumerate(NAMES):
        description = json.dumps(DESCRIPTIONS[number % len(DESCRIPTIONS)], ensure_ascii=False)
        needs = f"needs = [{json.dumps(NAMES[number - 1])}]" if number % 3 else ""
        lines += [f"[steps.{json.dumps(name)}]", 'run = "true"', f"description = {description}", needs]
    lines += ["[steps.maker]", 'run = "true"', 'outputs = ["out [1].txt"]', 'files = ["*.c"]']
    lines += ["[steps.reader]", 'run = "true"', 'files = ["out [1].txt"]']
    lines += ["[steps.writer]", 'run = "true"', 'files = ["*.c"]', "modifies = true"]
    project.configure("\n".join(lines))
    return project


def data(project: Project) -> dict[str, Any]:
    """The graph as JSON."""
    return json.loads(project.hookflow("graph", "--format", "json").out)


def parsed(texts: list[str]) -> list[dict[str, Any]]:
    """What the real Mermaid understands of some texts."""
    if not (MERMAID / "node_modules").is_dir():
        pytest.skip("Mermaid is not installed: npm ci --prefix tests/mermaid")
    done = subprocess.run(
        ["node", "parse.mjs"], cwd=MERMAID, input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def decoded(label: str) -> str:
    """A label as Mermaid shows it: it keeps entities in a form of its own until it draws."""
    return html.unescape(re.sub(r"ﬂ°°?(\w+)¶ß", r"&#\1;", label))


def test_the_real_mermaid_understands_every_graph(odd: Project) -> None:
    """All steps with their names, all edges, state edges dotted."""
    (answer,) = parsed([odd.hookflow("graph", "--format", "mermaid").out])
    assert answer["ok"], answer
    graph = data(odd)
    names = {f"s{place}": step["name"] for place, step in enumerate(graph["steps"])}
    assert {id_: decoded(label).partition("<br")[0] for id_, label in answer["labels"].items()} == names
    edges = {(names[start], names[end]): stroke for start, end, stroke in answer["edges"]}
    assert edges.keys() == {(edge["before"], edge["after"]) for edge in graph["edges"]}
    written = {
        (edge["before"], edge["after"])
        for edge in graph["edges"]
        if {reason["kind"] for reason in edge["reasons"]} == {"writes"}
    }
    assert {edge for edge, stroke in edges.items() if stroke == "dotted"} == written >= {("maker", "writer")}


def test_descriptions_come_through_mermaid_as_they_are(odd: Project) -> None:
    """Nothing in them is taken for markup."""
    (answer,) = parsed([odd.hookflow("graph", "--format", "mermaid").out])
    for place, name in enumerate(NAMES[: len(DESCRIPTIONS)]):
        label = decoded(answer["labels"][f"s{place}"])
        wanted = DESCRIPTIONS[place].replace("\n", "\\n").replace("\t", "\\t").strip()
        assert wanted in label, name


def test_dot_draws_every_graph(odd: Project) -> None:
    """Graphviz itself."""
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    text = odd.hookflow("graph", "--format", "dot").out
    done = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\nnode ") == len(NAMES) + 3
    assert done.stdout.count("\nedge ") == len(data(odd)["edges"])


def test_json_has_reasons_groups_and_the_order(odd: Project) -> None:
    """Every kind of edge says why."""
    graph = data(odd)
    reasons = {(edge["before"], edge["after"]): edge["reasons"] for edge in graph["edges"]}
    assert reasons["end", "class"] == [{"kind": "needs", "text": "class needs end"}]
    assert reasons["maker", "reader"][0]["kind"] == "outputs"
    assert reasons["maker", "writer"][0]["kind"] == "writes"
    assert "writer may write it" in reasons["maker", "writer"][0]["text"]
    assert sorted(name for group in graph["groups"] for name in group) == sorted(graph["order"])
    assert graph["groups"][1][0] == "class"


def test_text_shows_groups_and_what_each_step_waits_for(project: Project) -> None:
    """For people."""
    project.configure('[steps.a]\nrun = "x"\ndescription = "first"\n[steps.b]\nrun = "x"\nneeds = ["a"]')
    assert project.hookflow("graph").out.splitlines() == [
        "group 1",
        "  a: first",
        "group 2",
        "  b",
        "    after a: b needs a",
    ]


def test_the_graph_of_another_stage(project: Project) -> None:
    """And an unknown one is a wrong command line."""
    project.configure('[steps.a]\nrun = "x"\n[steps.b]\nrun = "x"\nstages = ["manual"]')
    assert [step["name"] for step in data(project)["steps"]] == ["a"]
    done = project.hookflow("graph", "--stage", "manual", "--format", "json")
    assert [step["name"] for step in json.loads(done.out)["steps"]] == ["b"]
    assert project.hookflow("graph", "--stage", "pre-comit").code == 2

"""What a reader of the drawn graph sees, by the real Mermaid and the real Graphviz."""

import json
import os
import shutil
import string
import subprocess
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest
from project import Project

from hookflow.core.config import Step
from hookflow.core.diagrams import as_mermaid
from hookflow.core.graph import Graph
from hookflow.core.outcome import Word

HERE = Path(__file__).parent
ADR = HERE.parents[1] / "examples" / "adr-006" / "pyproject.toml"
# Read before the fixtures take such variables away.
PACKAGES = Path(os.environ.get("HOOKFLOW_TEST_NODE_MODULES") or HERE / "node_modules").absolute()
ZERO_WIDTH_SPACE = "\u200b"

# Texts that Mermaid, HTML, Markdown or Graphviz could take for something else.
TRAPS = [
    *(f"{mark} a{mark}b {mark}{mark} {mark}{mark}{mark}c {mark}" for mark in string.punctuation),
    *("direction LR", "one direction  TB or RL", "style: #35; a:#b;", "classDef x fill:#f00;", "style x:(y) z;"),
    *("fa:fa-car", "sofa:fa-car fab:fa-x", "https://example.org/#a?b=c&d", "www.example.org", "a@example.org"),
    *("1. list", "- list", "+ list", "# title", "> quote", "**bold** _it_ `code` [a](b) ![a](b)", "~~gone~~"),
    *('"]', '"] --> end', "a --> b", "%%{init: {}}%%", "%% comment", "---", "subgraph x", "click a call b()"),
    *("&amp; &lt; &#35; &quot", "#quot; #35; #x;", "<b>x</b> <br/> <br> <script>1</script>", "${x} $$x^2$$ $(y)"),
    *(r"C:\new\temp \n \\n", "two\nlines", "20 °C, ¶ 5 §, «x»", "🚀 👩‍💻 e\u0301 हिन्दी עברית", "日本語、「テスト」。"),
    *("word " * 400, "x" * 3000, "end", "default", "o", "x"),
]
NAMES = ["日本語", "größe", "ёлка", "e\u0301te\u0301", "a.b-c_d", "__x__", "1.", "end", "class", "graph", "v", "LR"]


def answers(*texts: str) -> list[dict[str, Any]]:
    """What the real Mermaid makes of some texts, each of them accepted by its parser."""
    found = asked(*texts)
    assert [answer.get("error") for answer in found] == [None] * len(texts)
    return found


def asked(*texts: str) -> list[dict[str, Any]]:
    """The same, accepted or not."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    if not (PACKAGES / "mermaid").is_dir():
        pytest.skip("Mermaid is not installed: npm ci --prefix tests/mermaid, or HOOKFLOW_TEST_NODE_MODULES=FOLDER")
    command = ["node", str(HERE / "parse.mjs"), str(PACKAGES)]
    done = subprocess.run(command, input=json.dumps(texts).encode(), capture_output=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


def drawn(project: Project, form: str) -> str:
    """The graph in this format."""
    done = project.hookflow("graph", "--format", form)
    assert (done.code, done.err) == (0, "")
    return done.out


def steps(descriptions: list[str], names: list[str] | None = None) -> str:
    """A table of steps with these descriptions."""
    return "\n".join(
        f'[steps.{json.dumps(name, ensure_ascii=False)}]\nrun = "true"\n'
        f"description = {json.dumps(description, ensure_ascii=False)}"
        for name, description in zip(
            names or [f"t{place}" for place in range(len(descriptions))], descriptions, strict=True
        )
    )


def connected(project: Project) -> dict[tuple[str, str], list[dict[str, str]]]:
    """Edges of every kind between steps and files with odd names, as JSON tells them."""
    project.configure(
        'global-inputs = []\n[steps.end]\nrun = "true"\nneeds = ["maker"]\nfiles = ["*.z"]\n'
        '[steps.maker]\nrun = "true"\noutputs = ["src/__init__ #1; größe.py"]\nfiles = ["*.c"]\n'
        '[steps.reader]\nrun = "true"\nneeds = ["maker"]\nfiles = ["src/*.py"]\n'
        '[steps.writer]\nrun = "true"\nmodifies = true\nfiles = ["*.c"]\n'
    )
    graph = json.loads(drawn(project, "json"))
    assert {reason["kind"] for edge in graph["edges"] for reason in edge["reasons"]} == {"needs", "outputs", "writes"}
    return {(edge["before"], edge["after"]): edge["reasons"] for edge in graph["edges"]}


def told(reasons: list[dict[str, str]]) -> str:
    """What a drawing says beside an arrow: an explicit `needs` speaks for itself."""
    return "; ".join(reason["text"] for reason in reasons if reason["kind"] != "needs")


def test_the_parser_is_a_real_one() -> None:
    """It refuses what Mermaid refuses."""
    refused, accepted = asked('flowchart LR\n    end["x"]', 'flowchart LR\n    s0["x"]')
    assert (refused["ok"], accepted["ok"]) == (False, True)
    assert "Parse error" in refused["error"]


def test_a_reader_of_mermaid_sees_every_description_as_it_was_written(project: Project) -> None:
    """Nothing in it is taken for Mermaid, HTML, Markdown, a formula or an icon."""
    project.configure(steps(TRAPS))
    (answer,) = answers(drawn(project, "mermaid"))
    assert answer["direction"] == "LR"
    shown = [label.replace(ZERO_WIDTH_SPACE, "") for label in answer["shown"].values()]
    assert shown == [f"t{place}\n{text}" for place, text in enumerate(TRAPS)]


def test_a_reader_of_mermaid_sees_every_name_as_it_was_written(project: Project) -> None:
    """A step without a description has only its name."""
    project.configure(steps([""] * len(NAMES), NAMES))
    (answer,) = answers(drawn(project, "mermaid"))
    assert list(answer["shown"].values()) == NAMES


def test_mermaid_shows_why_one_step_goes_after_another(project: Project) -> None:
    """The order of writes is dotted; all but an explicit `needs` carry their reason."""
    edges = connected(project)
    (answer,) = answers(drawn(project, "mermaid"))
    seen = {
        (answer["shown"][before], answer["shown"][after]): (stroke, reason)
        for (before, after, stroke), reason in zip(answer["edges"], answer["reasons"], strict=True)
    }
    assert seen == {
        ends: ("dotted" if {reason["kind"] for reason in reasons} == {"writes"} else "normal", told(reasons))
        for ends, reasons in edges.items()
    }


def test_mermaid_draws_the_graph_of_the_adr_and_one_without_steps(project: Project) -> None:
    """Fifteen steps with 24 edges, and nothing."""
    project.write("pyproject.toml", ADR.read_bytes())
    whole = drawn(project, "mermaid")
    project.configure('[steps.a]\nrun = "true"\nstages = ["manual"]')
    adr, empty = answers(whole, drawn(project, "mermaid"))
    assert (len(adr["shown"]), len(adr["edges"])) == (15, 24)
    assert (empty["shown"], empty["edges"]) == ({}, [])


@pytest.mark.parametrize(
    "text", ["日本語、「テスト」。", "unit_tests (größe): 3.11, src/x-y.py?", "ёлка — «да» 🚀", "CPU's a = b + c!"]
)
def test_the_text_of_mermaid_is_readable_too(project: Project, text: str) -> None:
    """Letters of any script and marks without a meaning are written as they are."""
    project.configure(steps([text]))
    assert text in drawn(project, "mermaid")


def test_what_cannot_be_seen_is_spelled_out_in_mermaid(project: Project) -> None:
    """A mark that turns the direction of writing would turn the rest of the line."""
    project.configure(steps(["left \u202e right\u00a0\ufeff"]))
    assert "left #8238; right#160;#65279;<" in drawn(project, "mermaid")


def test_mermaid_colours_each_step_by_its_outcome() -> None:
    """Every outcome has a look of its own, and a step without one none."""
    words = get_args(Word)
    drawn = Graph([*words, "end"], [])
    steps = {name: Step(name=name, run="true") for name in drawn.nodes}
    (answer,) = answers(as_mermaid(drawn, steps, {word: word for word in words}))
    assert {answer["shown"][id_]: classes for id_, classes in answer["classes"].items()} == {
        **{word: [word] for word in words},
        "end": [],
    }
    assert len({tuple(look) for look in answer["looks"].values()}) == len(words)


def svg(text: str) -> ET.Element:
    """What the real Graphviz draws."""
    if shutil.which("dot") is None:
        pytest.skip("Graphviz is not installed")
    done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=False, timeout=100)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    return ET.fromstring(done.stdout)


def texts(element: ET.Element) -> str:
    """The lines of one node's or edge's label, as words."""
    return " ".join(" ".join(line.text or "" for line in element.iterfind(".//{*}text")).split())


def pictured(image: ET.Element, kind: str) -> dict[str, ET.Element]:
    """The nodes or edges of a picture by their titles."""
    return {group.findtext("{*}title", ""): group for group in image.iterfind(f".//{{*}}g[@class='{kind}']")}


def test_a_reader_of_dot_sees_every_description_as_it_was_written(project: Project) -> None:
    """But for line breaks: long texts are broken between words."""
    project.configure(steps(TRAPS))
    nodes = pictured(svg(drawn(project, "dot")), "node")
    assert [texts(node) for node in nodes.values()] == [
        " ".join(f"t{place} {text}".split()) for place, text in enumerate(TRAPS)
    ]
    assert len(list(nodes[f"t{TRAPS.index('word ' * 400)}"].iterfind(".//{*}text"))) > 20


def test_dot_shows_why_one_step_goes_after_another(project: Project) -> None:
    """As Mermaid does: dashed, and with the reason."""
    edges = connected(project)
    image = pictured(svg(drawn(project, "dot")), "edge")
    assert {title: texts(edge) for title, edge in image.items()} == {
        f"{before}->{after}": told(reasons) for (before, after), reasons in edges.items()
    }
    dashed = {title for title, edge in image.items() if edge.find(".//{*}path[@stroke-dasharray]") is not None}
    assert dashed == {"maker->writer"}

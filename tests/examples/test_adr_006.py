"""`examples/adr-006`: the fifteen steps for real, their graph, the comparison and what its README states."""

import json
import re
import sys
import tomllib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from project import Finished, Project

from hookflow.core.graph import Edge, Graph

EXAMPLE = Path(__file__).parents[2] / "examples" / "adr-006"
STEPS = tomllib.loads((EXAMPLE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hookflow"]["steps"]
NAMES = tuple(STEPS)
SLEEPS = {name: float(step["run"][1]) for name, step in STEPS.items()}
ESTIMATES = {name: round(seconds * 1200, 6) for name, seconds in SLEEPS.items()}  # 60 s are run as 50 ms
CRITICAL_PATH = tuple(NAMES[number] for number in (0, 5, 6, 7, 9, 10, 11))
# The groups that the ADR declares; steps 0 and 2 are in none.
ADR_GROUPS = ((1, 3, 4, 5, 8, 13, 14), (6, 7), (9, 10, 11, 12))

Events = list[dict[str, Any]]


@pytest.fixture
def adr(example: Callable[[str], Project]) -> Project:
    """The example."""
    return example("adr-006")


def run(project: Project, option: str, events: Path) -> Events:
    """The events of a run in which every step passed."""
    done = project.hookflow("run", option, "--events", str(events))
    assert done.code == 0, done.text
    return [json.loads(line) for line in events.read_text(encoding="utf-8").splitlines()]


def times(events: Events, kind: str) -> dict[str, float]:
    """When each step started or finished."""
    return {event["step"]: event["time"] for event in events if event["event"] == kind}


def graph(project: Project) -> Graph:
    """The graph as hookflow draws it."""
    data = json.loads(project.hookflow("graph", "--format", "json").out)
    names = [step["name"] for step in data["steps"]]
    return Graph(names, [Edge(edge["before"], edge["after"], ()) for edge in data["edges"]])


def compare(project: Project) -> Finished:
    """The example's own comparison, once each."""
    return project.run(sys.executable, "compare.py", "--rounds", "1")


@pytest.mark.parametrize("option", ["--no-parallel", "--parallel"])
def test_every_step_ends_once_and_after_what_it_needs(adr: Project, tmp_path: Path, option: str) -> None:
    """Sequential and parallel runs respect the same edges."""
    events = run(adr, option, tmp_path / "events.jsonl")
    ended = [(event["step"], event["outcome"]) for event in events if event["event"] == "step-finished"]
    assert sorted(ended) == sorted((name, "passed") for name in NAMES)
    started, finished = times(events, "step-started"), times(events, "step-finished")
    late = [(need, name) for name in NAMES for need in STEPS[name].get("needs", ()) if started[name] < finished[need]]
    assert late == []


def test_sequential_runs_one_step_at_a_time(adr: Project, tmp_path: Path) -> None:
    """So it takes at least the sum of all steps."""
    events = run(adr, "--no-parallel", tmp_path / "events.jsonl")
    assert events[-1]["seconds"] >= sum(SLEEPS.values())
    kinds = [event["event"] for event in events if event["event"].startswith("step-")]
    assert all(one != other for one, other in pairwise(kinds))


def test_parallel_runs_steps_at_once(adr: Project, tmp_path: Path) -> None:
    """The six that need only the first step run together; what remains is the critical path."""
    events = run(adr, "--parallel", tmp_path / "events.jsonl")
    started, finished = times(events, "step-started"), times(events, "step-finished")
    assert max(started[NAMES[number]] for number in (1, 5)) < min(finished[NAMES[number]] for number in (1, 5))
    assert events[0]["parallel"] is True
    assert events[-1]["serial_seconds"] >= sum(SLEEPS.values())
    assert tuple(events[-1]["critical_path"]) == CRITICAL_PATH


def test_the_critical_path_is_the_adr_s(adr: Project) -> None:
    """By the estimates: 0, 5, 6, 7, 9, 10, 11 with 930 s; the sums of the sequential runs too."""
    path, seconds = graph(adr).critical_path(ESTIMATES)
    assert path == CRITICAL_PATH
    assert seconds == 930
    assert sum(ESTIMATES[name] for name in NAMES[:13]) == 1395
    assert sum(ESTIMATES.values()) == 1725


def test_compare_prints_the_table(adr: Project) -> None:
    """With the exact sums and the ADR's claims beside what was measured."""
    done = compare(adr)
    assert done.code == 0, done.text
    lines = done.out.splitlines()
    assert re.fullmatch(r"sequential +\d\.\d{3} s +\d\.\d{3} s +\d\.\d{3} s +1 +28\.75 min +23 min", find(lines, -1))
    assert re.fullmatch(r"parallel +\d\.\d{3} s .* [2-8] +15\.50 min +15\.5 min", find(lines, 0))
    assert re.fullmatch(r"saved +\d+\.\d % +46\.1 % +33 %", find(lines, 1))
    assert max(map(len, lines)) < 80


def find(lines: list[str], offset: int) -> str:
    """The table's line at a distance from that of the parallel runs."""
    return lines[next(place for place, line in enumerate(lines) if line.startswith("parallel  ")) + offset]


def test_compare_fails_when_a_step_fails(adr: Project) -> None:
    """It says which, and prints no table."""
    adr.write("pyproject.toml", (adr.path / "pyproject.toml").read_text().replace('"0.2"', '"no time"'))
    done = compare(adr)
    assert done.code == 1
    assert "compare: hookflow run --no-parallel exited with 1" in done.err
    assert re.search(r"failed +test-execution", done.out)
    assert "ADR says" not in done.out


def test_the_readme_shows_the_graph_as_it_is(adr: Project) -> None:
    """Its Mermaid block is what hookflow prints."""
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert f"```mermaid\n{adr.hookflow('graph', '--format', 'mermaid').out}```" in text


def test_the_adr_s_groups_run_steps_against_their_own_edges(adr: Project) -> None:
    """The edges that the README lists: five within a group, ten of steps that are in no group."""
    edges = numbered_edges(adr)
    assert len(edges) == 24
    assert inside(edges) == {(1, 14), (6, 7), (9, 10), (10, 11), (12, 11)}
    placed = {number for group in ADR_GROUPS for number in group}
    nowhere = {edge for edge in edges if not set(edge) <= placed}
    assert nowhere == {*((0, after) for after in (1, 3, 4, 5, 8, 13, 14)), (1, 2), (2, 10), (2, 12)}


def test_the_readme_corrects_the_sums_rightly(adr: Project) -> None:
    """Each figure that it states follows from the estimates and edges."""
    estimate = list(ESTIMATES.values())
    edges = inside(numbered_edges(adr))
    all_steps, first_thirteen = sum(estimate), sum(estimate[:13])
    barriers = estimate[0] + sum(chain(group, edges, estimate) for group in ADR_GROUPS)
    seconds = [
        all_steps,
        first_thirteen,
        barriers,
        sum(estimate[number] for number in ADR_GROUPS[0]),
        *(chain(group, edges, estimate) for group in ADR_GROUPS[:1]),
        sum(chain(group, set(), estimate) for group in ADR_GROUPS),
        sum(estimate[number] for number in (5, 6, 7, 9, 10, 11)),
        sum(max(ESTIMATES[name] for name in group) for group in graph(adr).groups()),
    ]
    assert 930 / first_thirteen == pytest.approx(1 - 0.33, abs=0.005)  # where the ADR's 33 % come from
    shares = [f"{100 * (1 - parallel / all_steps):.1f} %" for parallel in (930, barriers)]
    text = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    assert [figure for figure in [*(f"{value:,.0f} s" for value in seconds), *shares] if figure not in text] == []


def numbered_edges(project: Project) -> set[tuple[int, int]]:
    """The graph's edges, by the ADR's numbers of the steps."""
    return {(NAMES.index(edge.before), NAMES.index(edge.after)) for edge in graph(project).edges}


def inside(edges: set[tuple[int, int]]) -> set[tuple[int, int]]:
    """The edges that join two steps of one of the ADR's groups."""
    return {edge for edge in edges for group in ADR_GROUPS if set(edge) <= set(group)}


def chain(group: tuple[int, ...], edges: set[tuple[int, int]], estimate: list[float]) -> float:
    """The longest chain in a group, in seconds."""
    kept = [Edge(str(before), str(after), ()) for before, after in edges if {before, after} <= set(group)]
    _, seconds = Graph(map(str, group), kept).critical_path({str(number): estimate[number] for number in group})
    return seconds

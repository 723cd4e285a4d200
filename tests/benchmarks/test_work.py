"""Work in everybody's words, and in each runner's own."""

import json
import tomllib
from pathlib import Path
from types import MappingProxyType

import pytest

from benchmarks.installed import Programs
from benchmarks.runners import RUNNERS
from benchmarks.work import Step, Work
from benchmarks.workloads.linters import checkers, fixers, generated
from benchmarks.workloads.many import random_graph
from benchmarks.workloads.waiting import critical_path

GRAPH = Work([Step("a", ["a"]), Step("b", ["b", "two words"], ["a"]), Step("c", ["c"], ["a"])])
PROGRAMS = Programs(Path("/peers"), MappingProxyType({name: Path("/peers") / name for name in RUNNERS}))


def test_groups_are_those_that_can_run_one_after_another() -> None:
    """Each step is in the first one that it can be in."""
    assert [[step.name for step in level] for level in GRAPH.levels()] == [["a"], ["b", "c"]]


def test_the_longest_chain() -> None:
    """By the time of its steps, not by their number."""
    assert critical_path({"a": 1.0, "b": 2.0, "c": 0.5}, GRAPH.needs) == 3.0


def test_a_random_graph_is_the_same_each_time() -> None:
    """And needs only what is before."""
    assert random_graph(60) == random_graph(60)
    names = [step.name for step in random_graph(60).steps]
    for step in random_graph(60).steps:
        assert all(names.index(need) < names.index(step.name) for need in step.needs)


@pytest.mark.parametrize("runner", RUNNERS)
def test_each_runner_is_told_of_every_step(runner: str) -> None:
    """In files of its own, in a syntax that can be read."""
    setup = RUNNERS[runner](GRAPH, PROGRAMS)
    assert setup.command
    text = "".join(setup.files.values())
    assert all(step.command[0] in text for step in GRAPH.steps)
    for name, content in setup.files.items():
        if name.endswith(".toml"):
            assert tomllib.loads(content)
        elif name.endswith((".json", ".yml", ".yaml")):
            assert json.loads(content)


def test_barriers_stand_for_dependencies_where_there_is_nothing_else() -> None:
    """Lefthook's groups, prek's priorities."""
    lefthook = json.loads(RUNNERS["lefthook"](GRAPH, PROGRAMS).files["lefthook.yml"])["pre-commit"]
    assert lefthook["piped"]
    assert [job["name"] for job in lefthook["jobs"][1]["group"]["jobs"]] == ["b", "c"]
    prek = tomllib.loads(RUNNERS["prek"](GRAPH, PROGRAMS).files["prek.toml"])
    assert [hook["priority"] for hook in prek["repos"][0]["hooks"]] == [0, 1, 1]


def test_linted_files_are_the_same_each_time_and_some_are_untidy_if_asked() -> None:
    """One in so many of a language that has a fixer."""
    assert generated({"python": 3, "json": 2}) == generated({"python": 3, "json": 2})
    assert "import os" in generated({"python": 3}, untidy_each=2)["src/python/d0/f2.py"]
    assert "import os" not in "".join(generated({"python": 3}).values())


def test_fixers_of_the_same_files_never_run_at_once() -> None:
    """Whoever writes files is ordered against all that read or write them."""
    steps = {step.name: step for step in fixers()}
    assert steps["ruff-reformat"].needs == ["ruff-fix"]
    assert steps["mypy"].needs == ["ruff-reformat"]
    assert not any(step.writes or step.needs for step in checkers())

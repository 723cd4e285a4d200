"""Plans: what would become of each step, as data, text and JSON."""

import json
from collections.abc import Mapping

from builders import graph, tasks

from hookflow.core.graph import Graph
from hookflow.core.planning import Act, Plan, PlannedStep, as_data, as_text, plan
from hookflow.core.summary import Frame


def planned(name: str, act: Act = "run", seconds: float | None = 1.0, reason: str = "why") -> PlannedStep:
    """A step before groups and starts are known."""
    return PlannedStep(step=name, act=act, reason=reason, files=2, seconds=seconds if act == "run" else None, group=0)


def made(of: Graph, steps: list[PlannedStep], seconds: Mapping[str, float], *, jobs: int = 2) -> Plan:
    """The plan of a graph."""
    frame = Frame(graph=of, tasks=tasks(step.step for step in steps), jobs=jobs, resources={})
    names = {"stage": "pre-commit", "scope": "changed", "files": 2, "parallel": jobs > 1}
    return plan(frame, steps, seconds, **names)


def test_a_plan_has_groups_starts_and_the_critical_path() -> None:
    """Two chains on two CPUs."""
    seconds = {"a": 1.0, "b": 2.0, "c": 0.5}
    found = made(graph("abc", ["ab"]), [planned(name, seconds=seconds[name]) for name in "abc"], seconds)
    assert found.groups == (("a", "c"), ("b",))
    assert {step.step: (step.group, step.start, step.critical) for step in found.steps} == {
        "a": (1, 0.0, True),
        "b": (2, 1.0, True),
        "c": (1, 0.0, False),
    }
    assert found.critical_path == ("a", "b")
    assert (found.critical_seconds, found.makespan_seconds, found.serial_seconds) == (3.0, 3.0, 3.5)
    assert found.bound_seconds == 3.0
    assert found.unknown == ()


def test_what_does_not_run_takes_no_time_and_stays_in_its_group() -> None:
    """A cached step in the middle of a chain."""
    steps = [planned("a"), planned("b", "cached"), planned("c"), planned("d", "skip")]
    found = made(graph("abcd", ["ab", "bc"]), steps, dict.fromkeys("abcd", 1.0))
    assert found.groups == (("a", "d"), ("b",), ("c",))
    assert {step.step: step.start for step in found.steps} == {"a": 0.0, "b": None, "c": 1.0, "d": None}
    assert found.critical_path == ("a", "c")
    assert found.serial_seconds == found.makespan_seconds == 2.0


def test_one_after_another_is_planned_that_way() -> None:
    """Without parallelism the whole takes the sum."""
    found = made(graph("ab"), [planned("a"), planned("b")], {"a": 1.0, "b": 2.0}, jobs=1)
    assert [step.start for step in found.steps] == [0.0, 1.0]
    assert found.makespan_seconds == 3.0
    assert next(iter(as_text(found))) == "pre-commit: 2 changed files (changed), one after another"


def test_a_step_without_a_past_is_named_as_unknown() -> None:
    """And its time is marked as a guess."""
    found = made(graph("ab"), [planned("a"), planned("b", seconds=None)], {"a": 1.0, "b": 1.0})
    assert found.unknown == ("b",)
    text = list(as_text(found))
    assert any(line.split() == ["run", "b", "?", "why"] or line.split() == ["*run", "b", "?", "why"] for line in text)
    assert text[-1].startswith("1 step never ran here")


def test_nothing_to_run_says_so() -> None:
    """No path, no times."""
    found = made(graph("a"), [planned("a", "skip", reason="nothing changed")], {})
    assert list(as_text(found)) == [
        "pre-commit: 2 changed files (changed), 2 jobs",
        "group 1",
        "  skip    a            nothing changed",
        "nothing would run",
    ]
    assert found.critical_path == ()
    assert found.makespan_seconds == 0


def test_no_steps_are_a_plan_too() -> None:
    """Of nothing."""
    found = made(Graph([]), [], {})
    assert list(as_text(found))[-1] == "nothing would run"
    assert as_data(found)["steps"] == ()


def test_names_and_reasons_of_any_kind_stay_on_their_line() -> None:
    """A plan cannot move the cursor, and its JSON can be printed anywhere."""
    odd = "a\n\x1b[2J\udcff"
    found = made(Graph([odd]), [planned(odd, reason=f"its input {odd} changed")], {odd: 1.0})
    text = list(as_text(found))
    assert all(line.isprintable() for line in text)
    again = json.loads(json.dumps(as_data(found)))
    assert again["steps"][0]["step"] == odd
    assert again["steps"][0]["start"] == 0.0

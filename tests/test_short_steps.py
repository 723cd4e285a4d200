"""Steps that end at once need no trio; whatever needs more is left to the runner as it stands."""

from collections.abc import Mapping

import pytest
from fakes import Behaviour
from test_head_start import Scene

from hookflow import short_steps
from hookflow.core.outcome import Blocked, Failed, Passed

QUICK = Behaviour(seconds=0)


def run(scene: Scene, noted: list[int] | None = None) -> list[str]:
    """Run what is short; the names of what runs on."""
    heads, _ = short_steps.run(
        scene.schedule,
        scene.work,
        scene.outside,
        scene.ledger,
        replay=lambda: None,
        noted=noted or [],
        fetch=lambda: None,
    )
    return [head.start.name for head in heads]


def outcomes(scene: Scene) -> Mapping[str, type]:
    """How each step ended."""
    return {name: type(outcome) for name, outcome in scene.ledger.outcomes.items()}


def test_a_graph_of_short_steps_is_run_to_its_end() -> None:
    """Each after what it needs, two at once at most."""
    scene = Scene("a", "b", "c", "d", needs={"b": "a", "d": "b"}, a=QUICK, b=QUICK, c=QUICK, d=QUICK)
    assert run(scene) == []
    assert scene.schedule.done
    assert outcomes(scene) == dict.fromkeys("abcd", Passed)
    assert scene.fake.most_running == 2


def test_a_failure_blocks_what_needs_it() -> None:
    """And the rest goes on."""
    scene = Scene("a", "b", "c", needs={"b": "a"}, a=Behaviour(seconds=0, exit_code=3), c=QUICK)
    assert run(scene) == []
    assert outcomes(scene) == {"a": Failed, "b": Blocked, "c": Passed}


def test_a_long_step_is_left_to_the_runner() -> None:
    """With its place in the schedule; what ended meanwhile has ended."""
    scene = Scene("a", "b", a=Behaviour(seconds=60), b=QUICK)
    assert run(scene) == ["a"]
    assert outcomes(scene) == {"b": Passed}
    assert list(scene.schedule.running) == ["a"]


def test_a_long_step_is_left_to_the_runner_though_others_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may have a time-out, which only the runner heeds."""
    monkeypatch.setattr(short_steps, "_LONG", 0.0)
    others = [f"s{number}" for number in range(500)]
    scene = Scene("long", *others, long=Behaviour(seconds=60), **dict.fromkeys(others, QUICK))
    assert "long" in run(scene)
    assert not scene.schedule.done
    assert len(scene.ledger.outcomes) < len(others)


def test_background_processes_are_left_to_the_runner() -> None:
    """Who knows how to end them."""
    scene = Scene("a", a=Behaviour(seconds=0, left_over=1))
    assert run(scene) == ["a"]
    assert scene.ledger.outcomes == {}


def test_a_step_that_cannot_start_is_left_to_the_runner() -> None:
    """It has the words for that."""
    scene = Scene("a", a=Behaviour(missing=True))
    assert run(scene) == ["a"]


def test_a_signal_wants_the_runner() -> None:
    """Nothing is started any more."""
    scene = Scene("a", a=QUICK)
    assert run(scene, [2]) == []
    assert scene.fake.launches == []

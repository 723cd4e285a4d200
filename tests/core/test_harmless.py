"""What is suggested of steps that were never seen to write."""

import pytest

from hookflow.core import dependencies, harmless
from hookflow.core.config import HookTraits, Step
from hookflow.core.harmless import Tally
from hookflow.core.selection import touched_by_all


def suggested(steps: list[Step], tallies: dict[str, Tally]) -> dict[str, tuple[str, ...]]:
    """By step, what could run beside it."""
    touched = {step.name: touched_by_all(step, lambda _path: frozenset()) for step in steps}
    graph = dependencies.full_graph(dependencies.data_graph(steps), touched)
    found = harmless.suggestions(steps, tallies, graph, touched, lambda _a, _b: True)
    return {each.step: each.beside for each in found}


@pytest.mark.parametrize(
    ("tally", "is_told"),
    [
        (Tally(5, 1, 0), True),
        (Tally(4, 1, 0), False),
        (Tally(19, 0, 0), False),
        (Tally(20, 0, 0), True),
        (Tally(100, 50, 1), False),
    ],
)
def test_how_much_is_enough(tally: Tally, *, is_told: bool) -> None:
    """Few runs where it found something, many where it never did, none where it changed a file."""
    steps = [Step(name="a", run="x", modifies=True), Step(name="b", run="x")]
    assert bool(suggested(steps, {"a": tally})) == is_told


def test_only_what_it_alone_keeps_apart() -> None:
    """Not what needs it, what writes itself, or what comes after another writer."""
    steps = [
        Step(name="before", run="x"),
        Step(name="a", run="x", modifies=True),
        Step(name="writer", run="x", modifies=True),
        Step(name="after", run="x"),
        Step(name="needs", run="x", files=("other",), needs=("a",)),
    ]
    assert suggested(steps, {"a": Tally(5, 1, 0)}) == {"a": ("before",)}


def test_nothing_without_a_gain() -> None:
    """Nobody is kept waiting."""
    steps = [Step(name="a", run="x", modifies=True, files=("*.a",)), Step(name="b", run="x", files=("*.b",))]
    assert suggested(steps, {"a": Tally(5, 1, 0)}) == {}


def test_known_writers_are_left_alone() -> None:
    """What somebody has read in their source counts, not that all is tidy."""
    hook = HookTraits(id="a", writer=True)
    steps = [Step(name="a", run="x", modifies=True, hook=hook), Step(name="b", run="x")]
    assert suggested(steps, {"a": Tally(50, 5, 0)}) == {}

"""How steps end, and the table of a step's life."""

from typing import get_args

import pytest

from hookflow.core import outcome
from hookflow.core.outcome import Blocked, Cached, Cancelled, Failed, Outcome, Passed, Skipped, TimedOut


def test_a_steps_life_has_ends() -> None:
    """Every state can be reached, and the outcomes have no way out."""
    reached = {"waiting"} | {state for ways in outcome.LIFE.values() for state in ways.values()}
    assert reached == set(outcome.LIFE)
    ends = {state for state, ways in outcome.LIFE.items() if not ways}
    assert ends == {"passed", "failed", "timed-out", "cached", "skipped", "blocked", "cancelled"}
    assert outcome.LIFE["waiting"][outcome.transition(Cached("x"))] == "cached"


ENDS = [Passed(), Failed(1, "x"), TimedOut("x"), Cached("x"), Skipped("x"), Blocked("x"), Cancelled("x")]


def test_the_outcomes_of_this_test_are_complete() -> None:
    """A new outcome needs a row."""
    assert {type(end) for end in ENDS} == set(get_args(Outcome))


@pytest.mark.parametrize("end", ENDS, ids=outcome.word)
def test_every_outcome_is_a_way_to_an_end(end) -> None:
    """The word that events use is the state that the transition leads to, from wherever it is allowed."""
    reached = {ways[outcome.transition(end)] for ways in outcome.LIFE.values() if outcome.transition(end) in ways}
    assert reached == {outcome.word(end)}
    assert outcome.LIFE[outcome.word(end)] == {}


@pytest.mark.parametrize(
    ("end", "failure", "blocking", "code"),
    zip(
        ENDS,
        [False, True, True, False, False, False, False],
        [False, True, True, False, False, True, False],
        [0, 1, None, None, None, None, None],
        strict=True,
    ),
    ids=map(outcome.word, ENDS),
)
def test_what_an_outcome_means(end, failure, blocking, code) -> None:
    """For what depends on the step, for the run (nothing if it may fail), and as an exit code."""
    assert outcome.is_failure(end) is failure
    assert outcome.is_blocking(end, allowed_to_fail=False) is blocking
    assert not outcome.is_blocking(end, allowed_to_fail=True)
    assert outcome.exit_code(end) == code


@pytest.mark.parametrize("code", [None, -9, 1, 255])
def test_every_exit_code_is_kept(code) -> None:
    """Negative for a signal, None where the command could not be started."""
    assert outcome.exit_code(Failed(code, "x")) == code

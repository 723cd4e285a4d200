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


# Each outcome; whether it is a failure to what depends on it, whether it fails the run, and its exit code.
MEANINGS = [
    (Passed(), False, False, 0),
    (Failed(1, "x"), True, True, 1),
    (TimedOut("x"), True, True, None),
    (Cached("x"), False, False, None),
    (Skipped("x"), False, False, None),
    (Blocked("x"), False, True, None),
    (Cancelled("x"), False, False, None),
]
ENDS = [end for end, *_ in MEANINGS]


def test_the_outcomes_of_this_test_are_complete() -> None:
    """A new outcome needs a row."""
    assert {type(end) for end in ENDS} == set(get_args(Outcome))


@pytest.mark.parametrize("end", ENDS, ids=outcome.word)
def test_every_outcome_is_a_way_to_an_end(end) -> None:
    """The word that events use is the state that the transition leads to, from wherever it is allowed."""
    reached = {ways[outcome.transition(end)] for ways in outcome.LIFE.values() if outcome.transition(end) in ways}
    assert reached == {outcome.word(end)}
    assert outcome.LIFE[outcome.word(end)] == {}


@pytest.mark.parametrize(("end", "failure", "blocking", "code"), MEANINGS)
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

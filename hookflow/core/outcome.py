"""How a step ended, as values; and a step's whole life, as a table.

A failure is a value, never an exception: every exit code is kept.
"""

from typing import Literal

from hookflow.core.structs import Struct

Word = Literal["passed", "failed", "timed-out", "cached", "skipped", "blocked", "cancelled"]
State = Literal["waiting", "running", "passed", "failed", "timed-out", "cached", "skipped", "blocked", "cancelled"]
Transition = Literal["start", "retry", "refuse", "pass", "fail", "time-out", "replay", "skip", "block", "cancel"]

# A step's life. What is not in this table cannot happen; the picture in docs/ is drawn from it.
LIFE: dict[State, dict[Transition, State]] = {
    "waiting": {
        "start": "running",
        "replay": "cached",
        "skip": "skipped",
        "block": "blocked",
        "cancel": "cancelled",
    },
    "running": {
        "pass": "passed",
        "fail": "failed",
        "time-out": "timed-out",
        "cancel": "cancelled",
        "retry": "waiting",
        "refuse": "waiting",
    },
    "passed": {},
    "failed": {},
    "timed-out": {},
    "cached": {},
    "skipped": {},
    "blocked": {},
    "cancelled": {},
}


class Passed(Struct, frozen=True):
    """The command ended with 0."""

    reason: str | None = None


class Failed(Struct, frozen=True):
    """The command ended with another code, by a signal (negative), or could not be started (None)."""

    exit_code: int | None
    reason: str


class TimedOut(Struct, frozen=True):
    """The command was ended because its time was up."""

    reason: str


class Cached(Struct, frozen=True):
    """The same content passed before; nothing was run."""

    reason: str


class Skipped(Struct, frozen=True):
    """There was nothing to do, or someone asked for it to be left out."""

    reason: str


class Blocked(Struct, frozen=True):
    """A step that it depends on failed."""

    reason: str


class Cancelled(Struct, frozen=True):
    """The run was ended before this step could end by itself."""

    reason: str


Outcome = Passed | Failed | TimedOut | Cached | Skipped | Blocked | Cancelled

_WORDS: dict[type[Outcome], tuple[Word, Transition]] = {
    Passed: ("passed", "pass"),
    Failed: ("failed", "fail"),
    TimedOut: ("timed-out", "time-out"),
    Cached: ("cached", "replay"),
    Skipped: ("skipped", "skip"),
    Blocked: ("blocked", "block"),
    Cancelled: ("cancelled", "cancel"),
}


def word(outcome: Outcome) -> Word:
    """The outcome as events and people call it."""
    return _WORDS[type(outcome)][0]


def transition(outcome: Outcome) -> Transition:
    """The way in the table `LIFE` that leads to this outcome."""
    return _WORDS[type(outcome)][1]


def is_failure(outcome: Outcome) -> bool:
    """Whether what depends on the step cannot go on."""
    return isinstance(outcome, Failed | TimedOut)


def is_blocking(outcome: Outcome, *, allowed_to_fail: bool) -> bool:
    """Whether this outcome alone makes the run fail."""
    return isinstance(outcome, Failed | TimedOut | Blocked) and not allowed_to_fail


def exit_code(outcome: Outcome) -> int | None:
    """The command's exit code; None where there is none."""
    match outcome:
        case Passed():
            return 0
        case Failed():
            return outcome.exit_code
        case _:
            return None

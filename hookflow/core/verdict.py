"""From what a step did to how it ended."""

import signal

from hookflow.core.display import count, printable
from hookflow.core.outcome import Failed, Outcome, Passed, TimedOut, is_failure

_NAMED = 5  # files named in a reason; the event has them all


def from_exit_code(code: int) -> Outcome:
    """The outcome of a command that ended by itself; a negative code is a signal."""
    if code == 0:
        return Passed()
    return Failed(code, f"exit code {code}" if code > 0 else f"ended by {signal_name(-code)}")


def with_changes(outcome: Outcome, changed: tuple[str, ...], *, fixed: bool, staged: bool) -> Outcome:
    """The outcome of a step that changed some of its files.

    Args:
        outcome: That of its command.
        changed: The files.
        fixed: Whether its fix ran.
        staged: Whether the changes were added to the index.
    """
    if not changed or is_failure(outcome):
        return outcome
    what = f"{'fixed' if fixed else 'changed'} {named(changed)}"
    if staged:
        return Passed(f"{what}, and staged that")
    return Failed(0, f"{what}; look at it, stage it and try again")


def with_note(outcome: Outcome, note: str | None) -> Outcome:
    """The outcome of a step with something that its reader should know."""
    match outcome:
        case Passed(reason=reason) if note is not None:
            return Passed(f"{reason}; {note}" if reason else note)
        case Failed(exit_code=code, reason=reason) if note is not None:
            return Failed(code, f"{reason}; {note}")
        case _:
            return outcome


def contradicted(outcome: Outcome, who: str) -> Outcome:
    """The outcome of a step that does something else now than an earlier run of the same content did.

    Args:
        outcome: That of now; a pass has made other outputs.
        who: What passed: ``run 2026...``, or ``each of its files``.
    """
    advice = "it reads something that is not declared (inputs, cache-env), or it is not deterministic"
    match outcome:
        case Failed(exit_code=code, reason=reason):
            return Failed(code, f"{reason}, but {who} passed on the same content: {advice}")
        case TimedOut(reason=reason):
            return TimedOut(f"{reason}, but {who} passed on the same content: {advice}")
        case _:
            return Failed(0, f"made other outputs than {who} did of the same content: {advice}")


def named(paths: tuple[str, ...]) -> str:
    """Some files by name, the rest by number."""
    shown = ", ".join(printable(path) for path in paths[:_NAMED])
    more = len(paths) - _NAMED
    return f"{shown} and {count(more, 'more file')}" if more > 0 else shown


def signal_name(number: int) -> str:
    """``SIGTERM`` of 15; a real-time signal by its number."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"

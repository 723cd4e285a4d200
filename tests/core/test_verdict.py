"""From what a step did to how it ended."""

from hookflow.core import verdict
from hookflow.core.outcome import Failed, Passed, TimedOut


def test_verdicts() -> None:
    """Codes, signals, changes, notes."""
    assert verdict.from_exit_code(0) == Passed()
    assert verdict.from_exit_code(-11) == Failed(-11, "ended by SIGSEGV")
    assert verdict.from_exit_code(-64) == Failed(-64, f"ended by {verdict.signal_name(64)}")
    many = tuple(f"f{number}" for number in range(8))
    assert verdict.with_changes(Passed(), many, fixed=True, staged=True) == Passed(
        "fixed f0, f1, f2, f3, f4 and 3 more files, and staged that"
    )
    assert verdict.with_changes(TimedOut("x"), many, fixed=False, staged=False) == TimedOut("x")
    assert verdict.with_note(Failed(1, "x"), "note") == Failed(1, "x; note")
    assert verdict.with_note(Passed(), "note") == Passed("note")

"""Plain text for a person."""

import io
from pathlib import Path

import pytest
from happenings import end, finished, start

from hookflow.core import events
from hookflow.core.outcome import Blocked, Failed, Passed, Skipped, TimedOut
from hookflow.reporters.plain import Level, Plain


def said(*happened: events.Event, level: Level = "plain", colours: bool = False) -> tuple[list[str], str]:
    """The lines of standard output, and standard error."""
    out, err = io.StringIO(), io.StringIO()
    reporter = Plain(out, err, level=level, colours=colours)
    for event in happened:
        reporter.emit(event)
    return out.getvalue().splitlines(), err.getvalue()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A failed step's output."""
    place = tmp_path / "bad.log"
    place.write_bytes(b"first\n\x1b[31mred\x1b[0m\x1b[2J\nno newline \xff")
    return place


def test_a_line_as_a_step_ends_and_failures_last(log: Path) -> None:
    """Aligned; the output with its log; then what it took and what it would have taken."""
    lines, _ = said(
        start("bad", "longer-name"),
        finished("bad", Failed(3, "exit code 3"), log=log, blocking=True),
        finished("longer-name", Passed()),
        end(),
    )
    assert lines[0] == "failed     bad            1.50 s  exit code 3"
    assert lines[1] == "passed     longer-name    1.50 s"
    assert lines[3:7] == ["--- bad: exit code 3 ---", "first", "red", "no newline \N{REPLACEMENT CHARACTER}"]
    assert lines[7].startswith("--- log of bad: ")
    assert lines[-1] == "failed: 1 failed, 1 passed in 3.00 s; at most 2 at once; one after another: 4.50 s"


def test_reasons_are_said() -> None:
    """Of what did not run, too."""
    lines, _ = said(
        start("a", "b"),
        finished("a", Skipped("none of its files changed")),
        finished("b", Blocked("needs x, which failed"), blocking=True),
        end(peak=0),
    )
    assert lines[0].endswith("none of its files changed")
    assert lines[1].endswith("needs x, which failed")
    assert lines[2].endswith("in 3.00 s; nothing ran")


def test_an_allowed_failure_is_marked_and_comes_before_those_that_block(log: Path) -> None:
    """What decides is what a person reads last."""
    lines, _ = said(
        start("bad", "may"),
        finished("bad", Failed(1, "exit code 1"), log=log, blocking=True),
        finished("may", TimedOut("its time was up"), log=log),
        end(),
    )
    assert lines[1].endswith("allowed: its time was up")
    assert lines.index("--- may: its time was up ---") < lines.index("--- bad: exit code 1 ---")


def test_quiet_says_only_what_went_wrong(log: Path) -> None:
    """And nothing at all when all is well."""
    fine = (start("a"), finished("a", Passed()), end(outcome="passed", exit_code=0))
    assert said(*fine, level="quiet") == ([], "")
    lines, _ = said(start("a"), finished("a", Failed(1, "x"), log=log, blocking=True), end(), level="quiet")
    assert "red" in lines


def test_verbose_shows_what_passed_too(log: Path) -> None:
    """Its whole output, if it is short."""
    lines, _ = said(start("a"), finished("a", Passed(), log=log), end(), level="verbose")
    assert "first" in lines


def test_colours_of_steps_are_kept_where_they_show(log: Path) -> None:
    """But nothing that moves the cursor, and each line ends what it began."""
    lines, _ = said(start("a"), finished("a", Failed(1, "x"), log=log, blocking=True), end(), colours=True)
    assert "\x1b[31mred\x1b[0m\x1b[0m" in lines
    assert "\x1b[2J" not in "".join(lines)


def test_warnings_go_to_standard_error() -> None:
    """With the step that they are about."""
    lines, err = said(events.Warned(time=0.0, message="a\nb", step="s"), events.Warned(time=0.0, message="c"))
    assert (lines, err) == ([], "hookflow: s: a\\nb\nhookflow: c\n")


class Gone(io.StringIO):
    """A stream whose reader has gone."""

    def write(self, _text: str) -> int:
        """Refuse."""
        raise BrokenPipeError


def test_a_reader_that_has_gone_does_no_harm() -> None:
    """The other stream goes on."""
    err = io.StringIO()
    reporter = Plain(Gone(), err)
    for event in (start("a"), finished("a", Passed()), events.Warned(time=0.0, message="m"), end()):
        reporter.emit(event)
    assert err.getvalue() == "hookflow: m\n"


def test_names_that_the_encoding_has_not_are_escaped() -> None:
    """A terminal of plain ASCII."""
    raw = io.BytesIO()
    reporter = Plain(io.TextIOWrapper(raw, encoding="ascii"), io.StringIO())
    reporter.emit(start("größe"))
    reporter.emit(finished("größe", Passed()))
    assert rb"gr\xf6\xdfe" in raw.getvalue()


def test_failures_say_how_to_run_them_again(log: Path) -> None:
    """On one line that a terminal can show; what passed does not."""
    out = io.StringIO()
    reporter = Plain(out, io.StringIO(), level="verbose", again=lambda step: f"hookflow run {step}\x1b")
    reporter.emit(start("bad", "fine"))
    reporter.emit(finished("fine", Passed(), log=log))
    reporter.emit(finished("bad", Failed(1, "x"), blocking=True))
    reporter.emit(end())
    again = [line for line in out.getvalue().splitlines() if line.startswith("--- run")]
    assert again == ["--- run it again: hookflow run bad\\x1b"]

"""What proves that a runner did the work."""

import subprocess
from pathlib import Path

import pytest

from benchmarks.proof import Record, Tools, WrongError, check_order, check_ran, most_at_once

A = Record("a", 0.0, 1.0, 0)
B = Record("b", 0.5, 2.0, 2)


def test_a_recording_tool_does_what_the_plain_one_does_and_tells(tmp_path: Path) -> None:
    """Its exit code, and how many arguments it was given."""
    tools = Tools(tmp_path)
    tools.add("step", "false")
    for folder in (tools.plain, tools.recording):
        assert subprocess.run([folder / "step", "one", "two words"], check=False).returncode == 1
    (record,) = tools.records()
    assert (record.name, record.arguments) == ("step", 2)
    assert record.began <= record.ended
    tools.forget()
    assert tools.records() == []


def test_a_program_that_is_not_there_is_said(tmp_path: Path) -> None:
    """By its name."""
    with pytest.raises(WrongError, match="there is no no-such-program"):
        Tools(tmp_path).add("step", "no-such-program")


def test_all_that_was_asked_ran() -> None:
    """With all files, in however many processes, or once."""
    check_ran([A, B, Record("b", 3, 4, 1)], {"a": None, "b": 3})


@pytest.mark.parametrize(
    ("expected", "message"),
    [
        ({"a": None, "b": 2, "c": None}, "2 of 3 steps ran; not as asked: c"),
        ({"a": None}, "2 of 1 steps ran; not as asked: b"),
        ({"a": None, "b": 3}, "got 2 arguments instead of 3: b"),
    ],
)
def test_what_was_not_asked_is_wrong(expected: dict[str, int | None], message: str) -> None:
    """A step that is missing, one too many, files that are missing."""
    with pytest.raises(WrongError, match=message):
        check_ran([A, B], expected)


def test_twice_is_wrong_where_once_was_asked() -> None:
    """A step without files runs once."""
    with pytest.raises(WrongError, match="ran more than once: a"):
        check_ran([A, A], {"a": None})


def test_a_step_that_began_too_early_is_wrong() -> None:
    """Before what it needs had ended."""
    check_order([A, B], {"a": []})
    with pytest.raises(WrongError, match="b began before a had ended"):
        check_order([A, B], {"b": ["a"]})


def test_how_many_ran_at_once() -> None:
    """One that begins as another ends is not at once with it."""
    assert most_at_once([A, B]) == 2
    assert most_at_once([A, Record("c", 1.0, 2.0, 0)]) == 1
    assert most_at_once([]) == 0

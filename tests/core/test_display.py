"""Text for people: nothing in it can harm a terminal, and numbers are readable."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookflow.core import display

COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
# Text in which control sequences, whole and torn, are frequent.
OUTPUT = st.lists(
    st.one_of(
        st.sampled_from(
            ["\x1b[31m", "\x1b[0m", "\x1b[2J", "\x1b]0;t\x07", "\x1bP", "\x1b\\\\", "\x9b1A", "\r", "\n", "\x1b", "["]
        ),
        st.text(st.characters(), max_size=3),
    )
).map("".join)


@given(text=OUTPUT)
@settings(max_examples=200, deadline=None)
def test_no_control_character_is_left(text) -> None:
    """Of any output only lines and tabs, and it can be encoded."""
    plain = display.harmless(text)
    assert not {char for char in plain if unicodedata.category(char) == "Cc"} - {"\n", "\t"}
    assert plain.count("\n") == text.count("\n")
    plain.encode()


@given(text=OUTPUT)
@settings(max_examples=200, deadline=None)
def test_of_all_sequences_only_colours_are_left_on_request(text) -> None:
    """Without them it is the plain text, and no line leaves a colour on."""
    coloured = display.harmless(text, colours=True)
    assert COLOUR.sub("", coloured) == display.harmless(text)
    assert all(line.endswith("\x1b[0m") for line in coloured.split("\n") if "\x1b" in line)


@given(text=OUTPUT)
@settings(max_examples=100, deadline=None)
def test_what_is_harmless_stays_as_it_is(text) -> None:
    """A second time changes nothing."""
    once = display.harmless(text)
    assert display.harmless(once) == display.harmless(once, colours=True) == once


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("10%\r50%\r100%\n", "100%\n"),
        ("line\r\n", "line\n"),
        ("a\x08b\x00c", "abc"),
        ("a\x9b2Jb\x85c", "abc"),
        ("\x1b]0;no end", ""),
        ("\x1b(Ba", "a"),
        ("10%\r\x1b[K", "10%"),
        ("\udcff", "\ufffd"),
        ("a\tb", "a\tb"),
    ],
)
def test_output_is_shown_as_a_terminal_would_leave_it(text: str, shown: str) -> None:
    """Sequences taken out, of a line that was written over the last version."""
    assert display.harmless(text) == shown


@given(text=st.text(st.characters()))
@settings(max_examples=200, deadline=None)
def test_a_name_is_shown_on_one_line(text) -> None:
    """Without any control character, and it can be encoded."""
    shown = display.printable(text)
    assert not {char for char in shown if unicodedata.category(char) == "Cc"}
    shown.encode()


@pytest.mark.parametrize(
    ("name", "shown"),
    [("größe.py", "größe.py"), ("a\nb\tc", "a\\nb\\tc"), ("\x1b[2J", "\\x1b[2J"), ("\udcff\x85", "\\xff\\x85")],
)
def test_odd_characters_of_a_name_are_escaped(name, shown) -> None:
    """The others stay."""
    assert display.printable(name) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.004, "0.00 s"),
        (9.994, "9.99 s"),
        (9.996, "10.0 s"),
        (12.34, "12.3 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min 00 s"),
        (119.7, "2 min 00 s"),
        (125.4, "2 min 05 s"),
        (3600, "60 min 00 s"),
    ],
)
def test_seconds_are_readable(value: float, shown: str) -> None:
    """Two digits for short times."""
    assert display.seconds(value) == shown


def test_columns_are_aligned() -> None:
    """The last one is not padded."""
    assert display.columns([("a", "bb", "c"), ("aaa", "b", "")]) == ["a    bb  c", "aaa  b"]


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ((1, "file"), "1 file"),
        ((0, "file"), "0 files"),
        ((1234, "file"), "1,234 files"),
        ((2, "entry", "entries"), "2 entries"),
        ((1, "entry", "entries"), "1 entry"),
    ],
)
def test_counts_are_words(words, shown) -> None:
    """Singular and plural."""
    assert display.count(*words) == shown


def test_no_rows_are_no_lines() -> None:
    """Nor are there columns without rows; a single column is not padded."""
    assert display.columns([]) == []
    assert display.columns([("a",), ("bcd",)]) == ["a", "bcd"]

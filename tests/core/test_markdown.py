"""Markdown, as a real parser of CommonMark with GitHub's tables understands it."""

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from hookflow.core.markdown import escaped, fenced, fitting, folded, table

PARSER = MarkdownIt("commonmark", {"xhtmlOut": True}).enable(["table", "strikethrough"])
MARKS = st.text(st.sampled_from("a1 \\`*_[]()<>|~&$#!:;\"'/=+-.{}^@%"), max_size=30).map(str.strip)


def drawn(text: str) -> ET.Element:
    """What it is drawn as."""
    return ET.fromstring(f"<page>{PARSER.render(text)}</page>")


@given(st.lists(st.tuples(MARKS, MARKS), min_size=1, max_size=3))
def test_cells_show_what_was_written(rows: list[tuple[str, str]]) -> None:
    """Nothing in them is markup or ends a cell."""
    page = drawn(table(("a", "b"), [tuple(map(escaped, row)) for row in rows]))
    cells = ["".join(cell.itertext()) for cell in page.iter("td")]
    assert cells == [cell for row in rows for cell in row]
    assert {element.tag for element in page.iter()} <= {"page", "table", "thead", "tbody", "tr", "th", "td"}


def test_columns_can_be_aligned_to_the_right() -> None:
    """Numbers are."""
    page = drawn(table(("a", "b"), [("x", "1")], right=frozenset({1})))
    assert ["right" in cell.get("style", "") for cell in page.iter("td")] == [False, True]


@given(st.text(st.sampled_from("`~ \na<&")))
def test_no_text_ends_its_block(text: str) -> None:
    """However many backticks it has."""
    (block,) = drawn(fenced(text, "mermaid")).iter("code")
    assert (block.text or "") == text + "\n"
    assert block.get("class") == "language-mermaid"


@pytest.mark.parametrize("title", ["a <b> & c", "</details>", "*x*"])
def test_a_folded_part_has_its_title_and_its_body(title: str) -> None:
    """The title is text, the body Markdown."""
    page = drawn(folded(title, fenced("body")))
    assert page.findtext("details/summary") == title
    assert page.findtext("details/pre/code") == "body\n"


def test_parts_without_room_are_left_out_and_that_is_said() -> None:
    """A later one that is small enough still comes."""
    text = fitting(["head", "x" * 1000, "tail"], 300)
    assert text == "head\n\ntail\n\n(1 part had no room here.)\n\n"
    assert fitting(["ä" * 100], 300) == "ä" * 0 + "(1 part had no room here.)\n\n"
    assert fitting(["a", "b"], 1000) == "a\n\nb\n\n"
    assert len(fitting(["x" * 90, "y" * 90, "z" * 90], 300).encode()) <= 300

"""Places that linters name, and the commands that show them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflow.core.annotations import Finding, command, findings, share


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("a.py:1:8: F401 unused", Finding("a.py", 1, 8, "F401 unused")),
        ("src/my file.py:12: E501 too long", Finding("src/my file.py", 12, None, "E501 too long")),
        ("./a.c:3:1: warning: unused", Finding("./a.c", 3, 1, "warning: unused", "warning")),
        ("a.yml:1:1: [warning] missing start", Finding("a.yml", 1, 1, "[warning] missing start", "warning")),
        ("a.py:4: error: no [attr]", Finding("a.py", 4, None, "error: no [attr]")),
        ("a.py:4: note: see there", Finding("a.py", 4, None, "note: see there", "note")),
        ("  /r/a.py:5:9 - error: x: y", Finding("/r/a.py", 5, 9, "error: x: y")),
        ("a.md:7 MD013 line length", Finding("a.md", 7, None, "MD013 line length")),
        ("a.py:1:8-12: said", Finding("a.py", 1, 8, "said")),
        ("\x1b[1ma.py\x1b[0m:1:8: \x1b[31mred\x1b[0m", Finding("a.py", 1, 8, "red")),
        ("::error file=a.py,line=2,col=3,title=x::50%25%0Aoff", Finding("a.py", 2, 3, "50%\noff")),
        ("::warning line=2,file=a%2Cb.py::w", Finding("a,b.py", 2, None, "w", "warning")),
    ],
)
def test_the_forms_that_linters_write(line: str, found: Finding) -> None:
    """With and without a column, with colours, and GitHub's own."""
    assert list(findings([line])) == [found]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "12:30",
        "a.py",
        "a.py:1",
        "a.py:0: x",
        "::error::x",
        "::group::a.py:1: x",
        ":1: x",
        "a.py:x: y",
        " --> a.py",
        "::error file=a,line=x::y",
    ],
)
def test_other_lines_name_no_place(line: str) -> None:
    """Nor do lines that nobody wrote for people."""
    assert list(findings([line])) == []
    assert list(findings(["a.py:1: " + "x" * 10_000])) == []


def test_ruff_and_rustc_say_first_what_is_wrong_and_then_where() -> None:
    """The message is on the line before."""
    lines = [
        "F401 [*] `os` imported but unused",
        " --> a.py:1:8",
        "  |",
        "",
        "warning: unused variable",
        "",
        "  --> b.rs:2:5",
    ]
    assert list(findings(lines)) == [
        Finding("a.py", 1, 8, "F401 [*] `os` imported but unused"),
        Finding("b.rs", 2, 5, "warning: unused variable", "warning"),
    ]


@given(st.lists(st.text(st.sampled_from("a.:1- >%\x1b\udcff\n"), max_size=30)))
def test_any_output_can_be_read(lines: list[str]) -> None:
    """Every finding has a line from 1 and a message."""
    for found in findings(lines):
        assert found.line > 0
        assert found.path
        assert found.message


def test_commands_as_githubs_own_toolkit_writes_them() -> None:
    """Expected values are those of @actions/core 3.0; what cannot be seen is spelled out beside."""
    assert command("error", "a%b\nc:d,e", file="x:y,z%.py", line=1, col=None, title="t") == (
        "::error file=x%3Ay%2Cz%25.py,line=1,title=t::a%25b%0Ac:d,e"
    )
    assert command("group", "a::b") == "::group::a::b"
    assert command("warning", "x\r\x1b\udcff") == r"::warning::x\x0d\x1b\xff"


@given(st.text(st.sampled_from("%:,\r\n=a0 25DA\udcff")), st.text(st.sampled_from("%:,\r\n=a0 25DA\udcff")))
def test_a_command_is_one_line_and_says_the_same_back(message: str, path: str) -> None:
    """Read as the runner reads it, whatever a name or a message has in it."""
    made = command("error", message, file=path, line=3)
    assert "\n" not in made
    assert "\r" not in made
    made.encode()
    properties, _, said = made.removeprefix("::error ").partition("::")
    assert dict(part.partition("=")[::2] for part in properties.split(",")).keys() == {"file", "line"}
    assert said.count("%0A") >= message.count("\n")


def test_each_list_has_its_share() -> None:
    """None is left out because another one is long."""
    assert share([["a1", "a2", "a3"], ["b1"], [], ["c1", "c2"]], 5) == ["a1", "b1", "c1", "a2", "c2"]
    assert share([], 5) == []

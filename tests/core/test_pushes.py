"""Which refs of a push are checked together."""

from hookflow.core import pushes
from hookflow.core.pushes import Part
from hookflow.core.scopes import NULL, RefUpdate


def line(name: str, local: str) -> RefUpdate:
    """A line of git's."""
    return RefUpdate(name, local, name, NULL)


def test_refs_of_one_commit_are_one_part_in_the_order_of_the_lines() -> None:
    """A tag counts as its commit; a deletion is in none; what is no commit is told apart."""
    commits = {"1": "1", "2": "2", "tag of 2": "2"}
    lines = [line("b", "2"), line("gone", NULL), line("a", "1"), line("v1", "tag of 2"), line("key", "blob")]
    parts, other = pushes.parts(lines, commits.get)
    assert parts == [Part("2", (lines[0], lines[3])), Part("1", (lines[2],))]
    assert other == [lines[4]]


def test_a_part_names_its_refs_once() -> None:
    """One ref may be pushed to several names."""
    assert str(Part("0123456789abcdef", (line("a", "x"), line("a", "x"), line("b", "x")))) == "a, b (0123456789ab)"

"""Whether two lists of rules can take one file, held against pathspec's matching of real paths."""

import pytest

from hookflow.core.overlap import UNKNOWN, overlap
from hookflow.core.patterns import Patterns


@pytest.mark.parametrize(
    ("first", "second", "common"),
    [
        (["*.py"], ["tests/**"], "tests/.py"),
        (["*.py"], ["*.md"], None),
        (["src/**"], ["tests/**"], None),
        (["/a"], ["b/a"], None),
        (["a"], ["b/a"], "b/a"),
        (["a/"], ["/a"], "a/b"),
        (["docs/"], ["docs"], "docs/a"),
        (["**"], ["[xyz].c"], "x.c"),
        (["[!a]"], ["[!b]"], "c"),
        (["[!a]"], ["a"], "b/a"),
        (["[!a]"], ["/a"], "a/b"),
        (["x?z"], ["*y*"], "xyz"),
        (["*.py", "!test_*"], ["/test_?.py"], None),
        (["a/**/b"], ["a/b"], "a/b"),
        (["a/**"], ["/a"], "a/b"),
        (["\\*"], ["/?"], "*"),
        (["\\!a"], ["/??"], "!a"),
        (["/a[!b]c"], ["/a/c"], None),
        (["/x[+-9]y"], ["/x/y"], None),
        (["[\\]"], ["/?"], "\\"),
        (["/.*"], ["/?"], None),
        (["/.*/b"], ["/?/b"], None),
    ],
)
def test_examples(first, second, common) -> None:
    """The shortest common path, spelt so that a person sees the point, or None."""
    assert overlap(Patterns(first), Patterns(second)) == common


@pytest.mark.parametrize(
    ("first", "second", "common"),
    [
        (["*.md"], ["*.py"], None),
        ([".coverage"], ["*.py"], None),
        (["README.md"], ["*.py"], None),
        (["*.[ch]"], ["*.py"], None),
        (["a.md/"], ["*.py"], "a.md/.py"),
        (["a.md/**"], ["*.py"], "a.md/.py"),
        (["a.md"], ["*.md/*.py"], "a.md/.py"),
        (["*.egg-info"], ["a.egg-info/PKG-INFO"], "a.egg-info/PKG-INFO"),
        (["docs"], ["*.md"], "docs/.md"),
        (["lib-3.11"], ["*.py"], "lib-3.11/.py"),
        (["x[!.]y"], ["*.py"], "xay/.py"),
    ],
)
def test_a_file_name_is_a_directory_only_where_a_rule_says_so(first, second, common) -> None:
    """``a.md/b.py`` is no reason to put a step on Markdown before one on Python."""
    assert overlap(Patterns(first), Patterns(second)) == common
    assert overlap(Patterns(second), Patterns(first)) == common


@pytest.mark.parametrize("lines", [["**"], ["*"], ["*.py"], ["a", "!a/b"]])
def test_no_rules_take_nothing(lines) -> None:
    """An empty list overlaps with nothing."""
    assert overlap(Patterns(lines), Patterns([])) is None
    assert overlap(Patterns([]), Patterns(lines)) is None


def test_exclusions_count_for_their_own_side() -> None:
    """What either side leaves out is not common to both."""
    python, everything, tests = Patterns(["*.py"]), Patterns(["**"]), Patterns(["*.py"])
    assert overlap(python, everything, without_first=tests) is None
    assert overlap(python, everything, without_second=tests) is None
    assert overlap(python, everything, without_second=Patterns(["/*"])) is None
    assert overlap(python, everything, without_second=Patterns(["/*.py"])) is not None


def test_an_exclusion_without_rules_excludes_nothing() -> None:
    """An empty ``exclude`` is as if it were not there."""
    everything = Patterns(["**"])
    assert overlap(everything, everything, without_first=Patterns([]), without_second=Patterns([])) == "a"


def test_a_search_that_grows_too_large_is_given_up_safely() -> None:
    """Rules made to blow the search up end soon, as "they overlap"."""
    first, second = Patterns([f"/*a{'?' * 25}a"]), Patterns([f"/*b{'?' * 25}b"])
    assert overlap(first, second) == UNKNOWN

"""Patterns of a project against the same patterns as the root sees them, by pathspec's matching."""

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from strategies import PATHS, RULE_LISTS

from hookflow.core.anchoring import anchored, whole
from hookflow.core.patterns import Patterns, problem

# Names of directories, with all that means something in a rule.
DIRECTORIES = (
    st.lists(st.text("ab*?[]\\!#^ -.é", min_size=1, max_size=3), min_size=1, max_size=3)
    .filter(lambda names: not {".", ".."} & set(names))
    .map("/".join)
)


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("*.py", "services/api/**/*.py"),
        ("/setup.py", "services/api/setup.py"),
        ("src/**", "services/api/src/**"),
        ("build/", "services/api/**/build/"),
        ("!*.md", "!services/api/**/*.md"),
        ("!/a", "!services/api/a"),
        ("**", "services/api/**"),
        ("**/", "services/api/**/*/"),
        ("**/x", "services/api/**/x"),
        ("\\#x", "services/api/**/\\#x"),
        ("//libs/core/**", "/libs/core/**"),
        ("!//libs/core/*.md", "!/libs/core/*.md"),
    ],
)
def test_examples(written: str, seen: str) -> None:
    """In the directory of a project."""
    assert anchored("services/api", written) == seen


@pytest.mark.parametrize(
    ("directory", "begins"), [("!a", "\\!a/"), ("#a", "\\#a/"), ("a[b]*", "a\\[b]\\*/"), ("a!", "a!/")]
)
def test_directories_are_meant_literally(directory: str, begins: str) -> None:
    """Whatever is in their names."""
    assert anchored(directory, "/x") == f"{begins}x"


@given(directory=DIRECTORIES, rules=RULE_LISTS, path=PATHS, elsewhere=PATHS)
@settings(max_examples=500, deadline=None)
def test_a_pattern_takes_below_its_project_what_it_took_in_it(directory, rules, path, elsewhere) -> None:
    """And nothing elsewhere; each stays well formed."""
    seen = [anchored(directory, rule) for rule in rules]
    assert [problem(rule) for rule in seen] == [None] * len(rules)
    event(f"matches: {Patterns(rules).matches(path)}")
    assert Patterns(seen).matches(f"{directory}/{path}") == Patterns(rules).matches(path)
    assert elsewhere.startswith(f"{directory}/") or not Patterns(seen).matches(elsewhere)


@given(directory=DIRECTORIES, path=PATHS, elsewhere=PATHS)
def test_the_whole_of_a_project(directory, path, elsewhere) -> None:
    """Every file in it and no other."""
    rules = Patterns(whole(directory))
    assert rules.matches(f"{directory}/{path}")
    assert rules.matches(elsewhere) == elsewhere.startswith(f"{directory}/")

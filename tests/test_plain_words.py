"""Plain command lines against the parser that takes all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflow import arguments, plain_words

_FLAGS = (
    *("--staged", "--changed", "--all-files", "--refresh", "--verify-cache", "--only", "--parallel", "--no-parallel"),
    *("--smart-execution", "--no-smart-execution", "--cache", "--no-cache", "--fail-fast", "--no-fail-fast"),
    *("--fix", "--no-fix"),
)
_OF_RUN = (*_FLAGS, "--ci", "--failed", "--dry-run")


def parsed(words: list[str]) -> dict[str, object]:
    """What the parser makes of a line."""
    found = vars(arguments.parse(words))
    del found["parser"]
    return found


@given(st.lists(st.sampled_from([*_OF_RUN, "lint", "tests", "é"]), max_size=6))
def test_a_plain_run_is_what_the_parser_says(words) -> None:
    """Flags and names of steps, in any order."""
    found = plain_words.options(["run", *words])
    assert found is not None
    assert vars(found) == parsed(["run", *words])


@given(
    st.sampled_from([[], ["--before", ".git/hooks/pre-commit.before-hookflow"]]),
    st.lists(st.sampled_from(_FLAGS), max_size=4),
    st.sampled_from([[], ["--"], ["--", "origin", "-x"]]),
)
def test_an_installed_hook_is_what_the_parser_says(before, flags, rest) -> None:
    """With git's arguments, whatever they look like."""
    words = ["hook", *before, *flags, "pre-push", *rest]
    found = plain_words.options(words)
    assert found is not None
    assert vars(found) == parsed(words)


@pytest.mark.parametrize(
    "words",
    [
        *([], ["graph"], ["run", "-j", "2"], ["run", "--output", "quiet"], ["run", "--stag"], ["run", "-h"]),
        *(["run", "--skip=a"], ["run", "--", "lint"], ["hook"], ["hook", "pre-commit", "a"], ["hook", "--ci", "x"]),
        ["hook", "--before", "--staged", "x"],
        ["hook", "pre-push", "--", "--"],
    ],
)
def test_other_lines_are_left_to_the_parser(words) -> None:
    """Options with values, help, abbreviations, mistakes, other commands."""
    assert plain_words.options(words) is None

"""Words of a command line and the steps that they mean."""

import pytest

from hookflow.core.naming import meant_by, only, suggestion

KNOWN = ["format", "tests", "services/api:lint", "services/api:tests", "services/[web]:tests"]


@pytest.mark.parametrize(
    ("word", "here", "meant"),
    [
        ("format", "", ["format"]),
        ("tests", "", ["tests"]),
        ("tests", "services/api", ["services/api:tests"]),
        (":tests", "services/api", ["tests"]),
        ("format", "services/api", ["format"]),
        ("services/api:tests", "services/api", ["services/api:tests"]),
        ("services/api:", "", ["services/api:lint", "services/api:tests"]),
        ("*:tests", "", ["services/api:tests", "services/[web]:tests"]),
        ("services/*:lint", "", ["services/api:lint"]),
        ("services/[web]:tests", "", ["services/[web]:tests"]),
        ("services/[web]:", "", ["services/[web]:tests"]),
        ("lint", "", ["lint"]),
        ("nothing:", "", ["nothing:"]),
        ("*x", "", ["*x"]),
        (":", "services/api", ["format", "tests"]),
        ("", "services/api", [""]),
    ],
)
def test_words(word: str, here: str, meant: list[str]) -> None:
    """In full, as the project calls it, all of a project, or a glob; what means nothing stays as it is."""
    assert list(meant_by(word, KNOWN, here)) == meant


def test_one_step_alone() -> None:
    """Several are not one."""
    assert only("*:lint", KNOWN) == "services/api:lint"
    assert only("*:tests", KNOWN) == "*:tests"


def test_suggestions() -> None:
    """Steps of that name in projects come before names that look like it."""
    assert suggestion("lint", KNOWN) == "; did you mean services/api:lint?"
    assert suggestion("api", KNOWN) == "; all steps of that project are services/api:"
    assert suggestion("fromat", KNOWN) == "; did you mean format?"
    assert "another of 2; all of them are *:tests" in suggestion("tests", KNOWN[2:])

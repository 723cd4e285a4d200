"""The nearest known name."""

import pytest

from hookflow.core.names import did_you_mean, nearest


def test_the_nearest_name_is_offered() -> None:
    """If one is near."""
    assert nearest("need", ["needs", "files"]) == "needs"
    assert nearest("xyzzy", ["needs"]) is None


def test_a_name_that_was_begun_is_nearer_than_one_that_is_alike() -> None:
    """Unless several were."""
    assert nearest("--all", ["--all-files", "--parallel"]) == "--all-files"
    assert nearest("pre-", ["pre-commit-long-name", "pre-x"]) == "pre-x"


@pytest.mark.parametrize(
    ("word", "known", "said"),
    [
        ("need", ["needs", "files"], "; did you mean needs?"),
        ("precommit", ["pre-push", "pre-commit"], "; did you mean pre-commit?"),
        ("file", iter(["files"]), "; did you mean files?"),
        ("xyzzy", ["needs"], ""),
        ("", ["needs"], ""),
        ("x", [], ""),
    ],
)
def test_the_offer_is_the_end_of_a_sentence(word, known, said) -> None:
    """Or nothing at all."""
    assert did_you_mean(word, known) == said

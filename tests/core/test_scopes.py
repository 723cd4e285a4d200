"""What a run looks at, and what git tells a pre-push hook."""

from typing import get_args

import pytest

from hookflow.core import scopes


def test_what_git_tells_a_push_is_read() -> None:
    """Four words a line; a deletion has no local object."""
    (update,) = scopes.parse_updates("refs/heads/a 11 refs/heads/b 00\nnonsense\n")
    assert (update.local_ref, update.local_id, update.remote_ref) == ("refs/heads/a", "11", "refs/heads/b")
    assert scopes.is_null(update.remote_id)
    assert not scopes.is_null(update.local_id)


@pytest.mark.parametrize(
    "fields",
    [
        ("HEAD^{/fix bug}", "11", "refs/heads/b", "22"),
        ("refs/heads/a\u2028b\x85c", "11", "refs/heads/a\u2028b\x85c", "22"),
        ("(delete)", "0" * 40, "refs/heads/b", "22"),
        ("refs/heads/\udcff", "11", "refs/heads/\udcff", "0" * 64),
    ],
)
def test_no_pushed_ref_is_overlooked(fields) -> None:
    """Names with separators that are no newline, and what was pushed with blanks in it, as git writes them."""
    line = " ".join(fields) + "\n"
    update = scopes.RefUpdate(*fields)
    assert scopes.parse_updates(line) == (update,)
    assert scopes.parse_updates(line * 2) == (update, update)
    assert scopes.parse_updates("") == ()


def test_null_object_ids_are_zeros_of_any_length() -> None:
    """SHA-1 and SHA-256."""
    assert scopes.is_null("0" * 40)
    assert scopes.is_null("0" * 64)
    assert not scopes.is_null("0" * 39 + "1")


def test_every_scope_has_a_word_of_its_own() -> None:
    """As events and people call it."""
    examples = [
        scopes.Staged(),
        scopes.Changed(),
        scopes.Between("a", "b"),
        scopes.AllFiles(),
        scopes.Files(("a",)),
        scopes.Pushed("origin", ()),
    ]
    assert {type(example) for example in examples} == set(get_args(scopes.Scope))
    assert len({scopes.word(example) for example in examples}) == len(examples)

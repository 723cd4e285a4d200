"""What a hook is about, by what git tells it."""

from collections.abc import Sequence

import pytest

from hookflow.core import occasions
from hookflow.core.config import GIT_HOOKS
from hookflow.core.scopes import NULL, Between, Pushed, RefUpdate, Scope, Staged

HERE = {"HEAD^", "ORIG_HEAD", "main", "old", "other"}


@pytest.mark.parametrize(
    ("stage", "args", "stdin", "here", "expected"),
    [
        ("pre-commit", (), "", HERE, Staged()),
        ("commit-msg", ("MSG",), "", HERE, Staged()),
        ("post-commit", (), "", HERE, Between("HEAD^", "HEAD", direct=True)),
        ("post-commit", (), "", set(), Between(NULL, "HEAD", direct=True)),
        ("post-checkout", (NULL, "b", "1"), "", HERE, Between(NULL, "b", direct=True)),
        ("post-checkout", (), "", HERE, Staged()),
        ("post-merge", ("0",), "", HERE, Between("ORIG_HEAD", "HEAD", direct=True)),
        ("post-merge", ("1",), "", HERE, Staged()),
        ("post-merge", ("0",), "", set(), Between(NULL, "HEAD", direct=True)),
        ("post-rewrite", ("amend",), "old new\n", HERE, Between("old", "HEAD", direct=True)),
        ("post-rewrite", ("rebase",), "old new\n", HERE, Between("ORIG_HEAD", "HEAD", direct=True)),
        ("post-rewrite", ("rebase",), "other x\nold new extra\n", {"old"}, Between("old", "HEAD", direct=True)),
        ("post-rewrite", (), "", HERE, Between(NULL, "HEAD", direct=True)),
        ("pre-rebase", ("main",), "", HERE, Between("main", "HEAD")),
        ("pre-rebase", ("main", "topic"), "", HERE, Between("main", "topic")),
        ("pre-rebase", ("--root",), "", HERE, Between(NULL, "HEAD")),
        ("pre-push", ("origin", "url"), "a 1 b 2\n", HERE, Pushed("origin", (RefUpdate("a", "1", "b", "2"),))),
        ("pre-push", (), "", HERE, Pushed("origin", ())),
    ],
)
def test_the_files_of_a_hook(stage: str, args: Sequence[str], stdin: str, here: set[str], expected: Scope) -> None:
    """A revision that is not here stands for "nothing": every file is looked at."""
    assert occasions.scope(stage, args, stdin, here.__contains__) == expected


def test_which_hooks_come_too_late_to_stop_anything() -> None:
    """By githooks(5), those that run when git has done its work."""
    assert {stage for stage in GIT_HOOKS if occasions.only_warns(stage)} == {
        "post-applypatch",
        "post-commit",
        "post-checkout",
        "post-merge",
        "post-rewrite",
    }

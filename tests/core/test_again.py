"""The command line that runs a step again."""

import os
import shlex
import subprocess

import pytest
from builders import step
from hypothesis import given, settings
from hypothesis import strategies as st

from hookflow import arguments
from hookflow.core import scopes
from hookflow.core.again import Again, quoted
from hookflow.core.porcelain import data
from hookflow.core.scopes import Scope

ZEROS = "0" * 40


def line(scope: Scope, *, run: str = "true", **keys) -> str:
    """The line for a plain step in the default stage."""
    return Again(**{"stage": "pre-commit", "scope": scope, **keys}).line(step("lint", run))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (scopes.Staged(), "hookflow run --staged lint"),
        (scopes.Changed(), "hookflow run --changed lint"),
        (scopes.AllFiles(), "hookflow run lint"),
        (scopes.Between("main", "HEAD~1"), "hookflow run --from-ref main --to-ref 'HEAD~1' lint"),
        (scopes.Files(("a b.py", "-x")), "hookflow run --files 'a b.py' ./-x -- lint"),
        (scopes.Files(tuple(map(str, range(99)))), "hookflow run lint"),
        (scopes.Pushed("origin", ()), "hookflow run lint"),
        (
            scopes.Pushed("o", (scopes.RefUpdate("a", ZEROS, "b", "c0"), scopes.RefUpdate("a", "d1", "b", "c1"))),
            "hookflow run --from-ref c1 --to-ref d1 lint",
        ),
    ],
)
def test_the_same_scope(scope: Scope, expected: str) -> None:
    """As options that mean it; all files where none would."""
    assert line(scope) == expected


def test_the_same_stage_place_and_choices() -> None:
    """Only what differs from the defaults."""
    assert line(scopes.AllFiles(), stage="pre-push") == "hookflow run --stage pre-push lint"
    assert line(scopes.AllFiles(), place=("-C", "/a b")) == "hookflow -C '/a b' run lint"
    assert line(scopes.AllFiles(), anyway=frozenset({"lint"})) == "hookflow run --no-smart-execution lint"
    assert line(scopes.Staged(), index_gone=True) == "hookflow run --changed lint"


def test_the_same_fixing() -> None:
    """Said only where the stage alone would not decide the same."""
    fixer = step("f", fix="x", fix_on=("pre-commit",))
    again = Again(stage="pre-commit", scope=scopes.Changed(), fixing=frozenset("f"))
    assert again.line(fixer) == "hookflow run --changed f"
    assert again.line(step("f", fix="x")) == "hookflow run --fix --changed f"
    assert Again(stage="pre-commit", scope=scopes.Changed()).line(fixer) == "hookflow run --no-fix --changed f"


def test_what_reads_gits_arguments_is_run_again_as_its_hook() -> None:
    """Nothing else would give it the message's file."""
    keys = {"stage": "commit-msg", "args": (".git/COMMIT_EDITMSG",)}
    assert line(scopes.Staged(), run="check {args}", **keys) == "hookflow hook commit-msg .git/COMMIT_EDITMSG"
    assert line(scopes.Staged(), **keys) == "hookflow run --stage commit-msg --staged lint"


@settings(deadline=None)
@given(
    st.sampled_from(["lint", "-x", "größe", "a.b"]),
    st.one_of(
        st.sampled_from([scopes.Staged(), scopes.Changed(), scopes.AllFiles()]),
        st.lists(st.text("ab -'", min_size=1), min_size=1).map(lambda names: scopes.Files(tuple(names))),
    ),
)
def test_the_command_line_is_understood(name: str, scope: Scope) -> None:
    """With the step and the scope that were meant."""
    words = shlex.split(Again(stage="pre-push", scope=scope).line(step(name)))
    options = arguments.parser().parse_args(words[1:])
    assert (options.steps, options.stage) == ([name], "pre-push")
    assert (options.staged, options.changed) == (isinstance(scope, scopes.Staged), isinstance(scope, scopes.Changed))


def test_any_bytes_survive_a_shell() -> None:
    """On one line that a terminal can show."""
    words = ["a b", "it's", "new\nline", "back\\slash\t'", "\udcff\x1b[31m", "größe\x85", "$HOME", ""]
    text = quoted(words)
    assert "\n" not in text
    assert "\x1b" not in text
    done = subprocess.run(["bash", "-c", f"printf '%s\\0' {text}"], capture_output=True, check=True, env=os.environ)
    assert done.stdout.split(b"\0")[:-1] == [data(word) for word in words]

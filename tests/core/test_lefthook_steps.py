"""lefthook's configuration to steps, and what it says of the rest."""

import re

import pytest
import tomli
from hypothesis import given
from hypothesis import strategies as st

from hookflow.core import drafts, validation
from hookflow.core.globs import as_regex, plain_names
from hookflow.core.lefthook import Lefthook


def steps(configuration: dict[str, object]) -> dict[str, dict[str, object]]:
    """The tables that are written; they hold."""
    written = tomli.loads(drafts.as_toml(Lefthook(configuration).drafts))["tool"]["hookflow"]
    validation.parse(written)
    return written["steps"]


def test_a_job_with_everything() -> None:
    """Files from the root, run in its own directory."""
    job = {
        "name": "lint it",
        "run": "eslint --fix '{staged_files}'",
        "glob": "*.{js,ts}",
        "exclude": ["*/gen/*"],
        "root": "web/",
        "env": {"CI": True},
        "stage_fixed": True,
        "file_types": ["text", "not executable"],
    }
    assert steps({"pre-commit": {"jobs": [job]}}) == {
        "lint-it": {
            "run": "eslint --fix {files}",
            "files": ["*.js", "*.ts"],
            "cwd": "web",
            "files-regex": ["^web/"],
            "exclude-regex": ["^(?:.*/gen/.*)$"],
            "types": ["text"],
            "exclude-types": ["executable"],
            "env": {"CI": "True"},
            "modifies": True,
            "stage-fixed": True,
        }
    }


def test_groups_pipes_and_priorities() -> None:
    """What is piped needs what stands before it; commands come by priority."""
    found = steps(
        {
            "pre-push": {
                "exclude": ["x"],
                "jobs": [{"group": {"piped": True, "jobs": [{"run": "a"}, {"run": "b", "exclude": ["y"]}]}}],
                "commands": {"z": {"run": "z", "priority": 1}, "c": {"run": "c"}},
            }
        }
    )
    assert list(found) == ["pre-push-1", "pre-push-2", "z", "c"]
    assert found["pre-push-2"]["needs"] == ["pre-push-1"]
    assert found["pre-push-2"]["exclude-regex"] == ["^(?:x)$", "^(?:y)$"]
    assert found["c"]["stages"] == ["pre-push"]


def test_messages_and_scripts() -> None:
    """They get git's arguments."""
    found = steps(
        {"commit-msg": {"commands": {"m": {"run": 'check "{1}"'}}, "scripts": {"s.sh": {"runner": "bash -e"}}}}
    )
    assert found["m"]["run"] == "check {args}"
    assert found["s.sh"]["run"] == ["bash", "-e", ".lefthook/commit-msg/s.sh", "{args}"]


def test_what_does_not_map_is_said() -> None:
    """Each of it, and a step that could not be is only a comment."""
    read = Lefthook(
        {
            "remotes": [],
            "pre-commit": {
                "skip": ["merge"],
                "jobs": [
                    {"name": "a", "run": "a 'x {staged_files}'"},
                    {"name": "b", "run": "b {cmd}", "only": [{"ref": "main"}], "fail_text": "no"},
                    {"name": "c", "run": "c", "skip": True},
                ],
            },
        }
    )
    assert read.lost == ["remotes (of the whole configuration)", "pre-commit: skip"]
    assert [draft.unusable for draft in read.drafts] == [True, False, False]
    assert read.drafts[1].notes[1:] == [
        "not mapped: the template {cmd}",
        "not mapped: only: [{'ref': 'main'}]",
        "not mapped: fail_text",
    ]
    assert read.drafts[2].fields["stages"] == ("manual",)


@pytest.mark.parametrize(
    ("glob", "doublestar", "takes", "leaves"),
    [
        ("*.js", False, ["a.js", "b/c.js"], ["a.jsx"]),
        ("src/*.js", False, ["src/a.js", "src/b/c.js"], ["a.js", "x/src/a.js"]),
        ("src/**/*.js", False, ["src/b/c.js"], ["src/a.js"]),
        ("src/**/*.js", True, ["src/b/c.js", "src/a.js"], ["src/a.ts"]),
        ("*.js", True, ["a.js"], ["b/c.js"]),
        ("a?[!x].{b,c}", False, ["azy.b", "azy.c"], ["azx.b", "az.b"]),
    ],
)
def test_globs(glob: str, doublestar: bool, takes: list[str], leaves: list[str]) -> None:
    """As the two libraries that lefthook can use read them."""
    expression = re.compile(as_regex(glob, doublestar=doublestar))
    assert [path for path in (*takes, *leaves) if expression.search(path)] == takes


def test_globs_about_endings_are_plain_rules() -> None:
    """And no others."""
    assert plain_names(["*.{a,b}", "*.c"]) == ("*.a", "*.b", "*.c")
    assert plain_names(["*.a", "src/*.b"]) is None


TEXTS = st.text(st.characters(codec="utf-8"))


@given(TEXTS, st.dictionaries(TEXTS, TEXTS))
def test_whatever_is_written_is_read_again(text: str, table: dict[str, str]) -> None:
    """Any text, as a value, in a list, in a table, and in a comment."""
    draft = drafts.Draft("a", {"run": text, "list": (text,), "env": table}, [text])
    (step,) = tomli.loads(drafts.as_toml([draft]))["tool"]["hookflow"]["steps"].values()
    assert step == {"run": text, "list": [text], "env": table}

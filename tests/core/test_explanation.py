"""Explanations: why a step would run, and what would make it run."""

import pytest
from builders import step

from hookflow.core.config import Config
from hookflow.core.explanation import Explanation, as_text
from hookflow.core.planning import PlannedStep
from hookflow.core.structs import replace

TESTS = step("tests", files=("*.py",), inputs=("data/*",), cache_env=("URL",), env={"CI": "1"})
PLANNED = PlannedStep(step="tests", act="run", reason="1 of its files changed", files=1, seconds=None, group=1)
ABOUT = Explanation(
    step=TESTS,
    config=Config(steps=(TESTS,), global_inputs=("*.toml",)),
    planned=PLANNED,
    stage="pre-commit",
    changed=["a.py"],
    deciding=3,
    waits_for=[],
    cacheable=True,
    last_run="20261125T000000-000000abc",
    differences=["a.py has another content"],
)


def lines(**special) -> list[str]:
    """An explanation that differs as said."""
    return list(as_text(replace(ABOUT, **special)))


def test_an_explanation_says_what_would_happen_and_why() -> None:
    """First of all, then the files, then what differs."""
    assert lines()[:7] == [
        "tests would run (pre-commit): 1 of its files changed",
        "",
        "files: 1 changed file matches; 3 files decide its result",
        "  a.py",
        "",
        "since its last pass that is kept (run 20261125T000000-000000abc)",
        "  a.py has another content",
    ]


@pytest.mark.parametrize(
    ("act", "verb"), [("run", "would run"), ("cached", "would come from the cache"), ("skip", "would be skipped")]
)
def test_each_act_has_its_words(act, verb: str) -> None:
    """Of the step and of what it needs."""
    other = replace(PLANNED, step="lint", act=act, reason="so")
    found = lines(planned=replace(PLANNED, act=act), waits_for=[other])
    assert found[0].startswith(f"tests {verb} (pre-commit)")
    assert f"needs: lint, which {verb} (so)" in found


def test_without_a_pass_nothing_can_differ() -> None:
    """And that is said."""
    assert "no pass of it is kept yet" in lines(last_run=None, differences=[])


def test_where_nothing_differs_that_is_said() -> None:
    """With the run that passed."""
    found = lines(differences=[])
    assert "everything that decides is as in its last pass that is kept (run 20261125T000000-000000abc)" in found


def test_what_decides_is_listed() -> None:
    """Patterns, variables, and how to run it nevertheless."""
    text = "\n".join(lines())
    assert "content, name or mode of a file of *.py data/* *.toml" in text
    assert "the variable CI" in text
    assert "the variable URL" in text
    assert "a file of data/* (inputs) changes: then on all its files" in text
    assert text.endswith("or with --refresh or --no-cache")


def test_a_step_that_is_never_cached_has_no_word_of_it() -> None:
    """Neither of passes nor of what decides."""
    text = "\n".join(lines(cacheable=False, last_run=None, differences=[]))
    assert "pass" not in text
    assert "decide" not in text
    assert "--refresh" not in text


def test_a_step_that_always_runs_says_so() -> None:
    """In place of files."""
    assert "  always: it says always-run" in lines(step=replace(TESTS, always_run=True), cacheable=False)


def test_a_step_without_files_is_decided_by_all() -> None:
    """Every file makes it run, and decides."""
    text = "\n".join(lines(step=step("tests")))
    assert "a file of ** changes" in text
    assert "a file of **\n" in text


def test_types_narrow_what_makes_it_run() -> None:
    """As a person reads them."""
    text = "\n".join(lines(step=replace(TESTS, types=("python", "executable"))))
    assert "a file of *.py changes and is python and executable by its type" in text


def test_long_lists_are_cut() -> None:
    """Twenty of them, and how many more."""
    found = lines(changed=[f"{number}.py" for number in range(1030)], differences=[f"{n} is new" for n in range(21)])
    assert "  and 1,010 more" in found
    assert "  and 1 more" in found
    assert "  19.py" in found
    assert "  20.py" not in found


def test_names_of_any_kind_stay_on_their_line() -> None:
    """Files, steps and reasons."""
    odd = "a\n\x1b[2J\udcff"
    special = {
        "step": step(odd, files=(odd,), cache_env=(odd,)),
        "planned": replace(PLANNED, step=odd, reason=odd),
        "changed": [odd],
        "waits_for": [replace(PLANNED, step=odd, reason=odd)],
        "differences": [f"{odd} is new"],
    }
    assert all(line.isprintable() for line in lines(**special))

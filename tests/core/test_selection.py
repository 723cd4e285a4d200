"""Changed files to decisions, and steps to the edges between them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflow.core import dependencies, selection
from hookflow.core.config import Config, Step
from hookflow.core.selection import Change, Decision, Selector

EVERYTHING = ("a.py", "b.py", "doc.md", "data/x.json")


def tags(path: str) -> set[str]:
    """By ending."""
    return {"python", "text"} if path.endswith(".py") else {"text"}


def selector(*steps: Step, changes: tuple[Change, ...] = (), **keys) -> Selector:
    """A selector over some steps and changes."""
    options = {"stage": "pre-commit", "everything": lambda: EVERYTHING, "tags": tags, "left_out": {}, **keys}
    config = Config(steps=steps, smart_execution=options.pop("smart_execution", True))
    return Selector(config=config, changes=changes, **options)


def decide(*steps: Step, changes: tuple[Change, ...] = (), **keys) -> dict[str, Decision]:
    """What each step has to do."""
    return selector(*steps, changes=changes, **keys).decide(dependencies.data_graph(steps))


LINT = Step(name="lint", run="lint {files}", files=("*.py",))


@pytest.mark.parametrize(
    ("step", "changes", "expected"),
    [
        (LINT, ("a.py", "doc.md"), (True, "1 of its files changed", ("a.py",))),
        (LINT, ("doc.md",), (False, "none of its files changed", ())),
        (LINT, (), (False, "nothing changed", ())),
        (Step(name="x", run="x"), ("doc.md",), (True, "1 of its files changed", ("doc.md",))),
        (Step(name="x", run="x", types=("python",)), ("a.py", "doc.md"), (True, "1 of its files changed", ("a.py",))),
        (Step(name="x", run="x", exclude=("a*",)), ("a.py",), (False, "none of its files changed", ())),
        (Step(name="x", run="x", files=("*.c",), always_run=True), ("a.py",), (True, "always runs", ())),
        (
            Step(name="x", run="x {files}", files=("*.py",), inputs=("data/**",)),
            ("data/x.json",),
            (True, "its input data/x.json changed", ("a.py", "b.py")),
        ),
    ],
)
def test_a_step_runs_when_one_of_its_files_changed(step: Step, changes: tuple[str, ...], expected: tuple) -> None:
    """With the reason, and the files that it is given."""
    found = decide(step, changes=tuple(map(Change, changes)))[step.name]
    assert (found.run, found.reason, found.files) == expected


def test_a_deletion_counts_and_is_not_passed() -> None:
    """A step that wants files and gets none is skipped."""
    whole = Step(name="whole", run="x", files=("*.py",))
    found = decide(LINT, whole, changes=(Change("gone.py", deleted=True),))
    assert found["lint"] == Decision(run=False, reason="no file is left to pass to it")
    assert found["whole"] == Decision(run=True, reason="1 of its files changed")


def test_smart_execution_can_be_off_and_steps_left_out() -> None:
    """Who asked is said."""
    whole = Step(name="whole", run="x", files=("*.c",))
    found = decide(LINT, whole, changes=(Change("a.py"),), smart_execution=False, left_out={"lint": "SKIP"})
    assert found["lint"] == Decision(run=False, reason="left out by SKIP")
    assert found["whole"].reason == "smart execution is off"


def test_who_reads_what_another_makes_runs_when_that_runs() -> None:
    """On all its files."""
    maker = Step(name="maker", run="x", files=("*.md",), outputs=("data/x.json",))
    reader = Step(name="reader", run="x {files}", files=("*.json",))
    found = decide(reader, maker, changes=(Change("doc.md"),))
    assert found["reader"] == Decision(
        run=True, reason="maker makes what it reads", files=("data/x.json",), touched=frozenset({"data/x.json"})
    )


def test_stages_that_are_not_about_files_run_their_steps() -> None:
    """Unless a step names files."""
    plain, python = Step(name="plain", run="x"), Step(name="python", run="x", files=("*.py",))
    found = decide(plain, python, stage="commit-msg")
    assert (found["plain"].run, found["python"].run) == (True, False)


def edges(*steps: Step, fixing: tuple[str, ...] = ()) -> dict[tuple[str, str], list[str]]:
    """The kinds of the reasons of each edge, where every step runs on all its files."""
    data = dependencies.data_graph(steps)
    touched = {
        step.name: selection.Touched(
            filter=selection.FileFilter(step, tags), files=None, writes=step.modifies or step.name in fixing
        )
        for step in steps
    }
    whole = dependencies.full_graph(data, touched)
    return {(edge.before, edge.after): [reason.kind for reason in edge.reasons] for edge in whole.edges}


def test_edges_come_from_needs_outputs_and_writers() -> None:
    """Each with its kind; of writers the first declared goes first, unless data says otherwise."""
    steps = (
        Step(name="check", run="x", files=("*.py",)),
        Step(name="format", run="x", files=("*.py",), modifies=True),
        Step(name="sort", run="x", files=("src/*.py",), modifies=True, needs=("types",)),
        Step(name="types", run="x", files=("*.py",)),
        Step(name="docs", run="x", files=("*.md",), modifies=True),
        Step(name="page", run="x", inputs=("*.html",), files=("*.html",)),
        Step(name="site", run="x", files=("*.rst",), outputs=("site/*.html",)),
    )
    assert edges(*steps) == {
        ("types", "sort"): ["needs"],
        ("site", "page"): ["outputs"],
        ("check", "format"): ["writes"],
        ("format", "types"): ["writes"],
        ("format", "sort"): ["writes"],
    }


def test_a_fix_makes_a_writer() -> None:
    """Only while it may run."""
    steps = (Step(name="a", run="x", fix="y"), Step(name="b", run="x"))
    assert edges(*steps) == {}
    assert edges(*steps, fixing=("a",)) == {("a", "b"): ["writes"]}


PATTERNS = st.sampled_from(["*.py", "*.md", "src/**", "a.py", "**"])


@given(st.data())
def test_any_two_steps_on_a_common_file_of_which_one_writes_are_ordered(data: st.DataObject) -> None:
    """Directly or through others; and never in a circle, whatever needs and writers say."""
    steps: list[Step] = []
    for place in range(data.draw(st.integers(2, 6))):
        names = [step.name for step in steps]
        steps.append(
            Step(
                name=f"s{place}",
                run="x",
                files=(data.draw(PATTERNS),),
                modifies=data.draw(st.booleans()),
                needs=tuple(data.draw(st.lists(st.sampled_from(names), unique=True, max_size=2))) if names else (),
            )
        )
    declared = data.draw(st.permutations(steps))
    found = edges(*declared)
    reach = {step.name: {after for before, after in found if before == step.name} for step in declared}
    for _ in declared:
        reach = {name: after | {far for near in after for far in reach[near]} for name, after in reach.items()}
    assert all(name not in after for name, after in reach.items())
    files = ["a.py", "src/b.py", "src/c.md", "d.md", "e.txt"]
    for first in declared:
        for second in declared:
            filters = [selection.FileFilter(step, tags) for step in (first, second)]
            common = any(all(each.matches(path) for each in filters) for path in files)
            if first is not second and common and (first.modifies or second.modifies):
                assert second.name in reach[first.name] or first.name in reach[second.name]

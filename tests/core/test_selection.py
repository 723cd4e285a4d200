"""Changed files to the files of each step, and whether it has anything to do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PATHS, RULE_LISTS

from hookflow.core import dependencies
from hookflow.core.config import Config, Step
from hookflow.core.patterns import Patterns
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


def test_an_input_counts_whether_it_came_or_went() -> None:
    """Unless the step excludes it; only then are all files asked for."""
    step = Step(name="x", run="x", files=("*.py",), inputs=("data/**",), exclude=("data/old/**",))
    gone = decide(step, changes=(Change("data/y.json", deleted=True),))["x"]
    assert (gone.run, gone.reason, gone.files) == (True, "its input data/y.json changed", ("a.py", "b.py"))
    assert not decide(step, changes=(Change("data/old/z.json"),), everything=None)["x"].run
    assert decide(step, changes=(Change("a.py"),), everything=None)["x"].files == ("a.py",)


@pytest.mark.parametrize("left_out", [{}, {"maker": "--skip"}])
def test_who_reads_what_is_not_made_stays_with_its_own_changes(left_out: dict[str, str]) -> None:
    """Where the maker has nothing to do or is left out."""
    maker = Step(name="maker", run="x", files=("*.c",), outputs=("data/x.json",))
    reader = Step(name="reader", run="x", files=("*.json",))
    found = decide(maker, reader, changes=(Change("doc.md"),), left_out=left_out, everything=None)
    assert not found["reader"].run


def test_a_need_alone_makes_nothing_run() -> None:
    """It is about the order and about failures."""
    first, second = Step(name="first", run="x"), Step(name="second", run="x", files=("*.c",), needs=("first",))
    found = decide(first, second, changes=(Change("a.py"),))
    assert (found["first"].run, found["second"].run) == (True, False)


def test_tags_are_asked_for_only_where_patterns_allow() -> None:
    """To find them, files may have to be opened."""
    asked: list[str] = []

    def recording(path: str) -> set[str]:
        asked.append(path)
        return tags(path)

    step = Step(name="x", run="x", files=("*.py",), types=("python", "text"), exclude=("b*",))
    found = decide(step, changes=tuple(map(Change, ("a.py", "b.py", "doc.md"))), tags=recording)
    assert found["x"].files == ("a.py",)
    assert asked == ["a.py"]


@pytest.mark.parametrize(
    ("run", "fix", "exact"),
    [
        ("x {files}", None, True),
        ("x {files}", "y {files}", True),
        ("x {files}", "y .", False),
        ("x .", None, False),
        (("x", "{files}"), None, True),
    ],
)
def test_what_a_step_touches_is_known_where_it_is_given_nothing_else(run, fix, exact: bool) -> None:
    """Otherwise it is all that its patterns match."""
    step = Step(name="x", run=run, fix=fix, files=("*.py",))
    chosen = selector(step, changes=(Change("a.py"), Change("doc.md")))
    touched = chosen.touched(chosen.decide(dependencies.data_graph([step])))["x"]
    assert touched.files == (frozenset({"a.py"}) if exact else None)
    assert [path for path in EVERYTHING if touched.filter.matches(path)] == ["a.py", "b.py"]


def test_a_writer_is_who_says_so_or_whose_fix_may_run() -> None:
    """Of the steps that run; the others touch nothing."""
    steps = (
        Step(name="check", run="x"),
        Step(name="format", run="x", modifies=True),
        Step(name="mend", run="x", fix="y"),
        Step(name="idle", run="x", fix="y", files=("*.c",)),
    )
    for fixing, writers in ((), ["format"]), (("mend", "idle"), ["format", "mend"]):
        chosen = selector(*steps, changes=(Change("a.py"),), fixing=fixing)
        touched = chosen.touched(chosen.decide(dependencies.data_graph(steps)))
        assert list(touched) == ["check", "format", "mend"]
        assert [name for name, what in touched.items() if what.writes] == writers


def test_changes_count_in_what_a_step_is_given_or_writes() -> None:
    """A writer that is given no files may change all of its own."""
    steps = (
        Step(name="given", run="x {files}", files=("*.py",), modifies=True),
        Step(name="writer", run="x", files=("*.py",), modifies=True),
        Step(name="reader", run="x", files=("*.py",)),
        Step(name="idle", run="x", files=("*.c",), modifies=True),
    )
    chosen = selector(*steps, changes=(Change("a.py"),))
    watched = chosen.watched(chosen.decide(dependencies.data_graph(steps)))
    assert watched == {"given": ("a.py",), "writer": ("a.py", "b.py"), "reader": ("a.py",)}


def test_the_first_of_some_paths() -> None:
    """That is one of the step's files."""
    chosen = selector(LINT)
    assert chosen.first_of(LINT, ["doc.md", "b.py", "a.py"]) == "b.py"
    assert chosen.first_of(LINT, ["doc.md"]) is None


CHANGES = st.lists(st.builds(Change, PATHS, st.booleans()), max_size=8, unique_by=lambda change: change.path)


@given(files=RULE_LISTS, exclude=RULE_LISTS, changes=CHANGES, passes=st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_step_gets_exactly_its_changed_files(files, exclude, changes, passes) -> None:
    """In their order, without the deleted ones; it runs if one changed, and, if it wants files, if one is left."""
    step = Step(name="x", run="x {files}" if passes else "x", files=tuple(files), exclude=tuple(exclude))
    found = decide(step, changes=tuple(changes), everything=None)["x"]
    own = [c for c in changes if Patterns(files).matches(c.path) and not Patterns(exclude).matches(c.path)]
    left = tuple(change.path for change in own if not change.deleted)
    assert found.run == bool(left if passes else own)
    assert found.files == (left if found.run else ())
    assert found.reason


@given(changes=CHANGES)
@settings(max_examples=100, deadline=None)
def test_a_step_without_patterns_concerns_every_file(changes) -> None:
    """It runs on any change."""
    assert decide(Step(name="x", run="x"), changes=tuple(changes))["x"].run == bool(changes)


def test_steps_of_equal_rules_look_at_each_path_once() -> None:
    """A hundred steps of the same files cost as much as one, for what changed and for all files."""
    asked: list[str] = []

    def counting(path: str) -> set[str]:
        asked.append(path)
        return tags(path)

    steps = [Step(name=f"s{number}", run="true", files=("*.py",), types=("python",)) for number in range(100)]
    every = [Step(name=f"i{number}", run="true", types=("python",), inputs=("x.toml",)) for number in range(100)]
    config = Config(steps=(*steps, *every))
    paths = [f"{number}.py" for number in range(50)]
    made = Selector(
        config=config,
        stage="pre-commit",
        changes=[Change(path) for path in [*paths, "x.toml"]],
        everything=lambda: paths,
        tags=counting,
        left_out={},
    )
    decisions = made.decide(dependencies.data_graph(config.steps))
    assert {decision.files for decision in decisions.values()} == {tuple(paths), tuple(sorted(paths))}
    assert len(asked) == 2 * len(paths)

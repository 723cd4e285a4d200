"""A parsed table to a configuration: every key read, every mistake named."""

from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from hookflow.core import keys
from hookflow.core.config import Config, Rate, Resource, Step
from hookflow.core.errors import ConfigurationError, Problem
from hookflow.core.validation import parse

# Of each key of a step: a value, the field's content, and a value that is wrong.
STEP: dict[str, tuple[Any, Any, Any]] = {
    "description": ("text", "text", 3),
    "run": (["a", "{files}"], ("a", "{files}"), ""),
    "fix": ("b {files}", "b {files}", "b '{files}'"),
    "needs": (["other"], ("other",), ["unknown"]),
    "files": (["*.py", "@set"], ("*.py", "docs/**"), ["@unknown"]),
    "types": (["python"], ("python",), ["pyton"]),
    "types-or": (["python"], ("python",), ["pyton"]),
    "exclude-types": (["python"], ("python",), "python"),
    "files-regex": (["^a"], ("^a",), ["("]),
    "exclude-regex": (["b$"], ("b$",), [1]),
    "exclude": (["x"], ("top", "x"), ["a["]),
    "inputs": (["@set"], ("docs/**",), ["../x"]),
    "outputs": (["out/**"], ("out/**",), "out"),
    "stage-fixed": (True, True, "yes"),
    "modifies": (True, True, 1),
    "env": ({"B": "2"}, {"A": "1", "B": "2"}, {"B": 2}),
    "cache-env": (["X"], ("X",), [1]),
    "cwd": ("sub/dir", "sub/dir", "../up"),
    "timeout": ("90s", 90.0, "soon"),
    "cpus": (2, 2, 0),
    "uses": ({"db": 2}, {"db": 2}, ["unknown"]),
    "retries": (1, 1, -1),
    "retry-delay": ("250ms", 0.25, 0),
    "stages": (["pre-commit", "manual", "pre-commit"], ("pre-commit", "manual"), ["precommit"]),
    "always-run": (True, True, None),
    "git-env": (True, True, []),
    "allow-failure": (True, True, "true"),
    "exclusive": (True, True, 0),
    "interactive": (True, True, 1.0),
    "cache": (False, False, "no"),
    "batch": ("auto", "auto", 0),
    "per-file": (True, True, {}),
    "fix-on": (["pre-push"], ("pre-push",), "pre-push"),
    "stdin": (True, True, "x"),
}
TOP: dict[str, tuple[Any, Any, Any]] = {
    "parallel": (True, True, "yes"),
    "jobs": (3, 3, -1),
    "smart-execution": (False, False, 1),
    "cache": (False, False, "x"),
    "fail-fast": (True, True, 1),
    "timeout": (5, None, "x"),
    "stages": (["pre-push"], None, ["x"]),
    "exclude": (["@set"], ("docs/**",), ["!"]),
    "pre-commit": ([], (), "all"),
    "global-inputs": (["*.lock"], ("*.lock",), ["#x"]),
    "venv": (False, False, True),
    "log-retention": (1, 1, 0),
    "unstaged": ("keep", "keep", "hidden"),
    "link": (["env", "a/b"], ("env", "a/b"), ["../x"]),
    "projects": (["services/*/", "!services/old"], ("services/*", "!services/old"), ["./services"]),
}
TYPES = frozenset({"python", "text"})


def table(step: dict[str, Any] | None = None, **top: Any) -> dict[str, Any]:
    """A valid table with a step `a` that has these keys."""
    return {
        "env": {"A": "1"},
        "exclude": ["top"],
        "file-sets": {"set": ["docs/**"]},
        "resources": {"db": {"slots": 2}},
        "steps": {
            "other": {"run": "true", "stages": ["pre-commit", "manual", "pre-push"]},
            "a": {"run": "true", **(step or {})},
        },
        **top,
    }


def problems(values: object) -> tuple[Problem, ...]:
    """Everything that is wrong with a table."""
    with pytest.raises(ConfigurationError) as caught:
        parse(values, known_types=lambda: TYPES)
    return caught.value.problems


def read(values: object) -> Config:
    """A valid table's configuration."""
    return parse(values, known_types=lambda: TYPES)


def test_the_tables_of_this_test_are_complete() -> None:
    """A new key needs a row."""
    assert STEP.keys() == keys.STEP.keys()
    assert TOP.keys() == keys.TOP.keys()


@pytest.mark.parametrize("key", STEP)
def test_each_key_of_a_step_is_read_into_its_field(key: str) -> None:
    """And a wrong value gives exactly one problem, at that key."""
    good, content, bad = STEP[key]
    assert getattr(read(table({key: good})).step("a"), keys.STEP[key].field) == content
    (problem,) = problems(table({key: bad}))
    assert problem.path == ("tool", "hookflow", "steps", "a", key)


@pytest.mark.parametrize("key", TOP)
def test_each_key_of_the_top_is_read_into_its_field(key: str) -> None:
    """And a wrong value gives exactly one problem, at that key."""
    good, content, bad = TOP[key]
    if content is not None:
        assert getattr(read(table(**{key: good})), keys.TOP[key].field) == content
    found = [problem.path for problem in problems(table(**{key: bad}))]
    assert found == [("tool", "hookflow", key)]


def test_defaults_of_the_top_are_the_steps_unless_they_say_otherwise() -> None:
    """Timeout and stages."""
    config = read(
        {"timeout": "1m", "stages": ["manual"], "steps": {"a": {"run": "x"}, "b": {"run": "x", "timeout": 5}}}
    )
    assert config.steps == (
        Step(name="a", run="x", timeout=60.0, stages=("manual",)),
        Step(name="b", run="x", timeout=5.0, stages=("manual",)),
    )


def test_resources_are_read() -> None:
    """With their limits."""
    config = read(table(resources={"db": {"slots": 2}, "ai": {"rate": "30/min", "scope": "machine"}}))
    assert config.resources == {
        "db": Resource(name="db", slots=2),
        "ai": Resource(name="ai", rate=Rate(30, 60.0), scope="machine"),
    }


@pytest.mark.parametrize(
    ("values", "path", "said"),
    [
        (3, (), "expected a table"),
        ({}, ("steps",), "missing; expected at least one"),
        ({"steps": {}}, ("steps",), "missing"),
        ({"steps": {"a": 3}}, ("steps", "a"), "expected a table"),
        ({"steps": {"a": {}}}, ("steps", "a", "run"), "missing; expected a command"),
        ({"steps": {"a b": {"run": "x"}}}, ("steps", "a b"), "free text goes into description"),
        ({"steps": {"..": {"run": "x"}}}, ("steps", ".."), "letters and digits"),
        (table(file_sets={}), ("file_sets",), "did you mean file-sets?"),
        (table({"need": []}), ("steps", "a", "need"), "unknown key; did you mean needs?"),
        (table({"uses": {"db": 3}}), ("steps", "a", "uses"), "3 units of db are more than its 2 slots"),
        (table({"stages": ["post-merge"], "needs": ["other"]}), ("steps", "a", "needs"), "other does not run in stage"),
        (table(resources={"db": {"slots": 2, "scope": "world"}}), ("resources", "db", "scope"), "found 'world'"),
        (table(resources={"db": {"slots": 2, "rate": "fast"}}), ("resources", "db", "rate"), "30/min"),
        (table(env={"A=B": "x"}), ("env",), "cannot be the name"),
        (table({"run": "a\0b"}), ("steps", "a", "run"), "NUL"),
    ],
)
def test_mistakes_are_named(values: object, path: tuple[str, ...], said: str) -> None:
    """Where they are, and what was expected."""
    (problem,) = problems(values)
    assert problem.path == ("tool", "hookflow", *path)
    assert said in problem.message


def test_a_cycle_is_found_beside_other_mistakes() -> None:
    """All problems of a file together."""
    steps = {"a": {"run": "x", "needs": ["b"]}, "b": {"run": "x", "needs": ["a"]}, "c": {"rum": "x"}}
    messages = [problem.message for problem in problems({"steps": steps})]
    assert any(message.startswith("cycle: a -> b -> a") for message in messages)
    assert len(messages) == 3


def test_a_cycle_of_outputs_is_found() -> None:
    """Without any needs."""
    steps = {
        "a": {"run": "x", "outputs": ["a.txt"], "inputs": ["b.txt"]},
        "b": {"run": "x", "outputs": ["b.txt"], "inputs": ["a.txt"]},
    }
    (problem,) = problems({"steps": steps})
    assert "a makes a.txt, which b reads" in problem.message


@pytest.mark.parametrize("name", ["end", "größe", "日本語", "1", "a.b-c_d", "ёлка", "e\u0301"])
def test_names_of_any_script_are_fine(name: str) -> None:
    """Letters, marks and digits."""
    assert read({"steps": {name: {"run": "x"}}}).steps[0].name == name


@pytest.mark.parametrize("name", ["", ".", "-_.", "a b", "a/b", "a\n", "a{files}", "\u0301", "a\u200b"])
def test_other_names_are_refused(name: str) -> None:
    """Among them those that could not name a log."""
    (problem,) = problems({"steps": {name: {"run": "x"}}})
    assert problem.path == ("tool", "hookflow", "steps", name)


def test_all_problems_are_told_together() -> None:
    """Each at its own place, in the order of the file within a table."""
    found = problems(
        {
            "job": 3,
            "jobs": "x",
            "resources": {"db": {"slot": 1}},
            "file-sets": {"set": ["a["]},
            "steps": {"a": {"run": "x", "files": ["@sets", "b["], "needs": ["c"]}, "b": {}},
        }
    )
    assert [".".join(problem.path[2:]) for problem in found] == [
        "job",
        "jobs",
        "file-sets.set",
        "resources.db.slot",
        "steps.a.files",
        "steps.a.files",
        "steps.b.run",
        "steps.a.needs",
    ]


def test_environments_and_exclusions_of_the_top_come_first() -> None:
    """A step adds to them; its own variables win."""
    config = read(table({"env": {"A": "2"}, "exclude": ["x", "@set"]}))
    assert config.step("a").env == {"A": "2"}
    assert config.step("a").exclude == ("top", "x", "docs/**")
    assert config.step("other").env == {"A": "1"}
    assert config.exclude == ("top",)


def test_a_cycle_is_told_once_whatever_its_stages() -> None:
    """And only where all of it runs in one stage."""
    stages = ["pre-commit", "pre-push"]
    steps = {name: {"run": "x", "stages": stages, "needs": [need]} for name, need in ("ab", "ba")}
    (problem,) = problems({"steps": steps})
    assert problem.path == ("tool", "hookflow", "steps", "a", "needs")
    steps = {
        name: {"run": "x", "stages": [stage], "inputs": [reads], "outputs": [makes]}
        for name, stage, reads, makes in (("a", "pre-commit", "x", "y"), ("b", "pre-push", "y", "x"))
    }
    assert len(read({"steps": steps}).steps) == 2


def test_types_are_asked_for_only_where_a_step_names_some() -> None:
    """Loading them takes time."""
    assert parse(table(), known_types=None).step("a").types == ()
    assert parse(table({"types": ["whatever"]})).step("a").types == ("whatever",)


def test_lookups_of_a_configuration() -> None:
    """Steps by name, which must exist, and by stage, in the order of declaration."""
    config = read(table())
    assert [step.name for step in config.of_stage("pre-commit")] == ["other", "a"]
    assert [step.name for step in config.of_stage("manual")] == ["other"]
    assert config.of_stage("post-merge") == ()
    with pytest.raises(KeyError):
        config.step("b")


VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-1, 3),
        st.floats(),
        st.sampled_from(["a", "b", "@set", "a{files}", "x {files}", "[", "1s", "pre-commit", ""]),
        st.text(max_size=3),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from("ab"), inner, max_size=2)),
    max_leaves=4,
)
STEPS = st.dictionaries(
    st.sampled_from("ab"), st.one_of(st.dictionaries(st.sampled_from([*STEP, "x"]), VALUES), VALUES), max_size=2
)
TABLES = st.dictionaries(st.sampled_from([*TOP, "env", "file-sets", "resources", "x"]), VALUES, max_size=4)


@given(values=st.one_of(VALUES, TABLES, st.tuples(TABLES, STEPS).map(lambda pair: {**pair[0], "steps": pair[1]})))
@settings(max_examples=200, deadline=None)
def test_any_table_is_a_configuration_or_says_what_is_wrong(values: Any) -> None:
    """Nothing that a file can hold makes reading it fail in another way."""
    found: tuple[Problem, ...] = ()
    try:
        read(values)
    except ConfigurationError as error:
        found = error.problems
        event("refused")
    assert all(problem.path[:2] == ("tool", "hookflow") and problem.message for problem in found)
    assert found or (isinstance(values, dict) and values["steps"])

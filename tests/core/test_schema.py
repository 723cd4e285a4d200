"""The JSON Schema against every configuration of the tests: it takes the valid ones and refuses the others."""

import ast
import contextlib
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import identify.identify
import pytest
import test_validation
from hypothesis import event, given, settings
from jsonschema import Draft7Validator
from test_validation import STEP, STEPS, TABLES, TOP, TYPES, VALUES, table

from hookflow.core import keys, schema
from hookflow.core.config import Config, Resource, Step
from hookflow.core.errors import ConfigurationError
from hookflow.core.validation import parse

ROOT = Path(__file__).parents[2]
TYPES_OF_FILES = TYPES | identify.identify.ALL_TAGS

# What validation refuses and no schema can know, by its words.
BEYOND_A_SCHEMA = (
    "^unknown step ",
    "^unknown resource ",
    "^unknown hook",
    "is not a regular expression",
    "^unknown file set ",
    "^unknown file type ",
    " does not run in stage ",
    " units of .* are more than its ",
    "^cycle: ",
    # a string is a shell's program; of a list, only a shell knows that an argument is its script
    r"^\{(files|args)\} (is inside|must be a word of its own|would be run as a script)",
    # a bracket that is not closed, and the like
    "is not a gitignore pattern",
    # which of the signs beyond ASCII are letters
    "^a step's name is letters and digits of any script",
    # JSON has one kind of number, and no NaN
    "expected an integer, found a number",
    r"expected a number of units of at least 1, found \d+\.0$",
    ", found nan$",
)
# One of each, which the schema takes: a line above that is not needed would hide a mistake of the schema.
NEEDED = [
    table({"needs": ["unknown"]}),
    table({"uses": ["unknown"]}),
    table(**{"pre-commit": ["unknown"]}),
    table({"files-regex": ["("]}),
    table({"files": ["@unknown"]}),
    table({"types": ["pyton"]}),
    table({"stages": ["post-merge"], "needs": ["other"]}),
    table({"uses": {"db": 3}}),
    table({"needs": ["a"]}),
    table({"run": "x '{files}'"}),
    table({"files": ["a["]}),
    {"steps": {"a\u200b": {"run": "x"}}},
    table(jobs=1.0),
    table({"uses": {"db": 1.0}}),
    table(timeout=float("nan")),
]


def problems(values: object) -> list[str]:
    """What validation says."""
    try:
        parse(values, known_types=lambda: TYPES_OF_FILES)
    except ConfigurationError as error:
        return [problem.message for problem in error.problems]
    return []


def is_beyond(message: str) -> bool:
    """Whether no schema could have known it."""
    return any(re.search(pattern, message) for pattern in BEYOND_A_SCHEMA)


def check(values: object) -> None:
    """Schema and validation say the same of a table, but for what no schema can know."""
    found = problems(values)
    taken = Draft7Validator(schema.table()).is_valid(values)
    if not found:
        assert taken, list(Draft7Validator(schema.table()).iter_errors(values))
    elif not all(map(is_beyond, found)):
        assert not taken, found


def calls(file: Path, *functions: str) -> Iterator[ast.expr]:
    """The first argument of every call of some functions or methods in a file."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and node.args:
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            if name in functions:
                yield node.args[0]


def tables_of_test_validation() -> Iterator[object]:
    """Every table there that is not made of a test's own variables, and each key's values, good and bad."""
    for test in vars(test_validation).values():
        for mark in getattr(test, "pytestmark", ()):
            if mark.name == "parametrize" and "values" in mark.args[0]:
                yield from (row[0] for row in mark.args[1])
            if mark.name == "parametrize" and mark.args[0] == "name":
                yield from ({"steps": {name: {"run": "x"}}} for name in mark.args[1])
    for argument in calls(Path(test_validation.__file__), "read", "problems", "parse"):
        try:
            yield eval(compile(ast.Expression(argument), "table", "eval"), dict(vars(test_validation)))
        except NameError:  # made of the test's own variables
            continue
    for key, (good, _, bad) in STEP.items():
        yield from (table({key: value}) for value in (good, bad))
    for key, (good, _, bad) in TOP.items():
        yield from (table(**{key: value}) for value in (good, bad))


def texts_of_files() -> Iterator[str]:
    """Every configuration in TOML: examples, our own, documentation, and what tests write."""
    for path in (ROOT / "pyproject.toml", *(ROOT / "examples").glob("*/pyproject.toml")):
        yield path.read_text(encoding="utf-8")
    for path in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").glob("*/README.md")):
        yield from re.findall(r"^```toml\n(.*?)^```", path.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    for path in (ROOT / "tests").rglob("test_*.py"):
        for argument in calls(path, "configure"):
            if isinstance(argument, ast.Constant):  # with the names of tables as `Project.configure` completes them
                yield "[tool.hookflow]\n" + re.sub("^\\[", "[tool.hookflow.", argument.value, flags=re.MULTILINE)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and "[tool.hookflow" in node.value:
                yield node.value


def tables_of_files() -> list[Any]:
    """Those of them that are TOML and have the table."""
    found = []
    for text in texts_of_files():
        with contextlib.suppress(tomllib.TOMLDecodeError, KeyError, TypeError):
            found.append(tomllib.loads(text)["tool"]["hookflow"])
    return found


def test_the_schema_is_a_schema() -> None:
    """Of draft-07, and JSON."""
    for made in (schema.table(), schema.whole_file()):
        Draft7Validator.check_schema(json.loads(json.dumps(made)))


def test_configurations_of_the_tests_of_validation() -> None:
    """Good ones and bad ones."""
    found = list(tables_of_test_validation())
    assert len(found) > 120
    for values in found:
        check(values)


def test_configurations_in_files() -> None:
    """The project's own, the examples', the documentation's, and all that tests write."""
    found = tables_of_files()
    assert len(found) > 80
    for values in found:
        check(values)


@pytest.mark.parametrize(("place", "values"), list(enumerate(NEEDED)))
def test_what_no_schema_can_know_is_taken(place, values) -> None:
    """Each exception of this test is one."""
    (message,) = problems(values)
    assert re.search(BEYOND_A_SCHEMA[place], message)
    assert Draft7Validator(schema.table()).is_valid(values)


@given(values=VALUES | TABLES | STEPS.map(lambda steps: table(steps=steps)) | STEPS.map(lambda steps: {"steps": steps}))
@settings(max_examples=300, deadline=None)
def test_any_table_is_judged_alike(values: Any) -> None:
    """Whatever a file can hold."""
    event("taken" if Draft7Validator(schema.table()).is_valid(values) else "refused")
    check(values)


def test_every_key_is_described_and_has_its_default() -> None:
    """In a sentence, as the records have it."""
    top = schema.table()["properties"]
    step = top["steps"]["additionalProperties"]["properties"]
    resource = top["resources"]["additionalProperties"]["properties"]
    assert top.keys() == keys.TOP.keys() | keys.TABLES.keys()
    assert (step.keys(), resource.keys()) == (keys.STEP.keys(), keys.RESOURCE.keys())
    assert all(part["description"] for properties in (top, step, resource) for part in properties.values())
    records = ((step, Step(name="x", run="x")), (resource, Resource(name="x")), (top, Config()))
    for properties, record in records:
        for key, part in properties.items():
            if "default" in part and key not in {"timeout", "stages"}:
                default = getattr(record, key.replace("-", "_"))
                assert part["default"] == (list(default) if isinstance(default, tuple) else default), key
    assert top["stages"]["default"] == ["pre-commit"]
    assert "default" not in step["stages"]


def test_defaults_fit_their_own_schema() -> None:
    """Each could be written out."""
    top = schema.table()["properties"]
    for properties in (top, top["steps"]["additionalProperties"]["properties"]):
        for part in properties.values():
            if "default" in part:
                Draft7Validator(part).validate(part["default"])


def test_the_schema_of_a_whole_file_looks_at_our_table_only() -> None:
    """Whatever else stands there."""
    whole = Draft7Validator(schema.whole_file())
    assert whole.is_valid({"project": {"name": "x"}, "tool": {"ruff": {}, "hookflow": {"steps": {"a": {"run": "x"}}}}})
    assert whole.is_valid({})
    assert not whole.is_valid({"tool": {"hookflow": {"steps": {"a": {"rum": "x"}}}}})

"""How single values are read, what a person is told instead, and the schema of each."""

import jsonschema
import pytest

from hookflow.core import readers
from hookflow.core.config import GIT_HOOKS
from hookflow.core.readers import Expected

GOOD = [
    (readers.boolean, False, False),
    (readers.text, "", ""),
    (readers.texts, [], ()),
    (readers.integer(0), 0, 0),
    (readers.integer(0), 10**30, 10**30),
    (readers.choice("hide", "keep"), "keep", "keep"),
    (readers.stages, [*GIT_HOOKS, "manual"], (*GIT_HOOKS, "manual")),
    (readers.runnable, "lint {files} {args}", "lint {files} {args}"),
    (readers.runnable, ["lint", "", "{files}"], ("lint", "", "{files}")),
    (readers.environment, {}, {}),
    (readers.environment, {"A": "", "b.c": "x=y\n"}, {"A": "", "b.c": "x=y\n"}),
    (readers.directory, ".", "."),
    (readers.directory, "a/..b", "a/..b"),
    (readers.virtual_environment, "auto", "auto"),
    (readers.virtual_environment, False, False),
    (readers.batch, 1, 1),
    (readers.batch, "one", "one"),
    (readers.demands, ["a", "b", "a"], {"a": 1, "b": 1}),
    (readers.demands, {"a": 3}, {"a": 3}),
]
BAD = [
    (readers.boolean, 1, "expected true or false, found an integer"),
    (readers.boolean, "true", "found a string"),
    (readers.text, None, "expected a string, found NoneType"),
    (readers.text, {}, "found a table"),
    (readers.text, "a\0", "a NUL character"),
    (readers.texts, "a", "expected a list of strings, found a string"),
    (readers.texts, ["a", 1.5], "found a number in it"),
    (readers.texts, ["a", "\0"], "a NUL character"),
    (readers.integer(1), 0, "expected an integer of at least 1, found 0"),
    (readers.integer(0), True, "expected an integer, found a boolean"),
    (readers.integer(0), 1.0, "expected an integer, found a number"),
    (readers.choice("hide", "keep"), "hid", "expected one of hide, keep, found 'hid'; did you mean hide?"),
    (readers.duration, "soon", "found 'soon'"),
    (readers.duration, 0, "expected a duration"),
    (readers.duration, 10**400, "expected a duration"),
    (readers.rate, 30, "expected a rate"),
    (readers.stages, ["pre-comit"], "unknown stage 'pre-comit'"),
    (readers.stages, ["pre-comit"], "did you mean pre-commit?"),
    (readers.stages, ["post-receive"], "unknown stage"),
    (readers.runnable, "", "found nothing to run"),
    (readers.runnable, " \n", "found nothing to run"),
    (readers.runnable, [], "found nothing to run"),
    (readers.runnable, ["", "x"], "found nothing to run"),
    (readers.runnable, 3, "expected a command"),
    (readers.runnable, "echo '{files}'", "inside single quotes"),
    (readers.runnable, ["echo", "x{args}"], "an entry of its own"),
    (readers.environment, [], "expected a table of strings, found a list"),
    (readers.environment, {"": "x"}, "cannot be the name"),
    (readers.environment, {"A\0": "x"}, "cannot be the name"),
    (readers.environment, {"A": 1}, "A: expected a string, found an integer"),
    (readers.environment, {"A": "\0"}, "a NUL character"),
    (readers.directory, "", "relative to its root"),
    (readers.directory, "/etc", "relative to its root"),
    (readers.directory, "a/../..", "relative to its root"),
    (readers.virtual_environment, True, 'expected "auto", a path, or false'),
    (readers.virtual_environment, "", 'expected "auto", a path, or false'),
    (readers.batch, "all", "expected one of one, auto"),
    (readers.batch, 0, "at least 1"),
    (readers.batch, True, 'expected "one", "auto", or a number of files'),
    (readers.demands, {"a": 0}, "a: expected a number of units of at least 1, found 0"),
    (readers.demands, {"a": True}, "found True"),
    (readers.demands, "a", "expected a list of resources, or a table of units"),
    (readers.demands, [1], "found an integer in it"),
]
# What a reader refuses and its schema cannot: an integer written as a float is the same number in JSON, and what a
# shell makes of a string is no matter of single characters.
BEYOND_SCHEMAS = ("expected an integer, found a number", "inside single quotes")


@pytest.mark.parametrize(("read", "value", "content"), GOOD)
def test_good_values_are_read(read, value, content) -> None:
    """Into what the record holds."""
    assert read(value) == content


@pytest.mark.parametrize(("read", "value", "said"), BAD)
def test_bad_values_are_told_with_what_should_have_stood_there(read, value, said) -> None:
    """In words of TOML, with what was found."""
    with pytest.raises(Expected) as caught:
        read(value)
    assert said in str(caught.value)


@pytest.mark.parametrize(("read", "value", "content"), GOOD)
def test_the_schema_takes_what_the_reader_takes(read, value, content) -> None:
    """Every good value."""
    assert jsonschema.Draft7Validator(read.schema).is_valid(value), content


@pytest.mark.parametrize(("read", "value", "said"), BAD)
def test_the_schema_refuses_what_the_reader_refuses(read, value, said) -> None:
    """But for what no schema can know."""
    assert jsonschema.Draft7Validator(read.schema).is_valid(value) == (said in BEYOND_SCHEMAS)

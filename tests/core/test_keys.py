"""How single values are read, and what a person is told instead."""

from dataclasses import fields

import pytest

from hookflow.core import keys
from hookflow.core.config import GIT_HOOKS, Config, Resource, Step
from hookflow.core.keys import Expected


@pytest.mark.parametrize(
    ("read", "value", "content"),
    [
        (keys.boolean, False, False),
        (keys.text, "", ""),
        (keys.texts, [], ()),
        (keys.integer(0), 0, 0),
        (keys.integer(0), 10**30, 10**30),
        (keys.choice("hide", "keep"), "keep", "keep"),
        (keys.stages, [*GIT_HOOKS, "manual"], (*GIT_HOOKS, "manual")),
        (keys.runnable, "lint {files} {args}", "lint {files} {args}"),
        (keys.runnable, ["lint", "", "{files}"], ("lint", "", "{files}")),
        (keys.environment, {}, {}),
        (keys.environment, {"A": "", "b.c": "x=y\n"}, {"A": "", "b.c": "x=y\n"}),
        (keys.directory, ".", "."),
        (keys.directory, "a/..b", "a/..b"),
        (keys.virtual_environment, "auto", "auto"),
        (keys.virtual_environment, False, False),
        (keys.batch, 1, 1),
        (keys.batch, "one", "one"),
        (keys.demands, ["a", "b", "a"], {"a": 1, "b": 1}),
        (keys.demands, {"a": 3}, {"a": 3}),
    ],
)
def test_good_values_are_read(read, value, content) -> None:
    """Into what the record holds."""
    assert read(value) == content


@pytest.mark.parametrize(
    ("read", "value", "said"),
    [
        (keys.boolean, 1, "expected true or false, found an integer"),
        (keys.boolean, "true", "found a string"),
        (keys.text, None, "expected a string, found NoneType"),
        (keys.text, {}, "found a table"),
        (keys.text, "a\0", "a NUL character"),
        (keys.texts, "a", "expected a list of strings, found a string"),
        (keys.texts, ["a", 1.5], "found a number in it"),
        (keys.texts, ["a", "\0"], "a NUL character"),
        (keys.integer(1), 0, "expected an integer of at least 1, found 0"),
        (keys.integer(0), True, "expected an integer, found a boolean"),
        (keys.integer(0), 1.0, "expected an integer, found a number"),
        (keys.choice("hide", "keep"), "hid", "expected one of hide, keep, found 'hid'; did you mean hide?"),
        (keys.duration, "soon", "found 'soon'"),
        (keys.duration, 0, "expected a duration"),
        (keys.duration, 10**400, "expected a duration"),
        (keys.rate, 30, "expected a rate"),
        (keys.stages, ["pre-comit"], "unknown stage 'pre-comit'"),
        (keys.stages, ["pre-comit"], "did you mean pre-commit?"),
        (keys.stages, ["post-receive"], "unknown stage"),
        (keys.runnable, "", "found nothing to run"),
        (keys.runnable, " \n", "found nothing to run"),
        (keys.runnable, [], "found nothing to run"),
        (keys.runnable, ["", "x"], "found nothing to run"),
        (keys.runnable, 3, "expected a command"),
        (keys.runnable, "echo '{files}'", "inside single quotes"),
        (keys.runnable, ["echo", "x{args}"], "an entry of its own"),
        (keys.environment, [], "expected a table of strings, found a list"),
        (keys.environment, {"": "x"}, "cannot be the name"),
        (keys.environment, {"A\0": "x"}, "cannot be the name"),
        (keys.environment, {"A": 1}, "A: expected a string, found an integer"),
        (keys.environment, {"A": "\0"}, "a NUL character"),
        (keys.directory, "", "relative to its root"),
        (keys.directory, "/etc", "relative to its root"),
        (keys.directory, "a/../..", "relative to its root"),
        (keys.virtual_environment, True, 'expected "auto", a path, or false'),
        (keys.virtual_environment, "", 'expected "auto", a path, or false'),
        (keys.batch, "all", "expected one of one, auto"),
        (keys.batch, 0, "at least 1"),
        (keys.batch, True, 'expected "one", "auto", or a number of files'),
        (keys.demands, {"a": 0}, "a: expected a number of units of at least 1, found 0"),
        (keys.demands, {"a": True}, "found True"),
        (keys.demands, "a", "expected a list of resources, or a table of units"),
        (keys.demands, [1], "found an integer in it"),
    ],
)
def test_bad_values_are_told_with_what_should_have_stood_there(read, value, said) -> None:
    """In words of TOML, with what was found."""
    with pytest.raises(Expected) as caught:
        read(value)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("table", "record", "besides"),
    [
        (keys.STEP, Step, {"name"}),
        (keys.RESOURCE, Resource, {"name"}),
        (keys.TOP, Config, {"steps", "resources"}),
    ],
)
def test_every_field_has_its_key(table, record, besides) -> None:
    """In kebab-case; the defaults for steps, ``timeout`` and ``stages``, are merged into these."""
    filled = {key.field for key in table.values()} - ({"timeout", "stages"} if record is Config else set())
    assert filled == {field.name for field in fields(record)} - besides
    assert list(table) == [key.field.replace("_", "-") for key in table.values()]

"""How a single value of ``[tool.hookflow]`` is read, and the JSON Schema of what can be read.

A reader returns the value of a record's field, or raises `Expected` with what should have stood there. Its
schema stands right above it and takes every value that it takes; what a schema cannot know (whether a name
exists, what a shell would make of a command) only the reader refuses. (A validation library would stop at the
first error, or would not know our names; all errors of a file are to be reported together.)

The schemas are draft-07. Their regular expressions mean the same to ECMAScript, Python and Rust, and have no
``$``, which to Python is also before a last newline.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from hookflow.core import command, durations
from hookflow.core.config import STAGES, Command
from hookflow.core.names import did_you_mean
from hookflow.core.structs import Struct

Content = TypeVar("Content", covariant=True)  # noqa: PLC0105 (its name is for those who read a signature)
Schema = Mapping[str, Any]


class Expected(Exception):  # noqa: N818 (it names what the user should have written)
    """The value is not what the key takes; the text says what was expected."""


class Reader(Struct, Generic[Content], frozen=True):
    """Reads a value when it is called.

    Attributes:
        read: Returns the content; raises `Expected`.
        schema: The JSON Schema (draft-07) of the values that it takes.
    """

    read: Callable[[Any], Content]
    schema: Schema

    def __call__(self, value: Any) -> Content:
        """The content of `value`.

        Raises:
            Expected: It is not what the reader takes.
        """
        return self.read(value)


def _reader(schema: Schema) -> Callable[[Callable[[Any], Content]], Reader[Content]]:
    """Make a reader of the decorated function."""
    return lambda read: Reader(read, schema)


def _found(value: object) -> str:
    names = {
        str: "a string",
        bool: "a boolean",
        int: "an integer",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return names.get(type(value), type(value).__name__)


def _mismatch(expected: str, value: object) -> Expected:
    return Expected(f"expected {expected}, found {_found(value)}")


@_reader({"type": "boolean"})
def boolean(value: object) -> bool:
    """``true`` or ``false``."""
    if isinstance(value, bool):
        return value
    raise _mismatch("true or false", value)


@_reader({"type": "string", "not": {"pattern": r"\x00"}})
def text(value: object) -> str:
    """Any string without a NUL character (no program can be given one)."""
    if not isinstance(value, str):
        raise _mismatch("a string", value)
    if "\0" in value:
        raise Expected("a NUL character cannot be handed to a program")
    return value


def integer(least: int) -> Reader[int]:
    """An integer of at least `least`."""

    @_reader({"type": "integer", "minimum": least})
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _mismatch("an integer", value)
        if value < least:
            raise Expected(f"expected an integer of at least {least}, found {value}")
        return value

    return read


@_reader({"type": "array", "items": text.schema})
def texts(value: object) -> tuple[str, ...]:
    """A list of strings."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _mismatch("a list of strings", value) if not isinstance(value, list) else _odd_item(value)
    return tuple(text(item) for item in value)


def _odd_item(value: Sequence[object]) -> Expected:
    odd = next(item for item in value if not isinstance(item, str))
    return Expected(f"expected a list of strings, found {_found(odd)} in it")


@_reader({"type": "array", "items": text.schema})
def regexes(value: object) -> tuple[str, ...]:
    """A list of Python regular expressions."""
    for expression in (expressions := texts(value)):
        try:
            re.compile(expression)
        except re.error as error:
            raise Expected(f"{expression!r} is not a regular expression: {error}") from None
    return expressions


@_reader({"anyOf": [boolean.schema, texts.schema]})
def hook_choice(value: object) -> bool | tuple[str, ...]:
    """Whether all hooks are meant, or which."""
    if isinstance(value, bool | list):
        return value if isinstance(value, bool) else texts(value)
    raise _mismatch("true, false, or a list of hooks", value)


# What `hookflow.core.patterns.problem` refuses, as far as one expression can say it: nothing, a comment, a
# control character, empty parts and dots between slashes, classes of POSIX.
_NO_PATTERN = r"^!?\s*(?![\s\S])|^#|[\x00\x1a]|//|(^!?|/)\.\.?(/|(?![\s\S]))|\[\[:"
_PATTERN: Schema = {"type": "string", "not": {"pattern": _NO_PATTERN}}

plain_patterns = Reader(texts.read, {"type": "array", "items": _PATTERN})
"""A list of patterns, which `hookflow.core.validation` then checks."""

patterns = Reader(texts.read, {"type": "array", "items": {"anyOf": [{"type": "string", "pattern": "^@"}, _PATTERN]}})
"""A list of patterns and of names of file sets."""


def choice(*known: str) -> Reader[str]:
    """One of some words."""

    @_reader({"type": "string", "enum": list(known)})
    def read(value: object) -> str:
        word = text(value)
        if word not in known:
            raise Expected(f"expected one of {', '.join(known)}, found {word!r}{did_you_mean(word, known)}")
        return word

    return read


@_reader(
    {
        "anyOf": [
            {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": durations.MOST},
            {"type": "string", "pattern": f"^{durations.DURATION}(?![\\s\\S])"},
        ]
    }
)
def duration(value: object) -> float:
    """A time in seconds."""
    seconds = durations.parse_duration(value)
    if seconds is None:
        raise Expected(f"expected {durations.DURATION_FORM}, found {value!r}")
    return seconds


@_reader({"type": "string", "pattern": f"^{durations.RATE}(?![\\s\\S])"})
def rate(value: object) -> object:
    """A rate such as ``"30/min"``."""
    parsed = durations.parse_rate(value)
    if parsed is None:
        raise Expected(f"expected {durations.RATE_FORM}, found {value!r}")
    return parsed


@_reader({"type": "array", "items": {"enum": list(STAGES)}})
def stages(value: object) -> tuple[str, ...]:
    """A list of stage names, without repetition."""
    for name in (names := texts(value)):
        if name not in STAGES:
            raise Expected(
                f'unknown stage {name!r}; stages are git hook names and "manual"{did_you_mean(name, STAGES)}'
            )
    return tuple(dict.fromkeys(names))


_ARGUMENT: Schema = {
    "type": "string",
    "anyOf": [{"enum": ["{files}", "{args}"]}, {"not": {"pattern": r"\{(files|args)\}|\x00"}}],
}
_PROGRAM: Schema = {**_ARGUMENT, "pattern": r"\S"}


@_reader(
    {
        "anyOf": [
            {"type": "string", "pattern": r"\S", "not": {"pattern": r"\x00"}},
            {"type": "array", "minItems": 1, "items": [_PROGRAM], "additionalItems": _ARGUMENT},
        ]
    }
)
def runnable(value: object) -> Command:
    """A command: a string for ``sh -c``, or a list of arguments."""
    if not isinstance(value, str | list):
        raise _mismatch("a command (a string, or a list of strings)", value)
    parsed: Command = text(value) if isinstance(value, str) else texts(value)
    if not parsed or not parsed[0].strip():
        raise Expected("expected a command, found nothing to run")
    for problem in command.problems(parsed):
        raise Expected(problem)
    return parsed


@_reader(
    {
        "type": "object",
        "propertyNames": {"minLength": 1, "not": {"pattern": r"[=\x00]"}},
        "additionalProperties": text.schema,
    }
)
def environment(value: object) -> Mapping[str, str]:
    """A table of environment variables."""
    if not isinstance(value, dict):
        raise _mismatch("a table of strings", value)
    for name, content in value.items():
        if not name or "=" in name or "\0" in name:
            raise Expected(f"{name!r} cannot be the name of an environment variable")
        if not isinstance(content, str):
            raise Expected(f"{name}: {_mismatch('a string', content)}")
        text(content)
    return dict(value)


@_reader({"type": "string", "minLength": 1, "not": {"pattern": r"^/|(^|/)\.\.(/|(?![\s\S]))|\x00"}})
def directory(value: object) -> str:
    """A directory inside the repository, relative to its root."""
    path = text(value)
    if path.startswith("/") or ".." in path.split("/") or not path:
        raise Expected(f"expected a directory inside the repository, relative to its root, found {path!r}")
    return path


@_reader({"type": "array", "items": directory.schema})
def directories(value: object) -> tuple[str, ...]:
    """A list of directories inside the repository."""
    return tuple(directory(path) for path in texts(value))


@_reader({"anyOf": [{"const": False}, {"type": "string", "minLength": 1}]})
def virtual_environment(value: object) -> object:
    """``"auto"``, a path, or ``false``."""
    if value is False or (isinstance(value, str) and value):
        return value
    raise _mismatch('"auto", a path, or false', value)


_FILES_PER_PROCESS = integer(1)
_WAYS_TO_SPLIT = choice("one", "auto")


@_reader({"anyOf": [_WAYS_TO_SPLIT.schema, _FILES_PER_PROCESS.schema]})
def batch(value: object) -> object:
    """``"one"``, ``"auto"``, or a number of files per process."""
    if isinstance(value, int) and not isinstance(value, bool):
        return _FILES_PER_PROCESS(value)
    if isinstance(value, str):
        return _WAYS_TO_SPLIT(value)
    raise _mismatch('"one", "auto", or a number of files', value)


@_reader({"anyOf": [texts.schema, {"type": "object", "additionalProperties": integer(1).schema}]})
def demands(value: object) -> Mapping[str, int]:
    """``["database"]``, or ``{ ai = 2 }``: units of each resource."""
    if isinstance(value, list):
        return dict.fromkeys(texts(value), 1)
    if not isinstance(value, dict):
        raise _mismatch("a list of resources, or a table of units", value)
    for name, units in value.items():
        if not isinstance(units, int) or isinstance(units, bool) or units < 1:
            raise Expected(f"{name}: expected a number of units of at least 1, found {units!r}")
    return dict(value)

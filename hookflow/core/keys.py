"""Every key of ``[tool.hookflow]``: its name, the field it fills, and how its value is read.

A reader returns the value of the field, or raises `Expected` with what should have stood there. The keys
are data, so that help, documentation and schema can be made from them. (A validation library would stop at
the first error, or would not know our names; all errors of a file are to be reported together.)
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hookflow.core import command, durations
from hookflow.core.config import STAGES, Command
from hookflow.core.names import did_you_mean

Reader = Callable[[Any], object]


class Expected(Exception):  # noqa: N818 (it names what the user should have written)
    """The value is not what the key takes; the text says what was expected."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key of a table: the `field` of the record that it fills, and its reader."""

    field: str
    read: Reader


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


def boolean(value: object) -> bool:
    """``true`` or ``false``."""
    if isinstance(value, bool):
        return value
    raise _mismatch("true or false", value)


def text(value: object) -> str:
    """Any string without a NUL character (no program can be given one)."""
    if not isinstance(value, str):
        raise _mismatch("a string", value)
    if "\0" in value:
        raise Expected("a NUL character cannot be handed to a program")
    return value


def integer(least: int) -> Reader:
    """An integer of at least `least`."""

    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise _mismatch("an integer", value)
        if value < least:
            raise Expected(f"expected an integer of at least {least}, found {value}")
        return value

    return read


def texts(value: object) -> tuple[str, ...]:
    """A list of strings."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise _mismatch("a list of strings", value) if not isinstance(value, list) else _odd_item(value)
    return tuple(text(item) for item in value)


def _odd_item(value: Sequence[object]) -> Expected:
    odd = next(item for item in value if not isinstance(item, str))
    return Expected(f"expected a list of strings, found {_found(odd)} in it")


def choice(*known: str) -> Reader:
    """One of some words."""

    def read(value: object) -> str:
        word = text(value)
        if word not in known:
            raise Expected(f"expected one of {', '.join(known)}, found {word!r}{did_you_mean(word, known)}")
        return word

    return read


def duration(value: object) -> float:
    """A time in seconds."""
    seconds = durations.parse_duration(value)
    if seconds is None:
        raise Expected(f"expected {durations.DURATION_FORM}, found {value!r}")
    return seconds


def rate(value: object) -> object:
    """A rate such as ``"30/min"``."""
    parsed = durations.parse_rate(value)
    if parsed is None:
        raise Expected(f"expected {durations.RATE_FORM}, found {value!r}")
    return parsed


def stages(value: object) -> tuple[str, ...]:
    """A list of stage names, without repetition."""
    for name in (names := texts(value)):
        if name not in STAGES:
            raise Expected(
                f'unknown stage {name!r}; stages are git hook names and "manual"{did_you_mean(name, STAGES)}'
            )
    return tuple(dict.fromkeys(names))


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


def directory(value: object) -> str:
    """A directory inside the repository, relative to its root."""
    path = text(value)
    if path.startswith("/") or ".." in path.split("/") or not path:
        raise Expected(f"expected a directory inside the repository, relative to its root, found {path!r}")
    return path


def virtual_environment(value: object) -> object:
    """``"auto"``, a path, or ``false``."""
    if value is False or (isinstance(value, str) and value):
        return value
    raise _mismatch('"auto", a path, or false', value)


def batch(value: object) -> object:
    """``"one"``, ``"auto"``, or a number of files per process."""
    if isinstance(value, int) and not isinstance(value, bool):
        return integer(1)(value)
    if isinstance(value, str):
        return choice("one", "auto")(value)
    raise _mismatch('"one", "auto", or a number of files', value)


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


def _keys(**readers: Reader) -> dict[str, Key]:
    return {field.replace("_", "-"): Key(field, read) for field, read in readers.items()}


TOP = _keys(
    parallel=boolean,
    jobs=integer(0),
    smart_execution=boolean,
    cache=boolean,
    fail_fast=boolean,
    timeout=duration,
    stages=stages,
    exclude=texts,
    global_inputs=texts,
    venv=virtual_environment,
    log_retention=integer(1),
    unstaged=choice("hide", "keep"),
)
TABLES = ("env", "file-sets", "resources", "steps")

RESOURCE = _keys(slots=integer(1), rate=rate, scope=choice("run", "repository", "machine"))

STEP = _keys(
    description=text,
    run=runnable,
    fix=runnable,
    needs=texts,
    files=texts,
    types=texts,
    exclude=texts,
    inputs=texts,
    outputs=texts,
    stage_fixed=boolean,
    modifies=boolean,
    env=environment,
    cache_env=texts,
    cwd=directory,
    timeout=duration,
    cpus=integer(1),
    uses=demands,
    retries=integer(0),
    retry_delay=duration,
    stages=stages,
    always_run=boolean,
    git_env=boolean,
    allow_failure=boolean,
    exclusive=boolean,
    interactive=boolean,
    cache=boolean,
    batch=batch,
    per_file=boolean,
    fix_on=stages,
    stdin=boolean,
)

"""Validated configurations, kept by the bytes of their file: what has not been edited need not be read again.

To parse TOML, check it and turn patterns into expressions takes several times as long as to read what came of it.
"""

import hashlib
import marshal
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import hookflow
from hookflow.adapters import files
from hookflow.core import config as records
from hookflow.core import patterns, porcelain
from hookflow.core.config import Config
from hookflow.core.structs import Struct

DIRECTORY = "configurations"
_FORM = "2"  # raised when what is kept changes without a new version
_DIGEST = 32  # bytes
_RECORDS = {
    each.__name__: each
    for each in (Config, records.Step, records.Member, records.Resource, records.Rate, records.HookTraits)
}
_MOST = 30  # that are kept

Expressions = list[tuple[tuple[str, ...], str]]  # lists of patterns, and each as a single expression


def load(state: Path, file: Path, root: Path) -> Config | None:
    """The configuration in a file and its projects' as it was validated; None where it was not, or cannot be read."""
    try:
        content = file.read_bytes()
        config, expressions = _read(_place(state, content))
        if config.projects:  # this is only to know where to look: those of the projects decide too
            config, expressions = _read(_place(state, _whole(content, root, config)))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    patterns.learn(expressions)
    return config


def keep(state: Path, file: Path, root: Path, config: Config) -> None:
    """Keep a validated configuration; nothing happens where that cannot be written."""
    if config.pre_commit is not False:
        return  # its hooks are declared in other files too
    lists = dict.fromkeys(_lists(config))
    expressions = [(lines, found) for lines in lists if (found := patterns.expression(lines)) is not None]
    with suppress(OSError, ValueError):
        content = file.read_bytes()
        kept = {_place(state, _whole(content, root, config)): (config, expressions)}
        if config.projects:
            kept[_place(state, content)] = (Config(projects=config.projects), [])
        for place, each in kept.items():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            _write(place, *each)
        for old in sorted(_directory(state).iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)[_MOST:]:
            old.unlink()


def _read(place: Path) -> tuple[Config, Expressions]:
    """What `_write` wrote.

    Raises:
        OSError, ValueError, TypeError, KeyError: It is not there, or something else.
    """
    kept = place.read_bytes()
    content = kept[_DIGEST:]
    if hashlib.sha256(content).digest() != kept[:_DIGEST]:
        raise ValueError("not all of what was written, or not written by us")
    config, expressions = _revived(marshal.loads(content))  # noqa: S302 (which makes nothing but plain values)
    return config, expressions


def _write(place: Path, config: Config, expressions: Expressions) -> None:
    content = marshal.dumps(_plain((config, expressions)))
    files.write_whole(place, hashlib.sha256(content).digest() + content, mode=0o600)


def _whole(content: bytes, root: Path, config: Config) -> bytes:
    """The bytes of all files that the configuration comes from, each with its place and length."""
    if not config.projects:
        return content
    from hookflow.adapters import members  # noqa: PLC0415 (only for who has projects)

    parts = [content, b"\0"]
    for directory, found in members.find(root, config.projects).files.items():
        parts += [b"\0%d %s\0" % (-1 if found is None else len(found), porcelain.data(directory)), found or b""]
    return b"".join(parts)


def _lists(config: Config) -> Iterator[tuple[str, ...]]:
    yield config.global_inputs
    yield patterns.EVERY_FILE
    for step in config.steps:
        yield from (step.files, step.exclude, step.inputs, step.outputs)


def _place(state: Path, content: bytes) -> Path:
    whole = hashlib.sha256(f"{_FORM} {hookflow.__version__} {sys.version}\0".encode() + content)
    return _directory(state) / whole.hexdigest()


def _directory(state: Path) -> Path:
    return state / DIRECTORY


def _plain(value: Any) -> Any:
    """A value of a configuration in plain ones; a record becomes its class's name and its values, as a list."""
    if isinstance(value, Struct):
        return [type(value).__name__, *(_plain(getattr(value, name)) for name in value.__struct_fields__)]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return tuple(map(_plain, value)) if isinstance(value, (tuple, list)) else value


def _revived(value: Any) -> Any:
    """What `_plain` was given; lists have become tuples.

    Raises:
        KeyError, TypeError, ValueError: It was given something else.
    """
    if isinstance(value, list):
        record = _RECORDS[value[0]]
        return record(**dict(zip(record.__struct_fields__, map(_revived, value[1:]), strict=True)))
    if isinstance(value, dict):
        return {key: _revived(each) for key, each in value.items()}
    return tuple(map(_revived, value)) if isinstance(value, tuple) else value

"""Validated configurations, kept by the bytes of their file: what has not been edited need not be read again.

One with hooks of pre-commit's in it holds while nothing of what these were read from has changed, too.

To parse TOML, check it and turn patterns into expressions takes several times as long as to read what came of it.
"""

import hashlib
import marshal
import os
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import hookflow
from hookflow.adapters import files
from hookflow.core import config as records
from hookflow.core import patterns, porcelain
from hookflow.core.config import Config, Sources
from hookflow.core.structs import Struct

DIRECTORY = "configurations"
_FORM = "4"  # raised when what is kept changes without a new version
_DIGEST = 32  # bytes
_RECORDS = {
    each.__name__: each
    for each in (Config, records.Step, records.Member, records.Resource, records.Rate, records.HookTraits)
}
_MOST = 30  # that are kept
_COARSE = 50_000_000  # nanoseconds: what file systems' clocks may lag behind the system's, and more

Expressions = list[tuple[tuple[str, ...], str]]  # lists of patterns, and each as a single expression


def load(state: Path, file: Path, root: Path) -> tuple[Config, Sources] | None:
    """The configuration in a file and its projects' as it was validated; None where it was not, or cannot be read."""
    try:
        content = file.read_bytes()
        config, expressions, sources = _read(_place(state, content))
        if config.projects:  # this is only to know where to look: those of the projects decide too
            config, expressions, sources = _read(_place(state, _whole(content, root, config)))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    patterns.learn(expressions)
    return config, sources


def keep(state: Path, file: Path, root: Path, config: Config, sources: Sources) -> None:
    """Keep a validated configuration; nothing happens where that cannot be written, or where a source has just changed.

    Args:
        state: Where this repository's state is kept.
        file: The file.
        root: The top of the work tree, for the files of projects.
        config: What is in them.
        sources: What else it was read from.
    """
    before = time.time_ns() - _COARSE
    if any(max(found[2:]) > before for found in _seen(sources.files).values() if found is not None):
        return
    lists = dict.fromkeys(_lists(config))
    expressions = [(lines, found) for lines in lists if (found := patterns.expression(lines)) is not None]
    with suppress(OSError, ValueError):
        content = file.read_bytes()
        _write(_place(state, _whole(content, root, config)), config, expressions, sources)
        if config.projects:
            _write(_place(state, content), Config(projects=config.projects), [], Sources())
        for old in sorted(_directory(state).iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)[_MOST:]:
            old.unlink()


def _read(place: Path) -> tuple[Config, Expressions, Sources]:
    """What `_write` wrote.

    Raises:
        OSError, ValueError, TypeError, KeyError: It is not there, or something else, or its sources have changed.
    """
    kept = place.read_bytes()
    content = kept[_DIGEST:]
    if hashlib.sha256(content).digest() != kept[:_DIGEST]:
        raise ValueError("not all of what was written, or not written by us")
    config, expressions, seen, given = _revived(marshal.loads(content))  # noqa: S302 (which makes only plain values)
    if seen != _seen(seen) or given != _given(given):
        raise ValueError("a source has changed")
    return config, expressions, Sources(tuple(seen), tuple(given))


def _write(place: Path, config: Config, expressions: Expressions, sources: Sources) -> None:
    place.parent.mkdir(mode=0o700, exist_ok=True)
    content = marshal.dumps(_plain((config, expressions, _seen(sources.files), _given(sources.variables))))
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


def _seen(places: Iterable[str]) -> Mapping[str, files.Inode]:
    return {place: files.inode(place) for place in places}


def _given(names: Iterable[str]) -> Mapping[str, str | None]:
    return {name: os.environ.get(name) for name in names}


def _place(state: Path, content: bytes) -> Path:
    whole = hashlib.sha256(f"{_FORM} {hookflow.__version__} {sys.version} {sys.executable}\0".encode() + content)
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

"""Validated configurations, kept by the bytes of their file: what has not been edited need not be read again.

To parse TOML, check it and turn patterns into expressions takes several times as long as to read what came of it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgspec

import hookflow
from hookflow.adapters import files
from hookflow.core import patterns, porcelain
from hookflow.core.config import Config

DIRECTORY = "configurations"
_FORM = "2"  # raised when what is kept changes without a new version
_MOST = 30  # that are kept


class _Kept(msgspec.Struct, frozen=True):
    """A configuration, and its lists of patterns as single expressions."""

    config: Config
    expressions: list[tuple[tuple[str, ...], str]]


def load(state: Path, file: Path, root: Path) -> Config | None:
    """The configuration in a file and its projects' as it was validated; None where it was not, or cannot be read."""
    try:
        content = file.read_bytes()
        kept = _read(_place(state, content))
        if kept.config.projects:  # this is only to know where to look: those of the projects decide too
            kept = _read(_place(state, _whole(content, root, kept.config)))
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    patterns.learn(kept.expressions)
    return kept.config


def keep(state: Path, file: Path, root: Path, config: Config) -> None:
    """Keep a validated configuration; nothing happens where that cannot be written."""
    if config.pre_commit is not False:
        return  # its hooks are declared in other files too
    lists = dict.fromkeys(_lists(config))
    expressions = [(lines, found) for lines in lists if (found := patterns.expression(lines)) is not None]
    with suppress(OSError, ValueError, msgspec.MsgspecError):
        content = file.read_bytes()
        kept = {_place(state, _whole(content, root, config)): _Kept(config, expressions)}
        if config.projects:
            kept[_place(state, content)] = _Kept(Config(projects=config.projects), [])
        for place, each in kept.items():
            place.parent.mkdir(mode=0o700, exist_ok=True)
            files.write_whole(place, msgspec.msgpack.encode(each), mode=0o600)
        for old in sorted(_directory(state).iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)[_MOST:]:
            old.unlink()


def _read(place: Path) -> _Kept:
    return msgspec.msgpack.decode(place.read_bytes(), type=_Kept)


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
    whole = hashlib.sha256(f"{_FORM} {hookflow.__version__}\0".encode() + content)
    return _directory(state) / whole.hexdigest()


def _directory(state: Path) -> Path:
    return state / DIRECTORY

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
from hookflow.core import patterns
from hookflow.core.config import Config

DIRECTORY = "configurations"
_FORM = "1"  # raised when what is kept changes without a new version
_MOST = 20  # that are kept


class _Kept(msgspec.Struct, frozen=True):
    """A configuration, and its lists of patterns as single expressions."""

    config: Config
    expressions: list[tuple[tuple[str, ...], str]]


def load(state: Path, file: Path) -> Config | None:
    """The configuration in a file as it was validated before; None where it was not, or cannot be read."""
    try:
        kept = msgspec.msgpack.decode(_place(state, file.read_bytes()).read_bytes(), type=_Kept)
    except (OSError, ValueError, msgspec.MsgspecError):
        return None
    patterns.learn(kept.expressions)
    return kept.config


def keep(state: Path, file: Path, config: Config) -> None:
    """Keep a validated configuration; nothing happens where that cannot be written."""
    if config.pre_commit is not False:
        return  # its hooks are declared in other files too
    lists = dict.fromkeys(_lists(config))
    expressions = [(lines, found) for lines in lists if (found := patterns.expression(lines)) is not None]
    with suppress(OSError, ValueError, msgspec.MsgspecError):
        place = _place(state, file.read_bytes())
        place.parent.mkdir(mode=0o700, exist_ok=True)
        files.write_whole(place, msgspec.msgpack.encode(_Kept(config, expressions)), mode=0o600)
        for old in sorted(place.parent.iterdir(), key=lambda each: each.stat().st_mtime, reverse=True)[_MOST:]:
            old.unlink()


def _lists(config: Config) -> Iterator[tuple[str, ...]]:
    yield config.global_inputs
    yield patterns.EVERY_FILE
    for step in config.steps:
        yield from (step.files, step.exclude, step.inputs, step.outputs)


def _place(state: Path, content: bytes) -> Path:
    whole = hashlib.sha256(f"{_FORM} {hookflow.__version__}\0".encode() + content)
    return state / DIRECTORY / whole.hexdigest()

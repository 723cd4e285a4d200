"""What is hidden while steps run, as it is written down before anything is moved.

Everything that is needed to put the work tree back stands in the journal, so that putting back after a run and
after a crash is the same thing.
"""

import json
from typing import Any, TypeVar

from hookflow.core.structs import Struct, as_builtins

VERSION = 1
_PLAIN = (int, str, bool)


class Identity(Struct, frozen=True):
    """What tells a file from any other that may come to stand in its place (stat(2)).

    Attributes:
        device: Of its file system.
        inode: Of the file.
        size: In bytes.
        modified: The time of its last change of content, in nanoseconds.
        mode: Its type and permissions.
    """

    device: int
    inode: int
    size: int
    modified: int
    mode: int


class HiddenFile(Struct, frozen=True, kw_only=True):
    """A file whose work tree version is set aside while its staged version stands in its place.

    Attributes:
        number: Its number among the hidden ones; names what is kept of it.
        path: Its name, relative to the root.
        absent: The work tree had no such file: to put that back is to take the staged version away.
        mode: Its mode in the index, six octal digits.
        object_id: Its content in the index.
        placed: The staged version that was put in place.
    """

    number: int
    path: str
    absent: bool
    mode: str
    object_id: str
    placed: Identity


class Obstacle(Struct, frozen=True):
    """What stood where a staged file needs a directory (a file or a link), set aside whole."""

    number: int
    path: str


class Journal(Struct, frozen=True, kw_only=True):
    """All that one run sets aside.

    Attributes:
        run: The run's id.
        pid: Its process.
        files: In the order in which they are hidden.
        obstacles: Set aside before the files.
        directories: Made for the files, parents first.
    """

    run: str
    pid: int
    files: tuple[HiddenFile, ...]
    obstacles: tuple[Obstacle, ...] = ()
    directories: tuple[str, ...] = ()


_Record = TypeVar("_Record", HiddenFile, Identity, Obstacle, Journal)


def encode(journal: Journal) -> bytes:
    """The journal as JSON: names of any bytes, nothing that runs when it is read."""
    return json.dumps({"version": VERSION, **as_builtins(journal)}).encode("ascii")


def decode(content: bytes) -> Journal:
    """The journal that `encode` wrote.

    Raises:
        ValueError: It is no journal of this version, or names something outside the work tree.
    """
    try:
        values = json.loads(content)
        if values.pop("version") != VERSION:
            raise ValueError("a journal of another version of hookflow")
        values["files"] = tuple(_file(entry) for entry in _list(values["files"]))
        values["obstacles"] = tuple(_checked(Obstacle(**entry)) for entry in _list(values["obstacles"]))
        values["directories"] = tuple(_text(path) for path in _list(values["directories"]))
        journal = _checked(Journal(**values))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a journal: {error}") from None
    named = [entry.path for entry in journal.files] + [entry.path for entry in journal.obstacles]
    for path in (*named, *journal.directories):
        if not is_inside(path):
            raise ValueError(f"a journal that names {path!r}, which is not inside the work tree")
    if not is_inside(journal.run) or "/" in journal.run:  # it becomes a part of file names
        raise ValueError(f"a journal of {journal.run!r}, which is no run")
    return journal


def _file(entry: dict[str, Any]) -> HiddenFile:
    return _checked(HiddenFile(**{**entry, "placed": _checked(Identity(**entry["placed"]))}))


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no name")
    return value


def _checked(record: _Record) -> _Record:
    """The record, if each of its plain fields is of its type: paths are made from them.

    Raises:
        TypeError: One is not.
    """
    for name, kind in type(record).__annotations__.items():
        value = getattr(record, name)
        if kind in _PLAIN and type(value) is not kind:
            raise TypeError(f"{name} is {value!r}")
    return record


def is_inside(path: str) -> bool:
    """Whether a name stays below the root, and out of git's own directory."""
    parts = path.split("/")
    return "\0" not in path and not {"", ".", "..", ".git"} & set(parts)

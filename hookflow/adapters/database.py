"""The SQLite index of what is known of earlier runs.

Whatever is wrong with it, a run goes on without: a question that cannot be answered is answered with "not known".
A broken index is set aside and begun anew. What is in it is JSON and plain columns, nothing that could be executed.
"""

import os
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TypeVar

INDEX = "store.sqlite3"
BROKEN = "store.broken"
_FEW = 64  # descriptors
_POLL = 0.02  # seconds
_PATIENCE = 5.0  # seconds to wait for another process's transaction
_VERSION = 2
_SCHEMA = """
CREATE TABLE results (
    key TEXT PRIMARY KEY, step TEXT NOT NULL, run TEXT NOT NULL, seconds REAL NOT NULL, log TEXT,
    outputs TEXT NOT NULL, size INTEGER NOT NULL, used REAL NOT NULL
) WITHOUT ROWID;
CREATE INDEX results_by_use ON results (used);
CREATE TABLE file_passes (key TEXT PRIMARY KEY, used REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE passes (
    step TEXT PRIMARY KEY, key TEXT NOT NULL, run TEXT NOT NULL, parts TEXT NOT NULL, files TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE durations (
    step TEXT NOT NULL, ended REAL NOT NULL, seconds REAL NOT NULL, files INTEGER NOT NULL, outcome TEXT NOT NULL
);
CREATE INDEX durations_by_step ON durations (step, ended);
"""
# What later versions have besides, by version: an index of an earlier one gets it, and keeps all that it has.
_ADDED = {
    2: """CREATE TABLE tallies (
    step TEXT PRIMARY KEY, command TEXT NOT NULL, given TEXT NOT NULL,
    runs INTEGER NOT NULL, found INTEGER NOT NULL, changed INTEGER NOT NULL
) WITHOUT ROWID"""
}
_FIRST = tuple(statement.strip() for statement in _SCHEMA.split(";") if statement.strip())
_STATEMENTS = (*_FIRST, *_ADDED.values())
_T = TypeVar("_T")


class Database:
    """The index in a state directory; made where there is none.

    Args:
        state: The directory; None for an index that cannot be used, and knows nothing.

    Attributes:
        problem: What a person should know about it, or None.
    """

    def __init__(self, state: Path | None) -> None:
        self.problem: str | None = None
        self._connection: sqlite3.Connection | None = None
        self._rests = False
        self._identity: tuple[int, int] | None = None
        if state is not None:
            self._path = state / INDEX
            self._broken = state / BROKEN
            self._open()

    @property
    def usable(self) -> bool:
        """Whether anything can be kept here."""
        return self._connection is not None or self._rests

    def close(self) -> None:
        """Let go of the index."""
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None

    def attempt(self, action: Callable[[sqlite3.Connection], _T], otherwise: _T) -> _T:
        """Do something with the index; what comes instead where it cannot be done."""
        if self._rests:
            self._rests = False
            self._open()
        if self._connection is None:
            return otherwise
        try:
            return action(self._connection)
        except (ValueError, TypeError, OverflowError, sqlite3.IntegrityError):
            return otherwise  # a row of another form
        except sqlite3.OperationalError as error:
            self._give_up(error)
        except sqlite3.DatabaseError:
            self._set_aside()
        finally:
            self._rest()
        return otherwise

    def _rest(self) -> None:
        """Leave its descriptors to the steps until the next question, where there are only a few."""
        if self._connection is not None and _are_descriptors_few():
            self.close()
            self._rests = True

    def _open(self) -> None:
        try:
            _private_file(self._path)
            self._identity = _identity(self._path)
            self._connection = self._connected()
        except sqlite3.OperationalError as error:
            self._give_up(error)
        except (sqlite3.DatabaseError, FileExistsError):
            self._set_aside()
        except OSError as error:
            self.problem = f"{self._path} cannot be used ({error.strerror}): this run goes on without cache and history"

    def _connected(self) -> sqlite3.Connection:
        """A connection to an index of ours.

        Raises:
            sqlite3.DatabaseError: It is none.
            sqlite3.OperationalError: It cannot be used now.
        """
        # One thread at a time uses it, but not always the same one.
        connection = sqlite3.connect(self._path, timeout=_PATIENCE, check_same_thread=False)
        connection.text_factory = _text  # SQLite itself does not look whether a text is one
        try:
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _give_up(self, error: sqlite3.Error) -> None:
        """Locked for too long, a full or read-only disk: this run goes on without."""
        self.close()
        self.problem = f"{self._path} cannot be used ({error}): this run goes on without cache and history"

    def _set_aside(self) -> None:
        """Begin anew; the broken index stays beside, once."""
        self.close()
        again = self.problem is not None
        with suppress(OSError):
            # Another process may have done it already.
            if self._identity is None or _identity(self._path) == self._identity:
                self._path.replace(self._broken)
                for ending in ("-wal", "-shm"):
                    self._path.with_name(INDEX + ending).unlink(missing_ok=True)
        self.problem = f"the cache's index was broken; it is set aside as {self._broken}, and a new one is begun"
        if not again:
            self._identity = None
            self._open()


@cache
def _are_descriptors_few() -> bool:
    """Whether three more or less matter to how many steps can run at once."""
    try:
        import resource  # noqa: PLC0415 (POSIX only)
    except ImportError:
        return False
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] < _FEW


def _prepare(connection: sqlite3.Connection) -> None:
    """Make sure that the tables are there.

    Raises:
        sqlite3.DatabaseError: It has others, or is no database.
    """
    _turn_to_log(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    if _version(connection) == 0:
        _create(connection)
    elif _version(connection) in range(1, _VERSION):
        _add(connection)
    if _version(connection) != _VERSION or _tables(connection) != set(_STATEMENTS):
        raise sqlite3.DatabaseError("kept by another version, or by something else")


def _tables(connection: sqlite3.Connection) -> set[str]:
    """What made the tables and indices that are there."""
    return {row[0] for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def _turn_to_log(connection: sqlite3.Connection) -> None:
    """Set the mode in which readers and a writer do not wait for each other (sqlite.org, "Write-Ahead Logging").

    SQLite does not wait for others at this one, so that is done here.

    Raises:
        sqlite3.OperationalError: Others are at it all the time.
    """
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(_POLL)
        else:
            return


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    """Make the tables, unless another process just did."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        if _version(connection) == 0:
            if _tables(connection):
                raise sqlite3.DatabaseError("of something else")
            for statement in _STATEMENTS:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")


def _add(connection: sqlite3.Connection) -> None:
    """Make the tables that an earlier version had not, unless another process just did."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        for version in range(_version(connection) + 1, _VERSION + 1):
            connection.execute(_ADDED[version])
            connection.execute(f"PRAGMA user_version = {version}")


def _private_file(path: Path) -> None:
    """Make the file for its owner only; SQLite gives its other files the same mode.

    Raises:
        FileExistsError: Something stands there that is no plain file, such as a planted link.
        OSError: It cannot be made.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
    if not stat.S_ISREG(path.lstat().st_mode):
        raise FileExistsError(path)


def _identity(path: Path) -> tuple[int, int]:
    found = path.lstat()
    return found.st_dev, found.st_ino

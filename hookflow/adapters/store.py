"""What is known of earlier runs: results, files that passed, durations; rows of an index, with blobs beside it."""

import sqlite3
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

from hookflow.adapters.blobs import Blobs
from hookflow.adapters.database import Database
from hookflow.core.estimate import Past
from hookflow.core.fingerprint import Fingerprint
from hookflow.core.kept import (
    Kept,
    files_as_bytes,
    files_from_bytes,
    is_digest,
    outputs_as_json,
    outputs_from_json,
    parts_as_json,
    parts_from_json,
)
from hookflow.core.structs import Struct

BLOBS = "blobs"
MOST_BYTES = 1 << 30  # of logs and outputs that are kept, unless someone asks for less
_SLACK = 0.8  # of the limit is left after making room, so that it need not be made at every run
_MOST_RESULTS = 100_000  # rows of some 500 bytes; most have no output and an empty log, and so no size
_MOST_FILE_PASSES = 500_000  # rows of some 100 bytes
_KEPT_DURATIONS = 50  # of each step
_TOLD_DURATIONS = 20  # of each step, the newest: older ones weigh nothing in what is expected


class Duration(Struct, frozen=True):
    """How one step ran once: seconds, the files that it was given, and its outcome."""

    step: str
    seconds: float
    files: int
    outcome: str


class LastPass(Struct, frozen=True):
    """The last pass of a step: its run, its key and all that decided it."""

    run: str
    key: str
    fingerprint: Fingerprint


class Store:
    """Results.

    Args:
        database: The index.
        blobs: Logs and outputs.
    """

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self.blobs = blobs
        self._database = database

    def result(self, key: str) -> Kept | None:
        """The result that is kept under a key; None where there is none that can be read."""

        def ask(database: sqlite3.Connection) -> Kept | None:
            row = database.execute(
                "SELECT key, step, run, seconds, log, outputs, size FROM results WHERE key = ?", (key,)
            ).fetchone()
            return None if row is None else _kept(row)

        return self._database.attempt(ask, None)

    def keep(self, results: Sequence[tuple[Kept, Fingerprint]], file_passes: Iterable[str] = ()) -> None:
        """Keep results with what decided them, and keys of files that passed; all of it or nothing.

        Raises:
            OSError: A blob cannot be written.
        """
        now = time.time()
        shared = {fingerprint.files.digest: fingerprint.files for _, fingerprint in results}
        names = {key: self.blobs.put(files_as_bytes(files)) for key, files in shared.items()}
        manifests = [names[fingerprint.files.digest] for _, fingerprint in results]

        def write(database: sqlite3.Connection) -> set[str]:
            with database:
                old = {row[0] for row in database.execute("SELECT files FROM passes")}
                for (kept, fingerprint), manifest in zip(results, manifests, strict=True):
                    step, outputs = _text(kept.step), outputs_as_json(kept.outputs)
                    row = (kept.key, step, kept.run, kept.seconds, kept.log, outputs, kept.size, now)
                    database.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
                    last = (step, kept.key, kept.run, parts_as_json(fingerprint.parts), manifest)
                    database.execute("INSERT OR REPLACE INTO passes VALUES (?, ?, ?, ?, ?)", last)
                rows = [(key, now) for key in file_passes]
                database.executemany("INSERT OR REPLACE INTO file_passes VALUES (?, ?)", rows)
                return old - {row[0] for row in database.execute("SELECT files FROM passes")}

        replaced: set[str] = self._database.attempt(write, set[str]())
        for manifest in replaced:
            self.blobs.remove(manifest)
        if self.size() > MOST_BYTES or self._database.attempt(_has_too_many_rows, otherwise=False):
            self.prune(int(MOST_BYTES * _SLACK))

    def use(self, keys: Iterable[str]) -> None:
        """Note that results were used now."""
        now = time.time()

        def write(database: sqlite3.Connection) -> None:
            with database:
                database.executemany("UPDATE results SET used = ? WHERE key = ?", [(now, key) for key in keys])

        self._database.attempt(write, None)

    def forget(self, keys: Sequence[str]) -> None:
        """Take results and passes of single files away that turned out to be wrong."""

        def write(database: sqlite3.Connection) -> None:
            with database:
                for table in ("results", "file_passes"):
                    statement = f"DELETE FROM {table} WHERE key = ?"  # noqa: S608 (our own names)
                    database.executemany(statement, [(key,) for key in keys])

        self._database.attempt(write, None)

    def passed_files(self, keys: Sequence[str]) -> frozenset[str]:
        """Those of some keys of files under which a pass is known."""

        def ask(database: sqlite3.Connection) -> frozenset[str]:
            query = "SELECT 1 FROM file_passes WHERE key = ?"
            return frozenset(key for key in keys if database.execute(query, (key,)).fetchone())

        return self._database.attempt(ask, frozenset())

    def last_pass(self, step: str) -> LastPass | None:
        """What decided the last pass of a step that was kept; None where that is not known."""

        def ask(database: sqlite3.Connection) -> LastPass | None:
            query = "SELECT run, key, parts, files FROM passes WHERE step = ?"
            row = database.execute(query, (_text(step),)).fetchone()
            content = self.blobs.read(row[3]) if row is not None and is_digest(row[3]) else None
            if row is None or content is None:
                return None
            return LastPass(row[0], row[1], Fingerprint(parts_from_json(row[2]), files_from_bytes(content)))

        return self._database.attempt(ask, None)

    def size(self) -> int:
        """Bytes of the logs and outputs of all results."""
        query = "SELECT coalesce(sum(size), 0) FROM results"
        return self._database.attempt(lambda database: int(database.execute(query).fetchone()[0]), 0)

    def counts(self) -> Mapping[str, int]:
        """How much is kept: results, files that passed, steps with a history, durations."""

        def ask(database: sqlite3.Connection) -> Mapping[str, int]:
            queries = {
                "results": "SELECT count(*) FROM results",
                "steps": "SELECT count(DISTINCT step) FROM results",
                "files": "SELECT count(*) FROM file_passes",
                "durations": "SELECT count(*) FROM durations",
            }
            return {name: int(database.execute(query).fetchone()[0]) for name, query in queries.items()}

        return self._database.attempt(ask, {})

    def prune(self, most: int) -> int:
        """Take away the least recently used results until at most so many bytes are kept; returns how many went."""

        def write(database: sqlite3.Connection) -> int:
            size, removed = self.size(), 0
            with database:
                query = "SELECT key, CAST(size AS INTEGER) FROM results ORDER BY used"
                for key, bytes_of_it in database.execute(query).fetchall():
                    if size <= most:
                        break
                    database.execute("DELETE FROM results WHERE key = ?", (key,))
                    size -= bytes_of_it
                    removed += 1
                removed += _thin_out(database, "results", _MOST_RESULTS)
                _thin_out(database, "file_passes", _MOST_FILE_PASSES)
            return removed

        removed = self._database.attempt(write, 0)
        self._remove_unused_blobs()
        return removed

    def clear(self) -> None:
        """Take all results away; durations stay."""

        def write(database: sqlite3.Connection) -> None:
            with database:
                for table in ("results", "file_passes", "passes"):
                    database.execute(f"DELETE FROM {table}")  # noqa: S608 (our own three names)
            database.execute("VACUUM")

        self._database.attempt(write, None)
        self._remove_unused_blobs(young_too=True)

    def _remove_unused_blobs(self, *, young_too: bool = False) -> None:
        def ask(database: sqlite3.Connection) -> set[str] | None:
            used: set[str] = set()
            used.update(row[0] for row in database.execute("SELECT files FROM passes"))
            for log, outputs in database.execute("SELECT log, outputs FROM results"):
                used.update([log] if is_digest(log) else [])
                with suppress(ValueError):
                    used.update(output.blob for output in outputs_from_json(outputs))
            return used

        if (used := self._database.attempt(ask, None)) is not None:
            self.blobs.remove_unused(used, young_too=young_too)


class History:
    """How long steps took.

    Args:
        database: The index.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def past(self, steps: Iterable[str]) -> Mapping[str, Sequence[Past]]:
        """The durations of steps when they passed, the newest first."""

        def ask(database: sqlite3.Connection) -> Mapping[str, Sequence[Past]]:
            query = (
                "SELECT seconds, files FROM durations WHERE step = ? AND outcome = 'passed' "
                "AND seconds BETWEEN 0 AND 1e9 AND files BETWEEN 0 AND 1e9 ORDER BY ended DESC LIMIT ?"
            )
            database.execute("BEGIN")  # one look at the index for all of them
            with database:
                rows = {step: database.execute(query, (_text(step), _TOLD_DURATIONS)).fetchall() for step in steps}
            return {
                step: [Past(float(seconds), int(files)) for seconds, files in found] for step, found in rows.items()
            }

        return self._database.attempt(ask, {})

    def note(self, durations: Iterable[Duration]) -> None:
        """Add durations; the oldest of each step go."""
        now = time.time()

        def write(database: sqlite3.Connection) -> None:
            with database:
                for each in durations:
                    row = (_text(each.step), now, each.seconds, each.files, each.outcome)
                    database.execute("INSERT INTO durations VALUES (?, ?, ?, ?, ?)", row)
                    database.execute(
                        "DELETE FROM durations WHERE step = ?1 AND rowid NOT IN "
                        "(SELECT rowid FROM durations WHERE step = ?1 ORDER BY ended DESC LIMIT ?2)",
                        (_text(each.step), _KEPT_DURATIONS),
                    )

        self._database.attempt(write, None)


def _rows(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608 (our own names)


def _has_too_many_rows(database: sqlite3.Connection) -> bool:
    return _rows(database, "results") > _MOST_RESULTS or _rows(database, "file_passes") > _MOST_FILE_PASSES


def _thin_out(database: sqlite3.Connection, table: str, most: int) -> int:
    """Take away the least recently used rows where there are more than `most`; returns how many went."""
    if _rows(database, table) <= most:
        return 0
    newest = f"SELECT key FROM {table} ORDER BY used DESC LIMIT ?"  # noqa: S608 (our own names)
    gone = database.execute(f"DELETE FROM {table} WHERE key NOT IN ({newest})", (int(most * _SLACK),))  # noqa: S608
    return gone.rowcount


def _kept(row: tuple[object, ...]) -> Kept | None:
    """A row as a result; None where it is of another form.

    Raises:
        ValueError: Its outputs are.
    """
    match row:
        case (str(key), str(step), str(run), float(seconds), str() | None as log, str(outputs), int(size)):
            found = outputs_from_json(outputs)
            whole = Kept(key=key, step=step, run=run, seconds=seconds, log=log, outputs=found, size=size)
            return whole if log is None or is_digest(log) else None
        case _:
            return None


def _text(name: str) -> str:
    """A step's name for SQLite, which takes no surrogates; a configuration's names have none."""
    return name.encode("utf-8", "replace").decode("utf-8")

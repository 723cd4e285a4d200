"""In how many runs steps changed no file: small counts in the index, which outlive the runs' directories."""

import sqlite3
from collections.abc import Iterable, Mapping

from hookflow.adapters.database import Database
from hookflow.core.harmless import Tally
from hookflow.core.structs import Struct


class Sight(Struct, frozen=True):
    """One run of a step.

    Attributes:
        step: Its name.
        command: What stands for its command; counts begin anew with another one.
        given: What stands for the files that it was given, as they were; the same ones count once.
        found: Whether it found something.
        changed: Whether it changed a file.
    """

    step: str
    command: str
    given: str
    found: bool
    changed: bool


class Tallies:
    """The counts.

    Args:
        database: The index.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, steps: Iterable[tuple[str, str]]) -> Mapping[str, Tally]:
        """The counts of steps, given as pairs of name and command; of one that is not known there is none."""

        def ask(database: sqlite3.Connection) -> Mapping[str, Tally]:
            found = {}
            for step, command in steps:
                query = "SELECT runs, found, changed FROM tallies WHERE step = ? AND command = ?"
                row = database.execute(query, (_text(step), command)).fetchone()
                if row is not None:
                    found[step] = Tally(*map(int, row))
            return found

        return self._database.attempt(ask, {})

    def note(self, sights: Iterable[Sight]) -> None:
        """Count runs."""

        def write(database: sqlite3.Connection) -> None:
            with database:
                for each in sights:
                    _count(database, each)

        self._database.attempt(write, None)


def _count(database: sqlite3.Connection, sight: Sight) -> None:
    query = "SELECT given, runs, found, changed FROM tallies WHERE step = ? AND command = ?"
    row = database.execute(query, (_text(sight.step), sight.command)).fetchone()
    given, runs, found, changed = row if row is not None else ("", 0, 0, 0)
    if given == sight.given and not sight.changed:
        return
    counts = (int(runs) + 1, int(found) + sight.found, int(changed) + sight.changed)
    database.execute(
        "INSERT OR REPLACE INTO tallies VALUES (?, ?, ?, ?, ?, ?)",
        (_text(sight.step), sight.command, sight.given, *counts),
    )


def _text(name: str) -> str:
    """A step's name for SQLite, which takes no surrogates; a configuration's names have none."""
    return name.encode("utf-8", "replace").decode("utf-8")

"""Steps that need not run: their earlier results stand in for them as they become ready."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Protocol

from hookflow.core.outcome import Cached, Outcome
from hookflow.core.schedule import Schedule
from hookflow.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Replay:
    """A step that is not run: its outcome, and the file with what it printed when it was, or None."""

    outcome: Cached
    log: PurePath | None


class Results(Protocol):
    """Results of earlier runs, and what becomes of this run's."""

    def recall(self, name: str, *, writing: bool) -> Replay | None:
        """The result of a step that is ready, or None if it has to run; `writing` allows to put its outputs back."""
        ...

    def begin(self, name: str) -> None:
        """The step starts now."""
        ...

    def ended(self, name: str, outcome: Outcome, changed: Sequence[str]) -> Outcome:
        """The step has ended and has changed these files; returns the outcome that counts."""
        ...


class NoResults:
    """Nothing is known, and nothing is kept."""

    def recall(self, name: str, *, writing: bool) -> None:
        """Every step has to run."""

    def begin(self, name: str) -> None:
        """Nothing to remember."""

    def ended(self, name: str, outcome: Outcome, changed: Sequence[str]) -> Outcome:  # noqa: ARG002 (a port's form)
        """The outcome is what it is."""
        return outcome


class Replayer:
    """Asks for the result of each step once, when it is ready.

    Args:
        schedule: Whose steps.
        results: Who is asked.
        ledger: Where the logs of earlier runs are noted.
        writing: Whether outputs may be put back.
    """

    def __init__(self, schedule: Schedule, results: Results, ledger: Ledger, *, writing: bool) -> None:
        self._schedule = schedule
        self._results = results
        self._ledger = ledger
        self._writing = writing
        self._asked: set[str] = set()

    def replay(self) -> None:
        """Replay what is ready and has a result, and what becomes ready by that."""
        while fresh := [name for name in self._schedule.ready if name not in self._asked]:
            for name in fresh:
                self._asked.add(name)
                found = self._results.recall(name, writing=self._writing)
                if found is not None:
                    self._ledger.replayed(name, found.log)
                    self._schedule.replay(name, found.outcome)

"""Steps that need not run: their earlier results stand in for them as they become ready."""

from hookflow.core.schedule import Schedule
from hookflow.ledger import Ledger
from hookflow.outside import Results


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
        self._heard = 0  # of those that became ready
        self._asked: set[str] = set()

    def replay(self) -> None:
        """Replay what is ready and has a result, and what becomes ready by that."""
        while fresh := self._schedule.became_ready(self._heard):
            self._heard += len(fresh)
            for name in fresh:
                if name not in self._asked and self._schedule.state(name) == "waiting":
                    self._ask(name)

    def _ask(self, name: str) -> None:
        self._asked.add(name)
        found = self._results.recall(name, writing=self._writing)
        if found is not None:
            self._ledger.replayed(name, found.log)
            self._schedule.replay(name, found.outcome)

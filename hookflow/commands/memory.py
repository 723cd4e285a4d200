"""What a run knows of earlier ones, and what it leaves for the next: results, durations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hookflow.adapters.blobs import Blobs
from hookflow.adapters.database import Database
from hookflow.adapters.store import BLOBS, Duration, History, Store
from hookflow.commands.preparation import Prepared
from hookflow.commands.results import Results
from hookflow.core import estimate, outcome
from hookflow.core.environment import Surroundings
from hookflow.core.judgement import Hit
from hookflow.core.outcome import Failed, Passed
from hookflow.core.structs import replace
from hookflow.core.summary import Frame
from hookflow.ledger import Ledger

if TYPE_CHECKING:
    from hookflow.core.harmless import Suggestion


class Memory:
    """The store of a state directory, as one run uses it.

    Attributes:
        results: Of its steps.
        frame: The run's, with the time to expect of each step.
        seconds: The time to expect of each step that runs, if it is run.
        with_past: The steps of which that is known, and not only guessed.
    """

    def __init__(self, prepared: Prepared, around: Surroundings, database: Database, state: Path) -> None:
        self._prepared = prepared
        self._run = around.run
        self._database = database
        self._state = state
        self._history = History(database)
        self.results = Results(prepared, around, Store(database, Blobs(state / BLOBS)))
        running = [step.name for step in prepared.steps if prepared.decisions[step.name].run]
        files = {name: len(prepared.decisions[name].files) for name in running}
        past = self._history.past(running)
        self.seconds = estimate.estimates(past, files)
        self.with_past = frozenset(name for name, durations in past.items() if durations)
        self.frame = self._expected(prepared.frame)

    def keep(self, ledger: Ledger) -> None:
        """Keep what this run came to, and say what could not be kept although a person might expect it."""
        for name, sentence in self.results.keep(ledger.seconds, self._run, ledger.log):
            ledger.warn(sentence, name)
        if self.results.taken_back:
            from hookflow.commands import answering  # noqa: PLC0415 (only after a failure)

            answering.forget(self._state)  # one of them may rest on that result
        self._history.note(
            Duration(name, seconds, len(self._prepared.decisions[name].files), outcome.word(ended))
            for name, seconds in ledger.seconds.items()
            if isinstance(ended := ledger.outcomes.get(name), Passed | Failed)
        )
        if any(step.perhaps_harmless for step in self._prepared.steps):
            from hookflow.commands import tallying  # noqa: PLC0415 (only for who has steps that may write)

            tallying.note(self._database, self._prepared, ledger)

    def suggestions(self) -> "tuple[Suggestion, ...]":
        """Which steps should say that they do not write, by what is known of earlier runs."""
        from hookflow.commands import tallying  # noqa: PLC0415 (only where nothing is run)

        return tallying.suggestions(self._database, self._prepared)

    def problems(self) -> list[str]:
        """What a person should know about the store itself."""
        return [self._database.problem] if self._database.problem is not None else []

    def _expected(self, frame: Frame) -> Frame:
        """The frame with the seconds to expect; none for what can be replayed."""
        tasks = {
            name: replace(task, seconds=self._seconds_of(name)) if task.skip is None else task
            for name, task in frame.tasks.items()
        }
        return replace(frame, tasks=tasks)

    def _seconds_of(self, name: str) -> float:
        if self._prepared.caching == "use" and isinstance(self.results.judge(name), Hit):
            return 0.0
        return self.seconds[name]


@contextmanager
def opened(
    prepared: Prepared, around: Surroundings, state: Path, *, usable: bool, running: bool = True
) -> Iterator[Memory]:
    """The memory of a run.

    Args:
        prepared: The run.
        around: What its steps' environments have in common.
        state: The directory where this repository's state is kept.
        usable: Whether that can be written; a person knows already if it cannot.
        running: Whether the steps will run; else things are only looked at, also where nothing is known yet.
    """
    database = Database(state if usable else None)
    try:
        kept = database.usable or not running
        yield Memory(prepared if kept else replace(prepared, caching="off"), around, database, state)
    finally:
        database.close()

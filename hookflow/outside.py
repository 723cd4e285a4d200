"""What the runner needs of the outside, and owns the form of: processes, changes, resources, results.

Nothing here waits, so it can be had without trio: the first steps are started while that is still being imported.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import PurePath
from typing import Protocol

from hookflow.core.launch import Launch, NotStarted
from hookflow.core.outcome import Cached, Outcome
from hookflow.core.structs import Struct, field


class Process(Protocol):
    """A process that was started, and its group."""

    async def wait_exit(self) -> int:
        """The first process's exit code, negative for a signal."""
        ...

    def reap(self) -> int:
        """The exit code of the first process, which has ended."""
        ...

    @property
    def descriptor(self) -> int | None:
        """Readable when the first process has ended, until it is reaped; None where there is no such descriptor."""
        ...

    def has_ended(self) -> bool:
        """Whether the first process has ended; the exit code is still there for `wait_exit`."""
        ...

    def left_over(self) -> int:
        """How many processes of the group are there, after the first has ended."""
        ...

    async def end(self) -> None:
        """TERM, a grace, KILL to the whole group; returns when it is gone."""
        ...

    def kill(self) -> None:
        """KILL to the whole group, without waiting."""
        ...

    def pause(self) -> None:
        """Stop the whole group."""
        ...

    def resume(self) -> None:
        """Let the whole group go on."""
        ...


Launcher = Callable[[Launch], Process | NotStarted]


class Watch(Protocol):
    """Notices what steps change, and stages it where that is asked for."""

    def begin(self, step: str) -> None:
        """The step is about to start."""
        ...

    def changed(self, step: str) -> Sequence[str]:
        """Its files that are not what they were when it began."""
        ...

    def stage(self, paths: Sequence[str]) -> bool:
        """Add them to the index that the commit uses; whether that was to be done here."""
        ...


class Replay(Struct, frozen=True):
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


class Lease(Protocol):
    """Something that is held until it is given back."""

    def release(self) -> None:
        """Give it back; nothing happens the second time."""
        ...


# Takes what a step needs of resources that are shared with other processes; a sentence where they are not free.
Take = Callable[[str], Lease | str]
Aside = Callable[[], AbstractContextManager[None]]


class Outside(Struct, frozen=True, kw_only=True):
    """What the runner needs.

    Attributes:
        launcher: Starts processes.
        watch: Notices what steps change.
        take: Takes shared resources for a step.
        results: Knows what need not run.
        aside: Whoever draws on the terminal keeps off it within this: the run is stopped there (Ctrl-Z).
    """

    launcher: Launcher
    watch: Watch
    take: Take
    results: Results = field(default_factory=NoResults)
    aside: Aside = nullcontext

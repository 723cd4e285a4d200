"""One try of one step: its check, its fix where the check failed, the check again, and what all that changed."""

from collections.abc import Callable, Sequence

import trio

from hookflow import launching
from hookflow.attempt import Attempt, Ended, Result
from hookflow.core.launch import Job, NotStarted
from hookflow.core.structs import Struct
from hookflow.ledger import Logs
from hookflow.outside import Launcher, Process, Watch


class Tried(Struct, frozen=True):
    """What a try came to.

    Attributes:
        result: Of the last command that decided.
        fixed: Whether the fix ran.
        changed: The step's files that it changed.
        staged: Whether they were added to the index.
    """

    result: Result
    fixed: bool = False
    changed: tuple[str, ...] = ()
    staged: bool = False


class Trial:
    """One try.

    Args:
        job: What to run.
        cpus: Units of CPU that it may use.
        launcher: Starts processes.
        logs: Where output goes.
        watch: Notices changes.
        on_start: Called once, when the first process has been started.
        hurry: Set when there is no time for TERM and its grace any more.
        first: Its first process, if that has been started already.
    """

    def __init__(
        self,
        job: Job,
        cpus: int,
        *,
        launcher: Launcher,
        logs: Logs,
        watch: Watch,
        on_start: Callable[[], None],
        hurry: trio.Event,
        first: Process | NotStarted | None = None,
    ) -> None:
        self._job = job
        self._cpus = cpus
        self._launcher = launcher
        self._logs = logs
        self._watch = watch
        self._on_start = on_start
        self._hurry = hurry
        self._first = first
        self._attempt: Attempt | None = None

    def pause(self) -> None:
        """Stop its processes (Ctrl-Z)."""
        if self._attempt is not None:
            self._attempt.pause()

    def resume(self, after: float) -> None:
        """Let them go on after so many seconds."""
        if self._attempt is not None:
            self._attempt.resume(after)

    async def run(self) -> Tried:
        """Run to the end. When cancelled, nothing of it is left running."""
        job, name = self._job, self._job.step.name
        if self._first is None:
            self._watch.begin(name)
        result = await self._run(job.commands(self._cpus), self._first)
        fixed = job.fixes is not None and isinstance(result, Ended) and result.exit_code != 0
        if fixed and job.fixes is not None:
            await self._run(job.fixes(self._cpus))
            result = await self._run(job.commands(self._cpus))
        if isinstance(result, NotStarted):
            return Tried(result, fixed)
        changed = tuple(self._watch.changed(name))
        passed = isinstance(result, Ended) and result.exit_code == 0
        staged = bool(changed) and passed and job.step.stage_fixed and self._watch.stage(changed)
        return Tried(result, fixed, changed, staged)

    async def _run(self, commands: Sequence[tuple[str, ...]], first: Process | NotStarted | None = None) -> Result:
        width = launching.width(self._job, self._cpus)
        apart = launching.are_apart(commands, width)
        places = range(len(commands)) if apart else [None] * len(commands)
        self._attempt = Attempt(
            launches=[launching.launch(self._job, self._logs, *each) for each in zip(commands, places, strict=True)],
            width=width,
            launcher=self._launcher,
            timeout=self._job.step.timeout,
            on_start=self._started,
            hurry=self._hurry,
            first=first,
        )
        try:
            return await self._attempt.run()
        finally:
            if apart:
                self._logs.join(self._job.step.name, len(commands))

    def _started(self) -> None:
        on_start, self._on_start = self._on_start, lambda: None
        on_start()

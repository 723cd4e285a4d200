"""Drives a schedule: starts what may start, waits for what runs, and has the ledger tell what happens.

One nursery holds every step; it is opened in `run` and never stored. The schedule decides, this module only
acts: whatever is not about waiting belongs into `hookflow.core`.
"""

import signal
from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass

import trio

from hookflow.attempt import Attempt, Ended, Launcher, OutOfTime, Result
from hookflow.core.launch import Job, Launch, NotStarted
from hookflow.core.outcome import Cancelled, Failed, Outcome, Passed, TimedOut, is_failure
from hookflow.core.schedule import Schedule, Start
from hookflow.ledger import Ledger

# What ends a run properly. Not all of them exist on every system.
_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name))
_FIRST_WAIT = 0.1  # seconds before a refused process is tried again while nothing runs; doubles
_MOST_REFUSALS = 8  # in a row with nothing running: some 25 s


@dataclass(slots=True)
class Course:
    """How a run went, beside what the ledger holds.

    Attributes:
        peak: The most steps that ran at once.
        signal: The number of the signal that ended the run, or None.
    """

    peak: int = 0
    signal: int | None = None


async def run(schedule: Schedule, jobs: Mapping[str, Job], launcher: Launcher, ledger: Ledger) -> Course:
    """Run a schedule to its end; nothing is left running, however it ends."""
    driver = _Driver(schedule, jobs, launcher, ledger)
    with trio.open_signal_receiver(*_ending_signals()) as signals:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(driver.listen, signals)
            while not driver.settled():
                for start in schedule.startable(trio.current_time()):
                    nursery.start_soon(driver.attempt, start)
                await driver.wait_change()
            nursery.cancel_scope.cancel()
    return driver.course


def _ending_signals() -> Collection[int]:
    """The signals to listen for. A hang-up that was ignored when we began (nohup) stays ignored."""
    hang_up = getattr(signal, "SIGHUP", None)
    ignored = hang_up is not None and signal.getsignal(hang_up) is signal.SIG_IGN
    return [number for number in _ENDING if not (ignored and number == hang_up)]


class _Driver:
    """The state that the tasks of one run share."""

    def __init__(self, schedule: Schedule, jobs: Mapping[str, Job], launcher: Launcher, ledger: Ledger) -> None:
        self.course = Course()
        self._schedule = schedule
        self._jobs = jobs
        self._launcher = launcher
        self._ledger = ledger
        self._changed = trio.Event()
        self._hurry = trio.Event()
        self._scopes: dict[str, trio.CancelScope] = {}
        self._refusals = 0

    def settled(self) -> bool:
        """Report what ended without running; whether everything has ended."""
        for ended in self._schedule.take_ended():
            self._ledger.finish(ended.name, ended.outcome, at=trio.current_time())
        return self._schedule.done

    async def wait_change(self) -> None:
        """Until something ended, or the schedule has a reason of its own to be asked again."""
        wake = self._schedule.wake_time(trio.current_time())
        with trio.move_on_at(wake if wake is not None else float("inf")):
            await self._changed.wait()
        self._changed = trio.Event()

    async def listen(self, signals: AsyncIterator[int]) -> None:
        """The first signal ends the run properly, the next one without grace."""
        async for number in signals:
            if self.course.signal is not None:
                self._hurry.set()
                continue
            self.course.signal = number
            self._cancel(f"the run was ended by {signal.Signals(number).name}")

    async def attempt(self, start: Start) -> None:
        """One attempt of one step, from its start to what the schedule is told of it."""
        name = start.name
        with trio.CancelScope() as scope:
            self._scopes[name] = scope
            if self._schedule.cancelled is not None:
                scope.cancel()
            self.course.peak = max(self.course.peak, len(self._scopes))
            result = await self._wait_result(start)
        del self._scopes[name]
        if scope.cancelled_caught:
            self._end(name, Cancelled(self._schedule.cancelled or "the run was ended"))
        else:
            self._settle(start, result)
        self._changed.set()

    async def _wait_result(self, start: Start) -> Result:
        job, logs = self._jobs[start.name], self._ledger.logs
        commands = job.commands(start.cpus)
        width = max(1, start.cpus // job.step.cpus)
        apart = width > 1 and len(commands) > 1
        places = range(len(commands)) if apart else [None] * len(commands)
        attempt = Attempt(
            launches=[self._launch(job, *each) for each in zip(commands, places, strict=True)],
            width=width,
            launcher=self._launcher,
            timeout=job.step.timeout,
            on_start=lambda: self._started(start, job),
            hurry=self._hurry,
        )
        try:
            return await attempt.run()
        finally:
            if apart:
                logs.join(start.name, len(commands))

    def _launch(self, job: Job, command: tuple[str, ...], place: int | None) -> Launch:
        name, logs = job.step.name, self._ledger.logs
        return Launch(
            arguments=command,
            environment=job.environment,
            cwd=job.cwd,
            log=logs.log(name) if place is None else logs.part(name, place),
            stdin=job.stdin,
            interactive=job.step.interactive,
        )

    def _started(self, start: Start, job: Job) -> None:
        self._refusals = 0
        self._ledger.started(
            start.name,
            at=trio.current_time(),
            attempt=start.attempt,
            command=job.display,
            files=job.files,
        )

    def _settle(self, start: Start, result: Result) -> None:
        name = start.name
        if isinstance(result, NotStarted) and result.temporary and self._refused(name, result):
            return
        if isinstance(result, Ended) and result.left_over:
            self._ledger.warn(_left_over(result.left_over), name)
        outcome = _outcome(result)
        tries_left = start.attempt <= self._jobs[name].step.retries and not isinstance(result, NotStarted)
        if is_failure(outcome) and tries_left and self._schedule.cancelled is None:
            self._retry(name, start.attempt, outcome)
        else:
            self._end(name, outcome)

    def _refused(self, name: str, result: NotStarted) -> bool:
        """Whether the step is to be tried again after the system had no room for it."""
        others = bool(self._scopes)
        self._refusals += not others
        if self._refusals > _MOST_REFUSALS or self._schedule.cancelled is not None:
            return False
        wait = 0.0 if others else _FIRST_WAIT * 2 ** (self._refusals - 1)
        self._ledger.warn(f"{result.reason}; going on with fewer at once", name)
        self._schedule.refused(name, trio.current_time() + wait)
        return True

    def _retry(self, name: str, attempt: int, outcome: Outcome) -> None:
        wait = self._jobs[name].step.retry_delay * 2 ** (attempt - 1)
        self._ledger.warn(f"{outcome.reason}; trying again in {wait:g} s", name)
        self._schedule.retry(name, trio.current_time() + wait)

    def _end(self, name: str, outcome: Outcome) -> None:
        self._schedule.ended(name, outcome)
        self._ledger.finish(name, outcome, at=trio.current_time())
        if self._schedule.cancelled is not None:
            self._cancel(self._schedule.cancelled)

    def _cancel(self, reason: str) -> None:
        self._schedule.cancel(reason)
        for scope in self._scopes.values():
            scope.cancel()
        self._changed.set()


def _outcome(result: Result) -> Outcome:
    match result:
        case Ended(exit_code=0):
            return Passed()
        case Ended(exit_code=code) if code < 0:
            return Failed(code, f"ended by {_signal_name(-code)}")
        case Ended(exit_code=code):
            return Failed(code, f"exit code {code}")
        case OutOfTime(seconds=seconds):
            return TimedOut(f"its time was up after {seconds:g} s")
        case NotStarted(reason=reason):
            return Failed(None, reason)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _left_over(count: int) -> str:
    if count == 1:
        return "left 1 background process behind, which was ended"
    return f"left {count} background processes behind, which were ended"

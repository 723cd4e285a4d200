"""Drives a schedule: starts what may start, waits for what runs, and has the ledger tell what happens.

One nursery holds every step; it is opened in `run` and never stored. The schedule decides, this module only
acts: whatever is not about waiting belongs into `hookflow.core`.
"""

import os
import signal
import time
from collections.abc import AsyncIterator, Collection, Mapping, MutableSequence, Sequence

import trio

from hookflow.attempt import Ended, OutOfTime
from hookflow.core.endings import ENDING, HANG_UP
from hookflow.core.launch import Job, NotStarted
from hookflow.core.outcome import Cancelled, Failed, Outcome, TimedOut, is_failure
from hookflow.core.schedule import Schedule, Start
from hookflow.core.structs import Struct
from hookflow.core.verdict import from_exit_code, with_changes, with_note
from hookflow.head_start import Head
from hookflow.ledger import Ledger
from hookflow.outside import Lease, Outside
from hookflow.replay import Replayer
from hookflow.trial import Trial, Tried

_STOP = getattr(signal, "SIGTSTP", None)  # Ctrl-Z
_FIRST_WAIT = 0.1  # seconds before a refused process is tried again while nothing runs; doubles
_MOST_REFUSALS = 8  # in a row with nothing running: some 25 s
_TICKS = 5  # of trio, after which a task that was started waits for its process
_LOCK_POLL = 0.1  # seconds between looks at what another process holds; nothing tells of its release


class Course(Struct):
    """How a run went, beside what the ledger holds.

    Attributes:
        peak: The most steps that ran at once.
        signal: The number of the signal that ended the run, or None.
    """

    peak: int = 0
    signal: int | None = None


class Clock(trio.abc.Clock):
    """The clock that is there without trio, so that what was timed before trio was imported agrees with it."""

    def start_clock(self) -> None:
        """It goes already."""

    def current_time(self) -> float:
        """Seconds."""
        return time.perf_counter()

    def deadline_to_sleep_time(self, deadline: float) -> float:
        """How long to sleep until then, in seconds."""
        return deadline - time.perf_counter()


async def run(
    schedule: Schedule,
    jobs: Mapping[str, Job],
    outside: Outside,
    ledger: Ledger,
    heads: Sequence[Head] = (),
    noted: MutableSequence[int] | None = None,
) -> Course:
    """Run a schedule to its end; nothing is left running, however it ends.

    Args:
        schedule: What may start when.
        jobs: What running each step takes.
        outside: What is needed of the outside.
        ledger: What the run comes to.
        heads: Steps that the schedule has started already, with their first processes.
        noted: Numbers of signals that came since then; they are taken from there.
    """
    driver = _Driver(schedule, jobs, outside, ledger)
    with trio.open_signal_receiver(*_heeded()) as signals:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(driver.listen, signals)
            for head in heads:
                nursery.start_soon(driver.attempt, head.start, head)
            if noted:
                for _ in range(_TICKS):  # until the heads are waited for: a signal has to find them
                    await trio.lowlevel.checkpoint()
            while noted:
                signal.raise_signal(noted.pop(0))
            while not driver.settled():
                for start in schedule.startable(trio.current_time()):
                    nursery.start_soon(driver.attempt, start)
                await driver.wait_change()
            nursery.cancel_scope.cancel()
    return driver.course


def _heeded() -> Collection[int]:
    """The signals to listen for. A hang-up that was ignored when we began (nohup) stays ignored."""
    wanted = [*ENDING, *([_STOP] if _STOP is not None else [])]
    may_be_ignored = {HANG_UP, _STOP}
    return [
        number for number in wanted if not (number in may_be_ignored and signal.getsignal(number) is signal.SIG_IGN)
    ]


class _Driver:
    """The state that the tasks of one run share."""

    def __init__(self, schedule: Schedule, jobs: Mapping[str, Job], outside: Outside, ledger: Ledger) -> None:
        self.course = Course()
        self._schedule = schedule
        self._jobs = jobs
        self._outside = outside
        self._ledger = ledger
        self._replayer = Replayer(schedule, outside.results, ledger, writing=True)
        self._changed = trio.Event()
        self._hurry = trio.Event()
        self._scopes: dict[str, trio.CancelScope] = {}
        self._trials: dict[str, Trial] = {}
        self._waiting: dict[str, str] = {}
        self._refusals = 0

    def settled(self) -> bool:
        """Replay what need not run, and report what ended without running; whether everything has ended."""
        self._replayer.replay()
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
        """The first signal ends the run properly, the next one without grace; Ctrl-Z stops it with its steps."""
        async for number in signals:
            if number == _STOP:
                self._stand_still()
            elif self.course.signal is not None:
                self._hurry.set()
            else:
                self.course.signal = number
                self._cancel(f"the run was ended by {signal.Signals(number).name}")

    async def attempt(self, start: Start, head: Head | None = None) -> None:
        """One attempt of one step, from its start to what the schedule is told of it."""
        name = start.name
        lease: Lease | str = head.lease if head is not None else self._outside.take(name)
        if isinstance(lease, str):
            self._postpone(name, lease)
            return
        self._waiting.pop(name, None)
        try:
            with trio.CancelScope() as scope:
                self._scopes[name] = scope
                if self._schedule.cancelled is not None:
                    scope.cancel()
                self.course.peak = max(self.course.peak, len(self._scopes))
                if head is None:
                    self._outside.results.begin(name)
                tried = await self._trial(start, head).run()
        finally:
            lease.release()
            del self._scopes[name], self._trials[name]
        if scope.cancelled_caught:
            changed = tuple(self._outside.watch.changed(name))
            self._end(name, Cancelled(self._schedule.cancelled or "the run was ended"), changed)
        else:
            self._settle(start, tried, _ended_before(head, tried))
        self._changed.set()

    def _trial(self, start: Start, head: Head | None) -> Trial:
        job, began = self._jobs[start.name], trio.current_time()
        self._trials[start.name] = Trial(
            job,
            start.cpus,
            launcher=self._outside.launcher,
            logs=self._ledger.logs,
            watch=self._outside.watch,
            on_start=(lambda: None) if head is not None else lambda: self._started(start, job, began),
            hurry=self._hurry,
            first=head.process if head is not None else None,
        )
        return self._trials[start.name]

    def _postpone(self, name: str, why: str) -> None:
        """What it needs is held by another process: ask again later, and let others go on meanwhile."""
        if self._waiting.get(name) != why:
            self._waiting[name] = why
            self._ledger.warn(why, name, waits=True)
        self._schedule.postpone(name, trio.current_time() + _LOCK_POLL)
        self._changed.set()

    def _stand_still(self) -> None:
        """Stop, and let the steps stop too, which are in sessions of their own; go on when someone says so."""
        for trial in self._trials.values():
            trial.pause()
        before = time.monotonic()
        with self._outside.aside():
            os.kill(os.getpid(), signal.SIGSTOP)
        for trial in self._trials.values():
            trial.resume(time.monotonic() - before)

    def _started(self, start: Start, job: Job, at: float) -> None:
        self._refusals = 0
        self._ledger.started(
            start.name,
            at=at,
            attempt=start.attempt,
            command=job.display,
            files=job.files,
        )

    def _settle(self, start: Start, tried: Tried, at: float | None) -> None:
        """Tell what a try came to; `at` is when it ended, if that was before anyone could wait for it."""
        name, result = start.name, tried.result
        if isinstance(result, NotStarted) and result.temporary and self._refused(name, result):
            return
        if isinstance(result, Ended) and result.left_over:
            self._ledger.warn(_left_over(result.left_over), name)
        outcome = with_changes(_outcome(tried), tried.changed, fixed=tried.fixed, staged=tried.staged)
        tries_left = start.attempt <= self._jobs[name].step.retries and not isinstance(result, NotStarted)
        if is_failure(outcome) and tries_left and not tried.changed and self._schedule.cancelled is None:
            self._retry(name, start.attempt, outcome)
        else:
            self._end(name, with_note(outcome, self._jobs[name].note), tried.changed, at)

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
        self._ledger.warn(f"{outcome.reason}; trying again in {wait:g} s", name, waits=True)
        self._schedule.retry(name, trio.current_time() + wait)

    def _end(self, name: str, outcome: Outcome, changed: tuple[str, ...] = (), at: float | None = None) -> None:
        outcome = self._outside.results.ended(name, outcome, changed)
        self._schedule.ended(name, outcome)
        self._ledger.finish(name, outcome, at=trio.current_time() if at is None else at, modified=changed)
        if self._schedule.cancelled is not None:
            self._cancel(self._schedule.cancelled)

    def _cancel(self, reason: str) -> None:
        self._schedule.cancel(reason)
        for scope in self._scopes.values():
            scope.cancel()
        self._changed.set()


def _outcome(tried: Tried) -> Outcome:
    match tried.result:
        case Ended(exit_code=code):
            return from_exit_code(code)
        case OutOfTime(seconds=seconds):
            return TimedOut(f"its time was up after {seconds:g} s")
        case NotStarted(reason=reason):
            return Failed(None, reason)


def _ended_before(head: Head | None, tried: Tried) -> float | None:
    """When the only process of a step was seen to have ended, before trio was there."""
    return head.ended if head is not None and head.whole and not tried.fixed else None


def _left_over(count: int) -> str:
    if count == 1:
        return "left 1 background process behind, which was ended"
    return f"left {count} background processes behind, which were ended"

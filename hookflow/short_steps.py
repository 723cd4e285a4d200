"""Steps that end at once, carried out without trio: to import it takes longer than many a step.

Whatever needs more than to look at an exit code (a time-out, a fix, another try, background processes, a signal) is
left to the runner. As soon as nothing ends for a moment, the runner is imported by a thread; when it is there, and a
step is no short one, it takes over. Until then steps end, and start others, here.
"""

import select
import time
from collections.abc import Callable, Mapping, MutableSequence, Sequence
from threading import Thread

from hookflow.core.launch import Job, NotStarted
from hookflow.core.outcome import is_failure
from hookflow.core.schedule import Schedule
from hookflow.core.verdict import from_exit_code, with_changes, with_note
from hookflow.head_start import Head, Starter
from hookflow.ledger import Ledger
from hookflow.outside import Outside

_PATIENCE = 0.015  # seconds without an end after which the runner is wanted
_LONG = 0.05  # seconds after which a step is no short one: it may have a time-out, and others end all the time
_POLL = 0.005  # seconds between looks whether it is there; no process ends unnoticed meanwhile
_LOOK = 0.001  # seconds between looks at a process whose end no descriptor tells


def run(
    schedule: Schedule,
    jobs: Mapping[str, Job],
    outside: Outside,
    ledger: Ledger,
    *,
    replay: Callable[[], None],
    noted: MutableSequence[int],
    fetch: Callable[[], object],
) -> tuple[Sequence[Head], int]:
    """Run steps as long as one after the other ends; returns those that run on, and the most that ran at once.

    Args:
        schedule: What may start when, by `time.perf_counter`.
        jobs: What running each step takes.
        outside: What is needed of the outside.
        ledger: What the run comes to.
        replay: Replays what is ready and need not run.
        noted: Numbers of signals that came; with one, the runner is wanted at once.
        fetch: Imports the runner; called in a thread.
    """
    starter, running = Starter(schedule, jobs, outside, ledger), _Running()
    fetching = Thread(target=fetch, daemon=True)
    peak = 0
    while not noted and schedule.cancelled is None:
        replay()
        _tell_ended(schedule, ledger)
        running.add(starter.begin(len(running.heads)))
        peak = max(peak, len(running.heads))
        if not running.can_all_end:
            break
        ended = running.wait_end(_PATIENCE if fetching.ident is None else _POLL)
        if not all(_settle(running, head, jobs[head.start.name], schedule, outside, ledger) for head in ended):
            break
        is_long = running.longest() > _LONG
        if fetching.ident is None and (is_long or not ended):
            fetching.start()
        elif is_long and not fetching.is_alive():
            break
    _tell_ended(schedule, ledger)
    if not (schedule.done or noted):
        running.note_ends(fetching)
    return list(running.heads.values()), peak


def _tell_ended(schedule: Schedule, ledger: Ledger) -> None:
    """Tell of the steps that ended without running."""
    for ended in schedule.take_ended():
        ledger.finish(ended.name, ended.outcome, at=0.0)  # it was never started


class _Running:
    """The steps that run, and when their processes end."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}
        self._poll = select.poll()
        self._told: dict[int, Head] = {}  # by descriptor
        self._untold: list[Head] = []  # to be looked at: no descriptor tells of their end

    def add(self, heads: Sequence[Head]) -> None:
        """These have been started."""
        for head in heads:
            self.heads[head.start.name] = head
            if isinstance(head.process, NotStarted):
                continue
            if (descriptor := head.process.descriptor) is not None:
                self._told[descriptor] = head
                self._poll.register(descriptor, select.POLLIN)
            else:
                self._untold.append(head)

    def wait_end(self, timeout: float) -> list[Head]:
        """Until a process ends, for so many seconds at most; those that have ended, with the time of that."""
        until = time.perf_counter() + timeout
        while True:
            ended = self._ended(min(timeout, _LOOK) if self._untold else timeout)
            if ended or (now := time.perf_counter()) >= until:
                return ended
            timeout = until - now

    @property
    def can_all_end(self) -> bool:
        """Whether there are any, and all of them have been started indeed."""
        started = not any(isinstance(head.process, NotStarted) for head in self.heads.values())
        return started and bool(self.heads)

    def longest(self) -> float:
        """The seconds for which the one that was started first has run."""
        return max((time.perf_counter() - head.began for head in self.heads.values()), default=0.0)

    def note_ends(self, fetching: Thread) -> None:
        """Note when processes end while the runner, which will wait for them, is being imported."""
        if fetching.ident is None:
            fetching.start()
        while fetching.is_alive():
            self.wait_end(_POLL)
            if not (self._told or self._untold):
                fetching.join()

    def _ended(self, timeout: float) -> list[Head]:
        """Those that have ended since the last look, or within a time."""
        found = [self._told.pop(descriptor) for descriptor, _ in self._poll.poll(timeout * 1000)]
        for head in [head for head in self._untold if _has_ended(head)]:
            self._untold.remove(head)
            found.append(head)
        for head in found:
            head.ended = time.perf_counter()
            if not isinstance(head.process, NotStarted) and (descriptor := head.process.descriptor) is not None:
                self._poll.unregister(descriptor)
        return found


def _has_ended(head: Head) -> bool:
    return not isinstance(head.process, NotStarted) and head.process.has_ended()


def _settle(running: _Running, head: Head, job: Job, schedule: Schedule, outside: Outside, ledger: Ledger) -> bool:
    """Tell what a step came to whose process has ended; whether that was all there is to do for it."""
    if isinstance(head.process, NotStarted) or head.ended is None or not head.whole or head.process.left_over():
        return False
    outcome = from_exit_code(head.process.reap())
    if is_failure(outcome) and (job.fixes is not None or head.start.attempt <= job.step.retries):
        return False
    name = head.start.name
    changed = tuple(outside.watch.changed(name))
    staged = bool(changed) and not is_failure(outcome) and job.step.stage_fixed and outside.watch.stage(changed)
    outcome = with_note(with_changes(outcome, changed, fixed=False, staged=staged), job.note)
    outcome = outside.results.ended(name, outcome, changed)
    head.lease.release()
    schedule.ended(name, outcome)
    ledger.finish(name, outcome, at=head.ended, modified=changed)
    del running.heads[name]
    return True

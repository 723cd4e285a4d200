"""The first steps, started while trio is still being imported: starting needs no trio, only waiting does.

Importing trio takes about as long as ten processes take to start (`python -m benchmarks W1`), so a person who waits
for one step waits for the longer of the two, and not for both.
"""

import os
import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from hookflow import launching
from hookflow.core.launch import Job, NotStarted
from hookflow.core.schedule import Schedule, Start
from hookflow.core.structs import Struct
from hookflow.ledger import Ledger
from hookflow.outside import Lease, Outside, Process

_RESERVE = 10  # descriptors that trio takes to begin, and importing it
_POLL = 0.01  # seconds
_AFTER_KILL = 1.0  # seconds; what outlives KILL is inside the kernel, and waiting longer changes nothing


class Head(Struct):
    """A step that the schedule has started: what it holds, and its first process.

    Attributes:
        start: The schedule's permission.
        lease: What the step holds.
        process: Its first process.
        whole: Whether that process is all of the step's first try.
        began: When that was started, by `time.perf_counter`.
        ended: When that process ended, by `time.perf_counter`; None while nobody has seen that.
    """

    start: Start
    lease: Lease
    process: Process | NotStarted
    whole: bool
    began: float
    ended: float | None = None


class Starter:
    """Starts what may start, by `time.perf_counter`.

    Args:
        schedule: What may start when.
        jobs: What running each step takes.
        outside: What is needed of the outside.
        ledger: What the run comes to.
    """

    def __init__(self, schedule: Schedule, jobs: Mapping[str, Job], outside: Outside, ledger: Ledger) -> None:
        self._schedule = schedule
        self._jobs = jobs
        self._outside = outside
        self._ledger = ledger
        self._had_room = 0  # for so many steps at once there were descriptors, and some to spare

    def begin(self, running: int = 0) -> list[Head]:
        """Start what may start now, beside so many that run.

        What waits for another process is left to the runner, which knows how to wait.
        """
        starts = self._schedule.startable(now := time.perf_counter())
        reserve: list[int] | None = []
        if (wanted := running + len(starts)) > self._had_room:
            reserve = _reserve()
        if reserve is None:
            self._put_off(starts, now)
            return []
        try:
            heads = self._begin(starts, now)
        finally:
            for descriptor in reserve:
                os.close(descriptor)
        self._had_room = max(self._had_room, wanted)
        return heads

    def _begin(self, wanted: Sequence[Start], now: float) -> list[Head]:
        heads: list[Head] = []
        starts = deque(wanted)
        try:
            while starts:
                start = starts.popleft()
                lease = self._outside.take(start.name)
                if isinstance(lease, str):
                    self._put_off([start], now)
                    continue
                head = self._head(start, lease)
                if isinstance(head.process, NotStarted) and head.process.temporary:
                    lease.release()
                    self._schedule.refused(start.name, now)
                    break
                heads.append(head)
        except BaseException:
            abandon(heads)
            raise
        self._put_off(starts, now)  # there is no room for them now
        return heads

    def _put_off(self, starts: Iterable[Start], now: float) -> None:
        for start in starts:
            self._schedule.postpone(start.name, now)

    def _head(self, start: Start, lease: Lease) -> Head:
        job = self._jobs[start.name]
        self._outside.results.begin(start.name)
        self._outside.watch.begin(start.name)
        commands = job.commands(start.cpus)
        apart = launching.are_apart(commands, launching.width(job, start.cpus))
        at = time.perf_counter()
        process = self._outside.launcher(launching.launch(job, self._ledger.logs, commands[0], 0 if apart else None))
        if not isinstance(process, NotStarted):
            self._ledger.started(start.name, at=at, attempt=start.attempt, command=job.display, files=job.files)
        return Head(start, lease, process, whole=len(commands) == 1, began=at)


def _reserve() -> list[int] | None:
    """Descriptors to close before trio needs them; None where there are not as many."""
    found: list[int] = []
    try:
        for _ in range(_RESERVE):
            found.append(os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC))  # noqa: PERF401 (what was had is closed)
    except OSError:
        for descriptor in found:
            os.close(descriptor)
        return None
    return found


def abandon(heads: Sequence[Head]) -> None:
    """End the processes at once, and give back what they hold: the runner could not be had."""
    until = time.perf_counter() + _AFTER_KILL
    for head in heads:
        if not isinstance(head.process, NotStarted):
            head.process.kill()
    for head in heads:
        while not isinstance(head.process, NotStarted) and head.process.left_over() and time.perf_counter() < until:
            time.sleep(_POLL)
        head.lease.release()

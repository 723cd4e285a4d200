"""The first steps, started while trio is still being imported: starting needs no trio, only waiting does.

Importing trio takes about as long as ten processes take to start (`python -m benchmarks W1`), so a person who waits
for one step waits for the longer of the two, and not for both.
"""

import os
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from hookflow import launching
from hookflow.core.launch import Job, NotStarted
from hookflow.core.schedule import Schedule, Start
from hookflow.core.structs import Struct
from hookflow.ledger import Ledger
from hookflow.outside import Lease, Outside, Process

if TYPE_CHECKING:
    from queue import SimpleQueue

_RESERVE = 10  # descriptors that trio takes to begin, and importing it
_POLL = 0.01  # seconds
_AFTER_KILL = 1.0  # seconds; what outlives KILL is inside the kernel, and waiting longer changes nothing


class EndTime:
    """Notes when a process ends while nobody can wait for it yet.

    Args:
        name: Of the step.
        process: Its process.
        told: Gets the name when the process has ended.

    Attributes:
        at: The time by `time.perf_counter`; None while it runs.
    """

    def __init__(self, name: str, process: Process, told: "SimpleQueue[str]") -> None:
        self.at: float | None = None
        threading.Thread(target=self._note, args=(name, process, told), daemon=True).start()

    def _note(self, name: str, process: Process, told: "SimpleQueue[str]") -> None:
        if process.block_until_exit():
            self.at = time.perf_counter()
            told.put(name)


class Head(Struct, frozen=True):
    """A step that the schedule has started: what it holds, its first process, and when that ended.

    `whole` says whether that process is all of the step's first try.
    """

    start: Start
    lease: Lease
    process: Process | NotStarted
    end: EndTime | None
    whole: bool


def begin(
    schedule: Schedule, jobs: Mapping[str, Job], outside: Outside, ledger: Ledger, told: "SimpleQueue[str]"
) -> list[Head]:
    """Start what may start now, by `time.perf_counter`; `told` gets the names of steps whose process has ended.

    What waits for another process is left to the runner, which knows how to wait.
    """
    heads: list[Head] = []
    reserve = _reserve()
    if reserve is None:
        return []
    try:
        starts = deque(schedule.startable(now := time.perf_counter()))
        while starts:
            start = starts.popleft()
            lease = outside.take(start.name)
            if isinstance(lease, str):
                schedule.postpone(start.name, now)
                continue
            head = _head(start, jobs[start.name], lease, outside, ledger, told)
            if isinstance(head.process, NotStarted) and head.process.temporary:
                lease.release()
                schedule.refused(start.name, now)
                break
            heads.append(head)
        for start in starts:  # there is no room for them now
            schedule.postpone(start.name, now)
    except BaseException:
        abandon(heads)
        raise
    finally:
        for descriptor in reserve:
            os.close(descriptor)
    return heads


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


def _head(start: Start, job: Job, lease: Lease, outside: Outside, ledger: Ledger, told: "SimpleQueue[str]") -> Head:
    outside.results.begin(start.name)
    outside.watch.begin(start.name)
    commands = job.commands(start.cpus)
    apart = launching.are_apart(commands, launching.width(job, start.cpus))
    at = time.perf_counter()
    process = outside.launcher(launching.launch(job, ledger.logs, commands[0], 0 if apart else None))
    end = None
    if not isinstance(process, NotStarted):
        end = EndTime(start.name, process, told)
        ledger.started(start.name, at=at, attempt=start.attempt, command=job.display, files=job.files)
    return Head(start, lease, process, end, whole=len(commands) == 1)

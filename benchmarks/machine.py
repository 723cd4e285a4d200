"""How much of this machine others took, and what kind of machine it is. Linux tells; elsewhere nothing is discarded."""

import os
import platform
import resource
import time
from dataclasses import dataclass
from pathlib import Path

_STAT = Path("/proc/stat")
# Of the first line of /proc/stat, by position: user, nice, system, (idle, iowait), irq, softirq, steal.
_BUSY = (0, 1, 2, 5, 6, 7)


@dataclass(frozen=True, slots=True)
class Moment:
    """What had been used up to a moment, in seconds."""

    clock: float
    machine: float  # CPU time of every process, and what the hypervisor took away
    ours: float  # CPU time of this process and of its children that have ended


def now() -> Moment:
    """This moment. Children that have not been waited for count as others."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    ours = sum(each.ru_utime + each.ru_stime for each in used)
    machine = busy_seconds(_STAT.read_text("ascii"), os.sysconf("SC_CLK_TCK")) if _STAT.exists() else ours
    return Moment(time.perf_counter(), machine, ours)


def busy_seconds(stat: str, ticks: int) -> float:
    """The CPU seconds that are not idle and not waiting for a disk.

    Args:
        stat: What /proc/stat says; its first line is the sum of all CPUs (proc(5)).
        ticks: Clock ticks a second.
    """
    counts = [int(count) for count in stat.partition("\n")[0].split()[1:]]
    return sum(counts[position] for position in _BUSY) / ticks


def share_of_others(before: Moment, after: Moment, cpus: int) -> float:
    """What part of the machine's CPU time between two moments was neither idle nor ours: 0 to 1.

    The kernel's work on behalf of nobody counts as others' too, so it is not 0 on a machine that is ours alone.
    """
    elapsed = (after.clock - before.clock) * cpus
    others = (after.machine - before.machine) - (after.ours - before.ours)
    return min(1.0, max(0.0, others / elapsed)) if elapsed > 0 else 0.0


def kind() -> str:
    """The kind of machine, with nothing that names this one."""
    processor = f"{os.cpu_count()} CPUs ({platform.machine()})"
    return f"{platform.system()} {platform.release().split('-')[0]}, {processor}, Python {platform.python_version()}"

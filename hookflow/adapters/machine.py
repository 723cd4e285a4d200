"""What the operating system says of this machine: its name, usable CPUs, and the limit on arguments."""

import os
from collections.abc import Mapping
from pathlib import Path

from hookflow.core.porcelain import data

_CGROUP_2 = Path("/sys/fs/cgroup/cpu.max")
_CGROUP_1 = Path("/sys/fs/cgroup/cpu")


def host() -> str:
    """The machine's name in its network; may be empty."""
    import platform  # noqa: PLC0415 (3 ms that only a report which names the machine should pay)

    return platform.node()


def usable_cpus() -> int:
    """The CPUs that this process may use: its affinity, cut by a cgroup quota; at least 1."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    quota = _cgroup_quota()
    return count if quota is None else max(1, min(count, quota))


def _cgroup_quota() -> int | None:
    """Whole CPUs of the cgroup's quota, rounded up; None where there is no quota.

    The files of the root of the process's cgroup namespace, which is what a container sees.
    """
    try:
        if _CGROUP_2.exists():
            quota, period = _CGROUP_2.read_text().split()
        else:
            quota = (_CGROUP_1 / "cpu.cfs_quota_us").read_text().strip()
            period = (_CGROUP_1 / "cpu.cfs_period_us").read_text().strip()
        if quota == "max" or int(quota) <= 0:
            return None
        return -(-int(quota) // int(period))
    except (OSError, ValueError):
        return None


_LEAST_ARG_MAX = 4096  # bytes; POSIX promises no more
_USUAL_ARG_MAX = 128 * 1024  # bytes, where the system does not say
_HEADROOM = 8192  # bytes for the command's own words and what the kernel adds (xargs leaves 2,048)


def argument_room(environment: Mapping[str, str]) -> int:
    """Bytes that file names may take in a process's arguments, beside its environment (execve(2))."""
    try:
        limit = os.sysconf("SC_ARG_MAX")
    except (AttributeError, ValueError, OSError):
        limit = _USUAL_ARG_MAX
    pointer, nul, equals = 8, 1, 1
    taken = sum(len(data(name)) + equals + len(data(value)) + nul + pointer for name, value in environment.items())
    return max(_LEAST_ARG_MAX, limit - taken - _HEADROOM)

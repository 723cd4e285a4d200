"""Process groups: who is in one, and how it is sent a signal."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_DEAD = {b"Z", b"X"}  # zombies answer to killpg as if they lived; only proc(5) tells them apart


def send(group: int, number: int) -> None:
    """Send a signal to a group, if it is there."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def members(group: int) -> list[int]:
    """The living processes of a group; where the system cannot list them, the group's id stands for all.

    Of a group without any process the system says so at once; for others every process there is has to be looked at.
    """
    if not is_there(group):
        return []
    if not (_PROC / "self").is_dir():
        return [group]
    return [pid for pid, found in _living() if found == group]


def is_there(group: int) -> bool:
    """Whether any process is in a group, be it a zombie."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # some of it belongs to another user
    return True


def sessions_of_run(run: str) -> list[int]:
    """The session leaders whose environment says that they were started by a run."""
    mark = f"HOOKFLOW_RUN={run}".encode()
    found = []
    for pid, group in _living():
        with suppress(OSError):
            if pid == group and mark in (_PROC / str(pid) / "environ").read_bytes().split(b"\0"):
                found.append(pid)
    return found


def kill(group: int) -> None:
    """KILL to a whole group."""
    send(group, signal.SIGKILL)


def _living() -> Iterator[tuple[int, int]]:
    """Every living process and its group."""
    with suppress(OSError):
        for entry in os.scandir(_PROC):
            if entry.name.isdigit():
                with suppress(OSError, IndexError):
                    fields = _fields(int(entry.name))
                    if fields[0] not in _DEAD:
                        yield int(entry.name), int(fields[2])


def _fields(pid: int) -> list[bytes]:
    """The fields of ``/proc/PID/stat`` from the state on; the name before may hold blanks and brackets."""
    return (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()

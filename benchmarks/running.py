"""Starts a contender's command, waits for it and for all that it left, and says how long it took."""

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Timer

_PR_SET_CHILD_SUBREAPER = 36
_TAIL = 1500  # bytes of output that an error quotes
TIMEOUT = 300.0  # seconds that one command may take


class CommandFailedError(Exception):
    """A contender's command did not end well: it is left out, and the reason shown."""


@dataclass(frozen=True, slots=True)
class Took:
    """One command that ended well."""

    began: float  # Unix seconds, just before it was started
    seconds: float


def adopt_orphans() -> None:
    """Make this process the parent of what its descendants leave behind, so that its CPU time is counted as ours."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(
    command: Sequence[str],
    cwd: Path,
    environment: Mapping[str, str],
    output: Path,
    codes: Collection[int] = (0,),
) -> Took:
    """Run a command to its end, its output in a file as in a log, its input empty.

    Args:
        command: A program and its arguments.
        cwd: Where.
        environment: All of it.
        output: The file.
        codes: The exit codes with which it has ended well.

    Raises:
        CommandFailedError: It could not be started, took more than `TIMEOUT` (code -9), or ended with another code.
    """
    with output.open("wb") as log:
        began, clock = time.time(), time.perf_counter()
        try:
            process = subprocess.Popen(
                command, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        except OSError as error:
            raise CommandFailedError(str(error)) from error
        code = _waited(process)
        seconds = time.perf_counter() - clock
    reap()
    if code not in codes:
        raise CommandFailedError(f"exit code {code}: {_end_of(output)}")
    return Took(began, seconds)


def _waited(process: subprocess.Popen[bytes]) -> int:
    """Its exit code. A time-out of `Popen.wait` would look again every few ms, and that is what would be measured."""
    with process:
        watch = Timer(TIMEOUT, process.kill)
        watch.daemon = True
        watch.start()
        code = process.wait()
        watch.cancel()
    return code


def _end_of(output: Path) -> str:
    """The last that it said; a log may be larger than memory."""
    with output.open("rb") as log:
        log.seek(max(0, output.stat().st_size - _TAIL))
        return log.read().decode("utf-8", errors="replace").strip()


def reap() -> None:
    """Wait for the orphans that have ended; those that go on are nobody's to wait for."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass

"""A process that outlives the runner, to end its steps and put the work tree back if it is killed.

Nothing can be done in a process that gets SIGKILL, so another one waits for its end: it is forked before the run
and reads a pipe whose other end only the runner has. The end of the file means that the runner has gone; a farewell
before it means that there is nothing to do.

A lock that the runner held when it forked is held by both, so nobody else gets the work tree in between.
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

from hookflow.adapters import groups
from hookflow.adapters.process import Process
from hookflow.core.launch import Launch, NotStarted

Start = Callable[[Launch], Process | NotStarted]

_ANNOUNCED = b"?"  # a process is about to be started
_STARTED = b"+"  # ... and has this id, or could not be
_FAREWELL = b"."
_POLL = 0.02  # seconds
_AFTER_KILL = 1.0  # seconds; what was killed must not write after the files are back


class Guardian:
    """The runner's side of it.

    Args:
        run: The run's id, by which a process that was not reported in time is known.
        rescue: Called in the guardian when the runner has gone and its steps are ended; puts things back.
    """

    def __init__(self, run: str, rescue: Callable[[], None]) -> None:
        reading, writing = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(writing)
            _guard(reading, run, rescue)
        os.close(reading)
        self._pipe = writing

    def watched(self, start: Start) -> Start:
        """A launcher that lets the guardian know of each process."""

        def launch(what: Launch) -> Process | NotStarted:
            self._say(_ANNOUNCED)
            found = start(what)
            self._say(_STARTED + (b"" if isinstance(found, NotStarted) else str(found.pid).encode()))
            return found

        return launch

    def dismiss(self) -> None:
        """All is well: the guardian ends, and is waited for."""
        self._say(_FAREWELL)
        os.close(self._pipe)
        with suppress(ChildProcessError):
            os.waitpid(self._child, 0)

    def _say(self, word: bytes) -> None:
        with suppress(OSError):  # a guardian that was killed guards nothing; the run goes on
            os.write(self._pipe, word + b"\n")


def _guard(pipe: int, run: str, rescue: Callable[[], None]) -> NoReturn:
    """The guardian's whole life. It never returns to the code of the runner that it was forked from."""
    try:
        _keep_out_of_the_way()
        watch = _Watch(run)
        while chunk := os.read(pipe, 65536):
            watch.hear(chunk)
        if not watch.dismissed:
            watch.end_all()
            rescue()
    except BaseException:  # noqa: BLE001 (a traceback of a process that nobody knows helps nobody)
        os._exit(1)
    os._exit(0)


def _keep_out_of_the_way() -> None:
    """No signal that is meant for the runner, no stream that somebody waits for the end of."""
    os.setsid()
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGTSTP", "SIGPIPE"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1):
        os.dup2(nothing, stream)
    os.close(nothing)


class _Watch:
    """What the guardian knows of the runner's processes."""

    def __init__(self, run: str) -> None:
        self.dismissed = False
        self._run = run
        self._unread = b""
        self._started: dict[int, int | None] = {}  # group: when its first process was started
        self._announced = False

    def hear(self, chunk: bytes) -> None:
        """Take in what the runner said."""
        *lines, self._unread = (self._unread + chunk).split(b"\n")
        for line in lines:
            self._announced = line == _ANNOUNCED
            if line == _FAREWELL:
                self.dismissed = True
            elif line.startswith(_STARTED) and line != _STARTED:
                group = int(line[1:])
                self._started[group] = groups.start_time(group)

    def end_all(self) -> None:
        """KILL to every group that is still the runner's, and wait until they are gone."""
        mine = [group for group, when in self._started.items() if _is_still(group, when)]
        if self._announced:  # killed between starting a process and telling of it
            mine += [group for group in groups.sessions_of_run(self._run) if group not in self._started]
        for group in mine:
            groups.kill(group)
        end = time.monotonic() + _AFTER_KILL
        while any(groups.members(group) for group in mine) and time.monotonic() < end:
            time.sleep(_POLL)


def _is_still(group: int, when: int | None) -> bool:
    """Whether a group is the one that was started, not a later one of the same number.

    A number is not given again while a group has it; so where its first process has gone, members mean that it
    is the same, and where there is a first process, its start tells.
    """
    now = groups.start_time(group)
    return now is None or now == when

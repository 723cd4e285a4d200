"""A process that outlives the runner, to end its steps and put the work tree back if it is killed.

Nothing can be done in a process that gets SIGKILL, so another one waits for its end: it is forked before the run
and reads a pipe whose other end only the runner has. The end of the file means that the runner has gone; a farewell
before it means that there is nothing to do. Which groups there are stands in memory that both share, so that the
guardian sleeps while steps start and end.

A lock that the runner held when it forked is held by both, so nobody else gets the work tree in between.
"""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import NoReturn

from hookflow.adapters import groups
from hookflow.adapters.process import Process
from hookflow.core.launch import Launch, NotStarted

Start = Callable[[Launch], Process | NotStarted]

_FAREWELL = b"."
_POLL = 0.02  # seconds
_AFTER_KILL = 1.0  # seconds; what was killed must not write after the files are back


class Groups:
    """The groups of a runner's processes, in memory that a forked process shares.

    A group's number is given to no other one while any process is in it, its first one's zombie included; so a group
    is taken out as soon as it is seen to be gone, and whatever is in here is the runner's.

    Args:
        most: How many can be known by number; more are found by what their environment says.
    """

    def __init__(self, most: int = 1024) -> None:
        import mmap  # noqa: PLC0415 (only for who runs a step)

        self._numbers = memoryview(mmap.mmap(-1, 8 * (1 + most))).cast("q")  # the first: how many are unknown
        self._free = [*range(most, 0, -1)]

    def expect(self) -> None:
        """A process is about to be started."""
        self._numbers[0] += 1

    def take(self, process: Process | NotStarted) -> None:
        """It was started, or could not be. One too many stays unknown."""
        if isinstance(process, NotStarted):
            self._numbers[0] -= 1
        elif self._free:
            place = self._free.pop()
            self._numbers[place] = process.pid
            self._numbers[0] -= 1
            process.when_gone(partial(self._remove, place))

    def _remove(self, place: int) -> None:
        self._numbers[place] = 0
        self._free.append(place)

    def all(self, run: str) -> list[int]:
        """All groups that may still be there, of a run that was killed."""
        known = [number for number in self._numbers[1:] if number]
        if not self._numbers[0]:
            return known
        return [*known, *(group for group in groups.sessions_of_run(run) if group not in known)]


class Guardian:
    """The runner's side of it.

    Args:
        run: The run's id, by which a process that was not reported in time is known.
        rescue: Called in the guardian when the runner has gone and its steps are ended; puts things back.
    """

    def __init__(self, run: str, rescue: Callable[[], None]) -> None:
        self._groups = Groups()
        reading, writing = os.pipe()
        self._child = os.fork()
        if self._child == 0:
            os.close(writing)
            _guard(reading, run, self._groups, rescue)
        os.close(reading)
        self._pipe = writing

    def watched(self, start: Start) -> Start:
        """A launcher that lets the guardian know of each process."""

        def launch(what: Launch) -> Process | NotStarted:
            self._groups.expect()
            found = start(what)
            self._groups.take(found)
            return found

        return launch

    def dismiss(self) -> None:
        """All is well: the guardian ends, and is waited for."""
        with suppress(OSError):  # a guardian that was killed guards nothing
            os.write(self._pipe, _FAREWELL)
        os.close(self._pipe)
        with suppress(ChildProcessError):
            os.waitpid(self._child, 0)


def _guard(pipe: int, run: str, known: Groups, rescue: Callable[[], None]) -> NoReturn:
    """The guardian's whole life. It never returns to the code of the runner that it was forked from."""
    try:
        _keep_out_of_the_way()
        if not os.read(pipe, len(_FAREWELL)):
            _end_all(known.all(run))
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


def _end_all(known: list[int]) -> None:
    """KILL to every group, and wait until they are gone."""
    for group in known:
        groups.kill(group)
    end = time.monotonic() + _AFTER_KILL
    while any(groups.members(group) for group in known) and time.monotonic() < end:
        time.sleep(_POLL)

"""A step's process: started in a session of its own, its output straight into a file, ended as a group.

Starting is synchronous and needs no trio; waiting is trio's. Nothing is read through a pipe, so a grandchild
that holds its output open keeps nobody waiting, and output of any size costs no memory.
"""

import errno
import os
import signal
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hookflow.adapters import groups, spawning, terminal
from hookflow.adapters.files import private_append
from hookflow.core.launch import Launch, NotStarted
from hookflow.core.porcelain import data

if TYPE_CHECKING:
    import subprocess

# What the system says when it has no room for another process now, and may have it later.
_NO_ROOM = frozenset({errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_GRACE = 2.0  # seconds between TERM and KILL (the contract's)
_POLL = 0.02  # seconds between looks at a group that is ending; there is nothing to wait on
_AFTER_KILL = 1.0  # seconds; what outlives KILL is inside the kernel, and waiting longer changes nothing


def start(launch: Launch) -> "Process | NotStarted":
    """Start a process; every reason why that fails is a value."""
    try:
        with ExitStack() as files:
            if launch.interactive:
                return Process(_popen(launch, _terminal_streams(files), process_group=0), interactive=True)
            return Process(_started(launch, *_captured_streams(launch, files)), interactive=False)
    except OSError as error:
        if error.errno in _NO_ROOM:
            return NotStarted(f"the system refuses another process ({error.strerror})", temporary=True)
        return NotStarted(_why(launch, error))


def _started(launch: Launch, stdin: int, out: int) -> "subprocess.Popen[bytes] | int":
    if not spawning.is_possible(str(launch.cwd), stdin, out):
        return _popen(launch, {"stdin": stdin, "stdout": out, "stderr": out}, start_new_session=True)
    return spawning.spawn(_words(launch), _environment(launch), stdin, out)


def _popen(launch: Launch, streams: Mapping[str, Any], **group: Any) -> "subprocess.Popen[bytes]":
    """The general way; a terminal belongs to a session, so who needs the terminal only gets a process group."""
    import subprocess  # noqa: PLC0415 (3 ms, only where posix_spawn(3) does not do)

    return subprocess.Popen(_words(launch), env=_environment(launch), cwd=launch.cwd, **streams, **group)


def _words(launch: Launch) -> list[bytes]:
    return [data(argument) for argument in launch.arguments]


def _environment(launch: Launch) -> dict[bytes, bytes]:
    return {data(name): data(value) for name, value in launch.environment.items()}


def _captured_streams(launch: Launch, files: ExitStack) -> tuple[int, int]:
    """Descriptors of what the process reads, and of where its output goes."""
    if launch.stdin is None:
        stdin = os.open(os.devnull, os.O_RDONLY | os.O_CLOEXEC)
        files.callback(os.close, stdin)
    else:
        import tempfile  # noqa: PLC0415 (3 ms, only for who is told something)

        given = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
        given.write(launch.stdin)
        given.seek(0)
        stdin = given.fileno()
    out = private_append(launch.log) if launch.log is not None else os.open(os.devnull, os.O_WRONLY | os.O_CLOEXEC)
    files.callback(os.close, out)
    return stdin, out


def _terminal_streams(files: ExitStack) -> dict[str, Any]:
    tty = files.enter_context(terminal.DEVICE.open("r+b", buffering=0))
    return {"stdin": tty, "stdout": tty, "stderr": tty}


def _why(launch: Launch, error: OSError) -> str:
    if launch.interactive and error.filename == str(terminal.DEVICE):
        return "it is interactive, and there is no terminal here"
    if not Path(launch.cwd).is_dir():
        return f"its cwd {launch.cwd} is not a directory"
    program = launch.arguments[0]
    known = {
        errno.ENOENT: f"{program} was not found; is it installed, and on PATH?",
        errno.EACCES: f"{program} may not be executed",
        errno.ENOEXEC: f"{program} is no program that this system can run (a script without #! line?)",
        errno.E2BIG: "its arguments and environment are longer than the system allows",
    }
    return known.get(error.errno or 0, f"{program} could not be started: {error.strerror}")


class Process:
    """A running step and its process group, whose id is the first process's."""

    def __init__(self, started: "subprocess.Popen[bytes] | int", *, interactive: bool) -> None:
        self.pid = started if isinstance(started, int) else started.pid
        self._popen = None if isinstance(started, int) else started
        self._code: int | None = None
        self._gone = False
        self._when_gone: Callable[[], None] = lambda: None
        self._terminal = terminal.lend(self.pid) if interactive else None
        self._pidfd = _pidfd(self.pid)

    async def wait_exit(self) -> int:
        """The exit code of the first process, negative for a signal; the rest of its group may go on."""
        if self._code is None:
            await self._wait_exitable()
        return self.reap()

    def reap(self) -> int:
        """The exit code of the first process, which has ended."""
        while self._code is None:
            self._look(0)
        return self._code

    def _look(self, options: int) -> None:
        """Reap the first process; with WNOHANG only if it has ended."""
        pid, status = os.waitpid(self.pid, options)
        if not pid:
            return
        self._code = os.waitstatus_to_exitcode(status)
        if self._popen is not None:
            self._popen.returncode = self._code  # so that it waits for nobody either
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None
        if self._terminal is not None:
            self._terminal.take_back()

    def when_gone(self, tell: Callable[[], None]) -> None:
        """Call this as soon as nothing of the group is there any more."""
        self._when_gone = tell

    @property
    def descriptor(self) -> int | None:
        """Readable when the first process has ended, until it is reaped; None where the system has none to give."""
        return self._pidfd

    def has_ended(self) -> bool:
        """Whether the first process has; it stays to be waited for."""
        if self._code is not None:
            return True
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def left_over(self) -> int:
        """How many processes of the group are there, after the first one has ended.

        That one is reaped first: without its zombie most groups are gone, which the system tells at once.
        """
        if self._code is None:
            self._look(os.WNOHANG)
        return len(self._members())

    async def end(self) -> None:
        """TERM to the whole group, KILL after the grace; returns when all of it is gone."""
        import trio  # noqa: PLC0415 (starting a process needs no trio)

        for number in (signal.SIGTERM, signal.SIGCONT):  # one that is stopped cannot end otherwise
            self._signal(number)
        with trio.move_on_after(_GRACE):
            await self._wait_gone()
            return
        self.kill()
        with trio.move_on_after(_AFTER_KILL):
            await self._wait_gone()

    def kill(self) -> None:
        """KILL to the whole group, without waiting."""
        self._signal(signal.SIGKILL)

    def pause(self) -> None:
        """Stop the whole group."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the whole group go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        # Once the group is gone its id may be another's.
        if not self._gone:
            groups.send(self.pid, number)

    async def _wait_exitable(self) -> None:
        """Until the first process has ended; it stays a zombie, so its id stays its own."""
        import trio  # noqa: PLC0415

        if self._pidfd is not None:
            await trio.lowlevel.wait_readable(self._pidfd)
        else:
            wait = partial(os.waitid, os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
            await trio.to_thread.run_sync(wait, abandon_on_cancel=True)

    async def _wait_gone(self) -> None:
        import trio  # noqa: PLC0415

        await self.wait_exit()
        while self._members():  # noqa: ASYNC110 (no event tells of the end of a process that is not our child)
            await trio.sleep(_POLL)

    def _members(self) -> list[int]:
        if self._gone:
            return []
        members = groups.members(self.pid)
        if self._code is not None and self.pid in members:
            members = []  # ours has been reaped, so the group had gone, and its id is another's now
        if not members:
            self._gone = True
            self._when_gone()
        return members


def _pidfd(pid: int) -> int | None:
    """A descriptor that becomes readable when the process ends; None where the system has none to give."""
    if not hasattr(os, "pidfd_open"):
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None

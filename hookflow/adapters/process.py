"""A step's process: started in a session of its own, its output straight into a file, ended as a group.

Starting is synchronous and needs no trio; waiting is trio's. Nothing is read through a pipe, so a grandchild
that holds its output open keeps nobody waiting, and output of any size costs no memory.
"""

import errno
import os
import signal
import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from hookflow.adapters import groups, terminal
from hookflow.adapters.files import private_append
from hookflow.core.launch import Launch, NotStarted
from hookflow.core.porcelain import data

# What the system says when it has no room for another process now, and may have it later.
_NO_ROOM = frozenset({errno.EAGAIN, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_GRACE = 2.0  # seconds between TERM and KILL (the contract's)
_POLL = 0.02  # seconds between looks at a group that is ending; there is nothing to wait on
_AFTER_KILL = 1.0  # seconds; what outlives KILL is inside the kernel, and waiting longer changes nothing


def start(launch: Launch) -> "Process | NotStarted":
    """Start a process; every reason why that fails is a value."""
    try:
        with ExitStack() as files:
            return Process(_popen(launch, files), interactive=launch.interactive)
    except OSError as error:
        if error.errno in _NO_ROOM:
            return NotStarted(f"the system refuses another process ({error.strerror})", temporary=True)
        return NotStarted(_why(launch, error))


def _popen(launch: Launch, files: ExitStack) -> "subprocess.Popen[bytes]":
    streams = _terminal_streams(files) if launch.interactive else _captured_streams(launch, files)
    # A terminal belongs to a session, so who needs the terminal only gets a process group of its own.
    group: dict[str, Any] = {"process_group": 0} if launch.interactive else {"start_new_session": True}
    return subprocess.Popen(
        [data(argument) for argument in launch.arguments],
        env={data(name): data(value) for name, value in launch.environment.items()},
        cwd=launch.cwd,
        **streams,
        **group,
    )


def _captured_streams(launch: Launch, files: ExitStack) -> dict[str, Any]:
    stdin: Any = subprocess.DEVNULL
    if launch.stdin is not None:
        import tempfile  # noqa: PLC0415 (3 ms, only for who is told something)

        stdin = files.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 (the stack closes it)
        stdin.write(launch.stdin)
        stdin.seek(0)
    out = subprocess.DEVNULL
    if launch.log is not None:
        out = private_append(Path(launch.log))
        files.callback(os.close, out)
    return {"stdin": stdin, "stdout": out, "stderr": subprocess.STDOUT}


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

    def __init__(self, popen: "subprocess.Popen[bytes]", *, interactive: bool) -> None:
        self.pid = popen.pid
        self._popen = popen
        self._gone = False
        self._when_gone: Callable[[], None] = lambda: None
        self._terminal = terminal.lend(popen.pid) if interactive else None
        self._pidfd = _pidfd(popen.pid)

    async def wait_exit(self) -> int:
        """The exit code of the first process, negative for a signal; the rest of its group may go on."""
        if self._popen.returncode is None:
            await self._wait_exitable()
        return self.reap()

    def reap(self) -> int:
        """The exit code of the first process, which has ended."""
        if self._popen.returncode is None:
            self._popen.wait()
            if self._pidfd is not None:
                os.close(self._pidfd)
                self._pidfd = None
            if self._terminal is not None:
                self._terminal.take_back()
        return self._popen.returncode

    def when_gone(self, tell: Callable[[], None]) -> None:
        """Call this as soon as nothing of the group is there any more."""
        self._when_gone = tell

    @property
    def descriptor(self) -> int | None:
        """Readable when the first process has ended, until it is reaped; None where the system has none to give."""
        return self._pidfd

    def has_ended(self) -> bool:
        """Whether the first process has; it stays to be waited for."""
        if self._popen.returncode is not None:
            return True
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG) is not None

    def left_over(self) -> int:
        """How many processes of the group are there, after the first one has ended.

        That one is reaped first: without its zombie most groups are gone, which the system tells at once.
        """
        if self.has_ended():
            self.reap()
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
        if self._popen.returncode is not None and self.pid in members:
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

"""The controlling terminal, lent to an interactive step's process group and taken back (tcsetpgrp(3))."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

DEVICE = Path("/dev/tty")


class Loan:
    """The terminal while another process group has it."""

    def __init__(self, owner: int) -> None:
        self._owner = owner

    def take_back(self) -> None:
        """Make the process group that had the terminal before its foreground group again."""
        _give(self._owner)


def is_ours(descriptor: int) -> bool:
    """Whether no other process group has this terminal now: we were not sent to the background."""
    try:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
    except (OSError, AttributeError):  # it does not control our session, so it cannot be taken from us
        return True


def size(descriptor: int) -> tuple[int, int]:
    """The columns and lines of a terminal now; zeros where it does not say."""
    try:
        found = os.get_terminal_size(descriptor)
    except OSError:
        return 0, 0
    return found.columns, found.lines


def lend(group: int) -> Loan | None:
    """Give the terminal to a process group; None where there is none."""
    try:
        descriptor = os.open(DEVICE, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        owner = os.tcgetpgrp(descriptor)
    finally:
        os.close(descriptor)
    _give(group)
    with suppress(ProcessLookupError):
        # It may have read before the terminal was its own, and been stopped for that.
        os.killpg(group, signal.SIGCONT)
    return Loan(owner)


def _give(group: int) -> None:
    with suppress(OSError), _background_writes_allowed():
        descriptor = os.open(DEVICE, os.O_RDWR | os.O_CLOEXEC)
        try:
            os.tcsetpgrp(descriptor, group)
        finally:
            os.close(descriptor)


@contextmanager
def _background_writes_allowed() -> Iterator[None]:
    """Without this, a background process that sets the foreground group is stopped by SIGTTOU."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)

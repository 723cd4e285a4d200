"""What a signal does outside of trio: an exception where a run can be undone, nothing while it is being undone."""

import signal
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from hookflow.core.endings import ENDING, HANG_UP
from hookflow.core.errors import Interrupted


def heeded() -> list[signal.Signals]:
    """The signals that end a run. A hang-up that was ignored when we began (nohup) stays ignored."""
    return [number for number in ENDING if number != HANG_UP or signal.getsignal(number) is not signal.SIG_IGN]


@contextmanager
def raised() -> Iterator[None]:
    """Within it, a signal that ends a run raises `Interrupted`."""

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise Interrupted(number)

    with _handled(interrupt):
        yield


@contextmanager
def ignored() -> Iterator[None]:
    """Within it, signals are ignored: what is being put back must be put back whole."""
    with _handled(signal.SIG_IGN):
        yield


@contextmanager
def deferred() -> Iterator[list[int]]:
    """Within it, signals that end or stop a run are only noted; who can do that properly takes them from the list.

    What is left in the list at the end is sent again.
    """
    noted: list[int] = []
    stop = [signal.SIGTSTP] if hasattr(signal, "SIGTSTP") else []
    stoppable = [number for number in stop if signal.getsignal(number) is not signal.SIG_IGN]
    with _handled(lambda number, _frame: noted.append(number), [*heeded(), *stoppable]):
        yield noted
    for number in noted:
        signal.raise_signal(number)


@contextmanager
def _handled(handler: Any, numbers: Iterable[int] | None = None) -> Iterator[None]:
    before = {number: signal.signal(number, handler) for number in (heeded() if numbers is None else numbers)}
    try:
        yield
    finally:
        for number, previous in before.items():
            signal.signal(number, previous)

"""Where the program starts: a run that can be answered from memory needs nothing of the rest."""

import gc
import os
import sys

from hookflow import answered, answers

TYPE_CHECKING = False  # to import `typing` for it would take longer than all the rest
if TYPE_CHECKING:
    from typing import NoReturn

# What is made at the start stays to the end: to look for garbage among it again and again finds none.
_RARELY = 50_000


def main() -> "NoReturn":
    """Run the command line of the process, and end the process with its exit code."""
    words = sys.argv[1:]
    gc.set_threshold(_RARELY, 20, 20)
    _hear_of_children()
    asked = answers.question(words)
    if asked is not None and answered.give(asked):
        _leave(0)
    from hookflow.adapters import ahead

    if asked is not None:
        ahead.begin(asked.root, asked.git_dir, staged=words[0] == "hook" or "--staged" in words)
    from hookflow import cli

    code = cli.main(words, asked)
    ahead.end()
    _leave(code)


def _hear_of_children() -> None:
    """Where whoever started us ignores SIGCHLD, so would we: the kernel would tell nobody how a child ended."""
    import _signal  # type: ignore[import-not-found]  # `signal`, which names it all, takes ten times as long

    number = getattr(_signal, "SIGCHLD", None)
    if number is not None and _signal.getsignal(number) == _signal.SIG_IGN:
        _signal.signal(number, _signal.SIG_DFL)


def _leave(code: int) -> "NoReturn":
    """End the process without taking everything apart first, which takes longer than some runs."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue  # nobody reads it any more
    os._exit(code)

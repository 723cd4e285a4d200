"""Where the program starts: a run that can be answered from memory needs nothing of the rest."""

import gc
import os
import sys

from hookflow import answered, answers

# What is made at the start stays to the end: to look for garbage among it again and again finds none.
_RARELY = 50_000


def main() -> int:
    """Run the command line of the process; returns the exit code."""
    words = sys.argv[1:]
    gc.set_threshold(_RARELY, 20, 20)
    asked = answers.question(words)
    if asked is not None and answered.give(asked):
        return 0
    from hookflow import cli

    code = cli.main(words, asked)
    _leave(code)
    return code


def _leave(code: int) -> None:
    """End the process without taking everything apart first, which takes longer than some runs."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue  # nobody reads it any more
    os._exit(code)

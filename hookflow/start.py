"""Where the program starts: a run that can be answered from memory needs nothing of the rest."""

import sys

from hookflow import answered, answers


def main() -> int:
    """Run the command line of the process; returns the exit code."""
    words = sys.argv[1:]
    asked = answers.question(words)
    if asked is not None and answered.give(asked):
        return 0
    from hookflow import cli

    return cli.main(words, asked)

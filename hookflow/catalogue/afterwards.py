"""Commands about runs that were."""

import argparse

from hookflow.catalogue.entry import Entry, Options, command, place

COMMANDS: list[Entry] = []


def _logs_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", nargs="?", metavar="STEP", help="one step (default: all)")
    parser.add_argument("--run", metavar="ID", help="the run (default: the last)")


@command(
    COMMANDS,
    "logs",
    "the log of the last run's steps",
    {
        "hookflow logs": "of all steps",
        "hookflow logs tests": "of one",
        "hookflow logs --run 20261125T043122-481516kqz": "of an earlier run",
    },
    arguments=_logs_arguments,
)
def _logs(options: Options) -> int:
    from hookflow.commands import logs

    return logs.logs(place(options), options.step, options.run)


@command(
    COMMANDS,
    "recover",
    "put back hidden changes that an interrupted run left",
    {
        "hookflow recover": "as any run does before it begins",
    },
)
def _recover(options: Options) -> int:
    from hookflow.commands import recover

    return recover.recover(place(options))

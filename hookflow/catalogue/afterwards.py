"""Commands about runs that were."""

from pathlib import Path
from typing import TYPE_CHECKING

from hookflow import choices
from hookflow.catalogue.entry import Entry, command, place
from hookflow.core.errors import UsageError

if TYPE_CHECKING:
    import argparse

    from hookflow.commands.options import Options

COMMANDS: list[Entry] = []


def _logs_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("step", nargs="?", metavar="STEP", help="one step (default: all)")
    parser.add_argument("--run", metavar="ID", help="the run (default: the last)")
    parser.add_argument("-f", "--follow", action="store_true", help="go on until the run, or the step, has ended")
    parser.add_argument("--list", action="store_true", help="the runs whose logs are kept, and how they ended")


@command(
    COMMANDS,
    "logs",
    "the log of the last run's steps",
    {
        "hookflow logs": "of all steps",
        "hookflow logs -f tests": "of one, while it runs",
        "hookflow logs --list": "which runs are kept",
        "hookflow logs --run 20261125T043122-481516kqz": "of an earlier run",
    },
    arguments=_logs_arguments,
)
def _logs(options: "Options") -> int:
    from hookflow.commands import logs

    if options.list:
        if options.step is not None or options.run is not None or options.follow:
            raise UsageError("--list lists all runs: it goes with no step, --run or --follow")
        return logs.list_runs(place(options))
    return logs.logs(place(options), options.step, options.run, follow=options.follow)


def _report_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("--run", metavar="ID", help="the run (default: the last)")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write it, - for standard output (default: beside the logs)"
    )
    parser.add_argument("--open", action="store_true", help="open it in the browser")


@command(
    COMMANDS,
    "report",
    "the last run as one self-contained HTML page",
    {
        "hookflow report --open": "in the browser",
        "hookflow report --run 20261125T043122-481516kqz --out run.html": "of an earlier run, as a file",
    },
    arguments=_report_arguments,
)
def _report(options: "Options") -> int:
    from hookflow.commands import report

    return report.report(place(options), options.run, options.out, show=options.open)


def _cache_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("action", choices=("stats", "clear", "prune"), help="what to do with it")
    parser.add_argument("--size", type=choices.size, metavar="SIZE", help="what prune leaves (default: the limit)")


@command(
    COMMANDS,
    "cache",
    "the results that are kept: how many, none any more, or fewer",
    {
        "hookflow cache stats": "how many, and how big",
        "hookflow cache prune --size 200MB": "the least recently used go",
        "hookflow cache clear": "every step runs again",
    },
    arguments=_cache_arguments,
)
def _cache(options: "Options") -> int:
    from hookflow.commands import cache

    return cache.cache(place(options), options.action, options.size)


@command(
    COMMANDS,
    "recover",
    "put back hidden changes that an interrupted run left",
    {
        "hookflow recover": "as any run does before it begins",
    },
)
def _recover(options: "Options") -> int:
    from hookflow.commands import recover

    return recover.recover(place(options))

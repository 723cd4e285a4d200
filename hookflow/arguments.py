"""The parser of the command line, made from the catalogue of commands."""

import argparse
from pathlib import Path
from typing import NoReturn

import hookflow
from hookflow.catalogue import COMMANDS
from hookflow.core.errors import UsageError


class _Parser(argparse.ArgumentParser):
    """argparse with our words: one message, the nearest known command, no usage text before it."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}\n(`{self.prog} --help` shows what there is)")


def parser() -> argparse.ArgumentParser:
    """The parser; what it parses has a `handler` that takes the options and returns an exit code."""
    whole = _Parser(
        prog="hookflow",
        description="Runs a project's checks as a dependency graph: only what changed, in parallel.",
        epilog="Exit codes: 0 passed, 1 a step failed, 2 wrong usage or configuration, 3 broken environment.",
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"hookflow {hookflow.__version__}")
    _add_place(whole, directory=Path(), config=None)
    commands = whole.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for entry in COMMANDS:
        about = f"{entry.about[0].upper()}{entry.about[1:]}."
        own = commands.add_parser(entry.name, help=entry.about, description=about, allow_abbrev=False)
        entry.arguments(own)
        own.set_defaults(handler=entry.handler)
        # They may stand before the command and after it.
        _add_place(own, directory=argparse.SUPPRESS, config=argparse.SUPPRESS)
    return whole


def _add_place(parser: argparse.ArgumentParser, *, directory: object, config: object) -> None:
    parser.add_argument(
        "-C", dest="directory", metavar="DIR", type=Path, default=directory, help="start in this directory"
    )
    parser.add_argument(
        "--config",
        metavar="FILE",
        type=Path,
        default=config,
        help="the configuration, instead of the nearest",
    )

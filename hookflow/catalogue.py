"""Every command: its name, what it is for, examples, its arguments, and the call of it.

A command is added here, by one decorated function; its arguments, if it has any, stand above it. Each is
imported when it is called: start-up is a feature.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hookflow import choices
from hookflow.commands.options import Place

Options = argparse.Namespace
Arguments = Callable[[argparse.ArgumentParser], None]
Handler = Callable[[Options], int]


def _none(parser: argparse.ArgumentParser) -> None:
    """A command without arguments of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A command.

    Attributes:
        name: As it is called.
        about: What it does, for one line of help.
        arguments: Adds its arguments to its parser.
        handler: Calls it with the parsed options; returns the exit code.
    """

    name: str
    about: str
    arguments: Arguments
    handler: Handler


COMMANDS: list[Entry] = []
"""In the order of help."""


def _command(name: str, about: str, *, arguments: Arguments = _none) -> Callable[[Handler], Handler]:
    """Enter the decorated function into the catalogue, as the handler of a command."""

    def enter(handler: Handler) -> Handler:
        COMMANDS.append(Entry(name=name, about=about, arguments=arguments, handler=handler))
        return handler

    return enter


def _place(options: Options) -> Place:
    config = options.config.absolute() if options.config is not None else None
    return Place(directory=options.directory.absolute(), config=config)


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("steps", nargs="*", metavar="STEP", help="steps to run, with what they need")
    parser.add_argument("--stage", metavar="STAGE", help="the stage to run (default: pre-commit)")
    choices.add_selection(parser)
    choices.add_reporting(parser)


@_command("run", "run a stage's steps on what changed, or the steps named", arguments=_run_arguments)
def _run(options: Options) -> int:
    from hookflow.commands import run

    selection = choices.selection(options, steps=options.steps)
    return run.run(_place(options), selection, choices.reporting(options))


def _hook_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stage", metavar="STAGE", help="the git hook")
    parser.add_argument("args", nargs="*", metavar="ARG", help="git's arguments to the hook")
    parser.add_argument("--before", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    choices.add_selection(parser)
    choices.add_reporting(parser)


@_command("hook", "what the git hook and the pre-commit entry call", arguments=_hook_arguments)
def _hook(options: Options) -> int:
    from hookflow.commands import hook

    wanted, reporting = choices.selection(options), choices.reporting(options)
    return hook.hook(_place(options), wanted, reporting, tuple(options.args), options.before)


def _graph_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stage", metavar="STAGE", help="the stage (default: pre-commit)")
    parser.add_argument("--format", choices=("text", "mermaid", "dot", "json"), default="text")


@_command("graph", "the dependency graph as text, Mermaid, dot or JSON", arguments=_graph_arguments)
def _graph(options: Options) -> int:
    from hookflow.commands import graph

    return graph.graph(_place(options), options.stage, options.format)


@_command("validate", "check the configuration")
def _validate(options: Options) -> int:
    from hookflow.commands import validate

    return validate.validate(_place(options))


@_command("init", "write a starting [tool.hookflow] from what the repository uses")
def _init(options: Options) -> int:
    from hookflow.commands import init

    return init.init(_place(options))


def _install_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stages", nargs="*", metavar="STAGE")


@_command(
    "install",
    "put git hooks in place (default: the stages that the configuration uses)",
    arguments=_install_arguments,
)
def _install(options: Options) -> int:
    from hookflow.commands import install

    return install.install(_place(options), tuple(options.stages))


@_command("uninstall", "take hookflow's git hooks away", arguments=_install_arguments)
def _uninstall(options: Options) -> int:
    from hookflow.commands import install

    return install.uninstall(_place(options), tuple(options.stages))


@_command("recover", "put back hidden changes that an interrupted run left")
def _recover(options: Options) -> int:
    from hookflow.commands import recover

    return recover.recover(_place(options))


def _logs_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", nargs="?", metavar="STEP", help="one step (default: all)")
    parser.add_argument("--run", metavar="ID", help="the run (default: the last)")


@_command("logs", "the log of the last run's steps", arguments=_logs_arguments)
def _logs(options: Options) -> int:
    from hookflow.commands import logs

    return logs.logs(_place(options), options.step, options.run)


@_command("doctor", "what on this machine would keep hookflow from working")
def _doctor(options: Options) -> int:
    from hookflow.commands import doctor

    return doctor.doctor(_place(options))


def _schema_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--whole", action="store_true", help="for a whole pyproject.toml, not for the table alone")


@_command("schema", "the JSON Schema of [tool.hookflow], for editors", arguments=_schema_arguments)
def _schema(options: Options) -> int:
    from hookflow.commands import schema

    return schema.schema(whole=options.whole)

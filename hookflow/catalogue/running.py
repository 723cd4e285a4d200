"""Commands about what runs, and running it."""

import argparse
from pathlib import Path

from hookflow import choices
from hookflow.catalogue.entry import Entry, Options, command, place

COMMANDS: list[Entry] = []


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("steps", nargs="*", metavar="STEP", help="steps to run, with what they need")
    parser.add_argument("--stage", metavar="STAGE", help="the stage to run (default: pre-commit)")
    choices.add_selection(parser)
    choices.add_reporting(parser)


@command(
    COMMANDS,
    "run",
    "run a stage's steps on what changed, or the steps named",
    {
        "hookflow run": "the steps of pre-commit, on what changed",
        "hookflow run --all-files --parallel": "all of them, at the same time",
        "hookflow run tests lint": "these, with what they need, on all their files",
        "hookflow run --fix --skip tests": "mend what can be mended",
        "hookflow run --from-ref origin/main --stage pre-push": "what a branch changed, in CI",
    },
    arguments=_run_arguments,
)
def _run(options: Options) -> int:
    from hookflow.commands import run

    selection = choices.selection(options, steps=options.steps)
    return run.run(place(options), selection, choices.reporting(options))


def _hook_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stage", metavar="STAGE", help="the git hook")
    parser.add_argument("args", nargs="*", metavar="ARG", help="git's arguments to the hook")
    parser.add_argument("--before", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    choices.add_selection(parser)
    choices.add_reporting(parser)


@command(
    COMMANDS,
    "hook",
    "what the git hook and the pre-commit entry call",
    {
        "hookflow hook pre-commit": "the steps of pre-commit, on what is staged",
        "hookflow hook commit-msg .git/COMMIT_EDITMSG": "a message's, on the message",
        "hookflow hook pre-push origin https://example.org/x": "as git calls it, with lines on standard input",
    },
    arguments=_hook_arguments,
)
def _hook(options: Options) -> int:
    from hookflow.commands import hook

    wanted, reporting = choices.selection(options), choices.reporting(options)
    return hook.hook(place(options), wanted, reporting, tuple(options.args), options.before)


def _graph_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stage", metavar="STAGE", help="the stage (default: pre-commit)")
    parser.add_argument(
        "--format", choices=("text", "mermaid", "dot", "json"), default="text", help="how it is drawn (default: text)"
    )


@command(
    COMMANDS,
    "graph",
    "the dependency graph as text, Mermaid, dot or JSON",
    {
        "hookflow graph": "the steps and why each waits for others",
        "hookflow graph --stage pre-push --format mermaid": "a picture for Markdown",
    },
    arguments=_graph_arguments,
)
def _graph(options: Options) -> int:
    from hookflow.commands import graph

    return graph.graph(place(options), options.stage, options.format)

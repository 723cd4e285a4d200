"""Commands about what runs, and running it."""

from pathlib import Path
from typing import TYPE_CHECKING

from hookflow import choices
from hookflow.catalogue.entry import Entry, command, place

if TYPE_CHECKING:
    import argparse

    from hookflow.catalogue.entry import Handler
    from hookflow.commands.options import Options

COMMANDS: list[Entry] = []


def handler(name: str) -> "Handler":
    """What carries out the command of that name."""
    return next(entry.handler for entry in COMMANDS if entry.name == name)


def _run_arguments(parser: "argparse.ArgumentParser") -> None:
    _steps_arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="say what would run, and why; as `hookflow plan`")
    choices.add_reporting(parser)


def _steps_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("steps", nargs="*", metavar="STEP", help="steps to run, with what they need")
    parser.add_argument("--stage", metavar="STAGE", help="the stage to run (default: pre-commit)")
    choices.add_selection(parser)
    choices.add_ci(parser)
    choices.add_failed(parser)


@command(
    COMMANDS,
    "run",
    "run a stage's steps on what changed, or the steps named",
    {
        "hookflow run": "the steps of pre-commit, on what changed",
        "hookflow run --all-files --parallel": "all of them, at the same time",
        "hookflow run tests lint": "these, with what they need, on all their files",
        "hookflow run --fix --skip tests": "mend what can be mended",
        "hookflow run --failed": "what did not pass last time",
        "hookflow run --from-ref origin/main --stage pre-push": "what a branch changed",
        "hookflow run --ci --stage pre-push": "what a build in CI is about",
    },
    arguments=_run_arguments,
)
def _run(options: "Options") -> int:
    selection = choices.selection(options, steps=options.steps, failed=options.failed)
    if options.dry_run:
        from hookflow.commands import plan

        return plan.plan(place(options), selection, "text")
    from hookflow.commands import run

    return run.run(place(options), selection, choices.reporting(options), options.asked)


def _plan_arguments(parser: "argparse.ArgumentParser") -> None:
    _steps_arguments(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="for people, or for programs")


@command(
    COMMANDS,
    "plan",
    "what would run, and why, and how long it would take",
    {
        "hookflow plan": "for what changed",
        "hookflow plan --all-files -j 4": "everything, on four CPUs",
        "hookflow plan --format json": "for programs",
    },
    arguments=_plan_arguments,
)
def _plan(options: "Options") -> int:
    from hookflow.commands import plan

    selection = choices.selection(options, steps=options.steps, failed=options.failed)
    return plan.plan(place(options), selection, options.format)


def _explain_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("step", metavar="STEP", help="the step")
    parser.add_argument("--stage", metavar="STAGE", help="the stage to look at (default: pre-commit, or its first)")
    choices.add_selection(parser)


@command(
    COMMANDS,
    "explain",
    "why a step would run, be skipped or come from the cache now",
    {
        "hookflow explain tests": "which files, and what differs from the last pass",
        "hookflow explain tests --all-files": "the same for a run on everything",
    },
    arguments=_explain_arguments,
)
def _explain(options: "Options") -> int:
    from hookflow.commands import explain

    return explain.explain(place(options), choices.selection(options), options.step)


def _hook_arguments(parser: "argparse.ArgumentParser") -> None:
    import argparse

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
def _hook(options: "Options") -> int:
    from hookflow.commands import hook

    wanted, reporting = choices.selection(options), choices.reporting(options)
    return hook.hook(place(options), wanted, reporting, tuple(options.args), options.before, options.asked)


def _graph_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("--stage", metavar="STAGE", help="the stage (default: pre-commit)")
    parser.add_argument(
        "--format", choices=("text", "mermaid", "dot", "json"), default="text", help="how it is drawn (default: text)"
    )
    parser.add_argument("--run", metavar="ID", help="colour the steps by their outcomes in this run, or the last")


@command(
    COMMANDS,
    "graph",
    "the dependency graph as text, Mermaid, dot or JSON",
    {
        "hookflow graph": "the steps and why each waits for others",
        "hookflow graph --stage pre-push --format mermaid": "a picture for Markdown",
        "hookflow graph --format mermaid --run last": "the same, coloured by the outcomes of the last run",
    },
    arguments=_graph_arguments,
)
def _graph(options: "Options") -> int:
    from hookflow.commands import graph

    return graph.graph(place(options), options.stage, options.format, options.run)

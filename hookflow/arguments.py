"""A command line to the options of a command, and the call of that command.

Each command is imported when it is called: start-up is a feature.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

import hookflow
from hookflow.commands.options import Place, Reporting, Selection
from hookflow.core import scopes
from hookflow.core.errors import UsageError
from hookflow.core.porcelain import names, text

Options = argparse.Namespace


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
    add = _adder(commands)
    _run_arguments(add("run", _run, "run a stage's steps on what changed, or the steps named"))
    _hook_arguments(add("hook", _hook, "what the git hook and the pre-commit entry call"))
    _graph_arguments(add("graph", _graph, "the dependency graph as text, Mermaid, dot or JSON"))
    add("validate", _validate, "check the configuration")
    add("init", _init, "write a starting [tool.hookflow] from what the repository uses")
    for name, handler, about in (
        ("install", _install, "put git hooks in place (default: the stages that the configuration uses)"),
        ("uninstall", _uninstall, "take hookflow's git hooks away"),
    ):
        add(name, handler, about).add_argument("stages", nargs="*", metavar="STAGE")
    add("recover", _recover, "put back hidden changes that an interrupted run left")
    _logs_arguments(add("logs", _logs, "the log of the last run's steps"))
    _report_arguments(add("report", _report, "the last run as one self-contained HTML page"))
    add("doctor", _doctor, "what on this machine would keep hookflow from working")
    return whole


def _adder(commands: Any) -> Callable[[str, Callable[[Options], int], str], argparse.ArgumentParser]:
    def add(name: str, handler: Callable[[Options], int], about: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = commands.add_parser(
            name, help=about, description=f"{about[0].upper()}{about[1:]}.", allow_abbrev=False
        )
        parser.set_defaults(handler=handler)
        # They may stand before the command and after it.
        _add_place(parser, directory=argparse.SUPPRESS, config=argparse.SUPPRESS)
        return parser

    return add


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


def _run_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("steps", nargs="*", metavar="STEP", help="steps to run, with what they need")
    parser.add_argument("--stage", metavar="STAGE", help="the stage to run (default: pre-commit)")
    _selection_arguments(parser)
    _reporting_arguments(parser)


def _selection_arguments(parser: argparse.ArgumentParser) -> None:
    scope = parser.add_argument_group("what to look at (one of)")
    scope.add_argument("--staged", action="store_true", help="what is staged; the default in a hook")
    scope.add_argument("--changed", action="store_true", help="staged, unstaged and untracked; the default by hand")
    scope.add_argument("--from-ref", metavar="A", help="with --to-ref: what B has that the merge base has not")
    scope.add_argument("--to-ref", metavar="B", help="the end of the range (default with --from-ref: HEAD)")
    scope.add_argument("--all-files", action="store_true", help="every tracked file")
    scope.add_argument("--files", nargs="+", metavar="F", help="these files, or all tracked ones in a directory")
    scope.add_argument("--files-from", metavar="FILE", help="names in a file, NUL-separated; - is standard input")
    how = parser.add_argument_group("how to run")
    both = argparse.BooleanOptionalAction
    how.add_argument("--parallel", action=both, default=None, help="run independent steps at the same time")
    how.add_argument("-j", "--jobs", type=_count, metavar="N", help="units of CPU, 0 for all; implies --parallel")
    how.add_argument("--smart-execution", action=both, default=None, help="skip steps whose files did not change")
    how.add_argument("--fail-fast", action=both, default=None, help="end everything at the first failure")
    how.add_argument("--fix", action=both, default=None, help="let steps mend what their check finds")
    how.add_argument("--only", action="store_true", help="the named steps without what they need")
    how.add_argument("--skip", action="append", default=[], metavar="STEP", help="leave a step out (repeatable)")


def _reporting_arguments(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what to tell")
    group.add_argument("--output", choices=("auto", "plain", "quiet", "verbose"), default="auto")
    group.add_argument("--events", type=Path, metavar="FILE", help="write what happens as JSON lines")


def _hook_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("stage", metavar="STAGE", help="the git hook")
    parser.add_argument("args", nargs="*", metavar="ARG", help="git's arguments to the hook")
    parser.add_argument("--before", type=Path, metavar="FILE", help=argparse.SUPPRESS)
    _selection_arguments(parser)
    _reporting_arguments(parser)


def _graph_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--stage", metavar="STAGE", help="the stage (default: pre-commit)")
    parser.add_argument("--format", choices=("text", "mermaid", "dot", "json"), default="text")


def _logs_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("step", nargs="?", metavar="STEP", help="one step (default: all)")
    parser.add_argument("--run", metavar="ID", help="the run (default: the last)")


def _report_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", metavar="ID", help="the run (default: the last)")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where to write it, - for standard output (default: beside the logs)"
    )
    parser.add_argument("--open", action="store_true", help="open it in the browser")


def _count(word: str) -> int:
    if not word.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a number, found {word!r}")
    return int(word)


def _place(options: Options) -> Place:
    config = options.config.absolute() if options.config is not None else None
    return Place(directory=options.directory.absolute(), config=config)


def _selection(options: Options, *, steps: Sequence[str] = ()) -> Selection:
    return Selection(
        steps=tuple(steps),
        stage=options.stage,
        scope=_scope(options),
        parallel=options.parallel,
        jobs=options.jobs,
        smart_execution=options.smart_execution,
        fail_fast=options.fail_fast,
        fix=options.fix,
        only=options.only,
        skip=tuple(options.skip),
    )


def _scope(options: Options) -> scopes.Scope | None:
    """The one scope that was asked for.

    Raises:
        UsageError: Several were.
    """
    asked: dict[str, scopes.Scope] = {}
    if options.staged:
        asked["--staged"] = scopes.Staged()
    if options.changed:
        asked["--changed"] = scopes.Changed()
    if options.from_ref or options.to_ref:
        if not options.from_ref:
            raise UsageError("--to-ref needs --from-ref")
        asked["--from-ref"] = scopes.Between(options.from_ref, options.to_ref or "HEAD")
    if options.all_files:
        asked["--all-files"] = scopes.AllFiles()
    if options.files is not None:
        asked["--files"] = scopes.Files(tuple(text(os.fsencode(name)) for name in options.files))
    if options.files_from is not None:
        asked["--files-from"] = scopes.Files(_names_from(options.files_from))
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} exclude each other: a run looks at one scope")
    return next(iter(asked.values()), None)


def _names_from(source: str) -> tuple[str, ...]:
    """The NUL-separated names in a file.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        return tuple(names(sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()))
    except OSError as error:
        raise UsageError(f"--files-from {source}: {error.strerror}") from None


def _reporting(options: Options) -> Reporting:
    return Reporting(output=options.output, events=options.events)


def _run(options: Options) -> int:
    from hookflow.commands import run

    return run.run(_place(options), _selection(options, steps=options.steps), _reporting(options))


def _hook(options: Options) -> int:
    from hookflow.commands import hook

    return hook.hook(_place(options), _selection(options), _reporting(options), tuple(options.args), options.before)


def _graph(options: Options) -> int:
    from hookflow.commands import graph

    return graph.graph(_place(options), options.stage, options.format)


def _validate(options: Options) -> int:
    from hookflow.commands import validate

    return validate.validate(_place(options))


def _doctor(options: Options) -> int:
    from hookflow.commands import doctor

    return doctor.doctor(_place(options))


def _init(options: Options) -> int:
    from hookflow.commands import init

    return init.init(_place(options))


def _install(options: Options) -> int:
    from hookflow.commands import install

    return install.install(_place(options), tuple(options.stages))


def _uninstall(options: Options) -> int:
    from hookflow.commands import install

    return install.uninstall(_place(options), tuple(options.stages))


def _recover(options: Options) -> int:
    from hookflow.commands import recover

    return recover.recover(_place(options))


def _logs(options: Options) -> int:
    from hookflow.commands import logs

    return logs.logs(_place(options), options.step, options.run)


def _report(options: Options) -> int:
    from hookflow.commands import report

    return report.report(_place(options), options.run, options.out, show=options.open)

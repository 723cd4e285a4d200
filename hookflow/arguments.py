"""The parser of the command line, made from the catalogue of commands."""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

import hookflow
from hookflow.catalogue.entry import Entry
from hookflow.catalogue.whole import COMMANDS
from hookflow.core import display
from hookflow.core.errors import UsageError
from hookflow.core.names import did_you_mean

_EXAMPLES = {
    "hookflow init": "write a starting configuration",
    "hookflow run --all-files": "try it",
    "hookflow install": "from now on before each commit",
}
_EXIT_CODES = """
exit codes: 0 passed, 1 a step failed, 2 wrong usage or configuration,
3 broken environment, 128+n ended by signal n"""


class _Parser(argparse.ArgumentParser):
    """argparse with our words: one message with the nearest known name, and no usage text before it.

    Operands may also stand between options: ``run lint --fix tests``, where argparse takes the first group only.
    """

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message.removeprefix('argument ')}\n(`{self.prog} --help` shows what there is)")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        options, rest = super().parse_known_args(args, namespace)
        for word in self._operands(rest):
            self._take(word, options)
        return options, []

    def _operands(self, rest: list[str]) -> Iterator[str]:
        """What argparse left over, if it is no option: those that we had, it knew."""
        only_operands = False
        for word in rest:
            if word == "--" and not only_operands:
                only_operands = True
            elif word.startswith("-") and word != "-" and not only_operands:
                self._unknown_option(word.partition("=")[0])
            else:
                yield word

    def _take(self, word: str, options: argparse.Namespace) -> None:
        operand = next((action for action in self._actions if not action.option_strings and action.nargs == "*"), None)
        if operand is None:
            self.error(f"unexpected argument {word!r}")
        self._check_value(operand, word)
        setattr(options, operand.dest, [*getattr(options, operand.dest), word])

    def _unknown_option(self, option: str) -> NoReturn:
        for name, command in self._commands():
            if option in command.options():
                self.error(f"{option} goes after the command, as in `{self.prog} {name} {option}`")
        self.error(f"unknown option {option}{did_you_mean(option, self.options())}")

    def options(self) -> list[str]:
        """Every option that is shown in its help."""
        shown = (action for action in self._actions if action.help is not argparse.SUPPRESS)
        return [name for action in shown for name in action.option_strings]

    def _commands(self) -> Iterator[tuple[str, "_Parser"]]:
        for action in self._actions:
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 (there is no public name for it)
                yield from action.choices.items()

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known: Iterable[str] = action.choices
        if action.nargs == argparse.PARSER:
            shown = [entry.name for entry in COMMANDS if entry.about]
            self.error(f"unknown command {value!r}{did_you_mean(value, shown)}")
        name = "/".join(action.option_strings) or action.metavar
        self.error(f"{name}: expected one of {', '.join(known)}, found {value!r}{did_you_mean(value, known)}")


def parse(words: Sequence[str]) -> argparse.Namespace:
    """The options in a command line; they have a `handler` that takes them and returns an exit code.

    Where the command comes first, as it mostly does, only its own parser is made: all of them take longer to make
    than most commands take to be answered.

    Raises:
        UsageError: It is wrong.
        SystemExit: Help, or the version, was asked for and printed.
    """
    called = [entry for entry in COMMANDS if words and entry.name == words[0] and not entry.whole]
    return parser(called or COMMANDS).parse_args(words)


def parser(entries: Iterable[Entry] = COMMANDS) -> argparse.ArgumentParser:
    """A parser of some commands; what it parses has a `handler`, and the `parser`."""
    whole = _Parser(
        prog="hookflow",
        description="Runs a project's checks as a dependency graph: only what changed, in parallel.",
        epilog=f"{_examples(_EXAMPLES)}\n{_EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    whole.add_argument("--version", action="version", version=f"hookflow {hookflow.__version__}")
    _add_place(whole, directory=Path(), config=None)
    # Not `required`: an unknown option is a better message than a missing command.
    commands = whole.add_subparsers(title="commands", metavar="COMMAND")
    whole.set_defaults(handler=_no_command, parser=whole)
    for entry in entries:
        listed: dict[str, Any] = {"help": entry.about} if entry.about else {}
        own = commands.add_parser(
            entry.name,
            **listed,
            description=f"{entry.about[:1].upper()}{entry.about[1:]}.",
            epilog=_examples(entry.examples),
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        entry.arguments(own)
        own.set_defaults(handler=entry.handler)
        # They may stand before the command and after it.
        _add_place(own, directory=argparse.SUPPRESS, config=argparse.SUPPRESS)
    return whole


def _examples(examples: Mapping[str, str]) -> str:
    return "\n".join(["examples:", *(f"  {line}" for line in display.columns(examples.items()))])


def _no_command(_options: argparse.Namespace) -> NoReturn:
    raise UsageError("expected a COMMAND\n(`hookflow --help` shows what there is)")


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

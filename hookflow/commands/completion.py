"""``hookflow completion SHELL``: a script that completes our command lines, made from the parser of them."""

import argparse
from collections.abc import Iterator
from typing import Any, Literal

from hookflow.core import completion_bash, completion_fish, completion_zsh
from hookflow.core.completion import Command, Kind, Option, Program, Value

Shell = Literal["bash", "zsh", "fish"]

# What help calls a value says what it is.
_KINDS: dict[str, Kind] = {
    "STEP": "steps",
    "STAGE": "stages",
    "ID": "runs",
    "FILE": "files",
    "F": "files",
    "DIR": "directories",
}
_SCRIPTS = {"bash": completion_bash.script, "zsh": completion_zsh.script, "fish": completion_fish.script}


def completion(shell: Shell, parser: argparse.ArgumentParser) -> int:
    """Print the script."""
    print(_SCRIPTS[shell](_program(parser)), end="")
    return 0


def _program(parser: argparse.ArgumentParser) -> Program:
    commands: list[Command] = []
    for action in parser._actions:  # noqa: SLF001 (argparse has no public way to ask for them)
        if action.nargs == argparse.PARSER:
            commands += _commands(action)
    return Program(options=tuple(_options(parser)), commands=tuple(commands))


def _commands(action: Any) -> Iterator[Command]:
    for shown in action._choices_actions:  # noqa: SLF001 (those without help are hidden, and not in it)
        own = action.choices[shown.dest]
        operands = [
            found
            for found in own._actions  # noqa: SLF001
            if not found.option_strings
        ]
        yield Command(
            name=shown.dest,
            about=shown.help,
            options=tuple(_options(own)),
            operands=tuple(_value(operand) for operand in operands),
        )


def _options(parser: argparse.ArgumentParser) -> Iterator[Option]:
    for action in parser._actions:  # noqa: SLF001
        if action.option_strings and action.help is not argparse.SUPPRESS:
            yield Option(
                names=tuple(action.option_strings),
                about=(action.help or "").replace("%%", "%"),
                value=None if action.nargs == 0 else _value(action),
                again=isinstance(action.default, list),
            )


def _value(action: argparse.Action) -> Value:
    title = str(action.metavar or action.dest.upper())
    words = tuple(action.choices or ())
    kind: Kind = "words" if words else _KINDS.get(title, "nothing")
    return Value(kind=kind, title=title, words=words, many=action.nargs in {"*", "+"})

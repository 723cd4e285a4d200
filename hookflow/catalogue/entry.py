"""What the catalogue knows of a command."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from hookflow.commands.options import Place
from hookflow.core.structs import Struct

if TYPE_CHECKING:
    import argparse

    from hookflow.commands.options import Options

    Arguments = Callable[[argparse.ArgumentParser], None]
    Handler = Callable[[Options], int]


class Entry(Struct, frozen=True, kw_only=True):
    """A command.

    Attributes:
        name: As it is called.
        about: What it does, for one line of help; empty for a command that is not for people.
        examples: Command lines, and what each does.
        arguments: Adds its arguments to its parser.
        handler: Calls it with the parsed options; returns the exit code.
        whole: Whether it needs the parser of all commands, not only its own.
    """

    name: str
    about: str
    examples: Mapping[str, str]
    arguments: "Arguments"
    handler: "Handler"
    whole: bool = False


def _none(parser: "argparse.ArgumentParser") -> None:
    """A command without arguments of its own."""


def command(
    entries: list[Entry],
    name: str,
    about: str,
    examples: Mapping[str, str],
    *,
    arguments: "Arguments" = _none,
    whole: bool = False,
) -> "Callable[[Handler], Handler]":
    """Enter the decorated function into `entries`, as the handler of a command."""

    def enter(handler: "Handler") -> "Handler":
        entry = Entry(name=name, about=about, examples=examples, arguments=arguments, handler=handler, whole=whole)
        entries.append(entry)
        return handler

    return enter


def place(options: "Options") -> Place:
    """Where the command works."""
    config = options.config.absolute() if options.config is not None else None
    return Place(directory=options.directory.absolute(), config=config)

"""A command line as a shell's completion needs to know it: commands, options, and what each takes."""

from collections.abc import Iterable
from typing import Literal

from hookflow.core.structs import Struct

Kind = Literal["files", "directories", "steps", "stages", "runs", "words", "nothing"]
"""What a value is; names of steps, stages and runs are asked for when they are wanted. Nothing: any text."""


class Value(Struct, frozen=True, kw_only=True):
    """What an option or an operand takes.

    Attributes:
        kind: What it is.
        title: What help calls it.
        words: The words, where it is one of some.
        many: Whether several may follow one another.
    """

    kind: Kind
    title: str
    words: tuple[str, ...] = ()
    many: bool = False


class Option(Struct, frozen=True, kw_only=True):
    """An option under all its names; `value` is None where it takes none, `again` whether it may be repeated."""

    names: tuple[str, ...]
    about: str
    value: Value | None
    again: bool = False


class Command(Struct, frozen=True, kw_only=True):
    """A command; the program itself is one whose first operand is the name of another."""

    name: str
    about: str
    options: tuple[Option, ...]
    operands: tuple[Value, ...] = ()


class Program(Struct, frozen=True, kw_only=True):
    """The program: `options` may stand before the command."""

    options: tuple[Option, ...]
    commands: tuple[Command, ...]


def quoted(text: str) -> str:
    """A word in single quotes, for bash and zsh."""
    return "'" + text.replace("'", "'\\''") + "'"


def indented(lines: Iterable[str], width: int) -> str:
    """Lines of a script, each with so many blanks before it."""
    return "\n".join(" " * width + line for line in lines)

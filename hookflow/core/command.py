"""A step's command and the files and arguments it is given: checked placeholders, exact argument lists.

Placeholders: ``{files}`` (the step's files) and ``{args}`` (git's arguments to the hook). In a list each is
an entry of its own. In a string each is a bare word of the shell: ``{files}`` becomes ``"$@"`` and the names
are handed over as positional parameters, so that no name is ever parsed by a shell, whatever bytes it has.
"""

import itertools
import re
import shlex
from collections.abc import Iterable, Iterator, Sequence

from hookflow.core.config import Command, Step
from hookflow.core.structs import Struct

PLACEHOLDER = re.compile(r"\{(?:files|args)\}")
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "fish"})
# Before and after a word that stands alone in POSIX shell: blanks, or an operator's character.
_BEFORE = frozenset(" \t\n;|&(`")
_AFTER = frozenset(" \t\n;|&)<>`")
_QUOTES = {"'": "single quotes", '"': "double quotes"}
_SCRIPT_OPTION = re.compile(r"-[A-Za-z]*c[A-Za-z]*")
_OPTIONS_WITH_VALUE = frozenset({"-o", "+o", "-O", "+O"})
# What may stand before the name of a command.
_LEADING = frozenset({"!", "{", "if", "then", "elif", "else", "while", "until", "do", "time", "command", "exec"})
_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


class Invocation(Struct, frozen=True):
    """One process to start: `arguments` as text (UTF-8 with surrogate escapes), `display` for people."""

    arguments: tuple[str, ...]
    display: str


def uses(command: Command, placeholder: str) -> bool:
    """Whether a command names a placeholder (``"{files}"`` or ``"{args}"``)."""
    return placeholder in command


def problems(command: Command) -> list[str]:
    """What is wrong with the placeholders of a command, as sentences; empty where all is well."""
    return list(_string_problems(command) if isinstance(command, str) else _list_problems(command))


def _list_problems(command: Sequence[str]) -> Iterator[str]:
    for position, word in enumerate(command):
        for found in PLACEHOLDER.findall(word):
            if word != found:
                yield f"{found} must be an entry of its own in a list, not part of {word!r}"
            elif _is_script(command[:position]):
                yield f"{found} would be run as a script by {command[0]} -c; pass it after the script"


def _string_problems(script: str) -> Iterator[str]:
    for place in _Scanner(script).places():
        found = script[place.start : place.end]
        if place.inside:
            yield f"{found} is inside {place.inside}, where no quoting is safe; make it a bare word"
        elif not place.apart:
            yield f"{found} must be a word of its own, set off by blanks"
        elif any(_is_script(text.removesuffix("$").split()) or _is_evaluated(text) for text in place.commands):
            yield f"{found} would be run as a script; make it an argument of a program"


def _is_script(words: Sequence[str]) -> bool:
    """Whether the next word after `words` is a shell's script: ``-c`` and nothing but options stand before it."""
    for place, word in enumerate(words):
        if re.split("[/$]", word)[-1] in _SHELLS:
            options = words[place + 1 :]
            operands = [
                option
                for before, option in itertools.pairwise(words[place:])
                if not option.startswith(("-", "+", "$")) and before not in _OPTIONS_WITH_VALUE
            ]
            if not operands and any(_SCRIPT_OPTION.fullmatch(option.lstrip("$")) for option in options):
                return True
    return False


def _is_evaluated(simple_command: str) -> bool:
    """Whether the command is ``eval``, which joins all its arguments to a script."""
    for word in simple_command.split():
        if word == "eval" or ("$" in word and word.endswith("eval")):
            return True
        # A word that is expanded may come to nothing, and leave the next one in its place.
        if word not in _LEADING and not _ASSIGNMENT.match(word) and "$" not in word:
            return False
    return False


class _Place(Struct, frozen=True):
    """Where a placeholder stands in a script.

    Attributes:
        start: Of its first character.
        end: After its last one.
        inside: What quotes it; "" if nothing does.
        apart: Whether it is a word of its own.
        commands: What stands before it of the simple commands that it is in, from the outermost command
            substitution inwards: without quotes, and with ``$`` for a whole substitution.
    """

    start: int
    end: int
    inside: str
    apart: bool
    commands: tuple[str, ...]


class _Scanner:
    """Finds the placeholders of a POSIX shell script; those in comments, which are never run, are left out.

    A full grammar is not needed: only whether a place is quoted or in a here-document (taken to have no end,
    so that nothing after one counts as bare), and which words stand before it.
    """

    def __init__(self, script: str) -> None:
        self._script = script
        self._position = 0
        self._inside = ""
        self._blank = True  # a word may begin here
        self._here_document = False
        self._open = [""]  # what opened each level: a parenthesis, a backquote
        self._commands = [""]  # the simple command of each level, as far as it has been read

    def places(self) -> Iterator[_Place]:
        while self._position < len(self._script):
            if match := PLACEHOLDER.match(self._script, self._position):
                start, end = match.span()
                apart = self._blank and (self._script[end : end + 1] or " ") in _AFTER
                yield _Place(start, end, self._inside, apart, tuple(self._commands))
                self._commands[-1] += "$"
                self._position, self._blank = end, False
            else:
                self._read(self._script[self._position])
                self._position += 1

    def _read(self, char: str) -> None:
        if char == "\\" and self._inside != "single quotes":
            self._position += 1
            if not self._script.startswith("\n", self._position):  # a continued line
                self._add_quoted(self._script[self._position : self._position + 1])
        elif char in _QUOTES and self._inside in {"", _QUOTES[char]}:
            self._inside, self._blank = "" if self._inside else _QUOTES[char], False
        elif self._inside:
            self._add_quoted(char)
        elif char == "#" and self._blank:
            self._position = _end_of_line(self._script, self._position) - 1
        else:
            self._here_document |= self._script.startswith("<<", self._position)
            if char == "\n" and self._here_document:
                self._inside = "a here-document"
            self._blank = char in _BEFORE
            self._add_bare(char)

    def _add_quoted(self, char: str) -> None:
        self._commands[-1] += "_" if char.isspace() else char
        self._blank = False

    def _add_bare(self, char: str) -> None:
        if char == "(" or (char == "`" and self._open[-1] != "`"):
            self._commands[-1] += "$" if char == "`" else ""
            self._open.append(char)
            self._commands.append("")
        elif char in ")`" and len(self._open) > 1:
            self._open.pop()
            self._commands.pop()
            self._blank = False
            if not self._commands[-1].endswith("$"):  # a subshell, or the head of a function
                self._commands[-1] = ""
        elif char in ";|&)\n":
            self._commands[-1] = ""
        else:
            self._commands[-1] += char


def _end_of_line(script: str, position: int) -> int:
    found = script.find("\n", position)
    return len(script) if found < 0 else found


def invocation(command: Command, files: Sequence[str] = (), args: Sequence[str] = ()) -> Invocation:
    """The process that runs `command` on `files` with git's `args`."""
    safe = tuple(safe_name(name) for name in files)
    if isinstance(command, str):
        return _shell_invocation(command, safe, tuple(args))
    filled = tuple(_fill(command, safe, args))
    return Invocation(filled, shlex.join(filled))


def _fill(command: Iterable[str], files: Sequence[str], args: Sequence[str]) -> Iterator[str]:
    for word in command:
        if word == "{files}":
            yield from files
        elif word == "{args}":
            yield from args
        else:
            yield word


def _shell_invocation(script: str, files: Sequence[str], args: Sequence[str]) -> Invocation:
    run = _replace(script, {"{files}": '"$@"', "{args}": shlex.join(args)})
    display = _replace(script, {"{files}": shlex.join(files), "{args}": shlex.join(args)})
    passed = files if uses(script, "{files}") else ()
    return Invocation(("sh", "-c", run, "sh", *passed), display)


def _replace(script: str, values: dict[str, str]) -> str:
    """The script with its bare placeholders replaced; those in comments stay as they are."""
    parts, last = [], 0
    for place in _Scanner(script).places():
        parts += [script[last : place.start], values[script[place.start : place.end]]]
        last = place.end
    return "".join([*parts, script[last:]])


def safe_name(name: str) -> str:
    """A file name that no program takes for an option: ``-x`` becomes ``./-x``."""
    return f"./{name}" if name.startswith("-") else name


def batches(files: Sequence[str], *, most: int, room: int) -> list[tuple[str, ...]]:
    """`files` in order, cut so that each part has at most `most` names and fits into `room` bytes.

    Args:
        files: The names; an empty list gives one empty part (the command still runs once).
        most: Names per part, at least 1.
        room: Bytes for the names' text, its NUL and the pointer that the kernel counts for each.
    """
    parts: list[tuple[str, ...]] = []
    current: list[str] = []
    used = 0
    for name in files:
        size = _argument_bytes(name)
        if current and (len(current) >= most or used + size > room):
            parts.append(tuple(current))
            current, used = [], 0
        current.append(name)
        used += size
    return [*parts, tuple(current)]


def split(step: Step, command: Command, files: Sequence[str], *, cpus: int, room: int) -> list[tuple[str, ...]]:
    """The files of each of a step's processes, as ``batch`` and the system's limit on arguments ask.

    Args:
        step: The step.
        command: Its ``run`` or ``fix``; without ``{files}`` it is one process, whatever the files.
        files: In order.
        cpus: Units of ``jobs`` that the step may use now; each process takes the step's ``cpus``.
        room: Bytes for the names of one process.
    """
    if not uses(command, "{files}"):
        return [()]
    most = max(1, len(files))
    if step.batch == "auto":
        most = -(-most // max(1, cpus // step.cpus))
    elif step.batch != "one":
        most = step.batch
    return batches(files, most=most, room=room)


def useful_cpus(step: Step, files: int) -> int:
    """The most units of ``jobs`` that a step's processes could use at once on so many files."""
    if step.batch == "one" or not uses(step.run, "{files}"):
        return step.cpus
    processes = files if step.batch == "auto" else -(-files // step.batch)
    return step.cpus * max(1, processes)


_POINTER = 8  # bytes of argv's own entry; execve(2) counts it against ARG_MAX


def _argument_bytes(name: str) -> int:
    return len(name.encode("utf-8", "surrogateescape")) + len("./") + 1 + _POINTER

"""A step's command and the files and arguments it is given: checked placeholders, exact argument lists.

Placeholders: ``{files}`` (the step's files) and ``{args}`` (git's arguments to the hook). In a list each is
an entry of its own. In a string each is a bare word of the shell: ``{files}`` becomes ``"$@"`` and the names
are handed over as positional parameters, so that no name is ever parsed by a shell, whatever bytes it has.
"""

import re
import shlex
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hookflow.core.config import Command, Step

PLACEHOLDER = re.compile(r"\{(?:files|args)\}")
_SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash", "fish"})
# Before and after a word that stands alone in POSIX shell: blanks, or an operator's character.
_BEFORE = frozenset(" \t\n;|&(`")
_AFTER = frozenset(" \t\n;|&)<>`")


@dataclass(frozen=True, slots=True)
class Invocation:
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
    for start, end, quoted in _placeholders(script):
        found = script[start:end]
        before, after = script[start - 1 : start] or " ", script[end : end + 1] or " "
        if quoted:
            yield f"{found} is inside {quoted}, where no quoting is safe; make it a bare word"
        elif before not in _BEFORE or after not in _AFTER:
            yield f"{found} must be a word of its own, set off by blanks"
        elif _is_script(_simple_command(script[:start])):
            yield f"{found} would be run as a script; make it an argument of a program"


def _simple_command(text: str) -> list[str]:
    """The words of the simple command that `text` ends in."""
    return re.split(r"[;|&(`\n]", text)[-1].split()


def _is_script(words: Sequence[str]) -> bool:
    """Whether the next word after `words` is shell text: after ``eval``, or after a shell's ``-c``."""
    if not words:
        return False
    if words[-1] == "eval":
        return True
    is_option = re.fullmatch(r"-[a-z]*c", words[-1]) is not None
    return is_option and any(word.rpartition("/")[2] in _SHELLS for word in words[:-1])


def _placeholders(script: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and surroundings ("" if bare) of every placeholder in a POSIX shell script.

    A full shell grammar is not needed: only whether a position is inside quotes, a comment (left alone:
    it is never run) or after a here-document has begun.
    """
    quoted, position, here_document = "", 0, len(script)
    while position < len(script):
        char = script[position]
        match = PLACEHOLDER.match(script, position)
        if match:
            inside = here_document < script.rfind("\n", 0, position)
            yield match.start(), match.end(), quoted or ("a here-document" if inside else "")
            position = match.end()
            continue
        if char == "\\" and quoted != "single quotes":
            position += 1
        elif char == "'" and quoted != "double quotes":
            quoted = "" if quoted else "single quotes"
        elif char == '"' and quoted != "single quotes":
            quoted = "" if quoted else "double quotes"
        elif not quoted and script.startswith("<<", position):
            here_document = min(here_document, position)
        elif char == "#" and not quoted and (script[position - 1 : position] or " ") in _BEFORE:
            position = _end_of_line(script, position)
        position += 1


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
    for start, end, _ in _placeholders(script):
        parts += [script[last:start], values[script[start:end]]]
        last = end
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

"""Places in files that linters name in their output, and GitHub's workflow commands, which show them beside the code.

The escapes are those of the commands' own definition (the runner's ``ActionCommand``): percent signs and line breaks
everywhere, colons and commas in properties too.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, zip_longest
from typing import Literal

from hookflow.core.display import harmless, printable
from hookflow.core.structs import Struct

Severity = Literal["error", "warning", "note"]

_LONGEST_LINE = 2000  # characters; no linter says so much of one place
# path:line:col: message and path:line: message; with a dash before the message (pyright) or an end after the place.
_PLACED = re.compile(
    r"\s*(?P<path>[^\s:][^:]*):(?P<line>\d{1,7})(?::(?P<column>\d{1,7}))?(?:-\d+(?::\d+)?)?(?::\s*|\s+(?:-\s+)?)(?P<message>\S.*)"
)
# Ruff and rustc say what is wrong first, and on the next line where: "  --> path:line:col".
_ARROW = re.compile(r"\s*-->\s+(?P<path>[^\s:][^:]*):(?P<line>\d{1,7})(?::(?P<column>\d{1,7}))?\s*")
# Some linters write GitHub's own commands.
_COMMAND = re.compile(r"\s*::(?P<level>error|warning|notice) (?P<properties>[^:]*)::(?P<message>.*)")
_SEVERITY = re.compile(
    r"\[?(?:(?P<warning>warn(?:ing)?)|(?P<note>note|info(?:rmation)?|notice|hint|help))\b", re.IGNORECASE
)
_ESCAPES = {"%25": "%", "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ","}


class Finding(Struct, frozen=True):
    """What a linter says of one place.

    Attributes:
        path: As the linter wrote it.
        line: From 1.
        column: From 1, or None.
        message: On one line.
        severity: ``note`` for what only explains another finding.
    """

    path: str
    line: int
    column: int | None
    message: str
    severity: Severity = "error"


def findings(lines: Iterable[str]) -> Iterator[Finding]:
    """The places that some lines of output name; whether there are such files is for the caller to know."""
    before = ""
    for raw in lines:
        if len(raw) > _LONGEST_LINE:
            continue
        line = harmless(raw)
        if match := _COMMAND.fullmatch(line):
            yield from _from_command(match)
        elif match := _ARROW.fullmatch(line):
            yield from _finding(match, before)
        elif match := _PLACED.fullmatch(line):
            yield from _finding(match, match["message"])
        before = line if line.strip() else before


def share(many: Sequence[Sequence[str]], most: int) -> list[str]:
    """At most so many of several lists: the first of each, then the second of each, and so on."""
    return [each for each in chain.from_iterable(zip_longest(*many)) if each is not None][:most]


def command(name: str, message: str, **properties: str | int | None) -> str:
    """A workflow command on one line; properties that are None are left out."""
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value is not None)
    return f"::{name}{' ' if given else ''}{given}::{_data(message)}"


def _finding(match: re.Match[str], message: str) -> Iterator[Finding]:
    """None where the line is 0, which no file has."""
    if (line := int(match["line"])) and (said := message.strip()):
        yield Finding(match["path"], line, int(match["column"] or 0) or None, said, _severity(said))


def _from_command(match: re.Match[str]) -> Iterator[Finding]:
    given = dict(part.partition("=")[::2] for part in match["properties"].split(","))
    path, line, column = (_unescaped(given.get(key, "").strip()) for key in ("file", "line", "col"))
    if path and line.isdecimal() and int(line):
        severity: Severity = (
            "note" if match["level"] == "notice" else "warning" if match["level"] == "warning" else "error"
        )
        at = int(column) if column.isdecimal() else 0
        yield Finding(path, int(line), at or None, _unescaped(match["message"]).strip() or match["level"], severity)


def _severity(message: str) -> Severity:
    match = _SEVERITY.match(message)
    if match is None:
        return "error"
    return "warning" if match["warning"] else "note"


def _unescaped(text: str) -> str:
    return re.sub("%(?:25|0D|0A|3A|2C)", lambda match: _ESCAPES[match[0]], text)


def _data(text: str) -> str:
    return "%0A".join(printable(line.replace("%", "%25")) for line in text.split("\n"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")

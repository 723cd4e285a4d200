"""Text for people: times, names of any bytes, and output whose control sequences are taken out."""

import re
from collections.abc import Iterable

# ECMA-48: control sequences, control strings (OSC, DCS, APC, PM, SOS) up to their terminator, other escapes.
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"
    r"|\x1b[\]P_^X][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c|$)"
    r"|\x1b[ -/]*[0-~]?"
    r"|\x9b[0-?]*[ -/]*[@-~]?"
)
_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SURROGATES = re.compile(r"[\ud800-\udfff]")
_MINUTE = 60.0


def seconds(value: float) -> str:
    """A duration: ``0.04 s``, ``12.3 s``, ``2 min 05 s``."""
    if round(value, 2) < 10:  # noqa: PLR2004 (two digits after the point below ten seconds)
        return f"{value:.2f} s"
    if round(value, 1) < _MINUTE:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    return f"{minutes} min {rest:02} s"


def size(count: int) -> str:
    """Bytes: ``812 B``, ``3.4 MiB``."""
    value, units = float(count), iter(("B", "KiB", "MiB", "GiB"))
    unit = next(units)
    for larger in units:
        if value < 1024:  # noqa: PLR2004 (bytes of the next unit)
            break
        value, unit = value / 1024, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"


def coarse(value: float) -> str:
    """A duration that is looked at while it grows, in whole seconds: ``<1 s``, ``12 s``, ``2 min 05 s``."""
    whole = int(value)
    if whole < _MINUTE:
        return f"{whole} s" if whole else "<1 s"
    return f"{whole // 60} min {whole % 60:02} s"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """``1 file``, ``2 files``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def printable(text: str) -> str:
    """A name on one line: control characters and bytes that are not UTF-8 as escapes."""
    escaped = _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", text.replace("\n", "\\n").replace("\t", "\\t"))
    return _SURROGATES.sub(lambda match: f"\\x{ord(match[0]) & 0xFF:02x}", escaped)


def harmless(text: str, *, colours: bool = False) -> str:
    """A program's output as text that cannot move the cursor or set a title; colours on request.

    Of a line that was written over with carriage returns, the last version stays, as on a terminal.
    """
    return "\n".join(_harmless_line(line, colours=colours) for line in text.split("\n"))


def _harmless_line(line: str, *, colours: bool) -> str:
    line = line.removesuffix("\r")
    # What follows the last return is what a terminal would show, unless it is empty.
    versions = [version for version in line.split("\r") if _SEQUENCE.sub("", version)]
    shown = versions[-1] if versions else ""
    kept = _SEQUENCE.sub(lambda match: match[0] if colours and _COLOUR.fullmatch(match[0]) else "", shown)
    if colours and "\x1b[" in kept:
        return "\x1b[".join(_escaped(part) for part in kept.split("\x1b[")) + "\x1b[0m"
    return _escaped(kept)


def _escaped(text: str) -> str:
    return _SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


def columns(rows: Iterable[tuple[str, ...]], gap: str = "  ") -> list[str]:
    """Rows as lines with aligned columns; the last column is not padded."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*(row[:-1] for row in table), strict=True)]
    return [
        gap.join([*(cell.ljust(width) for cell, width in zip(row[:-1], widths, strict=True)), row[-1]]).rstrip()
        for row in table
    ]

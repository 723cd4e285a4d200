"""What reporters that write text share: the end of a log, and a stream whose reader may have gone."""

import os
from pathlib import Path
from typing import TextIO

# What is shown of a step's output; the rest is in its log.
_TAIL_LINES = 100
_TAIL_BYTES = 64 * 1024


def write(stream: TextIO | None, text: str) -> TextIO | None:
    """Write and flush; returns the stream, or None once its reader has gone (``| head``): the run goes on."""
    if stream is None:
        return None
    try:
        stream.write(text)
        stream.flush()
    except UnicodeEncodeError:
        plain = text.encode(stream.encoding or "ascii", "backslashreplace")
        return write(stream, plain.decode(stream.encoding or "ascii"))
    except (OSError, ValueError):
        return None
    return stream


def tail(log: Path, *, most_lines: int = _TAIL_LINES, most_bytes: int = _TAIL_BYTES) -> tuple[list[str], bool]:
    """The last lines of a log, and whether something before them was left out."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - most_bytes))
            text = file.read(most_bytes).decode("utf-8", "replace")
    except OSError:
        return [], False
    lines = text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    cut = size > most_bytes
    if cut and len(lines) > 1:
        del lines[0]  # it begins somewhere inside
    return lines[-most_lines:], cut or len(lines) > most_lines

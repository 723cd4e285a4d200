"""Text of any kind as GitHub's Markdown that shows it as it is."""

import re
from collections.abc import Iterable, Sequence

from hookflow.core.display import count

# What means something in the middle of a line: emphasis, code, links, HTML, entities, tables, formulas.
_MARKS = re.compile(r"[\\`*_\[\]<>|~&$]")


def escaped(text: str) -> str:
    """Text on one line, for anywhere but the beginning of one."""
    return _MARKS.sub(r"\\\g<0>", text)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], *, right: frozenset[int] = frozenset()) -> str:
    """A table of cells that are Markdown already; the columns in `right` are aligned to the right."""
    line = [("---:" if place in right else "---") for place, _ in enumerate(headings)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (headings, line, *rows))


def fenced(text: str, language: str = "") -> str:
    """A block of code; its fence is longer than any in the text."""
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def folded(title: str, body: str) -> str:
    """Something that is shown when its title is clicked; the title is plain text."""
    safe = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<details><summary>{safe}</summary>\n\n{body}\n\n</details>"


def fitting(parts: Iterable[str], room: int) -> str:
    """The parts, with an empty line between them, that have room in so many bytes; how many had none is said last."""
    kept, left_out = [], 0
    room -= 100  # for the sentence
    for part in parts:
        size = len(part.encode("utf-8", "replace")) + 2
        if size > room:
            left_out += 1
        else:
            kept.append(part)
            room -= size
    if left_out:
        kept.append(f"({count(left_out, 'part')} had no room here.)")
    return "\n\n".join(kept) + "\n\n"

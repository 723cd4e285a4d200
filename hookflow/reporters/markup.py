"""Small pieces of HTML that are safe whatever is in them."""

import html
from collections.abc import Iterable, Sequence

from hookflow.core.display import printable
from hookflow.core.report import Report

# A mark goes with each colour, so that none stands alone.
MARKS = {
    "passed": "✓",
    "failed": "✗",
    "timed-out": "⧖",
    "cached": "↺",
    "skipped": "»",
    "blocked": "⊘",
    "cancelled": "■",
    "interrupted": "■",
    "not finished": "…",
}
CRITICAL = "◆"  # on the critical path


def text(value: str) -> str:
    """A name or a sentence on one line, for an element or a quoted attribute."""
    return html.escape(printable(value))


def shade(word: str) -> str:
    """The class that gives an outcome its colour."""
    return word.replace(" ", "-") if word in MARKS else "skipped"


def outcome(word: str) -> str:
    """An outcome with its mark."""
    mark = MARKS.get(word, "?")
    return f'<span class="word {shade(word)}"><span aria-hidden="true">{mark}</span> {text(word)}</span>'


def name(value: str) -> str:
    """A step's name; what runs from right to left in it stays in it."""
    return f'<bdi class="name">{text(value)}</bdi>'


def anchor(report: Report, step: str) -> str:
    """The id of a step's part of the page: its place, since a name may hold anything."""
    place = next(place for place, known in enumerate(report.record.steps) if known.name == step)
    return f"step-{place}"


def link(report: Report, step: str) -> str:
    """A step's name that leads to its log."""
    return f'<a href="#{anchor(report, step)}">{name(step)}</a>'


def table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    """A table; the first column names the rows. Caption and cells are HTML.

    Args:
        caption: What it shows.
        heads: Of the columns.
        rows: Their cells.
        numbers: The columns that hold numbers, from 0.
    """
    kind = dict.fromkeys(numbers, ' class="number"')
    head = "".join(f'<th scope="col"{kind.get(place, "")}>{cell}</th>' for place, cell in enumerate(heads))
    body = "".join(
        f'<tr><th scope="row">{first}</th>'
        + "".join(f"<td{kind.get(place, '')}>{cell}</td>" for place, cell in enumerate(rest, start=1))
        + "</tr>\n"
        for first, *rest in rows
    )
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="table: {html.escape(caption)}"><table>'
        f"<caption>{html.escape(caption)}</caption>"
        f"<thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )


def folded(title: str, content: str) -> str:
    """Something that is shown on request."""
    return f'<details><summary>{html.escape(title)}</summary><div class="body">{content}</div></details>'

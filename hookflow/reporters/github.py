"""For GitHub Actions: folded logs, findings beside the code, and a summary of the job with the graph.

The commands are those of https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TextIO, assert_never

from hookflow.core import annotations, display, events, markdown, outcome
from hookflow.core.account import account
from hookflow.core.outcome import is_failure
from hookflow.reporters import output

# From a step and a path as its linter wrote it to the path in the repository; None where there is no such file.
Locate = Callable[[str, str], str | None]
# From the outcomes of steps to the graph in Mermaid's language; None where GitHub would not draw it.
Draw = Callable[[Mapping[str, str]], str | None]

_MOST = 10  # annotations of a kind that GitHub shows for one step of a job; it drops the rest without a word
_SHOWN = {"most_lines": 2000, "most_bytes": 512 * 1024}  # of a log; in CI nobody can open the file later
_MOST_SUMMARY = 1 << 20  # bytes; GitHub refuses a longer one as a whole
_SUMMARY = {"most_lines": 50, "most_bytes": 16 * 1024}


class GitHub:
    """Writes to standard output, where the runner reads commands, and to the job's summary.

    Args:
        out: Standard output.
        token: A word that no step can guess: between its two appearances the runner takes nothing for a command.
        locate: Finds files that linters name.
        draw: Draws the graph.
        summary: The job's summary, opened to append, or None; it belongs to the caller.
        colours: Whether logs keep their colours.
    """

    def __init__(
        self,
        out: TextIO,
        *,
        token: str,
        locate: Locate,
        draw: Draw,
        summary: TextIO | None = None,
        colours: bool = False,
    ) -> None:
        self._out: TextIO | None = out
        self._token = token
        self._locate = locate
        self._draw = draw
        self._summary = summary
        self._colours = colours
        self._run: events.RunStarted | None = None
        self._width = 0
        self._ended: list[events.StepFinished] = []

    def emit(self, event: events.Event) -> None:
        """Tell of one event."""
        match event:
            case events.RunStarted():
                self._run = event
                self._width = max((len(display.printable(name)) for name in event.steps), default=0)
            case events.StepStarted():
                pass
            case events.StepFinished():
                self._ended.append(event)
                self._step_finished(event)
            case events.RunFinished():
                self._annotate()
                self._line(f"{event.outcome}: {account(event)}")
                self._summarize(event)
            case events.Warned():
                about = f"{event.step}: " if event.step is not None else ""
                self._line(annotations.command("warning", about + event.message, title="hookflow"))
            case _:
                assert_never(event)

    def _step_finished(self, event: events.StepFinished) -> None:
        spent = display.seconds(event.seconds) if event.seconds else ""
        name = display.printable(event.step).ljust(self._width)
        row = f"{outcome.word(event.outcome):<9}  {name}  {spent:>8}  {_reason(event)}".rstrip()
        lines, cut = output.tail(Path(event.log), **_SHOWN) if event.log is not None else ([], False)
        if not lines:
            self._line(row)
            return
        self._line(annotations.command("group", row))
        if cut:
            self._line(f"(the last {display.count(len(lines), 'line')})")
        # What a step printed must not be taken for commands, not even for the end of its own group.
        self._line(f"::stop-commands::{self._token}")
        for line in lines:
            self._line(display.harmless(line, colours=self._colours))
        self._line(f"::{self._token}::")
        self._line("::endgroup::")

    def _annotate(self) -> None:
        """Findings of failed steps; where there are too many, each step has its share of what GitHub shows."""
        made: dict[str, list[list[str]]] = {"error": [], "warning": []}
        for event in self._ended:
            if is_failure(event.outcome):
                for level, commands in self._annotations(event).items():
                    made[level].append(commands)
        for many in made.values():
            shown = annotations.share(many, _MOST)
            for command in shown:
                self._line(command)
            if more := sum(map(len, many)) - len(shown):
                self._line(f"({display.count(more, 'more finding')} in the logs above)")

    def _annotations(self, event: events.StepFinished) -> dict[str, list[str]]:
        """The commands of one step by level: what it found, or that it failed. All are warnings if it may fail."""
        made: dict[str, list[str]] = {"error": [], "warning": []}
        for finding in self._findings(event):
            path = self._locate(event.step, finding.path)
            if path is None or finding.severity == "note":
                continue
            level = finding.severity if event.blocking else "warning"
            place: dict[str, str | int | None] = {
                "file": path,
                "line": finding.line,
                "col": finding.column,
                "title": event.step,
            }
            command = annotations.command(level, finding.message, **place)
            if command not in made[level]:
                made[level].append(command)
        if not any(made.values()):
            level = "error" if event.blocking else "warning"
            said = f"{outcome.word(event.outcome)}: {_reason(event)}"
            made[level].append(annotations.command(level, said, title=event.step))
        return made

    def _findings(self, event: events.StepFinished) -> Iterable[annotations.Finding]:
        return annotations.findings(output.tail(Path(event.log), **_SHOWN)[0]) if event.log is not None else ()

    def _summarize(self, event: events.RunFinished) -> None:
        if self._summary is None or self._run is None:
            return
        text = markdown.fitting(self._summary_parts(self._run, event), _MOST_SUMMARY - _written(self._summary))
        output.write(self._summary, text)

    def _summary_parts(self, run: events.RunStarted, event: events.RunFinished) -> Iterable[str]:
        yield f"### hookflow, {markdown.escaped(run.stage)}: {event.outcome}"
        yield f"{account(event)}. Scope: {markdown.escaped(display.printable(run.scope))}."
        places = {name: place for place, name in enumerate(run.steps)}
        ended = sorted(self._ended, key=lambda step: places.get(step.step, len(places)))
        yield markdown.table(("outcome", "step", "time", "reason"), map(_row, ended), right=frozenset({2}))
        if graph := self._draw({step.step: outcome.word(step.outcome) for step in ended}):
            yield markdown.fenced(graph, "mermaid")
        for step in ended:
            if is_failure(step.outcome) and step.log is not None:
                lines, cut = output.tail(Path(step.log), **_SUMMARY)
                title = f"{display.printable(step.step)}: {'the end of its output' if cut else 'its output'}"
                if lines:
                    yield markdown.folded(title, markdown.fenced("\n".join(map(display.harmless, lines))))

    def _line(self, text: str) -> None:
        self._out = output.write(self._out, text + "\n")


def _written(stream: TextIO) -> int:
    """The bytes of a file so far: steps and other commands write into the same summary."""
    try:
        return stream.seek(0, os.SEEK_END)
    except (OSError, ValueError):
        return 0


def _row(step: events.StepFinished) -> tuple[str, str, str, str]:
    word = outcome.word(step.outcome)
    return (
        f"**{word}**" if step.blocking else word,
        markdown.escaped(display.printable(step.step)),
        display.seconds(step.seconds) if step.seconds else "",
        markdown.escaped(_reason(step)),
    )


def _reason(event: events.StepFinished) -> str:
    allowed = "" if event.blocking or not is_failure(event.outcome) else "allowed: "
    return allowed + display.printable(event.outcome.reason or "")

"""Plain text for a person: a line as each step ends, failures with their output last, then a summary."""

import os
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Literal, TextIO, assert_never

from hookflow.core import display, events, outcome
from hookflow.core.account import account
from hookflow.core.outcome import Cached, Failed, Outcome, Passed, TimedOut
from hookflow.reporters import output

Level = Literal["quiet", "plain", "verbose"]

_SEVERE = {"failed", "timed-out", "blocked"}
_COLOURS = {"passed": "32", "cached": "32", "failed": "31", "timed-out": "31", "blocked": "33"}


class Plain:
    """Writes results to `out` and warnings to `err`.

    Args:
        out: Where results go.
        err: Where warnings go.
        level: ``quiet`` shows what went wrong, ``verbose`` also the output of steps that passed.
        colours: Whether `out` shows colours.
        logs_kept: Whether logs are still there after the run, so that naming them helps.
        again: From a step's name to the command line that runs it again; None shows none.
        talkative: Steps whose output is shown although they passed.
    """

    def __init__(
        self,
        out: TextIO,
        err: TextIO,
        *,
        level: Level = "plain",
        colours: bool = False,
        logs_kept: bool = True,
        again: Callable[[str], str] | None = None,
        talkative: Collection[str] = (),
    ) -> None:
        self._talkative = talkative
        self._out: TextIO | None = out
        self._err: TextIO | None = err
        self._level = level
        self._colours = colours
        self._logs_kept = logs_kept
        self._again = again
        self._width = 0
        self._shown_later: list[events.StepFinished] = []
        self._run: events.RunStarted | None = None

    def emit(self, event: events.Event) -> None:
        """Show one event, if it has something to say at this level."""
        match event:
            case events.RunStarted():
                self._run = event
                self._width = max((len(display.printable(name)) for name in event.steps), default=0)
            case events.StepStarted():
                pass
            case events.StepFinished():
                self._step_finished(event)
            case events.RunFinished():
                self._run_finished(event)
            case events.Warned():
                self._warn(event)
            case _:
                assert_never(event)

    def _step_finished(self, event: events.StepFinished) -> None:
        if isinstance(event.outcome, Failed | TimedOut) or (
            (self._level == "verbose" or event.step in self._talkative) and isinstance(event.outcome, Passed | Cached)
        ):
            self._shown_later.append(event)
        if self._level != "quiet" or event.blocking:
            self._line(self._row(event))

    def _row(self, event: events.StepFinished) -> str:
        word = outcome.word(event.outcome)
        name = display.printable(event.step).ljust(self._width)
        spent = display.seconds(event.seconds) if event.seconds else ""
        allowed = "" if event.blocking or not isinstance(event.outcome, Failed | TimedOut) else "allowed: "
        row = f"{self._paint(word.ljust(9), word)}  {name}  {spent:>8}  {allowed}{_reason(event.outcome)}"
        return row.rstrip()

    def _run_finished(self, event: events.RunFinished) -> None:
        for step in sorted(self._shown_later, key=lambda step: step.blocking):
            self._output(step)
        if self._level == "quiet" and event.exit_code == 0:
            return
        verdict = {"passed": "passed", "failed": "failed"}.get(event.outcome, "blocked")
        self._line(f"{self._paint(event.outcome, verdict)}: {account(event)}")

    def _output(self, event: events.StepFinished) -> None:
        name, reason = display.printable(event.step), _reason(event.outcome)
        self._line(f"\n--- {name}{f': {reason}' if reason else ''} ---")
        if event.log is not None:
            self._log(event.log)
        if self._again is not None and isinstance(event.outcome, Failed | TimedOut):
            self._line(f"--- run it again: {display.printable(self._again(event.step))}")
        if event.log is not None and self._logs_kept:
            self._line(f"--- log of {name}: {display.printable(_short(event.log))}\n")

    def _log(self, log: str) -> None:
        lines, cut = output.tail(Path(log))
        if cut:
            self._line(f"(the last {display.count(len(lines), 'line')}; the rest is in the log)")
        for line in lines:
            self._line(display.harmless(line, colours=self._colours))

    def _warn(self, event: events.Warned) -> None:
        about = f"{display.printable(event.step)}: " if event.step is not None else ""
        self._err = output.write(self._err, f"hookflow: {about}{display.printable(event.message)}\n")

    def _line(self, text: str) -> None:
        self._out = output.write(self._out, text + "\n")

    def _paint(self, text: str, word: str) -> str:
        colour = _COLOURS.get(word)
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colours and colour else text


def _reason(result: Outcome) -> str:
    return display.printable(result.reason or "")


def _short(log: str) -> str:
    """The log's path as a person would type it: relative where it is below the working directory."""
    relative = os.path.relpath(log)
    return log if relative.startswith("..") else relative

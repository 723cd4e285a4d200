"""The run in Chrome's trace format, for https://ui.perfetto.dev, ``chrome://tracing`` and speedscope.

The "JSON Array Format" of the Trace Event Format: a list of events whose closing bracket may be missing, so what a run
wrote until it was killed can be opened too. Times are microseconds since the run began.
"""

import json
from typing import Any, TextIO, assert_never

from hookflow.core import display, events, outcome

_PROCESS = 1  # the run, in the viewer's terms
_RUN_LANE = 0
_MICROSECONDS = 1_000_000
_COLOURS = {"passed": "good", "failed": "terrible", "timed-out": "terrible", "cancelled": "bad"}  # catapult's names


class Trace:
    """Writes each step when it has ended, on a lane of its own among those that ran at the same time.

    Args:
        stream: The file, empty; it belongs to the caller, who closes it.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream: TextIO | None = stream
        self._run: events.RunStarted | None = None
        self._lanes: list[int] = []  # of each lane after the run's own, the end of what was last on it
        self._running: dict[str, tuple[int, int, events.StepStarted]] = {}  # by step: lane, start, first attempt
        self._wrote = False

    def emit(self, event: events.Event) -> None:
        """Write what is known by now."""
        match event:
            case events.RunStarted():
                self._run = event
                self._write(_named("process_name", _RUN_LANE, name=f"hookflow {event.stage} ({event.run})"))
                self._write(_named("thread_name", _RUN_LANE, name="run"))
            case events.StepStarted():
                self._step_started(event)
            case events.StepFinished():
                self._step_finished(event)
            case events.RunFinished():
                self._run_finished(event)
            case events.Warned():
                lane = self._running[event.step][0] if event.step in self._running else _RUN_LANE
                self._instant("warning", event.message, lane, event.time, step=event.step, message=event.message)
            case _:
                assert_never(event)

    def _step_started(self, event: events.StepStarted) -> None:
        if event.step in self._running:
            lane, _, _ = self._running[event.step]
            self._instant("attempt", f"attempt {event.attempt}", lane, event.time, step=event.step)
            return
        busy = {lane for lane, _, _ in self._running.values()}
        lane = next(lane for lane in range(1, len(busy) + 2) if lane not in busy)
        if lane > len(self._lanes):
            self._lanes.append(0)
            self._write(_named("thread_name", lane, name=f"slot {lane}"))
            self._write(_named("thread_sort_index", lane, sort_index=lane))
        # A clock that was set back must not put one step over another.
        self._running[event.step] = lane, max(self._at(event.time), self._lanes[lane - 1]), event

    def _step_finished(self, event: events.StepFinished) -> None:
        word = outcome.word(event.outcome)
        told: dict[str, Any] = {"outcome": word, "reason": event.outcome.reason}
        told |= {
            "exit_code": outcome.exit_code(event.outcome),
            "blocking": event.blocking,
            "modified": list(event.modified),
        }
        if event.step not in self._running:
            self._instant("step", f"{event.step}: {word}", _RUN_LANE, event.time, step=event.step, **told)
            return
        lane, begin, first = self._running.pop(event.step)
        end = self._lanes[lane - 1] = max(self._at(event.time), begin)
        told |= {"files": first.files, "command": first.command}
        self._span("step", event.step, lane, begin, end, colour=_COLOURS.get(word), **told)

    def _run_finished(self, event: events.RunFinished) -> None:
        run = self._run
        if run is not None:
            told: dict[str, Any] = {"stage": run.stage, "scope": run.scope, "files": run.files, "jobs": run.jobs}
            told |= {"outcome": event.outcome, "exit_code": event.exit_code, "counts": dict(event.counts)}
            told |= {"critical_path": list(event.critical_path), "bound_seconds": event.bound_seconds}
            end = max(self._at(event.time), *self._lanes, 0)
            self._span("run", event.outcome, _RUN_LANE, 0, end, serial_seconds=event.serial_seconds, **told)
        self._put("\n]\n" if self._wrote else "[]\n")

    def _span(
        self, category: str, name: str, lane: int, begin: int, end: int, *, colour: str | None = None, **told: Any
    ) -> None:
        look = {"cname": colour} if colour else {}
        times = {"ts": begin, "dur": end - begin}
        self._write({"ph": "X", "cat": category, "name": name, **_on(lane), **times, **look, "args": told})

    def _instant(self, category: str, name: str, lane: int, time: float, **told: Any) -> None:
        """A mark on a lane."""
        self._write(
            {"ph": "i", "s": "t", "cat": category, "name": name, **_on(lane), "ts": self._at(time), "args": told}
        )

    def _at(self, time: float) -> int:
        return max(0, round((time - self._run.time) * _MICROSECONDS)) if self._run is not None else 0

    def _write(self, event: dict[str, Any]) -> None:
        # Perfetto shows escapes such as \u00f6 as they are written.
        self._put((",\n" if self._wrote else "[\n") + json.dumps(_shown(event), ensure_ascii=False))
        self._wrote = True

    def _put(self, text: str) -> None:
        if self._stream is None:
            return
        try:
            self._stream.write(text)
            self._stream.flush()
        except OSError:
            self._stream = None  # the disk is full


def _named(kind: str, lane: int, **told: Any) -> dict[str, Any]:
    return {"ph": "M", "name": kind, **_on(lane), "ts": 0, "args": told}


def _on(lane: int) -> dict[str, int]:
    # Threads are numbered from 1: to Perfetto 0 is the kernel's idle task.
    return {"pid": _PROCESS, "tid": lane + 1}


def _shown(value: Any) -> Any:
    """The same with names as people can read them: viewers refuse lone surrogates."""
    if isinstance(value, str):
        return display.printable(value)
    if isinstance(value, dict):
        return {key: _shown(each) for key, each in value.items()}
    return [_shown(each) for each in value] if isinstance(value, list) else value

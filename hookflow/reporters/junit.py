"""The run as a JUnit report: a test case for each step.

There is no one definition of the format. What is written here is what both Ant's schema and that of Jenkins's xUnit
plugin accept: ``tests/reporters/junit.xsd`` says what that is.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, assert_never
from xml.etree import ElementTree as ET

from hookflow.core import display, events, outcome
from hookflow.core.account import account
from hookflow.core.outcome import Failed, Outcome, TimedOut
from hookflow.reporters import output

# What XML 1.0 has no way to write: most controls, surrogates, two noncharacters (its production 2, Char).
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MOST = {"most_lines": 1000, "most_bytes": 256 * 1024}  # of a failed step's log


class JUnit:
    """Writes the report when the run has finished.

    The report has a failure or an error if, and only if, the run failed: a step that may fail counts as skipped.

    Args:
        stream: The file, empty; it belongs to the caller, who closes it.
        host: The machine's name.
    """

    def __init__(self, stream: TextIO, *, host: str) -> None:
        self._stream = stream
        self._host = host
        self._run: events.RunStarted | None = None
        self._ended: list[events.StepFinished] = []
        self._warnings: list[str] = []

    def emit(self, event: events.Event) -> None:
        """Remember one event; the last one writes the file."""
        match event:
            case events.RunStarted():
                self._run = event
            case events.StepStarted():
                pass
            case events.StepFinished():
                self._ended.append(event)
            case events.RunFinished():
                if self._run is not None:
                    output.write(self._stream, self._document(self._run, event))
            case events.Warned():
                about = f"{event.step}: " if event.step is not None else ""
                self._warnings.append(display.printable(about + event.message))
            case _:
                assert_never(event)

    def _document(self, run: events.RunStarted, end: events.RunFinished) -> str:
        places = {name: place for place, name in enumerate(run.steps)}
        ended = sorted(self._ended, key=lambda step: places.get(step.step, len(places)))
        cases = [_case(step, run.stage) for step in ended]
        if end.exit_code and not any(_count(cases, word) for word in ("failure", "error")):
            cases.append(_interrupted(run.stage, end, self._warnings))
        suite = ET.Element("testsuite", self._attributes(run, end, cases))
        ET.SubElement(suite, "properties").extend(_properties(run, end))
        suite.extend(cases)
        ET.SubElement(suite, "system-out").text = _legal("\n".join([*map(_line, ended), account(end)]))
        ET.SubElement(suite, "system-err").text = _legal("\n".join(self._warnings))
        suites = ET.Element("testsuites")
        suites.append(suite)
        ET.indent(suites)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(suites, encoding="unicode")}\n'

    def _attributes(self, run: events.RunStarted, end: events.RunFinished, cases: list[ET.Element]) -> dict[str, str]:
        return {
            "id": "0",
            "package": "hookflow",
            "name": _legal(run.stage),
            "hostname": _legal(display.printable(self._host)) or "localhost",
            "timestamp": f"{datetime.fromtimestamp(run.time, UTC):%Y-%m-%dT%H:%M:%S}",
            "tests": str(len(cases)),
            "failures": str(_count(cases, "failure")),
            "errors": str(_count(cases, "error")),
            "skipped": str(_count(cases, "skipped")),
            "time": f"{end.seconds:.3f}",
        }


def _case(step: events.StepFinished, stage: str) -> ET.Element:
    case = _test_case(display.printable(step.step), stage, step.seconds)
    word, reason = outcome.word(step.outcome), display.printable(step.outcome.reason or "")
    if step.blocking:
        kind = "failure" if isinstance(step.outcome, Failed) else "error"
        result = ET.SubElement(case, kind, {"type": word, "message": _legal(reason)})
    elif _did_not_pass(step.outcome):
        allowed = "allowed to fail: " if isinstance(step.outcome, Failed | TimedOut) else ""
        result = ET.SubElement(case, "skipped", {"type": word, "message": _legal(allowed + reason)})
    else:
        return case
    if step.log is not None and isinstance(step.outcome, Failed | TimedOut):
        lines, _ = output.tail(Path(step.log), **_MOST)
        result.text = _legal("\n".join(map(display.harmless, lines)))
    return case


def _interrupted(stage: str, end: events.RunFinished, warnings: Iterable[str]) -> ET.Element:
    """For a run that failed although no step did: it was ended by a signal, or changes excluded each other."""
    case = _test_case("(the run)", stage, end.seconds)
    error = ET.SubElement(case, "error", {"type": end.outcome, "message": f"exit code {end.exit_code}"})
    error.text = _legal("\n".join(warnings))
    return case


def _test_case(name: str, stage: str, seconds: float) -> ET.Element:
    names = {"classname": _legal(f"hookflow.{stage}"), "name": _legal(name)}
    return ET.Element("testcase", {**names, "time": f"{seconds:.3f}"})


def _did_not_pass(result: Outcome) -> bool:
    return outcome.word(result) not in {"passed", "cached"}


def _count(cases: Iterable[ET.Element], kind: str) -> int:
    return sum(case.find(kind) is not None for case in cases)


def _properties(run: events.RunStarted, end: events.RunFinished) -> list[ET.Element]:
    values = {
        "run": run.run,
        "scope": display.printable(run.scope),
        "files": run.files,
        "jobs": run.jobs,
        "outcome": end.outcome,
        "exit-code": end.exit_code,
        "critical-path": " ".join(end.critical_path),
    }
    return [ET.Element("property", {"name": name, "value": _legal(str(value))}) for name, value in values.items()]


def _line(step: events.StepFinished) -> str:
    reason = display.printable(step.outcome.reason or "")
    return f"{outcome.word(step.outcome)} {display.printable(step.step)}{f': {reason}' if reason else ''}"


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)

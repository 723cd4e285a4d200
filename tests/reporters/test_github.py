"""For GitHub Actions: the output read as the runner reads it, the summary by a Markdown parser."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from happenings import began, end, finished, start
from markdown_it import MarkdownIt

from hookflow.core import display, events
from hookflow.core.outcome import Blocked, Failed, Passed, Skipped, TimedOut
from hookflow.reporters.github import GitHub

TOKEN = "0123456789abcdef"
PARSER = MarkdownIt("commonmark", {"xhtmlOut": True}).enable(["table", "strikethrough"])
_COMMAND = re.compile(r"\s*::(?P<name>[\w-]+)(?: (?P<properties>.*?))?::(?P<message>.*)")


def located(step: str, name: str) -> str | None:
    """Of three files, as seen from a step's folder."""
    path = f"sub/{name}" if step == "insub" else name
    return path if path in {"a.py", "b,c.py", "sub/d.py"} else None


def graph(outcomes: Mapping[str, str]) -> str:
    """Not a graph, but it has what there is to know."""
    return "flowchart " + " ".join(f"{display.printable(name)}={word}" for name, word in outcomes.items())


def told(*happened: events.Event, summary: io.StringIO | None = None) -> list[str]:
    """The lines on standard output."""
    out = io.StringIO()
    reporter = GitHub(out, token=TOKEN, locate=located, draw=graph, summary=summary)
    for event in happened:
        reporter.emit(event)
    return out.getvalue().splitlines()


def commands(lines: list[str]) -> list[tuple[str, dict[str, str], str]]:
    """The commands that the runner takes from some lines: none between a stop and its token."""
    found, stopped = [], False
    for line in lines:
        match = _COMMAND.fullmatch(line)
        if match is None or (stopped and match["name"] != TOKEN):
            continue
        stopped = match["name"] == "stop-commands"
        if not stopped and match["name"] != TOKEN:
            properties = dict(part.partition("=")[::2] for part in filter(None, (match["properties"] or "").split(",")))
            found.append((match["name"], properties, match["message"]))
    assert not stopped
    return found


def annotations(lines: list[str]) -> list[tuple[str, str | None, str | None, str]]:
    """Level, file, line and message of each."""
    return [
        (name, properties.get("file"), properties.get("line"), message)
        for name, properties, message in commands(lines)
        if name in {"error", "warning"}
    ]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """The log of a step."""
    return tmp_path / "step.log"


def test_the_output_of_every_step_is_folded(log: Path) -> None:
    """Of those that passed too: in CI nobody can open a log later. What printed nothing is a line."""
    log.write_text("hello\n")
    lines = told(
        start("a", "b"),
        began("a"),
        finished("a", Passed(), log=log),
        finished("b", Skipped("none of its files changed")),
        end(outcome="passed", exit_code=0, counts={"passed": 1, "skipped": 1}),
    )
    assert [name for name, _, _ in commands(lines)] == ["group", "endgroup"]
    assert commands(lines)[0][2] == "passed     a    1.50 s"
    assert "hello" in lines
    assert lines[-2] == "skipped    b            none of its files changed"
    assert lines[-1].startswith("passed: 1 passed, 1 skipped in 3.00 s")


def test_what_a_step_prints_is_not_taken_for_commands(log: Path) -> None:
    """Neither the end of its group, nor another mask, nor older forms."""
    log.write_text("::endgroup::\n::add-mask::a\n ::stop-commands::x\n::x::\n##[endgroup]\n")
    lines = told(start("a"), finished("a", Passed(), log=log), end(exit_code=0))
    assert [name for name, _, _ in commands(lines)] == ["group", "endgroup"]
    assert lines[1:8] == [
        f"::stop-commands::{TOKEN}",
        *("::endgroup::", "::add-mask::a", " ::stop-commands::x", "::x::", "##[endgroup]"),
        f"::{TOKEN}::",
    ]


def test_findings_in_failed_steps_are_shown_beside_the_code(log: Path) -> None:
    """Once each, and only those of files that are there; the title is the step."""
    log.write_text("a.py:3:7: F401 x\na.py:3:7: F401 x\nb,c.py:1: 50% off\nmissing.py:1: x\na.py:9: note: see above\n")
    lines = told(start("lint"), finished("lint", Failed(1, "exit code 1"), log=log, blocking=True), end())
    assert annotations(lines) == [("error", "a.py", "3", "F401 x"), ("error", "b%2Cc.py", "1", "50%25 off")]
    assert commands(lines)[2][1] == {"file": "a.py", "line": "3", "col": "7", "title": "lint"}


def test_warnings_stay_warnings_and_an_allowed_failure_has_no_errors(log: Path) -> None:
    """What does not block is not shown as if it did."""
    log.write_text("d.py:1: error: x\n")
    lines = told(start("insub"), finished("insub", Failed(1, "exit code 1"), log=log), end(exit_code=0))
    assert annotations(lines) == [("warning", "sub/d.py", "1", "error: x")]
    log.write_text("a.py:1: warning: x\na.py:2: y\n")
    lines = told(start("a"), finished("a", Failed(1, "exit code 1"), log=log, blocking=True), end())
    assert annotations(lines) == [("error", "a.py", "2", "y"), ("warning", "a.py", "1", "warning: x")]


def test_a_failed_step_without_findings_is_named() -> None:
    """What passed or was blocked is not: GitHub shows ten."""
    lines = told(
        start("a", "b", "c"),
        finished("a", TimedOut("its time was up"), blocking=True),
        finished("b", Blocked("needs a, which failed"), blocking=True),
        finished("c", Passed()),
        end(),
    )
    assert annotations(lines) == [("error", None, None, "timed-out: its time was up")]


def test_more_findings_than_github_shows_are_shared_out(log: Path) -> None:
    """Every step has some, and how many there are besides is said."""
    log.write_text("".join(f"a.py:{line}: x\n" for line in range(1, 101)))
    few = log.with_name("few.log")
    few.write_text("a.py:5: few\n")
    lines = told(
        start("many", "few"),
        finished("many", Failed(1, "exit code 1"), log=log, blocking=True),
        finished("few", Failed(1, "exit code 1"), log=few, blocking=True),
        end(),
    )
    assert len(annotations(lines)) == 10
    assert ("error", "a.py", "5", "few") in annotations(lines)
    assert "(91 more findings in the logs above)" in lines


def test_warnings_of_the_run_are_annotations() -> None:
    """On one line, with the step that they are about."""
    lines = told(events.Warned(time=0.0, message="a\nb", step="s"))
    assert lines == ["::warning title=hookflow::s: a%0Ab"]


def test_the_summary_has_outcomes_reasons_logs_and_the_graph(log: Path) -> None:
    """In the order of declaration; what blocks is bold; only logs of failures."""
    log.write_text("```\nx <b>\n</details>\n\x1b[31mred\x1b[0m\n")
    summary = io.StringIO("before\n")
    told(
        start("a", "b_c_", "d"),
        finished("d", Passed(), log=log),
        finished("a", Failed(1, "exit | code `1`\n*"), log=log, blocking=True),
        finished("b_c_", Skipped("<none>")),
        end(),
        summary=summary,
    )
    text = summary.getvalue()
    assert text.startswith("before\n")
    page = ET.fromstring(f"<page>{PARSER.render(text.removeprefix('before'))}</page>")
    cells = ["".join(cell.itertext()) for cell in page.iter("td")]
    assert cells[:4] == ["failed", "a", "1.50 s", r"exit | code `1`\n*"]
    assert cells[4:8] == ["skipped", "b_c_", "", "<none>"]
    assert [bold.text for bold in page.iter("strong")] == ["failed"]
    assert page.findtext("h3") == "hookflow, pre-commit: failed"
    blocks = {block.get("class"): block.text for block in page.iter("code")}
    assert blocks == {
        "language-mermaid": "flowchart a=failed b_c_=skipped d=passed\n",
        None: "```\nx <b>\n</details>\nred\n",
    }
    assert page.findtext("details/summary") == "a: its output"


def test_a_summary_that_github_would_refuse_is_cut(log: Path) -> None:
    """A mebibyte is all there is, with what others wrote; outcomes come first."""
    log.write_text("x" * 15_000)
    names = [f"s{number}" for number in range(100)]
    summary = io.StringIO("y" * 500_000)
    summary.seek(0, io.SEEK_END)
    failures = [finished(name, Failed(1, "exit code 1"), log=log, blocking=True) for name in names]
    told(start(*names), *failures, end(), summary=summary)
    text = summary.getvalue()
    assert 1_000_000 < len(text.encode()) <= 1 << 20
    assert "| **failed** | s99 |" in text
    assert re.search(r"\(\d+ parts had no room here\.\)", text)


def test_a_summary_without_room_at_all_harms_nothing(log: Path) -> None:
    """Reporters only listen."""
    log.write_text("x")

    class Full(io.StringIO):
        """A disk without room."""

        def write(self, _text: str) -> int:
            """Refuse."""
            raise OSError(28, "No space left on device")

    lines = told(start("a"), finished("a", Failed(1, "x"), log=log, blocking=True), end(), summary=Full())
    assert lines[-1].startswith("failed: ")


def test_names_of_any_bytes(log: Path) -> None:
    """In commands, rows and the summary."""
    log.write_bytes(b"a.py:1: \xff\x00 bad\n")
    summary = io.StringIO()
    name = "x\udcff\n::error::y"
    lines = told(start(name), finished(name, Failed(1, name), log=log, blocking=True), end(), summary=summary)
    "\n".join([*lines, summary.getvalue()]).encode()
    assert [name for name, _, _ in commands(lines)] == ["group", "endgroup", "error"]

"""The JUnit report, checked by an XML Schema validator."""

import io
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from happenings import end, finished, start

from hookflow.core import events
from hookflow.core.outcome import Blocked, Cached, Cancelled, Failed, Passed, Skipped, TimedOut
from hookflow.reporters.junit import JUnit

SCHEMA = xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))


def reported(*happened: events.Event, host: str = "here") -> ET.Element:
    """The suite of a report, which is valid."""
    stream = io.StringIO()
    reporter = JUnit(stream, host=host)
    for event in happened:
        reporter.emit(event)
    SCHEMA.validate(stream.getvalue())
    suite = ET.fromstring(stream.getvalue().encode()).find("testsuite")
    assert suite is not None
    return suite


def results(suite: ET.Element) -> dict[str, tuple[str, str | None, str | None]]:
    """Of each test case that has one: the kind of its result, its type and its message."""
    return {
        case.get("name", ""): (result.tag, result.get("type"), result.get("message"))
        for case in suite.iterfind("testcase")
        for result in case
    }


def counts(suite: ET.Element) -> dict[str, int]:
    """What the suite says of itself."""
    return {name: int(suite.get(name, "")) for name in ("tests", "failures", "errors", "skipped")}


def test_a_case_for_each_step_in_the_order_of_declaration() -> None:
    """Each outcome as readers of the format know it."""
    suite = reported(
        start("a", "b", "c", "d", "e", "f", "g", "h"),
        finished("h", Cancelled("the run was ended")),
        finished("b", Failed(3, "exit code 3"), blocking=True),
        finished("a", Passed()),
        finished("c", TimedOut("its time was up"), blocking=True),
        finished("d", Cached("passed before")),
        finished("e", Skipped("none of its files changed")),
        finished("f", Blocked("needs b, which failed"), blocking=True),
        finished("g", Failed(1, "exit code 1")),
        end(),
    )
    assert [case.get("name") for case in suite.iterfind("testcase")] == list("abcdefgh")
    assert results(suite) == {
        "b": ("failure", "failed", "exit code 3"),
        "c": ("error", "timed-out", "its time was up"),
        "e": ("skipped", "skipped", "none of its files changed"),
        "f": ("error", "blocked", "needs b, which failed"),
        "g": ("skipped", "failed", "allowed to fail: exit code 1"),
        "h": ("skipped", "cancelled", "the run was ended"),
    }
    assert counts(suite) == {"tests": 8, "failures": 1, "errors": 2, "skipped": 3}


def test_times_and_the_log_of_a_failure(tmp_path: Path) -> None:
    """In seconds; the log without control sequences."""
    log = tmp_path / "log"
    log.write_bytes(b"\x1b[31mred\x1b[0m <b>&\nend\n")
    suite = reported(start("a"), finished("a", Failed(1, "exit code 1"), log=log, blocking=True), end())
    assert (suite.get("time"), suite.get("timestamp")) == ("3.000", "1970-01-01T00:00:00")
    assert suite.find("testcase").get("time") == "1.500"
    assert suite.findtext("testcase/failure") == "red <b>&\nend"


@pytest.mark.parametrize(
    "text", ["\x00\x08\x0b\x1f", "\udcff\ud800", "\ufffe\uffff", "]]> <!-- & \" '", "a\nb\tc", "日本"]
)
def test_what_xml_cannot_say_is_replaced(text: str, tmp_path: Path) -> None:
    """In names, reasons, warnings and logs."""
    log = tmp_path / "log"
    log.write_bytes(f"x{text}y".encode("utf-8", "surrogatepass"))
    suite = reported(
        start(f"a{text}"),
        finished(f"a{text}", Failed(1, text), log=log, blocking=True),
        events.Warned(time=0.0, message=text, step=f"a{text}"),
        end(),
        host=text,
    )
    assert suite.findtext("testcase/failure", "").startswith("x")


@pytest.mark.parametrize("outcome", ["interrupted", "failed"])
def test_a_run_that_failed_without_a_failed_step_is_an_error(outcome: str) -> None:
    """It must not look well to who reads only this."""
    suite = reported(
        start("a"),
        finished("a", Cancelled("the run was ended by SIGINT")),
        events.Warned(time=0.0, message="two changes exclude each other"),
        end(outcome=outcome, exit_code=130),
    )
    assert results(suite)["(the run)"] == ("error", outcome, "exit code 130")
    assert suite.findtext("testcase/error") == suite.findtext("system-err") == "two changes exclude each other"


def test_a_run_without_steps_has_no_cases() -> None:
    """Nothing failed."""
    assert counts(reported(start(), end(exit_code=0))) == {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}


def test_the_schema_refuses_what_readers_refuse() -> None:
    """A suite without its counts, and two results of one case."""
    for wrong in (
        '<testsuites><testsuite name="x"/></testsuites>',
        "<testsuites><testcase/></testsuites>",
    ):
        assert not SCHEMA.is_valid(wrong)

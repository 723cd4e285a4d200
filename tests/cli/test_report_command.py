"""`hookflow report`: the page of a run, from the outside."""

import html
import json
import re
import stat
from pathlib import Path

import pytest
from project import Project


@pytest.fixture
def ran(project: Project) -> Project:
    """A project after one run: one failure, one step blocked, one log of a thousand lines."""
    project.configure(
        'parallel = true\n[steps.a]\nrun = "echo hello from a"\n[steps.bad]\nrun = "seq 1000; false"\n'
        '[steps.b]\nrun = "true"\nneeds = ["bad"]\n[steps.c]\nrun = "true"\nneeds = ["a"]\ndescription = "the third"'
    )
    project.write("x")
    assert project.hookflow("run").code == 1
    return project


def page(project: Project, *arguments: str) -> str:
    """The page on standard output."""
    done = project.hookflow("report", "--out", "-", *arguments)
    assert (done.code, done.err) == (0, "")
    return done.out


def pairs(text: str) -> set[tuple[str, str]]:
    """The edges that the picture of the graph shows."""
    titles = re.findall(r"<g><title>(.*?) before (.*?): ", text)
    return {(html.unescape(before), html.unescape(after)) for before, after in titles}


def test_the_page_is_written_beside_the_logs(ran: Project) -> None:
    """Its path is said; only its owner may read it."""
    done = ran.hookflow("report")
    target = Path(done.out.strip())
    assert (done.code, target) == (0, (ran.state / "latest").resolve() / "report.html")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    text = target.read_text(encoding="utf-8")
    assert "hello from a" in text
    assert "the third" in text
    assert pairs(text) == {("bad", "b"), ("a", "c")}


def test_the_page_can_be_written_elsewhere(ran: Project) -> None:
    """From the working directory, or on standard output, or not at all."""
    ran.write("sub/x")
    done = ran.hookflow("report", "--out", "page.html", cwd=ran.path / "sub")
    assert (done.code, done.out.strip()) == (0, str(ran.path / "sub" / "page.html"))
    assert (ran.path / "sub" / "page.html").read_text(encoding="utf-8") == page(ran)
    failed = ran.hookflow("report", "--out", "missing/page.html")
    assert (failed.code, "the report cannot be written: No such file" in failed.err) == (3, True)


def test_only_the_end_of_a_long_log_is_in_the_page(ran: Project) -> None:
    """Two hundred lines, and how to see all."""
    text = page(ran)
    assert "\n801\n" in text
    assert "\n800\n" not in text
    run = ran.events()[0]["run"]
    assert f"hookflow logs bad --run {run}" in text


def test_an_old_run_is_shown_with_its_old_graph(ran: Project) -> None:
    """Whatever the configuration says now; and an unknown run is a wrong command line."""
    run = ran.events()[0]["run"]
    ran.configure('[steps.a]\nrun = "true"\nneeds = ["z"]\n[steps.z]\nrun = "true"')
    ran.hookflow("run")
    assert pairs(page(ran)) == {("z", "a")}
    assert pairs(page(ran, "--run", run)) == {("bad", "b"), ("a", "c")}
    unknown = ran.hookflow("report", "--run", "yesterday")
    assert (unknown.code, "no such run is kept" in unknown.err) == (2, True)


@pytest.mark.parametrize("left", [None, "", "[", "{}"])
def test_a_run_without_a_graph_is_shown_with_the_one_of_now(ran: Project, left: str | None) -> None:
    """It says so; where the configuration is wrong too, edges are missing."""
    kept = ran.state / "latest" / "graph.json"
    kept.unlink()
    if left is not None:
        kept.write_text(left)
    text = page(ran)
    assert pairs(text) == {("bad", "b"), ("a", "c")}
    assert "This run left no graph: these are the edges of the configuration as it is now." in text
    ran.write("pyproject.toml", "[tool.hookflow]\nwrong = 1\n")
    text = page(ran)
    assert pairs(text) == set()
    assert "edges are missing here" in text


def test_a_killed_run_has_a_page(ran: Project) -> None:
    """Its last event is cut; logs are found though no event names them."""
    events = ran.state / "latest" / "events.jsonl"
    text = events.read_text()
    events.write_text(text[: text.index('"event": "step-finished"') + 40])
    found = page(ran)
    assert "The run has no end on record" in found
    assert "hello from a" in found


def test_a_run_whose_events_are_gone_is_an_error(ran: Project) -> None:
    """One message, no traceback; other runs are shown without it in their history."""
    ran.hookflow("run", "a")
    (ran.state / "latest" / "events.jsonl").write_text('{"event": "run-started"}\n')
    done = ran.hookflow("report")
    assert (done.code, "what happened in this run was not recorded" in done.err) == (2, True)
    first = min(path.name for path in (ran.state / "runs").iterdir())
    assert "<h1>" in page(ran, "--run", first)


def test_logs_that_are_gone_are_missing_in_the_page(ran: Project) -> None:
    """And nothing else is."""
    for log in (ran.state / "latest").glob("*.log"):
        log.unlink()
    text = page(ran)
    assert text.count("It left no log.") == 4


def test_logs_are_found_when_the_repository_has_moved(ran: Project, tmp_path: Path) -> None:
    """Events name them by the path of then."""
    moved = Project(ran.path.rename(tmp_path / "elsewhere"))
    assert "hello from a" in page(moved)


def test_history_shows_the_kept_runs(ran: Project) -> None:
    """A column for each, of all runs that had the step."""
    ran.hookflow("run", "a")
    assert re.search(r'<bdi class="name">a</bdi></a></th><td><svg[^>]* aria-label="durations in 2 runs', page(ran))


def test_without_a_run_there_is_nothing_to_show(project: Project) -> None:
    """And that is said."""
    done = project.hookflow("report")
    assert (done.code, "no run has left a log here yet" in done.err) == (2, True)


def test_the_page_can_be_opened_in_a_browser(ran: Project) -> None:
    """The one that the person has chosen."""
    browser = ran.write("browser", '#!/bin/sh\necho "$1" > opened\n', mode=0o755)
    assert ran.hookflow("report", "--open", BROWSER=f"{browser} %s").code == 0
    assert (ran.path / "opened").read_text().startswith("file://")
    assert ran.hookflow("report", "--open", "--out", "-").code == 2


def test_a_run_leaves_its_graph(ran: Project) -> None:
    """For its owner only, with the CPUs of each step."""
    kept = ran.state / "latest" / "graph.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["cpus"] == {"a": 1, "bad": 1, "b": 1, "c": 1}

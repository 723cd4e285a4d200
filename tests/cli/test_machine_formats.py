"""Formats that machines read, from the outside: GitHub's, JUnit's and Chrome's, and the graph of a kept run."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import xmlschema
from project import Project

SCHEMA = xmlschema.XMLSchema(Path(__file__).parents[1] / "reporters" / "junit.xsd")


@pytest.fixture
def linted(project: Project) -> Project:
    """A project whose linter, in a folder, fails with a finding; another step waits for it, and one passes."""
    project.configure(
        "[steps.lint]\nrun = \"echo 'a.py:1:8: F401 unused'; echo 'x.py:1: not there'; exit 1\"\ncwd = \"sub\"\n"
        '[steps.tests]\nrun = "true"\nneeds = ["lint"]\n[steps.fine]\nrun = "echo fine"\n'
        '[steps.other]\nrun = "true"\nfiles = ["*.c"]'
    )
    project.write("sub/a.py", "import os\n")
    project.git("add", "-A")
    return project


def annotations(text: str) -> list[str]:
    """The commands that annotate."""
    return [line for line in text.splitlines() if line.startswith(("::error", "::warning"))]


def test_github_shows_findings_at_the_path_in_the_repository(linted: Project) -> None:
    """Whatever folder the linter ran in; and the steps have their groups."""
    done = linted.hookflow("run", "--output", "github")
    assert done.code == 1
    assert annotations(done.out) == ["::error file=sub/a.py,line=1,col=8,title=lint::F401 unused"]
    assert done.out.count("::group::") == done.out.count("\n::endgroup::\n") == 2


def test_what_is_outside_the_repository_or_gits_own_is_not_annotated(project: Project, tmp_path: Path) -> None:
    """Whole paths inside it are; a finding without a place leaves the step's name."""
    (tmp_path / "out.py").write_text("")
    project.write("in.py")
    lines = [f"{tmp_path}/out.py:1: x", "../out.py:1: x", ".git/config:1: x", "../project/.git/config:1: x"]
    project.configure(
        "[steps.a]\nrun = " + json.dumps(f"printf '%s\\n' {' '.join(lines).replace(': x', ':x')}; exit 1")
    )
    assert annotations(project.hookflow("run", "--output", "github").out) == ["::error title=a::failed: exit code 1"]
    project.configure(f"[steps.a]\nrun = \"echo '{project.path}/in.py:1: x'; exit 1\"")
    assert annotations(project.hookflow("run", "--output", "github").out) == ["::error file=in.py,line=1,title=a::x"]


def test_in_github_actions_that_is_the_default(linted: Project) -> None:
    """But not for a run that a step calls, and not where another output was asked for."""
    assert "::group::" in linted.hookflow("run", GITHUB_ACTIONS="true").out
    assert "::group::" not in linted.hookflow("run", GITHUB_ACTIONS="true", HOOKFLOW_STEP="x").out
    assert "::group::" not in linted.hookflow("run", "--output", "plain", GITHUB_ACTIONS="true").out
    assert "::group::" not in linted.hookflow("run", GITHUB_ACTIONS="false").out
    assert "::group::" in linted.hookflow("hook", "pre-commit", "--all-files", GITHUB_ACTIONS="true").out


def test_the_summary_of_the_job_is_appended(linted: Project, tmp_path: Path) -> None:
    """With the graph in colours; who cannot write it goes on and says so."""
    summary = tmp_path / "summary.md"
    summary.write_text("from before\n\n")
    linted.hookflow("run", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(summary))
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("from before\n\n### hookflow, pre-commit: failed\n")
    assert "```mermaid\nflowchart LR\n" in text
    assert "    class s0 failed\n" in text
    assert "| skipped | other |" in text
    done = linted.hookflow("run", GITHUB_ACTIONS="true", GITHUB_STEP_SUMMARY=str(tmp_path / "no" / "summary"))
    assert done.code == 1
    assert "going on without a summary" in done.err


def test_a_junit_report(linted: Project, tmp_path: Path) -> None:
    """Valid, with a case for each step."""
    report = tmp_path / "report.xml"
    assert linted.hookflow("run", "--junit", str(report)).code == 1
    SCHEMA.validate(report)
    cases = {case.get("name"): [child.tag for child in case] for case in ET.parse(report).iter("testcase")}
    assert cases == {"lint": ["failure"], "tests": ["error"], "fine": [], "other": ["skipped"]}


def test_a_trace(linted: Project, tmp_path: Path) -> None:
    """Every step is in it once, those that ran with their times."""
    place = tmp_path / "trace.json"
    assert linted.hookflow("run", "--parallel", "--trace", str(place)).code == 1
    found = json.loads(place.read_text())
    steps = [(event["ph"], event["name"]) for event in found if event.get("cat") == "step"]
    assert sorted(steps) == [("X", "fine"), ("X", "lint"), ("i", "other: skipped"), ("i", "tests: blocked")]


@pytest.mark.parametrize("option", ["--junit", "--trace"])
def test_a_file_that_cannot_be_written_is_a_broken_environment(project: Project, option: str) -> None:
    """Before any step has run."""
    project.configure('[steps.a]\nrun = "touch ran"')
    done = project.hookflow("run", "--all-files", option, "no/such/file")
    assert (done.code, f"{option} no/such/file: No such file" in done.err) == (3, True)
    assert not (project.path / "ran").exists()


def test_the_graph_is_coloured_by_a_kept_run(linted: Project) -> None:
    """The last one or one by its id; the graph is that of the run's own steps."""
    linted.hookflow("run")
    first = linted.events()[0]["run"]
    linted.hookflow("run", "fine", "--no-cache")
    drawn = linted.hookflow("graph", "--format", "mermaid", "--run", first).out
    assert "class s0 failed" in drawn
    assert "class s1 blocked" in drawn
    last = linted.hookflow("graph", "--format", "mermaid", "--run", "last").out
    assert 's0["fine"]' in last
    assert "class s0 passed" in last
    assert "lint" not in last
    whole = linted.hookflow("graph", "--format", "mermaid", "--run", "last", "--stage", "pre-commit").out
    assert whole.startswith(linted.hookflow("graph", "--format", "mermaid").out.rstrip())


def test_a_run_that_is_not_kept_and_a_form_without_colours_are_wrong_usage(linted: Project) -> None:
    """Said, rather than drawn without."""
    none = linted.hookflow("graph", "--format", "mermaid", "--run", "last")
    assert (none.code, "no run has left" in none.err) == (2, True)
    linted.hookflow("run")
    assert linted.hookflow("graph", "--format", "mermaid", "--run", "yesterday").code == 2
    text = linted.hookflow("graph", "--run", "last")
    assert (text.code, "--format mermaid" in text.err) == (2, True)

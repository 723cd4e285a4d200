"""A repository with projects below its root, from the outside: real commits, runs and pushes."""

import json
import re
import time
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from project import Project

ROOT = """\
projects = ["libs/*", "services/*"]
[steps.format]
run = "! grep -n BAD {files}"
files = ["*.py"]
"""
CORE = """\
[tool.hookflow.steps.build]
run = "mkdir -p dist && cat src/*.py > dist/core.txt"
files = ["src/**"]
outputs = ["dist/*.txt"]
"""
API = """\
[tool.hookflow.steps.lint]
run = "pwd && echo given {files}"
files = ["*.py"]
needs = [":format"]
[tool.hookflow.steps.tests]
run = "grep -q one ../../libs/core/dist/core.txt && test ! -e broken"
files = ["src/**"]
inputs = ["//libs/core/dist/*.txt"]
needs = ["lint", "libs/core:build"]
"""
WEB = """\
[tool.hookflow.steps.tests]
run = "echo $HOOKFLOW_STEP in ${PWD##*/}"
"""
STEPS = ["format", "libs/core:build", "services/api:lint", "services/api:tests", "services/web:tests"]


@pytest.fixture
def mono(project: Project) -> Project:
    """A root, a library and two services, all in one commit."""
    project.configure(ROOT)
    project.write("libs/core/pyproject.toml", CORE)
    project.write("libs/core/src/a.py", "one\n")
    project.write("services/api/pyproject.toml", API)
    project.write("services/api/src/a.py", "x = 1\n")
    project.write("services/web/pyproject.toml", WEB)
    project.write("services/web/page.html", "<p>\n")
    project.write("services/notes/readme.md", "no project\n")
    project.write(".gitignore", "dist/\n.venv/\nbroken\n")
    project.commit()
    return project


@pytest.fixture
def simple(mono: Project) -> Project:
    """The same without what keeps answers from being kept: files that steps make."""
    mono.configure(ROOT.replace('"libs/*", ', ""))
    mono.write("services/api/pyproject.toml", WEB)
    mono.commit("simple")
    return mono


def chosen(project: Project) -> list[str]:
    """The steps of the last run that were not skipped."""
    return [step for step, outcome in project.outcomes().items() if outcome != "skipped"]


def wait_a_tick() -> None:
    """Until what was written is old enough for an answer to be kept."""
    before = time.time_ns()
    while time.time_ns() < before + 60_000_000:
        time.sleep(0.01)


def is_answered(project: Project, *options: str) -> bool:
    """Whether a run was answered from memory: then its graph is not written."""
    done = project.hookflow("run", *options)
    assert done.code == 0, done.text
    return not (project.state / "latest" / "graph.json").exists()


def test_one_run_takes_all(mono: Project) -> None:
    """The root's steps and the projects', each in its directory, on files as they are named from there."""
    done = mono.hookflow("run", "--all-files")
    assert done.code == 0, done.text
    assert mono.outcomes() == dict.fromkeys(STEPS, "passed")
    assert mono.log("services%2Fapi%3Alint").decode() == f"{mono.path}/services/api\ngiven src/a.py\n"
    assert mono.hookflow("logs", "services/web:tests").out == "services/web:tests in web\n"
    assert mono.hookflow("run", "--all-files").code == 0
    assert mono.outcomes() == dict.fromkeys(STEPS, "cached")


def test_a_commit_in_one_service_runs_its_steps_only(mono: Project) -> None:
    """By the installed hook; the same names in another project are others."""
    assert mono.hookflow("install").code == 0
    mono.write("services/web/page.html", "<p>new\n")
    mono.git("commit", "-qam", "web")
    assert chosen(mono) == ["services/web:tests"]
    mono.write("services/api/src/a.py", "x = 2\n")
    mono.write("libs/core/src/a.py", "one\ntwo\n")
    mono.git("commit", "-qam", "api")
    assert mono.outcomes() == {**dict.fromkeys(STEPS, "passed"), "services/web:tests": "skipped"}


def test_a_failure_blocks_what_needs_it_across_projects(mono: Project) -> None:
    """And nothing else; --failed runs it again, from anywhere."""
    mono.write("libs/core/src/a.py", "BAD\n")
    mono.write("services/web/page.html", "<p>new\n")
    done = mono.hookflow("run")
    assert done.code == 1
    assert mono.outcomes() == {
        "format": "failed",
        "libs/core:build": "passed",
        "services/api:lint": "skipped",
        "services/api:tests": "blocked",
        "services/web:tests": "passed",
    }
    mono.write("libs/core/src/a.py", "one\n\n")
    assert mono.hookflow("run", "--failed", cwd=mono.path / "services/api").code == 0
    assert {"format", "services/api:tests"} <= set(mono.outcomes())
    assert "services/web:tests" not in mono.outcomes()


def test_steps_are_named_in_full_by_project_and_by_glob(mono: Project) -> None:
    """And shortly inside of their project."""
    for words, named in (
        (["services/web:tests"], ["services/web:tests"]),
        (["services/web:"], ["services/web:tests"]),
        (["*:tests", "--only"], ["services/api:tests", "services/web:tests"]),
        ([":format"], ["format"]),
        (["*:tests", "--skip", "*/api:*"], ["format", "libs/core:build", "services/web:tests"]),
    ):
        done = mono.hookflow("plan", *words, "--no-cache")
        assert sorted(re.findall(r"^ [ *]run +(\S+)", done.out, re.MULTILINE)) == sorted(named), done.text
    inside = mono.path / "services" / "api" / "src"
    assert mono.hookflow("run", "lint", cwd=inside).code == 0
    assert list(mono.outcomes()) == ["format", "services/api:lint"]
    assert "given src/a.py" in mono.hookflow("logs", "lint", cwd=inside).out
    assert mono.hookflow("explain", "lint", cwd=inside).out.startswith("services/api:lint would")
    done = mono.hookflow("run", "tests")
    assert done.code == 2
    assert "did you mean services/api:tests?" in done.err
    assert mono.hookflow("run", "--all-files", SKIP="services/*:tests,format").code == 0
    assert sorted(chosen(mono)) == ["libs/core:build", "services/api:lint"]


def test_the_root_holds_also_where_a_project_begins(mono: Project) -> None:
    """From inside the whole run is the same; a nested file that no root names is a configuration of its own."""
    inside = mono.path / "services" / "api"
    assert f"{mono.path}/pyproject.toml: 5 steps of 3 projects" in mono.hookflow("validate", cwd=inside).out
    mono.write("other/pyproject.toml", '[tool.hookflow.steps.alone]\nrun = "true"\n')
    assert "other/pyproject.toml: 1 step in" in mono.hookflow("validate", cwd=mono.path / "other").out
    assert "5 steps" in mono.hookflow("validate").out
    for _ in range(2):  # what is kept of a file alone is not taken for what it is as a project
        mono.configure(ROOT.replace('"services/*"', '"services/*", "other"'))
        assert "6 steps of 4 projects" in mono.hookflow("validate", cwd=mono.path / "other").out
        mono.configure(ROOT)
        assert mono.hookflow("run", "alone", cwd=mono.path / "other").code == 0


def test_a_projects_file_that_changes_comes_or_goes_is_noticed(mono: Project) -> None:
    """By what is kept of the configuration."""
    assert mono.hookflow("run", "--all-files").code == 0
    mono.write("services/web/pyproject.toml", WEB + '[tool.hookflow.steps.more]\nrun = "true"\n')
    assert "6 steps" in mono.hookflow("validate").out
    mono.write("services/notes/pyproject.toml", WEB)
    assert "7 steps of 4" in mono.hookflow("validate").out
    (mono.path / "services/web/pyproject.toml").unlink()
    assert "5 steps of 3" in mono.hookflow("validate").out
    mono.git("checkout", "-q", ".")
    assert "6 steps of 4" in mono.hookflow("validate").out


@pytest.mark.parametrize("ignored", [False, True])
def test_an_answer_is_not_given_when_a_projects_file_changed(simple: Project, *, ignored: bool) -> None:
    """Or came, or went; whether git sees it or not."""
    if ignored:
        simple.write(".git/info/exclude", "services/*/pyproject.toml\n")
        simple.git("rm", "-q", "--cached", "services/web/pyproject.toml")
        simple.commit("untracked")
    wait_a_tick()
    for place, text in (
        ("services/web/pyproject.toml", WEB.replace("echo", "echo again")),
        ("services/notes/pyproject.toml", WEB),
        ("services/notes/pyproject.toml", None),
        ("services/new/pyproject.toml", WEB),
    ):
        assert not is_answered(simple, "--all-files")
        wait_a_tick()
        assert is_answered(simple, "--all-files") or is_answered(simple, "--all-files")
        if text is None:
            (simple.path / place).unlink()
        else:
            simple.write(place, text)
        wait_a_tick()


def test_an_answer_to_a_commit_is_not_given_when_a_projects_file_changed(simple: Project) -> None:
    """Of a file that was changed before too: git says the same of it, and it is not among what the steps look at."""
    simple.write("services/web/pyproject.toml", WEB + "# one\n")
    simple.write("services/web/page.html", "<p>new\n")
    simple.git("add", "services/web/page.html")
    wait_a_tick()
    for text in ("# two\n", '[tool.hookflow.steps.more]\nrun = "true"\n'):
        assert not is_answered(simple, "--staged")
        wait_a_tick()  # what was hidden has been written again
        assert is_answered(simple, "--staged") or is_answered(simple, "--staged")
        simple.write("services/web/pyproject.toml", WEB + text)
        wait_a_tick()
    assert not is_answered(simple, "--staged")
    assert chosen(simple) == ["services/web:tests", "services/web:more"]


def test_what_is_one_projects_own_wakes_no_other(mono: Project) -> None:
    """Its pyproject.toml and lock files; the root's wake all."""
    assert mono.hookflow("run", "--all-files").code == 0
    mono.write("services/web/pyproject.toml", WEB + "\n[tool.x]\n")
    mono.write("services/web/uv.lock", "1\n")
    assert mono.hookflow("run", "--all-files").code == 0
    awake = {"format", "services/web:tests"}  # the root's steps are about everything
    awake |= {"services/api:lint", "services/api:tests"}  # they need one of the root's
    assert {step for step, outcome in mono.outcomes().items() if outcome == "passed"} == awake
    mono.write("uv.lock", "1\n")
    assert mono.hookflow("run", "--all-files").code == 0
    assert mono.outcomes() == dict.fromkeys(STEPS, "passed")


def test_mistakes_are_shown_in_the_file_where_they_are(mono: Project) -> None:
    """All of them together."""
    mono.write("services/web/pyproject.toml", WEB + 'needs = ["libs/core:biuld"]\ncommand = "x"\n')
    mono.write("services/api/pyproject.toml", "[tool.hookflow]\nparallel = true\n" + API)
    mono.configure(ROOT.replace("libs/*", "lib/*"))
    done = mono.hookflow("run")
    assert done.code == 2
    assert [line.partition(" [")[0] for line in done.err.splitlines()] == [
        "pyproject.toml:2:",
        "services/api/pyproject.toml:2:",
        "services/api/pyproject.toml:11:",
        "services/web/pyproject.toml:3:",
        "services/web/pyproject.toml:4:",
    ]
    mono.write("services/web/pyproject.toml", "[tool.hookflow\n")
    assert mono.hookflow("run").err.startswith("services/web/pyproject.toml:1: not valid TOML")


def test_a_partial_work_tree_may_lack_projects(mono: Project) -> None:
    """As git was asked for it."""
    mono.git("sparse-checkout", "set", "--no-cone", "/*", "!/services/")
    assert not (mono.path / "services").exists()
    done = mono.hookflow("run", "--all-files")
    assert done.code == 0, done.text
    assert list(mono.outcomes()) == ["format", "libs/core:build"]


def test_links_and_other_repositories_are_no_projects(mono: Project) -> None:
    """What is in them is not in this repository."""
    (mono.path / "services/link").symlink_to("web")
    mono.write("services/sub/pyproject.toml", WEB)
    mono.run("git", "init", "-q", "services/sub")
    assert "5 steps of 3" in mono.hookflow("validate").out


def test_virtual_environments_of_projects(mono: Project) -> None:
    """A project's own comes first on its steps' PATH, the root's on those of the others."""
    mono.write(".venv/bin/tool", "#!/bin/sh\necho root\n", mode=0o755)
    mono.write("services/api/.venv/bin/tool", "#!/bin/sh\necho api\n", mode=0o755)
    step = '[tool.hookflow.steps.tool]\nrun = "tool; echo $VIRTUAL_ENV"\n'
    for name in ("api", "web"):
        mono.write(f"services/{name}/pyproject.toml", step)
    assert mono.hookflow("run", "*:tool").code == 0
    assert mono.hookflow("logs", "services/api:tool").out == f"api\n{mono.path}/services/api/.venv\n"
    assert mono.hookflow("logs", "services/web:tool").out == f"root\n{mono.path}/.venv\n"
    wait_a_tick()
    assert mono.hookflow("run", "*:tool").code == 0
    mono.write("services/web/.venv/bin/tool", "#!/bin/sh\necho web\n", mode=0o755)
    mono.write("services/api/pyproject.toml", "[tool.hookflow]\nvenv = false\n" + step)
    assert mono.hookflow("run", "services/web:tool").code == 0
    assert mono.hookflow("logs", "services/web:tool").out.startswith("web\n")
    assert mono.hookflow("run", "services/api:tool").code == 0
    assert "not found" in mono.hookflow("logs", "services/api:tool").out


def test_names_survive_in_every_form(mono: Project, tmp_path: Path) -> None:
    """Reports, traces, pictures, and what a shell completes."""
    mono.write("services/a [b]&<c>#;/pyproject.toml", WEB)
    mono.commit()
    name = "services/a [b]&<c>#;:tests"
    files = {kind: str(tmp_path / kind) for kind in ("junit", "trace", "events")}
    options = [word for kind, file in files.items() for word in (f"--{kind}", file)]
    done = mono.hookflow("run", "--all-files", *options)
    assert done.code == 0, done.text
    assert name in {case.get("name") for case in ET.parse(files["junit"]).iter("testcase")}
    assert name in {event.get("name") for event in json.loads(Path(files["trace"]).read_text(encoding="utf-8"))}
    assert name in mono.outcomes()
    assert "services/a #91;b#93;" in mono.hookflow("graph", "--format", "mermaid").out
    assert mono.hookflow("report").code == 0
    assert mono.hookflow("logs", name).out == f"{name} in a [b]&<c>#;\n"
    assert mono.hookflow("run", name).code == 0
    assert mono.hookflow("complete", "steps").out.split() == STEPS


def test_a_push_checks_projects_as_they_are_pushed(mono: Project, tmp_path: Path) -> None:
    """A branch that is not checked out, with a project that the work tree has not."""
    mono.run("git", "init", "-q", "--bare", str(tmp_path / "remote.git"))
    mono.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    mono.git("push", "-q", "origin", "main")
    assert mono.hookflow("install", "pre-push").code == 0
    mono.git("checkout", "-q", "-b", "topic")
    mono.write("services/new/pyproject.toml", WEB.replace("echo", "test ! -e bad; echo") + 'stages = ["pre-push"]\n')
    mono.write("services/new/.gitignore", ".venv\n")
    mono.commit("good")
    good = mono.git("rev-parse", "HEAD").strip()
    mono.write("services/new/bad", "")
    mono.write("services/new/pyproject.toml", WEB.replace("echo", "test ! -e bad && echo") + 'stages = ["pre-push"]\n')
    mono.commit("bad")
    mono.git("checkout", "-q", "main")
    done = mono.run("git", "push", "origin", "topic")
    assert done.code == 1, done.text
    assert mono.outcomes() == {"services/new:tests": "failed"}
    done = mono.run("git", "push", "origin", f"{good}:refs/heads/topic")
    assert done.code == 0, done.text
    assert mono.outcomes() == {"services/new:tests": "passed"}

"""examples/ci: the file for GitLab carried out by gitlab-ci-local, and both held against what hookflow has."""

import os
import re
import shutil
import sys
from pathlib import Path

import pytest
from project import Finished, Project

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "examples" / "ci"
# Read before the fixtures take such variables away.
PACKAGES = Path(os.environ.get("HOOKFLOW_TEST_NODE_MODULES") or HERE / "node_modules").absolute()
RUNNER = PACKAGES / ".bin" / "gitlab-ci-local"


@pytest.fixture
def example(project: Project) -> Project:
    """A repository with the example, whose job takes the hookflow of this test instead of installing one."""
    text = (EXAMPLES / "gitlab-ci.yml").read_text(encoding="utf-8")
    text = re.sub(r"- (python -m venv|/tmp/hookflow/bin/pip) .*", "- echo left out", text)
    text = re.sub(r"\n +image: .*", "", text)  # with one, even its shell executor believes to be in a container
    text = text.replace("/tmp/hookflow/bin/hookflow", f"{sys.executable} -P -m hookflow")
    project.write(".gitlab-ci.yml", text)
    project.configure('[steps.no-bad]\nrun = "! grep BAD {files}"\nfiles = ["*.txt"]\nstages = ["pre-push"]')
    project.write("a.txt", "good\n")
    project.commit()
    project.git("remote", "add", "origin", "git@gitlab.example.org:group/project.git")
    return project


def build(project: Project) -> Finished:
    """A pipeline of the repository's default branch, in a copy of it, with GitLab's cache between jobs."""
    options = ("--force-shell-executor", "--shell-isolation", "--variable", "CI_DEFAULT_BRANCH=main")
    return project.run(str(RUNNER), *options)


@pytest.mark.skipif(not RUNNER.exists(), reason="gitlab-ci-local is not installed: npm install --prefix tests/gitlab")
@pytest.mark.skipif(shutil.which("rsync") is None, reason="rsync, which gitlab-ci-local calls, is not installed")
def test_a_pipeline_finds_the_results_of_the_last_one(example: Project) -> None:
    """The state directory is cached: the second pipeline replays what passed; a bad change fails it."""
    first = build(example)
    assert first.code == 0, first.text
    assert re.search(r"passed\S* +no-bad", first.text), first.text
    second = build(example)
    assert second.code == 0, second.text
    assert "the same content passed before" in second.text
    example.write("a.txt", "BAD\n")
    example.commit()
    third = build(example)
    assert third.code == 1, third.text
    assert "a.txt" in third.text or "BAD" in third.text


@pytest.mark.parametrize("name", ["github.yml", "gitlab-ci.yml"])
def test_the_examples_call_what_there_is(project: Project, name: str) -> None:
    """Each option of hookflow's that they use is in its help; the state that is cached is the one that is used."""
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    calls = re.findall(r"hookflow ((?:run|cache) .*)", text)
    assert len(calls) >= 2
    for call in calls:
        shown = project.hookflow(call.split()[0], "--help").out
        for option in re.findall(r"--[a-z]+", call):
            assert option in shown, call
    assert "HOOKFLOW_STATE_DIR" in text
    path = "${{ runner.temp }}/hookflow" if name == "github.yml" else ".hookflow"
    assert text.count(path) >= 2

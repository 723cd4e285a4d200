"""examples/ci/github.yml, carried out command by command by our fake of GitHub's runner (`workflows.Job`)."""

import sys
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from project import Project
from workflows import Cache, Job

WORKFLOW = Path(__file__).parents[2] / "examples" / "ci" / "github.yml"


@pytest.fixture
def upstream(project: Project) -> Project:
    """A repository with a branch of one commit beside main."""
    project.configure('[steps.no-bad]\nrun = "! grep BAD {files}"\nfiles = ["*.txt"]\nstages = ["pre-push"]')
    project.write("a.txt", "good\n")
    project.commit("first")
    project.git("checkout", "-q", "-b", "topic")
    project.write("b.txt", "good\n")
    project.commit("topic")
    return project


class GitHub:
    """Runs the workflow for pull requests and pushes, each on a new machine."""

    def __init__(self, upstream: Project, folder: Path) -> None:
        self.upstream = upstream
        self.folder = folder
        self.cache = Cache(folder / "cache")
        self.program = folder / "bin" / "hookflow"
        self.program.parent.mkdir()
        self.program.write_text(f'#!/bin/sh\nexec {sys.executable} -P -m hookflow "$@"\n', encoding="utf-8")
        self.program.chmod(0o755)
        self._runs = count(1)

    def pull_request(self) -> tuple[Job, bool]:
        """The build of the branch, to be merged into main."""
        return self._build("pull_request", "1/merge", "main", {"pull_request": {"base": {"ref": "main"}}})

    def push(self) -> tuple[Job, bool]:
        """The build after a push to main."""
        return self._build("push", "main", "", {"before": self.upstream.git("rev-parse", "main~1").strip()})

    def _build(self, name: str, ref: str, base: str, event: dict[str, Any]) -> tuple[Job, bool]:
        number = next(self._runs)
        about = {"repository": {"default_branch": "main"}, **event}
        sha = self.upstream.git("rev-parse", "topic" if base else "main").strip()
        github = {"event_name": name, "ref_name": ref, "base_ref": base, "sha": sha, "event": about}
        github |= {"run_id": number, "run_attempt": 1}
        job = Job(self.upstream, self.cache, github, self.folder / f"machine-{number}", self.program)
        return job, job.carry_out(WORKFLOW)


@pytest.fixture
def github(upstream: Project, tmp_path: Path) -> GitHub:
    """GitHub, with nothing cached."""
    return GitHub(upstream, tmp_path)


def test_a_pull_request_is_checked_on_what_it_changed(github: GitHub) -> None:
    """Its JUnit report is uploaded, its job has a summary, and its state is saved for the next build."""
    job, passed = github.pull_request()
    assert passed, job.ran[-1].text
    assert job.restored is None
    assert "no-bad" in job.ran[-1].text
    assert "no-bad" in job.summary
    assert len(job.artifacts) == 1
    assert len(github.cache.keys) == 1


def test_the_next_build_replays_what_passed(github: GitHub) -> None:
    """Found through the cache of the same ref; a build of main finds one of main's only."""
    github.pull_request()
    job, passed = github.pull_request()
    assert passed
    assert job.restored == "hookflow-Linux-1/merge-1-1"
    assert "the same content passed before" in job.ran[-1].text
    github.upstream.git("checkout", "-q", "main")
    github.upstream.write("a.txt", "better\n")
    github.upstream.commit("second")
    job, passed = github.push()
    assert passed
    assert job.restored is None


def test_a_bad_change_fails_the_build(github: GitHub) -> None:
    """With an annotation, a report and a state that are kept nevertheless."""
    github.upstream.write("b.txt", "BAD\n")
    github.upstream.commit("bad")
    job, passed = github.pull_request()
    assert not passed
    assert "::error" in job.ran[-1].text
    assert len(job.artifacts) == 1
    assert len(github.cache.keys) == 1

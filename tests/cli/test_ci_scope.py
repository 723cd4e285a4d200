"""`hookflow run --ci` in clones as CI systems make them."""

import json
from pathlib import Path

import pytest
from project import Project

UNSET = {"GITHUB_ACTIONS": "", "GITLAB_CI": "", "HOOKFLOW_BASE": ""}


@pytest.fixture
def upstream(project: Project) -> Project:
    """A repository with a branch of one commit, beside main."""
    project.configure('[steps.show]\nrun = "echo {files}"\nfiles = ["*.txt"]\ncache = false')
    for name in ("a.txt", "b.txt"):
        project.write(name, name)
        project.commit(name)
    project.git("checkout", "-q", "-b", "topic")
    project.write("topic.txt", "new\n")
    project.commit("topic")
    return project


def clone(upstream: Project, path: Path, *options: str) -> Project:
    """A clone of the branch."""
    upstream.run("git", "clone", "-q", "--branch", "topic", *options, f"file://{upstream.path}", str(path))
    return Project(path)


def gitlab(upstream: Project, **more: str) -> dict[str, str]:
    """The variables of a branch's first build."""
    head = upstream.git("rev-parse", "topic").strip()
    branch = {"CI_COMMIT_BRANCH": "topic", "CI_DEFAULT_BRANCH": "main", "CI_COMMIT_BEFORE_SHA": "0" * 40}
    return {**UNSET, "GITLAB_CI": "true", "CI_COMMIT_SHA": head, **branch, **more}


def test_what_the_branch_changed(upstream: Project, tmp_path: Path) -> None:
    """Against the default branch; the plan says the same."""
    cloned = clone(upstream, tmp_path / "clone")
    done = cloned.hookflow("run", "--ci", **gitlab(upstream))
    assert done.code == 0, done.text
    assert cloned.log("show") == b"topic.txt\n"
    assert "warning" not in done.text
    assert "1 of its files changed" in cloned.hookflow("plan", "--ci", **gitlab(upstream)).out


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"CI_COMMIT_BEFORE_SHA": "1" * 40}, "is not known here (a shallow clone"),
        ({"CI_DEFAULT_BRANCH": "gone"}, "origin/gone"),
        ({"CI_COMMIT_BRANCH": "main"}, "main is the default branch"),
    ],
)
def test_where_history_is_missing_every_file_is_looked_at(
    upstream: Project, tmp_path: Path, variables: dict[str, str], said: str
) -> None:
    """With a warning that says why, and what helps."""
    cloned = clone(upstream, tmp_path / "clone", "--depth", "1")
    done = cloned.hookflow("run", "--ci", **gitlab(upstream, **variables))
    assert done.code == 0, done.text
    assert cloned.log("show") == b"a.txt b.txt topic.txt\n"
    assert said in done.text
    assert "looking at every file" in done.text


def test_without_a_common_ancestor_every_file_is_looked_at(upstream: Project, tmp_path: Path) -> None:
    """The base is there, but not the way to it."""
    cloned = clone(upstream, tmp_path / "clone", "--depth", "1", "--no-single-branch")
    upstream.git("checkout", "-q", "main")
    upstream.write("a.txt", "later\n")
    upstream.commit()
    cloned.git("fetch", "-q", "--depth", "1", "origin", "+main:refs/remotes/origin/main")
    done = cloned.hookflow("run", "--ci", **gitlab(upstream))
    assert "no common ancestor here (a shallow clone" in done.text
    assert cloned.log("show") == b"a.txt b.txt topic.txt\n"


def test_a_branch_that_is_merged_already_is_looked_at_whole(upstream: Project, tmp_path: Path) -> None:
    """A range without commits would check nothing."""
    upstream.git("branch", "-f", "main", "topic")
    cloned = clone(upstream, tmp_path / "clone")
    done = cloned.hookflow("run", "--ci", **gitlab(upstream))
    assert "has everything that is checked out" in done.text
    assert cloned.log("show") == b"a.txt b.txt topic.txt\n"


def test_what_is_checked_out_is_what_is_looked_at(upstream: Project, tmp_path: Path) -> None:
    """Where the system names another commit, that is said."""
    cloned = clone(upstream, tmp_path / "clone")
    done = cloned.hookflow("run", "--ci", **gitlab(upstream, CI_COMMIT_SHA="2" * 40))
    assert f"GitLab CI builds {'2' * 40}, but" in done.text
    assert cloned.log("show") == b"topic.txt\n"


def test_on_github_the_event_tells_and_the_log_is_githubs(upstream: Project, tmp_path: Path) -> None:
    """The base is in the event's file; an output that was asked for stays, a file that is broken does not matter."""
    cloned = clone(upstream, tmp_path / "clone")
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"before": upstream.git("rev-parse", "main").strip()}))
    sha = upstream.git("rev-parse", "topic").strip()
    variables = {
        **UNSET,
        "GITHUB_ACTIONS": "true",
        "GITHUB_EVENT_NAME": "push",
        "GITHUB_EVENT_PATH": str(event),
        "GITHUB_SHA": sha,
    }
    assert "::group::" in cloned.hookflow("run", "--ci", **variables).out
    assert cloned.log("show") == b"topic.txt\n"
    assert "::group::" not in cloned.hookflow("run", "--ci", "--output", "plain", **variables).out
    event.write_text("{")
    done = cloned.hookflow("run", "--ci", **variables)
    assert done.code == 0
    assert cloned.log("show") == b"a.txt b.txt topic.txt\n"


def test_outside_of_ci_every_file_is_looked_at(upstream: Project) -> None:
    """And that is said; with another scope it is refused."""
    done = upstream.hookflow("run", "--ci", **UNSET)
    assert "none of the CI systems that hookflow knows" in done.text
    assert upstream.log("show") == b"a.txt b.txt topic.txt\n"
    done = upstream.hookflow("run", "--ci", "--staged", **UNSET)
    assert done.code == 2
    assert "--staged and --ci exclude each other" in done.err

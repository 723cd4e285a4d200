"""Fixes go where they belong: into the commit that is being made, beside what the user has not staged."""

from pathlib import Path

import pytest
from project import Project

TEXT = "".join(f"line {number}\n" for number in range(20))
# A formatter: upper-cases what is marked. Its check fails as long as something is.
CHECK = "! grep -n fixme {files}"
FIX = "sed -i s/fixme/FIXED/ {files}"


def steps(**keys: str) -> str:
    """A step with a check and a fix that runs at commits."""
    lines = [f"{key} = {value}" for key, value in keys.items()]
    return "\n".join(
        [f'[steps.mend]\nrun = "{CHECK}"\nfix = "{FIX}"\nfix-on = ["pre-commit"]\nfiles = ["*.txt"]', *lines]
    )


@pytest.fixture
def hooked(project: Project) -> Project:
    """A committed file, and the hook in place."""
    project.configure(steps(**{"stage-fixed": "true"}))
    project.write("a.txt", TEXT)
    project.commit()
    assert project.hookflow("install").code == 0
    return project


def test_without_stage_fixed_a_fix_fails_the_step_and_names_the_files(hooked: Project) -> None:
    """The fix is in the work tree, the index is as it was."""
    hooked.configure(steps())
    hooked.write("a.txt", "fixme\n" + TEXT)
    hooked.git("add", "-A")
    done = hooked.run("git", "commit", "-m", "x")
    assert done.code == 1
    assert "fixed a.txt; look at it, stage it and try again" in done.text
    assert hooked.finished()["mend"]["modified"] == ["a.txt"]
    assert hooked.git("show", ":a.txt").startswith("fixme\n")
    assert (hooked.path / "a.txt").read_text().startswith("FIXED\n")


@pytest.mark.parametrize("options", [[], ["-a"], ["a.txt"], ["--amend", "--no-edit"], ["--include", "a.txt"]])
def test_a_fix_gets_into_the_commit(hooked: Project, options: list[str]) -> None:
    """Whichever index the commit uses; the status is clean afterwards."""
    hooked.write("a.txt", "fixme\n" + TEXT)
    if "-a" not in options and "a.txt" not in options:
        hooked.git("add", "-A")
    done = hooked.run("git", "commit", *([] if "--amend" in options else ["-m", "x"]), *options)
    assert done.code == 0, done.text
    assert hooked.git("show", "HEAD:a.txt").startswith("FIXED\n")
    assert hooked.git("status", "--porcelain") == ""
    assert hooked.finished()["mend"]["reason"] == "fixed a.txt, and staged that"


def test_from_a_subdirectory_with_another_file_staged(hooked: Project) -> None:
    """`commit PATH` leaves the rest staged, fixed or not."""
    hooked.write("sub/b.txt", "fixme\n")
    hooked.write("other.txt", "fixme too\n")
    hooked.git("add", "-A")
    assert hooked.run("git", "commit", "-m", "x", "b.txt", cwd=hooked.path / "sub").code == 0
    assert hooked.git("show", "HEAD:sub/b.txt") == "FIXED\n"
    assert hooked.git("status", "--porcelain") == "A  other.txt\n"


def test_a_fix_on_the_first_commit_and_in_a_linked_work_tree(project: Project, tmp_path: Path) -> None:
    """HEAD is unborn; the other tree has an index of its own."""
    project.configure(steps(**{"stage-fixed": "true"}))
    project.hookflow("install")
    project.write("a.txt", "fixme\n")
    project.git("add", "-A")
    assert project.run("git", "commit", "-m", "x").code == 0
    assert project.git("show", "HEAD:a.txt") == "FIXED\n"
    project.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Project(tmp_path / "linked")
    linked.write("b.txt", "fixme\n")
    linked.git("add", "-A")
    assert linked.run("git", "commit", "-m", "x").code == 0
    assert linked.git("show", "HEAD:b.txt") == "FIXED\n"
    assert linked.git("status", "--porcelain") == ""


def test_a_fix_in_a_merge(hooked: Project) -> None:
    """The merge commit has it."""
    hooked.git("checkout", "-q", "-b", "other")
    hooked.write("b.txt", "fixme\n")
    hooked.commit()
    hooked.git("checkout", "-q", "main")
    hooked.write("c.txt", "c\n")
    hooked.commit()
    hooked.git("merge", "-q", "--no-commit", "--no-ff", "other")
    assert hooked.run("git", "commit", "-m", "merge").code == 0
    assert hooked.git("show", "HEAD:b.txt") == "FIXED\n"
    assert len(hooked.git("show", "-s", "--format=%P", "HEAD").split()) == 2
    assert hooked.git("status", "--porcelain") == ""


def test_cherry_pick_rebase_and_revert_go_on_as_without_us(hooked: Project) -> None:
    """With a fixing step in place; what they stop at is committed with the fix."""
    hooked.git("checkout", "-q", "-b", "topic")
    hooked.write("t.txt", "topic\n")
    hooked.commit("topic")
    hooked.write("a.txt", "fixme\n" + TEXT)
    hooked.commit("conflicting")
    hooked.git("checkout", "-q", "main")
    hooked.write("a.txt", "mine\n" + TEXT)
    hooked.commit("main")
    hooked.git("cherry-pick", "topic~1")
    hooked.git("revert", "--no-edit", "HEAD")
    assert hooked.run("git", "cherry-pick", "topic").code == 1
    hooked.write("a.txt", "fixme, resolved\n" + TEXT)
    hooked.git("add", "-A")
    assert hooked.run("git", "-c", "core.editor=true", "cherry-pick", "--continue").code == 0
    assert hooked.git("show", "HEAD:a.txt").startswith("FIXED, resolved\n")
    hooked.git("checkout", "-q", "-b", "other", "topic~1")
    hooked.git("rebase", "-q", "main")
    assert hooked.git("status", "--porcelain") == ""


def test_a_fix_inside_a_submodule(hooked: Project, tmp_path: Path) -> None:
    """Its git directory is elsewhere; it is a repository like any other."""
    library = Project.create(tmp_path / "library")
    library.configure(steps(**{"stage-fixed": "true"}))
    library.commit()
    hooked.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library.path), "lib")
    inside = Project(hooked.path / "lib")
    assert inside.hookflow("install").code == 0
    inside.write("b.txt", "fixme\n")
    inside.git("add", "-A")
    inside.write("b.txt", "fixme\nunstaged\n")
    assert inside.run("git", "commit", "-m", "x").code == 1  # on top of an unstaged hunk
    (beside,) = inside.path.glob("b.txt.hookflow-*")
    beside.unlink()
    inside.write("b.txt", "fixme\n")
    assert inside.run("git", "commit", "-m", "x").code == 0
    assert inside.git("show", "HEAD:b.txt") == "FIXED\n"
    assert inside.git("status", "--porcelain") == ""


def test_beside_an_unstaged_hunk_the_fix_is_committed_and_the_hunk_stays_out(hooked: Project) -> None:
    """Three-way: the user's hunk is on top of the fix afterwards."""
    hooked.write("a.txt", "fixme\n" + TEXT)
    hooked.git("add", "-A")
    hooked.write("a.txt", "fixme\n" + TEXT + "unstaged\n", mode=0o600)
    assert hooked.run("git", "commit", "-m", "x").code == 0
    assert hooked.git("show", "HEAD:a.txt") == "FIXED\n" + TEXT
    assert (hooked.path / "a.txt").read_text() == "FIXED\n" + TEXT + "unstaged\n"
    assert (hooked.path / "a.txt").stat().st_mode & 0o777 == 0o600


def test_on_top_of_an_unstaged_hunk_the_commit_is_blocked_and_the_users_text_kept(hooked: Project) -> None:
    """The index is as it was, and the fixed version is beside."""
    hooked.write("a.txt", TEXT + "fixme\n")
    hooked.git("add", "-A")
    hooked.write("a.txt", TEXT + "fixme, but differently\n")
    done = hooked.run("git", "commit", "-m", "x")
    assert done.code == 1
    assert (hooked.path / "a.txt").read_text() == TEXT + "fixme, but differently\n"
    assert hooked.git("show", ":a.txt") == TEXT + "fixme\n"
    (beside,) = hooked.path.glob("a.txt.hookflow-*")
    assert beside.read_text() == TEXT + "FIXED\n"
    assert beside.name in done.text


def test_two_fixers_of_one_file_keep_both_edits_and_a_check_sees_them(hooked: Project) -> None:
    """One after the other in the order of declaration, also in parallel."""
    hooked.configure(
        "parallel = true\njobs = 4\n"
        '[steps.one]\nrun = "sed -i s/one/ONE/ {files}"\nfiles = ["*.txt"]\nmodifies = true\nstage-fixed = true\n'
        '[steps.two]\nrun = "sleep 0.1; sed -i s/two/TWO/ {files}"\nfiles = ["*.txt"]\nmodifies = true\n'
        'stage-fixed = true\n[steps.check]\nrun = "grep -q ONE {files} && grep -q TWO {files}"\nfiles = ["*.txt"]'
    )
    hooked.write("a.txt", "one two\n")
    hooked.git("add", "-A")
    done = hooked.run("git", "commit", "-m", "x")
    assert done.code == 0, done.text
    assert hooked.git("show", "HEAD:a.txt") == "ONE TWO\n"
    assert {step: event["modified"] for step, event in hooked.finished().items()} == {
        "one": ["a.txt"],
        "two": ["a.txt"],
        "check": [],
    }


def test_a_change_that_was_not_declared_fails_the_step(hooked: Project) -> None:
    """It names the file; another step that ran is not blamed."""
    hooked.configure(
        '[steps.sly]\nrun = "echo more >> a.txt"\nfiles = ["*.txt"]\n[steps.good]\nrun = "true"\nfiles = ["*.txt"]'
    )
    hooked.write("a.txt", "changed\n")
    hooked.git("add", "-A")
    assert hooked.run("git", "commit", "-m", "x").code == 1
    assert hooked.outcomes() == {"sly": "failed", "good": "passed"}
    assert "changed a.txt" in hooked.finished()["sly"]["reason"]


def test_a_writer_that_changes_nothing_passes(hooked: Project) -> None:
    """Writing the same content again is no change."""
    hooked.configure('[steps.same]\nrun = "sed -i s/nothing/x/ {files}"\nfiles = ["*.txt"]\nmodifies = true')
    hooked.write("a.txt", "changed\n")
    hooked.git("add", "-A")
    assert hooked.run("git", "commit", "-m", "x").code == 0


def test_a_fix_that_does_not_help_leaves_the_step_failed(hooked: Project) -> None:
    """And stages nothing."""
    hooked.configure(steps(**{"stage-fixed": "true"}).replace("s/fixme/FIXED/", "s/line/LINE/"))
    hooked.write("a.txt", "fixme\n" + TEXT)
    hooked.git("add", "-A")
    assert hooked.run("git", "commit", "-m", "x").code == 1
    assert hooked.finished()["mend"]["reason"] == "exit code 1"
    assert "LINE" not in hooked.git("show", ":a.txt")


def test_by_hand_fix_is_asked_for(hooked: Project) -> None:
    """--fix mends, --no-fix does not; what is staged as a whole is staged again, nothing else."""
    hooked.write("a.txt", "fixme\n" + TEXT)
    hooked.git("add", "-A")
    assert hooked.hookflow("run", "--no-fix").code == 1
    assert hooked.hookflow("run", "--stage", "pre-commit", "--changed", "--fix").code == 0
    assert hooked.git("show", ":a.txt").startswith("FIXED\n")
    hooked.write("a.txt", "fixme again\n" + TEXT)
    assert hooked.hookflow("run", "--fix").code == 0
    assert (hooked.path / "a.txt").read_text().startswith("FIXED again\n")
    assert hooked.git("show", ":a.txt").startswith("FIXED\n")


def test_under_pre_commit_nothing_is_added_to_the_index(hooked: Project) -> None:
    """The step fails and says what it changed; pre-commit decides."""
    hooked.write("a.txt", "fixme\n" + TEXT)
    hooked.git("add", "-A")
    done = hooked.hookflow("hook", "pre-commit", PRE_COMMIT="1")
    assert done.code == 1
    assert hooked.git("show", ":a.txt").startswith("fixme\n")


def test_no_hook_of_the_repository_runs_when_a_fix_is_staged(hooked: Project, tmp_path: Path) -> None:
    """post-index-change would, whenever the index is written."""
    hooked.write(".git/hooks/post-index-change", f"#!/bin/sh\necho x >> {tmp_path}/ran\n", mode=0o755)
    hooked.write("a.txt", "fixme\n")
    hooked.git("-c", "core.hooksPath=/dev/null", "add", "-A")
    assert hooked.hookflow("hook", "pre-commit").code == 0
    assert hooked.git("show", ":a.txt") == "FIXED\n"
    assert not (tmp_path / "ran").exists()

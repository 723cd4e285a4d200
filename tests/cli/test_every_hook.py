"""Every hook of git's, installed and called by git itself: its arguments, its input, its files, its failure."""

from pathlib import Path

import pytest
from project import Project

BEFORE = ["pre-commit", "pre-merge-commit", "prepare-commit-msg", "commit-msg", "pre-rebase", "pre-push"]
AFTER = ["post-commit", "post-checkout", "post-merge", "post-rewrite"]


def step(stage: str, run: str, keys: str = "") -> str:
    """The table of a step of a stage, which has its name."""
    return f"[steps.{stage}]\nrun = '''{run}'''\nstages = [\"{stage}\"]\n{keys}\n"


def ended(project: Project, stage: str) -> Path:
    """A file that a step of that stage writes."""
    return project.path.parent / stage


def hooked(project: Project, *stages: str, run: str = "", keys: str = "") -> Project:
    """A committed project in which steps of these stages write down what they got."""
    tables = [
        step(stage, run or f"echo {{files}} > {ended(project, stage)}", keys or 'files = ["*.txt"]') for stage in stages
    ]
    project.configure("".join(tables))
    project.write("a.txt", "a\n")
    project.write("b.txt", "b\n")
    project.commit("first")
    assert project.hookflow("install").code == 0
    return project


def got(project: Project, stage: str) -> str | None:
    """What the step of that stage wrote since the last call; None where it did not run."""
    place = ended(project, stage)
    if not place.exists():
        return None
    text = place.read_text().strip()
    place.unlink()
    return text


def change(project: Project, name: str, text: str = "changed\n", message: str = "change") -> None:
    """A commit of one file, by git with its hooks."""
    project.write(name, text)
    project.git("add", name)
    project.git("commit", "-q", "-m", message)


def test_after_a_commit_its_files_are_looked_at(project: Project) -> None:
    """Of the first commit all of them, of an amended one the whole commit, whatever lies beside it."""
    hooked(project, "post-commit")
    change(project, "a.txt")
    assert got(project, "post-commit") == "a.txt"
    project.write("b.txt", "not committed\n")
    project.write("c.txt", "amended\n")
    project.git("add", "c.txt")
    project.git("commit", "-q", "--amend", "--no-edit")
    assert got(project, "post-commit") == "a.txt c.txt"
    project.git("checkout", "-q", "--orphan", "new")
    project.git("commit", "-q", "-m", "root")
    assert got(project, "post-commit") == "a.txt b.txt c.txt"


def test_after_a_checkout_what_is_different_now(project: Project) -> None:
    """Also what comes back: the two are compared, not what a branch did."""
    hooked(project, "post-checkout")
    project.git("checkout", "-q", "-b", "side")
    assert got(project, "post-checkout") is None
    change(project, "a.txt")
    change(project, "new.txt")
    project.git("checkout", "-q", "main")
    assert got(project, "post-checkout") == "a.txt"
    project.git("switch", "-q", "side")
    assert got(project, "post-checkout") == "a.txt new.txt"
    project.git("worktree", "add", "-q", str(project.path.parent / "linked"), "main")
    assert got(project, "post-checkout") == "a.txt b.txt"


def test_the_arguments_of_a_checkout_are_passed_on(project: Project) -> None:
    """Which of old, new and the flag says whether a branch was checked out or a file."""
    hooked(project, "post-checkout", run=f"echo {{args}} > {ended(project, 'post-checkout')}", keys="always-run = true")
    head = project.git("rev-parse", "HEAD").strip()
    project.git("checkout", "-q", "-b", "side")
    assert got(project, "post-checkout") == f"{head} {head} 1"
    project.git("checkout", "-q", "--", "a.txt")
    assert got(project, "post-checkout") == f"{head} {head} 0"


def test_after_a_merge_what_it_brought(project: Project) -> None:
    """Fast-forward, true merge and squash, whose files are staged only."""
    hooked(project, "post-merge")
    for kind in ("--ff-only", "--no-ff", "--squash"):
        project.git("checkout", "-q", "-b", f"side{kind}")
        change(project, "a.txt", f"{kind}\n")
        project.git("checkout", "-q", "main")
        if kind == "--no-ff":
            change(project, "b.txt", "ours\n")
        project.git("merge", "-q", "--no-edit", kind, f"side{kind}")
        assert got(project, "post-merge") == "a.txt", kind


def test_before_a_merge_is_committed(project: Project) -> None:
    """What it brings is looked at, and can be refused; the pre-commit steps are not run by git then."""
    hooked(project, "pre-merge-commit", "pre-commit")
    project.git("checkout", "-q", "-b", "side")
    change(project, "a.txt")
    project.git("checkout", "-q", "main")
    change(project, "b.txt")
    got(project, "pre-commit")
    project.git("merge", "-q", "--no-edit", "side")
    assert got(project, "pre-merge-commit") == "a.txt"
    assert got(project, "pre-commit") is None


def test_messages_can_be_prepared_and_checked(project: Project) -> None:
    """A step writes into the file that {args} names; the next hook sees what it wrote."""
    project.configure(
        step("prepare-commit-msg", 'sh_write() { echo "ticket $2" >> "$1"; }; sh_write {args}')
        + step("commit-msg", "grep -q 'ticket message' {args}")
    )
    project.commit("first")
    project.hookflow("install")
    project.git("commit", "-q", "--allow-empty", "-m", "subject")
    assert project.git("log", "-1", "--format=%B").split() == ["subject", "ticket", "message"]
    linked = project.path.parent / "linked"
    project.git("worktree", "add", "-q", str(linked))
    Project(linked).git("commit", "-q", "--allow-empty", "-m", "there")
    assert Project(linked).git("log", "-1", "--format=%B").split() == ["there", "ticket", "message"]


def test_rewritten_commits_are_listed_on_standard_input(project: Project) -> None:
    """Each step that asks for it gets all of it, each try too; amend and rebase say which they are."""
    out = project.path.parent
    project.configure(
        step("post-rewrite", f"cat > {out}/one; echo {{args}} >> {out}/one", "stdin = true")
        + f"[steps.other]\nrun = '''cat >> {out}/two; exit 1'''\nstdin = true\nstages = [\"post-rewrite\"]\n"
        + 'retries = 1\nretry-delay = "1ms"'
    )
    project.write("a.txt")
    project.commit("first")
    project.hookflow("install")
    old = project.git("rev-parse", "HEAD").strip()
    project.git("commit", "-q", "--amend", "-m", "amended")
    new = project.git("rev-parse", "HEAD").strip()
    assert (out / "one").read_text().split() == [old, new, "amend"]
    assert (out / "two").read_text() == f"{old} {new}\n" * 2
    project.git("checkout", "-q", "-b", "side")
    for name in ("x.txt", "y.txt"):
        project.write(name)
        project.commit(name)
    project.git("checkout", "-q", "main")
    project.write("b.txt")
    project.commit("base")
    project.git("rebase", "-q", "main", "side")
    lines = (out / "one").read_text().splitlines()
    assert [len(line.split()) for line in lines] == [2, 2, 1]
    assert lines[-1] == "rebase"


def test_after_a_rewrite_what_is_different_now(project: Project) -> None:
    """Of a rebase what came below, also if the last commit was dropped; of an amended commit what changed in it."""
    hooked(project, "post-rewrite")
    project.write("a.txt", "amended\n")
    project.git("commit", "-q", "-a", "--amend", "--no-edit")
    assert got(project, "post-rewrite") == "a.txt"
    project.git("checkout", "-q", "-b", "side")
    change(project, "side.txt")
    change(project, "twice.txt", "same\n")
    project.git("checkout", "-q", "main")
    change(project, "twice.txt", "same\n")
    change(project, "b.txt")
    project.git("rebase", "-q", "main", "side")
    assert got(project, "post-rewrite") == "b.txt"


def test_before_a_rebase_what_will_be_moved(project: Project) -> None:
    """With the upstream and the branch as arguments; a failure stops it. The root's rebase looks at everything."""
    hooked(project, "pre-rebase", run=f"echo {{files}} {{args}} > {ended(project, 'pre-rebase')}; ! grep BAD {{files}}")
    project.git("checkout", "-q", "-b", "side")
    change(project, "side.txt")
    project.git("checkout", "-q", "main")
    change(project, "b.txt")
    project.git("checkout", "-q", "side")
    project.git("rebase", "-q", "main")
    assert got(project, "pre-rebase") == "side.txt main"
    project.git("rebase", "-q", "--root")
    assert got(project, "pre-rebase") == "a.txt b.txt side.txt --root"
    change(project, "side.txt", "BAD\n")
    before = project.git("rev-parse", "HEAD")
    assert project.run("git", "rebase", "--force-rebase", "main~1").code != 0
    assert project.git("rev-parse", "HEAD") == before


@pytest.mark.parametrize("stage", AFTER)
def test_what_fails_when_git_is_done_only_warns(project: Project, stage: str) -> None:
    """Git's exit code is what it would be; a wrong configuration warns too."""
    hooked(project, *AFTER, run="echo seen; exit 1", keys="always-run = true")
    act = {
        "post-commit": ("commit", "-q", "--allow-empty", "-m", "x"),
        "post-checkout": ("checkout", "-q", "-b", "side"),
        "post-merge": ("merge", "-q", "other"),
        "post-rewrite": ("commit", "-q", "--amend", "--no-edit", "-m", "x"),
    }[stage]
    project.git("branch", "other", project.git("commit-tree", "-p", "HEAD", "-m", "o", "HEAD^{tree}").strip())
    done = project.run("git", *act)
    assert done.code == 0
    assert "seen" in done.text
    assert f"hookflow: {stage}: only a warning" in done.err
    project.write("pyproject.toml", "[tool.hookflow]\nnonsense = 1\n")
    done = project.run("git", "checkout", "-q", "-b", "more")
    assert done.code == 0
    assert "unknown key" in done.err
    assert "only a warning" in done.err


def test_the_hook_that_was_there_before_keeps_its_say(project: Project) -> None:
    """Of post-checkout, git takes its exit code; our steps run all the same."""
    project.write(".git/hooks/post-checkout", "#!/bin/sh\nexit 1\n", mode=0o755)
    hooked(project, "post-checkout", run=f"touch {ended(project, 'post-checkout')}", keys="always-run = true")
    assert project.run("git", "checkout", "-q", "-b", "side").code == 1
    assert got(project, "post-checkout") == ""


@pytest.mark.parametrize("stage", BEFORE)
def test_what_fails_before_git_acts_stops_it(project: Project, tmp_path: Path, stage: str) -> None:
    """Each of the hooks that git asks."""
    hooked(project, stage, run="exit 1", keys="always-run = true")
    project.run("git", "init", "-q", "--bare", str(tmp_path / "remote.git"))
    project.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    project.git("checkout", "-q", "-b", "side", HOOKFLOW="0")
    for name, branch in (("side.txt", "main"), ("main.txt", "main")):
        project.write(name)
        project.git("add", name)
        project.git("commit", "-q", "-m", name, HOOKFLOW="0")
        project.git("checkout", "-q", branch)
    act = {
        "pre-merge-commit": ("merge", "--no-ff", "--no-edit", "side"),
        "pre-rebase": ("rebase", "main", "side"),
        "pre-push": ("push", "origin", "main"),
    }.get(stage, ("commit", "--allow-empty", "-m", "x"))
    before = project.git("rev-parse", "main", "side")
    assert project.run("git", *act).code != 0
    assert project.git("rev-parse", "main", "side") == before
    project.run("git", "merge", "--abort")
    assert project.run("git", *act, HOOKFLOW="0").code == 0


def test_a_patch_that_is_applied_is_checked(project: Project) -> None:
    """`git am`: its message, what it would commit, and what it committed."""
    hooked(project, "applypatch-msg", "pre-applypatch", "post-applypatch")
    project.git("checkout", "-q", "-b", "side")
    change(project, "a.txt")
    patch = project.git("format-patch", "--stdout", "main")
    project.git("checkout", "-q", "main")
    project.git("am", "-q", stdin=patch)
    assert got(project, "pre-applypatch") == "a.txt"
    assert got(project, "post-applypatch") == "a.txt"

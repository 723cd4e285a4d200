"""Installed as git's hooks: commits and pushes that are let through or blocked."""

import os
from pathlib import Path

import pytest
from project import Project

CHECK = '[steps.no-bad]\nrun = "! grep -n BAD {files}"\nfiles = ["*.txt"]\n[steps.py]\nrun = "true"\nfiles = ["*.py"]'


@pytest.fixture
def hooked(project: Project) -> Project:
    """A committed project whose hook is installed."""
    project.configure(CHECK)
    project.write("a.txt", "good\n")
    project.commit()
    assert project.hookflow("install").code == 0
    return project


def head(project: Project) -> str:
    """HEAD's commit."""
    return project.git("rev-parse", "HEAD")


def test_a_failing_step_blocks_the_commit(hooked: Project) -> None:
    """With its output on the screen."""
    before = head(hooked)
    hooked.write("a.txt", "BAD\n")
    hooked.git("add", "-A")
    done = hooked.run("git", "commit", "-m", "x")
    assert done.code == 1
    assert "BAD" in done.text
    assert head(hooked) == before


def test_a_passing_commit_goes_through_and_skips_what_did_not_change(hooked: Project) -> None:
    """Steps of other files have nothing to do."""
    hooked.write("a.txt", "better\n")
    hooked.git("add", "-A")
    hooked.git("commit", "-q", "-m", "x")
    assert hooked.outcomes() == {"no-bad": "passed", "py": "skipped"}
    assert hooked.events()[0]["scope"] == "staged"


@pytest.mark.parametrize("options", [["-a"], ["a.txt"], ["--only", "a.txt"], ["--include", "a.txt"]])
def test_what_the_commit_takes_is_what_is_looked_at(hooked: Project, options: list[str]) -> None:
    """`commit -a` and `commit PATH` use an index of their own."""
    hooked.write("a.txt", "BAD\n")
    assert hooked.run("git", "commit", "-m", "x", *options).code == 1
    hooked.write("a.txt", "fine\n")
    hooked.write("b.txt", "BAD, and not in this commit\n")
    assert hooked.run("git", "commit", "-m", "x", *options).code == 0
    assert hooked.git("status", "--porcelain") == "?? b.txt\n"


def test_from_a_subdirectory_and_with_a_detached_head(hooked: Project) -> None:
    """Git starts hooks at the top, and needs no branch."""
    hooked.write("sub/b.txt", "BAD\n")
    hooked.git("add", "-A")
    assert hooked.run("git", "commit", "-m", "x", cwd=hooked.path / "sub").code == 1
    hooked.git("checkout", "-q", "--detach")
    assert hooked.run("git", "commit", "-m", "x").code == 1
    hooked.write("sub/b.txt", "good\n")
    hooked.git("add", "-A")
    assert hooked.run("git", "commit", "-m", "x").code == 0


def test_the_first_commit_is_checked(project: Project) -> None:
    """HEAD is unborn then."""
    project.configure(CHECK)
    project.hookflow("install")
    project.write("a.txt", "BAD\n")
    project.git("add", "-A")
    assert project.run("git", "commit", "-m", "x").code == 1
    project.write("a.txt", "good\n")
    project.git("add", "-A")
    assert project.run("git", "commit", "-m", "x").code == 0


def test_a_linked_work_tree_uses_the_same_hooks(hooked: Project, tmp_path: Path) -> None:
    """And its own index; logs go to the shared directory."""
    hooked.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Project(tmp_path / "linked")
    linked.write("a.txt", "BAD\n")
    linked.git("add", "-A")
    assert linked.run("git", "commit", "-m", "x").code == 1
    assert hooked.outcomes() == {"no-bad": "failed", "py": "skipped"}
    linked.write("a.txt", "good again\n")
    linked.git("add", "-A")
    assert linked.run("git", "commit", "-m", "x").code == 0
    assert linked.hookflow("install").out.startswith("pre-commit: already there")


def test_a_step_that_uses_git_cannot_write_into_our_repository(hooked: Project, tmp_path: Path) -> None:
    """Git's variables do not reach it, so a test suite that makes repositories makes its own."""
    script = f"cd {tmp_path} && git init -q inner && cd inner && echo x > x && git add x && git commit -qm inner"
    hooked.configure(f'[steps.nested]\nrun = "{script}"')
    hooked.git("add", "-A")
    hooked.git("commit", "-q", "-m", "outer")
    assert hooked.git("log", "--format=%s", "-1") == "outer\n"
    assert Project(tmp_path / "inner").git("log", "--format=%s") == "inner\n"


def test_hookflow_0_lets_everything_through(hooked: Project) -> None:
    """HOOKFLOW=0: hooks do nothing."""
    hooked.write("a.txt", "BAD\n")
    hooked.git("add", "-A")
    assert hooked.run("git", "commit", "-m", "x", HOOKFLOW="0").code == 0


def test_a_hook_of_a_stage_without_steps_does_nothing(hooked: Project) -> None:
    """And leaves no run behind."""
    assert hooked.hookflow("hook", "post-commit").code == 0
    assert not (hooked.state / "runs").exists()


def test_the_message_can_be_checked(project: Project) -> None:
    """commit-msg with {args}; it runs although no file changed."""
    project.configure(
        '[steps.message]\nrun = "grep -q ticket {args}"\nstages = ["commit-msg"]\n'
        '[steps.elsewhere]\nrun = "cat {args}"\ncwd = "sub"\nstages = ["commit-msg"]'
    )
    project.write("sub/x")
    project.commit()
    assert "commit-msg: installed" in project.hookflow("install").out
    assert project.run("git", "commit", "--allow-empty", "-m", "no reference").code == 1
    assert project.run("git", "commit", "--allow-empty", "-m", "for ticket 1").code == 0
    assert project.log("elsewhere") == b"for ticket 1\n"


def remote_of(project: Project, path: Path) -> None:
    """A bare repository as origin."""
    project.run("git", "init", "-q", "--bare", str(path))
    project.git("remote", "add", "origin", str(path))


def test_a_push_is_checked_before_it_leaves(project: Project, tmp_path: Path) -> None:
    """Its files, and what steps are told of it."""
    project.configure(
        '[steps.no-bad]\nrun = "! grep -n BAD {files}"\nfiles = ["*.txt"]\nstages = ["pre-push"]\n'
        '[steps.told]\nrun = "echo $HOOKFLOW_REMOTE_NAME $HOOKFLOW_TO_REF; cat"\nstdin = true\nstages = ["pre-push"]'
    )
    project.write("a.txt", "good\n")
    project.commit()
    remote_of(project, tmp_path / "remote.git")
    project.hookflow("install")
    assert project.run("git", "push", "origin", "main").code == 0
    commit = head(project).strip()
    assert project.log("told").decode() == f"origin {commit}\nrefs/heads/main {commit} refs/heads/main {'0' * 40}\n"
    project.write("a.txt", "BAD\n")
    project.commit()
    assert project.run("git", "push", "origin", "main").code == 1
    assert project.git("ls-remote", "origin", "main").startswith(commit)
    assert project.run("git", "push", "origin", ":main").code != 2


def test_a_hook_that_was_there_before_runs_first(project: Project, tmp_path: Path) -> None:
    """With git's arguments and input; its failure blocks; uninstall puts it back."""
    project.configure('[steps.a]\nrun = "touch ran"\nstages = ["pre-push"]')
    project.commit()
    remote_of(project, tmp_path / "remote.git")
    before = f'#!/bin/sh\necho "$1" > {tmp_path}/args; cat > {tmp_path}/input; test ! -e {tmp_path}/stop\n'
    old = project.write(".git/hooks/pre-push", before, mode=0o755)
    assert "runs first" in project.hookflow("install").out
    (tmp_path / "stop").touch()
    assert project.run("git", "push", "origin", "main").code == 1
    assert not (project.path / "ran").exists()
    (tmp_path / "stop").unlink()
    assert project.run("git", "push", "origin", "main").code == 0
    assert (project.path / "ran").exists()
    assert (tmp_path / "args").read_text() == "origin\n"
    assert "refs/heads/main" in (tmp_path / "input").read_text()
    assert project.hookflow("uninstall").code == 0
    assert old.read_text() == before
    assert os.access(old, os.X_OK)
    assert sorted(path.name for path in old.parent.iterdir() if not path.name.endswith(".sample")) == ["pre-push"]


def test_installing_twice_changes_nothing(hooked: Project) -> None:
    """Nor does a hook of ours count as one that was there before."""
    before = (hooked.path / ".git/hooks/pre-commit").read_text()
    assert "already there" in hooked.hookflow("install").out
    assert (hooked.path / ".git/hooks/pre-commit").read_text() == before
    assert not (hooked.path / ".git/hooks/pre-commit.before-hookflow").exists()


def test_uninstall_takes_only_what_is_ours(hooked: Project) -> None:
    """Another tool's hook stays; twice is no error."""
    other = hooked.write(".git/hooks/pre-push", "#!/bin/sh\n", mode=0o755)
    assert "pre-commit: taken away" in hooked.hookflow("uninstall").out
    assert not (hooked.path / ".git/hooks/pre-commit").exists()
    assert other.exists()
    assert "no hook of hookflow's" in hooked.hookflow("uninstall").out


def test_no_hook_is_ever_lost(hooked: Project) -> None:
    """A foreign hook beside a kept one: which is which, only a person knows."""
    hooked.write(".git/hooks/pre-commit", "#!/bin/sh\n# new\n", mode=0o755)
    hooked.write(".git/hooks/pre-commit.before-hookflow", "#!/bin/sh\n# old\n", mode=0o755)
    done = hooked.hookflow("install")
    assert done.code == 2
    assert "take one of them away" in done.err
    assert "# new" in (hooked.path / ".git/hooks/pre-commit").read_text()


def test_hooks_go_where_git_looks_for_them(project: Project, tmp_path: Path) -> None:
    """core.hooksPath; one that other repositories share is pointed out."""
    project.configure(CHECK)
    project.git("config", "core.hooksPath", ".hooks")
    assert "note:" not in project.hookflow("install").out
    assert (project.path / ".hooks" / "pre-commit").exists()
    project.git("config", "core.hooksPath", str(tmp_path / "shared"))
    assert "note: core.hooksPath" in project.hookflow("install", "pre-push").out
    assert (tmp_path / "shared" / "pre-push").exists()


def test_a_hook_whose_python_is_gone_blocks_and_says_what_to_do(hooked: Project) -> None:
    """Checks are never left out silently."""
    hook = hooked.path / ".git/hooks/pre-commit"
    lines = ["python=/gone/python" if line.startswith("python=") else line for line in hook.read_text().splitlines()]
    hook.write_text("\n".join(lines) + "\n")
    hooked.write("a.txt", "more\n")
    hooked.git("add", "-A")
    done = hooked.run("git", "commit", "-m", "x")
    assert done.code == 1
    assert "hookflow install" in done.err
    assert hooked.run("git", "commit", "-m", "x", HOOKFLOW="0").code == 0


def test_modules_of_the_repository_do_not_stand_in_for_ours(hooked: Project) -> None:
    """A trio.py or a hookflow/ in the work tree is not imported by the hook."""
    hooked.write("trio.py", "raise SystemExit(99)\n")
    hooked.write("hookflow/__init__.py", "raise SystemExit(99)\n")
    hooked.write("a.txt", "more\n")
    hooked.git("add", "-A")
    assert hooked.run("git", "commit", "-m", "x").code == 0

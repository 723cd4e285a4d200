"""Real pushes to a bare repository: what is checked is what is pushed, and the user's work tree is left alone."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from project import Project

CHECK = (
    '[steps.no-bad]\nrun = "pwd; ! grep -n BAD {files}"\nfiles = ["*.txt"]\nstages = ["pre-push"]\n'
    '[steps.told]\nrun = "pwd; cat; echo from $HOOKFLOW_FROM_REF"\nstdin = true\nalways-run = true\ncache = false\n'
    'stages = ["pre-push"]'
)


@pytest.fixture
def pushing(project: Project, tmp_path: Path) -> Project:
    """A project that was pushed to a bare repository, with its hook in place."""
    project.configure(CHECK)
    project.write(".gitignore", "ignored\n.venv\n")
    project.write("a.txt", "good\n")
    project.commit("first")
    project.run("git", "init", "-q", "--bare", str(tmp_path / "remote.git"))
    project.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    project.git("push", "-q", "origin", "main")
    assert project.hookflow("install").code == 0
    return project


def kept(project: Project, number: int = 1) -> Path:
    """A work tree for what is pushed."""
    return project.state / "pushed" / str(number)


def topic(project: Project, text: str, name: str = "topic") -> str:
    """A branch with one commit on main, not checked out; returns the commit."""
    project.git("checkout", "-q", "-b", name)
    project.write(f"{name}.txt", text)
    project.commit(name)
    project.git("checkout", "-q", "main")
    return project.git("rev-parse", name).strip()


def there(project: Project) -> str:
    """The names of the remote's refs."""
    return " ".join(sorted(line.split("\t")[1] for line in project.git("ls-remote", "-q", "origin").splitlines()))


def times(tree: Path) -> dict[str, int]:
    """When each file of a work tree was written."""
    return {path.name: path.lstat().st_mtime_ns for path in tree.iterdir() if path.name != ".git"}


def test_a_branch_that_is_not_checked_out_is_checked_as_it_is(pushing: Project) -> None:
    """In a work tree of its own; a bad one is stopped and named."""
    commit = topic(pushing, "good\n")
    before = times(pushing.path)
    done = pushing.run("git", "push", "origin", "topic")
    assert done.code == 0, done.text
    assert pushing.log("no-bad").decode() == f"{kept(pushing)}\n"
    assert pushing.log("told").decode().startswith(f"{kept(pushing)}\nrefs/heads/topic {commit} refs/heads/topic 000")
    assert times(pushing.path) == before
    assert pushing.git("status", "--porcelain", "--branch") == "## main\n"
    topic(pushing, "BAD\n", "worse")
    done = pushing.run("git", "push", "origin", "worse")
    assert done.code == 1
    assert "hookflow: refs/heads/worse" in done.err
    assert "stops the push" in done.err
    assert "worse" not in there(pushing)


def test_what_is_checked_out_and_clean_is_checked_in_place(pushing: Project) -> None:
    """No second work tree is made; what git ignores does not count."""
    pushing.write("ignored", "x")
    pushing.write("a.txt", "better\n")
    pushing.commit()
    assert pushing.run("git", "push", "origin", "main").code == 0
    assert pushing.log("no-bad").decode() == f"{pushing.path}\n"
    assert not (pushing.state / "pushed").exists()


@pytest.mark.parametrize("how", ["unstaged", "staged", "untracked"])
def test_a_work_tree_that_differs_is_not_what_is_checked(pushing: Project, how: str) -> None:
    """A bad commit is stopped although the mended file lies in the work tree; a good one passes beside a bad file."""
    pushing.write("a.txt", "BAD\n")
    pushing.commit()
    mended = pushing.write("b.txt" if how == "untracked" else "a.txt", "mended, but not committed\n")
    if how == "staged":
        pushing.git("add", "-A")
    before = pushing.git("status", "--porcelain"), times(pushing.path)
    done = pushing.run("git", "push", "origin", "main")
    assert done.code == 1, done.text
    assert f"checked in {kept(pushing)}" in done.err
    assert (pushing.git("status", "--porcelain"), times(pushing.path)) == before
    assert "mended" in mended.read_text()
    pushing.write("a.txt", "good again\n")
    pushing.git("commit", "-qam", "good again", "--no-verify")
    pushing.write("a.txt", "BAD, and not in the commit\n")
    assert pushing.run("git", "push", "origin", "main").code == 0


def test_untracked_files_that_no_step_sees_do_not_matter(pushing: Project) -> None:
    """They change no result, so the push is checked in place."""
    pushing.configure(CHECK.replace("always-run = true", 'always-run = true\nfiles = ["*.txt"]'))
    pushing.commit()
    pushing.write("notes.md", "BAD\n")
    assert pushing.run("git", "push", "origin", "main").code == 0
    assert not (pushing.state / "pushed").exists()


def test_several_refs_are_checked_each_with_its_own_range(pushing: Project) -> None:
    """One after the other; the bad one is named, and each step that asks for it gets all lines."""
    topic(pushing, "good\n", "fine")
    topic(pushing, "BAD\n", "broken")
    pushing.write("a.txt", "better\n")
    pushing.commit()
    done = pushing.run("git", "push", "origin", "main", "fine", "broken")
    assert done.code == 1
    stopping = [line for line in done.err.splitlines() if "stops the push" in line]
    assert len(stopping) == 1
    assert "refs/heads/broken" in stopping[0]
    assert there(pushing) == "refs/heads/main"
    logs = [path.read_text() for path in sorted((pushing.state / "runs").glob("*/told.log"))]
    assert len(logs) == 3
    assert {log.count("\nrefs/heads/") for log in logs} == {3}
    assert sorted(log.splitlines()[0] for log in logs) == sorted([str(pushing.path), *[str(kept(pushing))] * 2])
    assert pushing.run("git", "push", "origin", "main", "fine").code == 0


def test_refs_of_one_commit_are_checked_once(pushing: Project) -> None:
    """A branch and an annotated tag of it."""
    topic(pushing, "good\n")
    pushing.git("tag", "-a", "-m", "one", "v1", "topic")
    assert pushing.run("git", "push", "origin", "topic", "v1").code == 0
    assert len(list((pushing.state / "runs").iterdir())) == 1
    assert pushing.outcomes() == {"no-bad": "passed", "told": "passed"}


def test_a_tag_of_what_was_not_pushed_is_checked(pushing: Project) -> None:
    """An annotated one is its commit; what is no commit is said to be unchecked."""
    topic(pushing, "BAD\n")
    pushing.git("tag", "-a", "-m", "bad", "v1", "topic")
    assert pushing.run("git", "push", "origin", "v1").code == 1
    blob = pushing.git("rev-parse", "main:a.txt").strip()
    pushing.git("tag", "key", blob)
    done = pushing.run("git", "push", "origin", "key")
    assert done.code == 0
    assert "refs/tags/key is no commit" in done.err


def test_a_deletion_checks_nothing_but_is_told(pushing: Project) -> None:
    """Steps that always run see it, so that they can refuse it."""
    topic(pushing, "good\n")
    pushing.git("push", "-q", "--no-verify", "origin", "topic")
    assert pushing.run("git", "push", "origin", ":topic").code == 0
    assert pushing.outcomes() == {"no-bad": "skipped", "told": "passed"}
    assert "(delete) 0000" in pushing.log("told").decode()
    assert there(pushing) == "refs/heads/main"


def test_a_forced_push_is_checked_from_where_it_left(pushing: Project) -> None:
    """What the remote has instead does not count, what is new does; to go back brings nothing."""
    topic(pushing, "good\n")
    pushing.git("push", "-q", "--no-verify", "origin", "topic")
    pushing.git("branch", "-q", "-f", "topic", "main")
    assert pushing.run("git", "push", "--force", "origin", "topic").code == 0
    assert pushing.outcomes()["no-bad"] == "skipped"
    pushing.git("branch", "-q", "-D", "topic")
    topic(pushing, "BAD\n")
    assert pushing.run("git", "push", "--force", "origin", "topic").code == 1


def test_a_new_branch_brings_what_no_branch_of_the_remote_has(pushing: Project) -> None:
    """What is there already is not checked again, and no work tree is made for it."""
    pushing.git("branch", "-q", "same")
    pushing.write("a.txt", "work in progress\n")
    assert pushing.run("git", "push", "origin", "same").code == 0
    assert pushing.outcomes()["no-bad"] == "skipped"
    assert not kept(pushing).exists()


def test_from_a_shallow_clone_more_is_checked_not_less(pushing: Project, tmp_path: Path) -> None:
    """The remote's history is unknown there."""
    for number in range(3):
        pushing.write("a.txt", f"good {number}\n")
        pushing.commit()
    pushing.git("push", "-q", "--no-verify", "origin", "main")
    remote = f"file://{tmp_path / 'remote.git'}"
    pushing.run("git", "clone", "-q", "--depth", "1", "--branch", "main", remote, str(tmp_path / "shallow"))
    shallow = Project(tmp_path / "shallow")
    assert shallow.hookflow("install").code == 0
    topic(shallow, "BAD\n")
    assert shallow.run("git", "push", "origin", "topic").code == 1
    shallow.git("commit", "-q", "--allow-empty", "-m", "x", "--no-verify")
    assert shallow.run("git", "push", "origin", "main").code == 0


def test_the_kept_work_tree_is_used_again_and_only_what_differs_is_written(pushing: Project) -> None:
    """Leftovers of steps are gone, what git ignores stays; git knows it as a work tree like others."""
    topic(pushing, "good\n", "one")
    topic(pushing, "good\n", "two")
    assert pushing.run("git", "push", "origin", "one").code == 0
    first = times(kept(pushing))
    (kept(pushing) / "leftover.txt").write_text("BAD\n")
    (kept(pushing) / "ignored").write_text("a cache\n")
    (kept(pushing) / "pyproject.toml").write_text("spoilt\n")
    done = pushing.run("git", "push", "origin", "two")
    assert done.code == 0, done.text
    after = times(kept(pushing))
    assert after["a.txt"] == first["a.txt"]
    assert sorted(after) == [".gitignore", "a.txt", "ignored", "pyproject.toml", "two.txt"]
    assert pushing.git("worktree", "list").count("\n") == 2
    pushing.git("worktree", "prune")
    assert pushing.git("worktree", "list").count("(detached HEAD)") == 1
    assert pushing.git("branch", "-D", "two").startswith("Deleted")


def test_what_stands_in_its_way_is_taken_away(pushing: Project) -> None:
    """It is removed by git, deleted by hand, or has a lock of a git that was killed: it is made anew."""
    topic(pushing, "good\n")
    push = ("git", "push", "--dry-run", "origin", "topic")
    assert pushing.run(*push).code == 0
    pushing.git("worktree", "remove", "--force", str(kept(pushing)))
    assert pushing.run(*push).code == 0
    shutil.rmtree(kept(pushing))
    assert pushing.run(*push).code == 0
    (pushing.path / ".git/worktrees/1/index.lock").touch()
    assert pushing.run(*push).code == 0
    (kept(pushing) / ".git").write_text("gitdir: /nowhere\n")
    assert pushing.run(*push).code == 0
    assert pushing.git("worktree", "list").count("\n") == 2


def test_two_pushes_at_once_have_a_work_tree_each(pushing: Project, tmp_path: Path) -> None:
    """Each step waits for the other's file, so they run at the same time."""
    both = f"[ -e {tmp_path}/one -a -e {tmp_path}/two ]"
    meet = f"touch {tmp_path}/$(git log -1 --format=%s); while ! {both}; do sleep 0.01; done"
    pushing.configure(f'[steps.meet]\nrun = "{meet}"\nstages = ["pre-push"]\ntimeout = "30s"')
    pushing.commit()
    pushing.git("push", "-q", "--no-verify", "origin", "main")
    for name in ("one", "two"):
        topic(pushing, "good\n", name)
    calls = [subprocess.Popen(["git", "push", "-q", "origin", name], cwd=pushing.path) for name in ("one", "two")]
    assert [call.wait(timeout=60) for call in calls] == [0, 0]
    assert kept(pushing, 1).is_dir()
    assert kept(pushing, 2).is_dir()


def test_no_program_of_the_configuration_runs(pushing: Project, tmp_path: Path) -> None:
    """Neither filters, nor hooks, nor a monitor; the file under a filter is as it is stored, and that is said."""
    marker = tmp_path / "ran"
    program = pushing.write("../program", f'#!/bin/sh\necho "$0 $*" >> {marker}\nexec cat\n', mode=0o755)
    pushing.write(".gitattributes", "*.txt filter=evil\n")
    pushing.commit()
    topic(pushing, "good\n")
    for setting in ("filter.evil.smudge", "filter.evil.clean", "core.fsmonitor"):
        pushing.git("config", setting, str(program))
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        pushing.write(f".git/hooks/{hook}", f"#!/bin/sh\necho {hook} >> {marker}\n", mode=0o755)
    lines = f"refs/heads/topic {pushing.git('rev-parse', 'topic').strip()} refs/heads/topic {'0' * 40}\n"
    marker.unlink(missing_ok=True)
    done = pushing.hookflow("hook", "pre-push", "--", "origin", "url", stdin=lines)
    assert done.code == 0, done.text
    assert not marker.exists(), marker.read_text()
    assert "as stored" in done.text


def test_ignored_directories_are_linked_as_configured(pushing: Project) -> None:
    """By default .venv and node_modules; what the commit has itself is not replaced."""
    pushing.write(".venv/bin/tool", "#!/bin/sh\necho the tool\n", mode=0o755)
    pushing.write("data/x", "mine\n")
    pushing.configure('link = [".venv", "data", "gone"]\n[steps.a]\nrun = "tool; cat data/x"\nstages = ["pre-push"]')
    pushing.write(".gitignore", ".venv/\ndata\n")
    pushing.commit()
    topic(pushing, "x")
    assert pushing.run("git", "push", "origin", "topic").code == 0
    assert pushing.log("a") == b"the tool\nmine\n"
    assert (kept(pushing) / ".venv").is_symlink()
    pushing.git("checkout", "-q", "-b", "own", "topic")
    pushing.git("rm", "-q", "--cached", "--ignore-unmatch", "data/x")
    pushing.write("data/x", "the commit's\n")
    pushing.git("add", "-f", "data/x")
    pushing.git("commit", "-qm", "own", "--no-verify")
    pushing.git("checkout", "-q", "main")
    pushing.write("data/x", "mine\n")
    assert pushing.run("git", "push", "origin", "own").code == 0
    assert pushing.log("a") == b"the tool\nthe commit's\n"
    assert (pushing.path / "data/x").read_text() == "mine\n"


def test_a_package_of_the_users_work_tree_is_pointed_out(pushing: Project) -> None:
    """Python would import what is not pushed; PYTHONPATH of the configuration puts that right."""
    record = f'{{"url": "file://{pushing.path}", "dir_info": {{"editable": true}}}}'
    pushing.write(".venv/lib/python3.11/site-packages/x-1.dist-info/direct_url.json", record)
    topic(pushing, "good\n")
    assert "has a package of your work tree as editable" in pushing.run("git", "push", "origin", "topic").text
    pushing.configure(CHECK + '\n[env]\nPYTHONPATH = "."')
    pushing.commit()
    topic(pushing, "good\n", "second")
    assert "editable" not in pushing.run("git", "push", "origin", "second").text


def test_the_configuration_is_that_of_the_commit(pushing: Project) -> None:
    """A branch that has none is not checked, and that is said; a wrong one stops its push."""
    pushing.git("checkout", "-q", "--orphan", "pages")
    pushing.git("rm", "-q", "-f", "pyproject.toml")
    pushing.write("index.txt", "BAD\n")
    pushing.commit()
    pushing.git("checkout", "-q", "-f", "main")
    done = pushing.run("git", "push", "origin", "pages")
    assert done.code == 0, done.text
    assert "has no [tool.hookflow]" in done.err
    pushing.git("checkout", "-q", "-b", "wrong")
    pushing.configure("nonsense = 1")
    pushing.commit()
    pushing.git("checkout", "-q", "main")
    done = pushing.run("git", "push", "origin", "wrong")
    assert done.code == 1
    assert "refs/heads/wrong" in done.err
    assert "unknown key" in done.err


def test_a_fix_does_not_pass_for_what_is_pushed(pushing: Project) -> None:
    """It would be in no commit: the push is stopped, in place and elsewhere."""
    pushing.configure(
        '[steps.a]\nrun = "! grep BAD {files}"\nfix = "sed -i s/BAD/good/ {files}"\nfiles = ["*.txt"]\n'
        'stage-fixed = true\nfix-on = ["pre-push"]\nstages = ["pre-push"]'
    )
    pushing.write("a.txt", "BAD\n")
    pushing.commit()
    topic(pushing, "BAD\n")
    assert pushing.run("git", "push", "origin", "topic").code == 1
    assert (kept(pushing) / "topic.txt").read_text() == "BAD\n"
    assert pushing.run("git", "push", "origin", "main").code == 1
    assert pushing.git("diff", "--cached", "--name-only") == ""


def test_git_of_a_step_is_at_home_in_the_linked_work_tree(pushing: Project) -> None:
    """Whatever git told the hook about the user's own; a push from a linked work tree and a subdirectory works."""
    pushing.configure(
        '[steps.a]\nrun = "git rev-parse --show-toplevel; git log -1 --format=%s"\ngit-env = true\n'
        'stages = ["pre-push"]'
    )
    pushing.commit()
    topic(pushing, "good\n")
    other = Project(pushing.path.parent / "other")
    pushing.git("worktree", "add", "-q", "-b", "side", str(other.path))
    (other.path / "sub").mkdir()
    done = other.run("git", "push", "origin", "topic", cwd=other.path / "sub")
    assert done.code == 0, done.text
    assert pushing.log("a").decode() == f"{kept(pushing)}\ntopic\n"


def test_names_of_any_bytes_are_checked_out(pushing: Project) -> None:
    """And are what steps get."""
    pushing.configure('[steps.a]\nrun = "cat {files}"\nfiles = ["*.bin"]\nstages = ["pre-push"]')
    pushing.git("checkout", "-q", "-b", "odd")
    (Path(os.fsdecode(os.fsencode(pushing.path) + b"/\xff\n.bin"))).write_text("odd\n")
    pushing.commit()
    pushing.git("checkout", "-q", "main")
    assert pushing.run("git", "push", "origin", "odd").code == 0
    assert pushing.log("a") == b"odd\n"


def test_uninstall_takes_the_work_trees_away(pushing: Project) -> None:
    """With pre-push's hook; another state directory has its own, by repository."""
    topic(pushing, "good\n")
    assert pushing.run("git", "push", "--dry-run", "origin", "topic").code == 0
    done = pushing.hookflow("uninstall")
    assert f"taken away ({kept(pushing)})" in done.out
    assert not kept(pushing).exists()
    assert pushing.git("worktree", "list").count("\n") == 1
    pushing.hookflow("install")
    state = pushing.path.parent / "state"
    assert pushing.run("git", "push", "origin", "topic", HOOKFLOW_STATE_DIR=str(state)).code == 0
    assert len(list((state / "pushed").glob("*/1"))) == 1
    pushing.hookflow("uninstall", "pre-push", HOOKFLOW_STATE_DIR=str(state))
    assert list((state / "pushed").glob("*/1")) == []

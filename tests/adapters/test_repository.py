"""What changed, in real repositories of every shape."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from project import Project

from hookflow.adapters.repository import Repository
from hookflow.core.errors import BrokenEnvironmentError, UsageError
from hookflow.core.porcelain import data, text
from hookflow.core.scopes import AllFiles, Between, Changed, Files, Pushed, RefUpdate, Scope, Staged

NULL = "0" * 40
ODD_NAMES = ["a b", " lead", "trail ", "new\nline", 'quo"te', "it's", "$(touch x)", "-dash", "\x1b[31m", "back\\slash"]


def changed(project: Project, scope: Scope) -> dict[str, str]:
    """The names in a scope, with ``D`` for a deleted one and ``M`` for another."""
    found = Repository(project.path).changes(scope)
    return {change.path: "D" if change.deleted else "M" for change in found.files}


def warnings(project: Project, scope: Scope) -> tuple[str, ...]:
    """What a person is told of a scope."""
    return Repository(project.path).changes(scope).warnings


@pytest.fixture
def history(project: Project) -> Project:
    """A commit with four files."""
    for name in ("kept.py", "edited.py", "gone.py", "old.py"):
        project.write(name, f"# {name}\n" * 5)
    project.commit()
    return project


def test_staged_is_what_the_commit_would_bring(history: Project) -> None:
    """Unstaged and untracked files are not in it; of a rename both names are."""
    history.write("edited.py", "new\n")
    history.git("add", "edited.py")
    history.git("rm", "-q", "gone.py")
    history.git("mv", "old.py", "new.py")
    history.write("kept.py", "unstaged\n")
    history.write("untracked.py")
    expected = {"edited.py": "M", "gone.py": "D", "old.py": "D", "new.py": "M"}
    assert changed(history, Staged()) == expected


def test_changed_is_everything_against_head(history: Project) -> None:
    """Staged, unstaged and untracked; what is ignored is not."""
    history.write(".gitignore", "ignored\n")
    history.write("edited.py", "staged\n")
    history.git("add", "-A")
    history.write("kept.py", "unstaged\n")
    history.write("sub/untracked.py")
    history.write("ignored")
    (history.path / "gone.py").unlink()
    expected = {"edited.py": "M", "kept.py": "M", "gone.py": "D", "sub/untracked.py": "M", ".gitignore": "M"}
    assert changed(history, Changed()) == expected


def test_a_file_with_a_new_time_only_has_not_changed(history: Project) -> None:
    """Contents decide."""
    os.utime(history.path / "kept.py", (1, 1))
    assert changed(history, Changed()) == {}


def test_before_the_first_commit_everything_is_new(project: Project) -> None:
    """An unborn HEAD is compared with the empty tree."""
    project.write("a.py")
    project.write("b.py")
    project.git("add", "a.py")
    assert changed(project, Staged()) == {"a.py": "M"}
    assert changed(project, Changed()) == {"a.py": "M", "b.py": "M"}


def test_a_detached_head_is_a_head(history: Project) -> None:
    """No branch is needed."""
    history.git("checkout", "-q", "--detach")
    history.write("edited.py", "x")
    history.git("add", "-A")
    assert changed(history, Staged()) == {"edited.py": "M"}


def test_intent_to_add_is_changed_but_not_staged(history: Project) -> None:
    """`git add -N` puts nothing into the commit."""
    history.write("later.py", "x")
    history.git("add", "-N", "later.py")
    assert changed(history, Staged()) == {}
    assert changed(history, Changed()) == {"later.py": "M"}


def test_mode_and_type_changes_count(history: Project) -> None:
    """Chmod +x, and a file that became a link."""
    (history.path / "kept.py").chmod(0o755)
    (history.path / "edited.py").unlink()
    (history.path / "edited.py").symlink_to("kept.py")
    history.git("add", "-A")
    assert changed(history, Staged()) == {"kept.py": "M", "edited.py": "M"}


@pytest.mark.parametrize("name", [*ODD_NAMES, text(b"not-\xff-utf8"), "日本語.py"])
def test_every_name_comes_through(project: Project, name: str) -> None:
    """Spaces, newlines, quotes, escapes, and bytes that are not UTF-8."""
    (Path(os.fsdecode(data(str(project.path)))) / os.fsdecode(data(name))).write_bytes(b"x")
    assert changed(project, Changed()) == {name: "M"}
    project.git("add", "-A")
    assert changed(project, Staged()) == {name: "M"}
    assert Repository(project.path).tracked() == (name,)


def test_the_index_of_the_commit_is_the_one_that_counts(history: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """`git commit -a` and `git commit PATH` name another index in GIT_INDEX_FILE."""
    index = history.path / ".git" / "next-index-1.lock"
    history.write("edited.py", "x")
    history.write("kept.py", "y")
    history.git("add", "kept.py")
    monkeypatch.setenv("GIT_INDEX_FILE", str(index))
    history.git("read-tree", "HEAD")
    history.git("add", "edited.py")
    assert changed(history, Staged()) == {"edited.py": "M"}


def test_a_submodule_counts_by_its_commit_and_is_never_entered(history: Project, tmp_path: Path) -> None:
    """Another commit of it is a change; a dirty file inside it is not."""
    library = Project.create(tmp_path / "library")
    library.write("lib.py")
    library.commit()
    history.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library.path), "lib")
    assert changed(history, Staged()) == {".gitmodules": "M", "lib": "M"}
    history.commit()
    history.write("lib/lib.py", "dirty\n")
    assert changed(history, Changed()) == {}
    inside = Project(history.path / "lib")
    inside.commit()
    assert changed(history, Changed()) == {"lib": "M"}
    assert "lib" in changed(history, AllFiles())


def test_a_repository_inside_is_no_untracked_file(history: Project) -> None:
    """Git lists it with a slash; it is another project."""
    Project.create(history.path / "nested").write("x.py")
    assert changed(history, Changed()) == {}


def test_unmerged_paths_are_an_error_that_names_them(history: Project) -> None:
    """Nothing can be checked before they are resolved."""
    history.git("checkout", "-q", "-b", "other")
    history.write("edited.py", "theirs\n")
    history.commit()
    history.git("checkout", "-q", "main")
    history.write("edited.py", "ours\n")
    history.commit()
    history.git("merge", "other", check=False)
    for scope in (Staged(), Changed()):
        with pytest.raises(BrokenEnvironmentError, match=r"unmerged paths.*\n  edited\.py$"):
            changed(history, scope)


def test_a_range_begins_at_the_merge_base(history: Project) -> None:
    """What main got meanwhile is not the branch's change."""
    history.git("checkout", "-q", "-b", "topic")
    history.write("topic.py")
    history.git("rm", "-q", "gone.py")
    history.commit()
    history.git("checkout", "-q", "main")
    history.write("main.py")
    history.commit()
    history.git("checkout", "-q", "topic")
    assert changed(history, Between("main", "topic")) == {"topic.py": "M", "gone.py": "D"}
    assert changed(history, Between("main", "HEAD")) == {"topic.py": "M", "gone.py": "D"}


def test_what_is_not_in_the_work_tree_is_never_passed(history: Project) -> None:
    """A file of a range whose end is not checked out counts, as a deleted one would."""
    history.git("checkout", "-q", "-b", "topic")
    history.write("topic.py")
    history.commit()
    history.git("checkout", "-q", "main")
    assert changed(history, Between("main", "topic")) == {"topic.py": "D"}


@pytest.mark.parametrize(("from_ref", "to_ref"), [("nowhere", "HEAD"), ("HEAD", "nowhere"), ("HEAD", "-x")])
def test_an_unknown_revision_is_a_wrong_command_line(history: Project, from_ref: str, to_ref: str) -> None:
    """Not silently an empty range."""
    with pytest.raises(UsageError, match="no such revision"):
        changed(history, Between(from_ref, to_ref))


def test_missing_history_means_more_files_and_a_warning(history: Project) -> None:
    """A commit that is not here (a shallow clone): every file is looked at."""
    missing = "1234567890" * 4
    assert set(changed(history, Between(missing, "HEAD"))) == {"kept.py", "edited.py", "gone.py", "old.py"}
    assert "not known here" in warnings(history, Between(missing, "HEAD"))[0]


def test_histories_without_a_common_ancestor_are_compared_directly(history: Project) -> None:
    """With a warning, and never fewer files than needed."""
    history.git("checkout", "-q", "--orphan", "island")
    history.write("island.py")
    history.commit()
    found = changed(history, Between("main", "island"))
    assert found == {"island.py": "M"}
    assert "no common ancestor" in warnings(history, Between("main", "island"))[0]


def test_named_files_are_taken_as_they_are(history: Project) -> None:
    """A directory means its tracked files; what does not exist counts as deleted, with a warning."""
    history.write("sub/one.py")
    history.git("add", "-A")
    history.write("sub/two.py")
    scope = Files(("sub", "kept.py", "kept.py", "typo.py"))
    assert changed(history, scope) == {"sub/one.py": "M", "kept.py": "M", "typo.py": "D"}
    assert warnings(history, scope) == ("typo.py does not exist: it counts as deleted",)


def test_all_files_are_the_tracked_ones_that_are_there(history: Project) -> None:
    """Neither untracked nor deleted ones."""
    history.write("untracked.py")
    (history.path / "gone.py").unlink()
    assert set(changed(history, AllFiles())) == {"kept.py", "edited.py", "old.py"}


def test_a_linked_work_tree_has_its_own_root_and_shares_the_rest(history: Project, tmp_path: Path) -> None:
    """State goes into the common directory."""
    history.git("worktree", "add", "-q", str(tmp_path / "linked"))
    linked = Project(tmp_path / "linked")
    linked.write("edited.py", "x")
    linked.git("add", "-A")
    found = Repository(linked.path)
    assert found.root == linked.path
    assert found.common_dir == history.path / ".git"
    assert found.git_dir == history.path / ".git" / "worktrees" / "linked"
    assert changed(linked, Staged()) == {"edited.py": "M"}
    assert changed(history, Staged()) == {}


def test_any_directory_inside_is_the_same_repository(history: Project) -> None:
    """Names stay relative to the root."""
    history.write("sub/deep/x.py")
    history.git("add", "-A")
    inside = Repository(history.path / "sub" / "deep")
    assert inside.root == history.path
    assert [change.path for change in inside.changes(Staged()).files] == ["sub/deep/x.py"]


def test_hooks_are_where_git_looks_for_them(history: Project) -> None:
    """core.hooksPath included."""
    assert Repository(history.path).hooks_dir == history.path / ".git" / "hooks"
    history.git("config", "core.hooksPath", "my-hooks")
    assert Repository(history.path).hooks_dir == history.path / "my-hooks"


def test_no_repository_and_a_bare_one_are_explained(tmp_path: Path) -> None:
    """With what to do, not with git's words alone."""
    with pytest.raises(BrokenEnvironmentError, match="not in a git repository"):
        Repository(tmp_path)
    bare = Project.create(tmp_path / "bare")
    bare.git("config", "core.bare", "true")
    with pytest.raises(BrokenEnvironmentError, match="no work tree"):
        Repository(bare.path / ".git")
    with pytest.raises(BrokenEnvironmentError, match="no such directory"):
        Repository(tmp_path / "nowhere")


PROGRAMS: Mapping[str, str] = {
    "core.fsmonitor": "{trap}",
    "diff.external": "{trap}",
    "core.pager": "{trap}",
    "diff.evil.textconv": "{trap}",
    "diff.evil.command": "{trap}",
}


@pytest.mark.parametrize("key", PROGRAMS)
def test_our_questions_run_no_program_of_the_configuration(history: Project, key: str, tmp_path: Path) -> None:
    """A repository that was handed to us may name any."""
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    history.write(".gitattributes", "*.py diff=evil\n")
    history.git("config", key, PROGRAMS[key].format(trap=trap))
    history.write("edited.py", "x")
    for scope in (Staged(), Changed(), AllFiles(), Between("HEAD", "HEAD"), Files(("edited.py",))):
        changed(history, scope)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("setting", ["diff.noprefix", "diff.relative", "status.short", "diff.mnemonicPrefix"])
def test_settings_of_the_user_change_nothing(history: Project, setting: str) -> None:
    """Whatever git is told to show."""
    history.git("config", setting, "true")
    history.git("config", "diff.renames", "copies")
    history.git("config", "diff.ignoreSubmodules", "all")
    history.write("sub/x.py", "x")
    history.git("add", "-A")
    assert {change.path for change in Repository(history.path / "sub").changes(Staged()).files} == {"sub/x.py"}
    assert {change.path for change in Repository(history.path / "sub").changes(Changed()).files} == {"sub/x.py"}


@pytest.fixture
def remote(history: Project, tmp_path: Path) -> Project:
    """The history, pushed to a remote called origin."""
    bare = tmp_path / "remote.git"
    history.run("git", "init", "-q", "--bare", str(bare))
    history.git("remote", "add", "origin", str(bare))
    history.git("push", "-q", "origin", "main")
    return history


def commit_of(project: Project, revision: str = "HEAD") -> str:
    """Its object id."""
    return project.git("rev-parse", revision).strip()


def pushed(project: Project, *updates: tuple[str, str]) -> dict[str, str]:
    """What a push of (local id, remote id) pairs brings."""
    lines = tuple(RefUpdate("refs/heads/x", local, "refs/heads/x", there) for local, there in updates)
    return changed(project, Pushed("origin", lines))


def test_a_push_brings_what_the_remote_ref_has_not(remote: Project) -> None:
    """Several commits count together."""
    before = commit_of(remote)
    for name in ("one.py", "two.py"):
        remote.write(name)
        remote.commit()
    assert pushed(remote, (commit_of(remote), before)) == {"one.py": "M", "two.py": "M"}


def test_a_new_branch_brings_what_no_branch_of_the_remote_has(remote: Project) -> None:
    """And a new branch without new commits brings nothing."""
    assert pushed(remote, (commit_of(remote), NULL)) == {}
    remote.git("checkout", "-q", "-b", "topic")
    remote.write("topic.py")
    remote.commit()
    assert pushed(remote, (commit_of(remote), NULL)) == {"topic.py": "M"}


def test_a_first_push_brings_everything(history: Project) -> None:
    """The remote has nothing yet."""
    assert set(pushed(history, (commit_of(history), NULL))) == {"kept.py", "edited.py", "gone.py", "old.py"}


def test_a_deleted_ref_brings_nothing(remote: Project) -> None:
    """There is nothing to check."""
    assert pushed(remote, (NULL, commit_of(remote))) == {}


def test_a_forced_push_brings_what_differs_from_the_merge_base(remote: Project) -> None:
    """Also where the remote has commits that we do not know."""
    remote.write("dropped.py")
    remote.commit()
    remote.git("push", "-q", "origin", "main")
    there = commit_of(remote)
    remote.git("reset", "-q", "--hard", "HEAD~1")
    remote.write("instead.py")
    remote.commit()
    assert pushed(remote, (commit_of(remote), there)) == {"instead.py": "M"}
    assert pushed(remote, (commit_of(remote), "1234567890" * 4)) == {"instead.py": "M"}


def test_several_refs_are_all_looked_at(remote: Project) -> None:
    """Not only the first."""
    before = commit_of(remote)
    remote.write("one.py")
    remote.commit()
    one = commit_of(remote)
    remote.write("two.py")
    remote.commit()
    assert pushed(remote, (one, before), (commit_of(remote), one)) == {"one.py": "M", "two.py": "M"}


def test_a_tag_brings_what_its_commit_brings(remote: Project) -> None:
    """Annotated or not."""
    remote.write("tagged.py")
    remote.commit()
    remote.git("tag", "-a", "-m", "x", "annotated")
    remote.git("tag", "light")
    for tag in ("annotated", "light"):
        assert pushed(remote, (commit_of(remote, tag), NULL)) == {"tagged.py": "M"}


def test_a_branch_that_is_not_checked_out_has_the_right_range(remote: Project) -> None:
    """Its files count, though none of them can be passed."""
    remote.git("checkout", "-q", "-b", "topic")
    remote.write("topic.py")
    remote.commit()
    remote.git("checkout", "-q", "main")
    assert pushed(remote, (commit_of(remote, "topic"), NULL)) == {"topic.py": "D"}


def test_a_shallow_clone_looks_at_more_files_with_a_warning(remote: Project, tmp_path: Path) -> None:
    """As CI services make them: the commit before is not there."""
    before = commit_of(remote)
    remote.write("new.py")
    remote.commit()
    remote.git("push", "-q", "origin", "main")
    remote.run(
        "git", "clone", "-q", "--depth=1", "-b", "main", f"file://{tmp_path}/remote.git", str(tmp_path / "shallow")
    )
    shallow = Project(tmp_path / "shallow")
    assert set(changed(shallow, Between(before, "HEAD"))) == {"kept.py", "edited.py", "gone.py", "old.py", "new.py"}
    assert "a shallow clone?" in warnings(shallow, Between(before, "HEAD"))[0]

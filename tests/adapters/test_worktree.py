"""Hiding and putting back, in real work trees; interrupted anywhere, it can be begun again."""

import os
import shutil
import stat
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from project import Project

from hookflow.adapters import moving, worktree
from hookflow.adapters.index import Index
from hookflow.core import hiding
from hookflow.core.errors import BrokenEnvironmentError

Snapshot = dict[str, tuple[object, ...]]


def snapshot(project: Project) -> Snapshot:
    """Every file of the work tree with type, mode, content and time, and the index."""
    found: Snapshot = {"index": (project.git("ls-files", "-s", "-z"), project.git("diff", "--cached", "--raw"))}
    for path in project.path.rglob("*"):
        if ".git" in path.parts or (path.is_dir() and not path.is_symlink()):
            continue
        status = path.lstat()
        content = path.readlink() if path.is_symlink() else path.read_bytes()
        found[str(path)] = (stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode), content, status.st_mtime_ns)
    return found


def hide(project: Project, run: str = "run") -> worktree.Hidden:
    """Hide all that is not staged."""
    index = Index(project.path, project.path / ".git")
    return worktree.hide(project.path, project.path / ".git", index, run, index.unstaged())


@pytest.fixture
def messy(project: Project) -> Project:
    """Unstaged changes of every kind, beside staged ones and untracked files."""
    for name in ("both", "edited", "gone", "mode", "to-link", "to-directory", "deep/er/gone", "deep/file", "kept"):
        project.write(name, f"committed {name}\n")
    project.write("binary", bytes(range(256)))
    (project.path / "link").symlink_to("kept")
    project.write("was-directory/inside", "x\n")
    project.write("odd \n$(touch x)'\"", "odd\n")
    project.write("emptied", "text\n")
    project.commit()
    project.write("both", "staged\n")
    project.write("new", "staged new\n")
    project.git("add", "both", "new")
    project.write("both", "staged\nand unstaged\n", mode=0o600)
    project.write("new", "staged new, edited\n")
    project.write("edited", "unstaged\n")
    (project.path / "gone").unlink()
    (project.path / "mode").chmod(0o755)
    (project.path / "to-link").unlink()
    (project.path / "to-link").symlink_to("nowhere")
    (project.path / "to-directory").unlink()
    project.write("to-directory/untracked", "u\n")
    shutil.rmtree(project.path / "deep" / "er")
    project.write("binary", bytes(reversed(range(256))))
    (project.path / "link").unlink()
    (project.path / "link").symlink_to("edited")
    shutil.rmtree(project.path / "was-directory")
    project.write("was-directory", "a file now\n")
    project.write("odd \n$(touch x)'\"", "odd, edited\n")
    project.write("emptied", "")
    project.write("untracked", "untracked\n")
    project.git("add", "-N", "untracked")
    return project


def test_while_hidden_the_work_tree_is_what_is_staged(messy: Project) -> None:
    """Untracked files stay, and announced ones."""
    hide(messy)
    assert messy.git("diff", "--name-only") == "untracked\n"
    assert (messy.path / "both").read_text() == "staged\n"
    assert (messy.path / "new").read_text() == "staged new\n"
    assert (messy.path / "gone").read_text() == "committed gone\n"
    assert (messy.path / "deep/er/gone").read_text() == "committed deep/er/gone\n"
    assert (messy.path / "was-directory/inside").read_text() == "x\n"
    assert (messy.path / "to-directory").is_file()
    assert (messy.path / "link").readlink() == Path("kept")
    assert (messy.path / "untracked").read_text() == "untracked\n"


def test_putting_back_gives_every_byte_mode_and_time(messy: Project) -> None:
    """And leaves nothing of ours behind."""
    before = snapshot(messy)
    done = hide(messy).restore()
    assert snapshot(messy) == before
    assert (done.merged, done.conflicts) == ([], {})
    assert list(worktree.hidden_directory(messy.path / ".git").iterdir()) == []
    assert not (messy.path / "x").exists()


def test_files_that_are_as_staged_are_not_touched(messy: Project) -> None:
    """Not even for a moment: they keep their inode and change time."""
    before = (messy.path / "kept").stat()
    hide(messy).restore()
    assert (messy.path / "kept").stat() == before


class Interrupted(Exception):  # noqa: N818 (it is no error: the test asked for it)
    """The process ends here."""


def interrupt_after(monkeypatch: pytest.MonkeyPatch, calls: int) -> None:
    """Let the process end before its n-th change to the file system."""
    left = [calls]

    def counted(function: Callable) -> Callable:
        def call(*arguments, **options):
            left[0] -= 1
            if left[0] < 0:
                raise Interrupted
            return function(*arguments, **options)

        return call

    for name in ("rename", "unlink", "mkdir", "rmdir", "replace", "symlink_to"):
        monkeypatch.setattr(Path, name, counted(getattr(Path, name)))
    monkeypatch.setattr(os, "link", counted(os.link))


@pytest.mark.parametrize("calls", range(0, 120, 3))
def test_interrupted_anywhere_it_is_all_put_back(messy: Project, calls: int) -> None:
    """While hiding, and while putting back: a journal and what was done so far are enough."""
    before = snapshot(messy)
    index = Index(messy.path, messy.path / ".git")
    changes = index.unstaged()
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, calls)
        patch.setattr(worktree.Hidden, "restore", _restore_unless_dead(worktree.Hidden.restore))
        with suppress(Interrupted):
            worktree.hide(messy.path, messy.path / ".git", index, "run", changes).restore()
    worktree.recover(messy.path, messy.path / ".git", index)
    assert snapshot(messy) == before
    assert worktree.leftovers(messy.path / ".git") == []


def _restore_unless_dead(restore: Callable) -> Callable:
    """A process that has ended puts nothing back in its `except`: the exception stands for its end."""

    def call(self: worktree.Hidden, *arguments):
        if isinstance(sys.exc_info()[1], Interrupted):
            raise Interrupted
        return restore(self, *arguments)

    return call


@pytest.mark.parametrize("calls", range(0, 60, 4))
def test_recovery_itself_can_be_interrupted(messy: Project, calls: int) -> None:
    """And begun again."""
    before = snapshot(messy)
    hide(messy)
    index = Index(messy.path, messy.path / ".git")
    with pytest.MonkeyPatch.context() as patch:
        interrupt_after(patch, calls)
        with pytest.raises(Interrupted):
            worktree.recover(messy.path, messy.path / ".git", index)
    worktree.recover(messy.path, messy.path / ".git", index)
    assert snapshot(messy) == before


TEXT = "".join(f"line {number}\n" for number in range(20))


@pytest.fixture
def partly(project: Project) -> Project:
    """A file with an unstaged change at its end."""
    project.write("file", TEXT)
    project.commit()
    project.write("file", TEXT + "mine\n", mode=0o640)
    return project


def test_a_change_made_meanwhile_is_joined(partly: Project) -> None:
    """A fix beside the user's hunk: both are there."""
    hidden = hide(partly)
    partly.write("file", "fixed\n" + TEXT)
    done = hidden.restore()
    assert (partly.path / "file").read_text() == "fixed\n" + TEXT + "mine\n"
    assert (partly.path / "file").stat().st_mode & 0o777 == 0o640
    assert (done.merged, done.conflicts) == (["file"], {})


def test_of_two_changes_that_exclude_each_other_the_users_is_in_place(partly: Project) -> None:
    """And the other is beside, under a name that says so."""
    hidden = hide(partly, "r1")
    partly.write("file", TEXT + "theirs\n")
    done = hidden.restore()
    assert (partly.path / "file").read_text() == TEXT + "mine\n"
    assert done.conflicts == {"file": "file.hookflow-r1"}
    assert (partly.path / "file.hookflow-r1").read_text() == TEXT + "theirs\n"


def test_an_editor_that_saves_the_hidden_text_changes_nothing(partly: Project) -> None:
    """It had the user's version open, and writes it again."""
    hidden = hide(partly)
    partly.write("file", TEXT + "mine\n")
    assert hidden.restore().conflicts == {}
    assert (partly.path / "file").read_text() == TEXT + "mine\n"


def test_a_deletion_made_meanwhile_does_not_take_the_users_text(partly: Project) -> None:
    """Also where the directory went with it."""
    partly.write("dir/file", TEXT)
    partly.git("add", "-A")
    partly.write("dir/file", TEXT + "mine\n")
    hidden = hide(partly)
    shutil.rmtree(partly.path / "dir")
    hidden.restore()
    assert (partly.path / "dir/file").read_text() == TEXT + "mine\n"


def test_a_file_that_the_user_deleted_is_not_taken_away_when_it_changed(partly: Project) -> None:
    """It may hold work of the time in between."""
    (partly.path / "file").unlink()
    hidden = hide(partly)
    partly.write("file", "something new\n")
    hidden.restore()
    assert (partly.path / "file").read_text() == "something new\n"


def test_binary_changes_are_never_joined(partly: Project) -> None:
    """The user's is in place, the other beside."""
    partly.write("binary", b"\0base")
    partly.commit()
    partly.write("binary", b"\0mine")
    hidden = hide(partly, "r2")
    partly.write("binary", b"\0theirs")
    assert hidden.restore().conflicts == {"binary": "binary.hookflow-r2"}
    assert (partly.path / "binary").read_bytes() == b"\0mine"


def test_a_link_in_place_of_a_directory_is_set_aside_and_not_followed(project: Project, tmp_path: Path) -> None:
    """Nothing outside is written."""
    outside = tmp_path / "outside"
    outside.mkdir()
    project.write("dir/file", "staged\n")
    project.commit()
    shutil.rmtree(project.path / "dir")
    (project.path / "dir").symlink_to(outside)
    before = snapshot(project)
    hidden = hide(project)
    assert (project.path / "dir" / "file").read_text() == "staged\n"
    assert list(outside.iterdir()) == []
    hidden.restore()
    assert snapshot(project) == before


def test_line_endings_are_those_of_a_checkout(project: Project) -> None:
    """What steps see is what git would write; what comes back is what was there."""
    project.write(".gitattributes", "*.txt text eol=crlf\n")
    project.write("a.txt", b"one\r\n")
    project.commit()
    project.write("a.txt", b"two\nmixed\r\n")
    hidden = hide(project)
    assert (project.path / "a.txt").read_bytes() == b"one\r\n"
    hidden.restore()
    assert (project.path / "a.txt").read_bytes() == b"two\nmixed\r\n"


def test_what_git_was_told_to_overlook_is_left_alone(project: Project) -> None:
    """assume-unchanged and skip-worktree files keep the user's content."""
    for name in ("assumed", "skipped", "plain"):
        project.write(name, "committed\n")
    project.commit()
    project.git("update-index", "--assume-unchanged", "assumed")
    project.git("update-index", "--skip-worktree", "skipped")
    for name in ("assumed", "skipped", "plain"):
        project.write(name, "local\n")
    hidden = hide(project)
    assert [file.path for file in hidden.journal.files] == ["plain"]
    assert (project.path / "assumed").read_text() == "local\n"
    hidden.restore()


def test_another_file_system_is_copied_to(partly: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where rename and link refuse (EXDEV), the result is the same."""
    before = snapshot(partly)

    def refuse(*_arguments, **_options):
        raise OSError(18, "Invalid cross-device link")

    inside = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if (".git" in self.parts) != (".git" in Path(target).parts):
            refuse()
        return inside(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    monkeypatch.setattr(os, "link", refuse)
    hidden = hide(partly)
    assert (partly.path / "file").read_text() == TEXT
    done = hidden.restore()
    assert snapshot(partly) == before
    assert done.conflicts == {}


def test_without_room_nothing_is_changed(partly: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It refuses, and says what to do."""
    before = snapshot(partly)

    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(worktree.files, "write_whole", full)
    with pytest.raises(BrokenEnvironmentError, match=r"No space left on device.*Nothing was changed"):
        hide(partly)
    assert snapshot(partly) == before
    assert worktree.leftovers(partly.path / ".git") == []


def test_a_file_that_cannot_be_moved_undoes_the_rest(messy: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half hidden is not hidden."""
    before = snapshot(messy)
    move = moving.move_aside

    def refusing(source: Path, place: Path) -> bool:
        if source.name == "edited":
            raise PermissionError(13, "Permission denied", str(source))
        return move(source, place)

    with monkeypatch.context() as patch:
        patch.setattr(moving, "move_aside", refusing)
        with pytest.raises(BrokenEnvironmentError, match="Permission denied"):
            hide(messy)
    assert snapshot(messy) == before


@pytest.mark.parametrize("path", ["../out", "/etc/x", ".git/config", "a/../../b", "", "a//b", "sub/.git/x"])
def test_a_forged_journal_is_refused(partly: Project, path: str) -> None:
    """It names only what is inside the work tree, and not in git's directory."""
    hidden = hide(partly)
    text = (hidden.directory / "journal.json").read_text().replace('"path": "file"', f'"path": "{path}"')
    (hidden.directory / "journal.json").write_text(text)
    with pytest.raises(ValueError, match="not inside the work tree"):
        hiding.decode(text.encode())
    with pytest.raises(BrokenEnvironmentError, match="your files are in"):
        worktree.recover(partly.path, partly.path / ".git", hidden.index)


def test_a_damaged_journal_says_where_the_files_are(partly: Project) -> None:
    """Nothing is moved, and nothing of it is taken away."""
    hidden = hide(partly)
    (hidden.directory / "journal.json").write_text(
        '{"version": 1, "run": "r", "pid": 1, "files": [], "obstacles": [3]}'
    )
    with pytest.raises(BrokenEnvironmentError, match="your files are in"):
        worktree.recover(partly.path, partly.path / ".git", hidden.index)
    assert (hidden.directory / "kept" / "0").read_text() == TEXT + "mine\n"


def test_a_journal_comes_back_as_it_was_written(messy: Project) -> None:
    """Names of any bytes included."""
    journal = hide(messy).journal
    assert hiding.decode(hiding.encode(journal)) == journal

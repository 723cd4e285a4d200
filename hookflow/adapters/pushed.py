"""Linked work trees for what is pushed and not checked out: kept between pushes, each for one push at a time.

``<state>/pushed/1`` and so on, each a detached work tree of git's (git-worktree(1)) with a lock file ``1.lock``
beside it. A push takes the first that is free, so two pushes at once have two. To bring one to a commit writes only
the files that differ from the last one; what git ignores stays, as caches of tools do.

git runs no program for it: no hook, no monitor, and no filter, so a file under a filter (``git lfs``) is there as it
is stored.
"""

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from hookflow.adapters import lockfile, moving
from hookflow.adapters.git_command import GitCommand, GitError
from hookflow.core import porcelain
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.structs import Struct

_DIRECTORY = "pushed"
_MOST = 1000  # work trees that are tried before something must be wrong
_LOCATIONS = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INTERNAL_SUPER_PREFIX",
)


class PushedTree(Struct, frozen=True):
    """A linked work tree that this process has for itself.

    Attributes:
        common_dir: The repository's shared git directory.
        path: The work tree; it may not be there yet.
    """

    common_dir: Path
    path: Path

    def add(self, commit: str) -> None:
        """Make sure that it is a work tree of this repository; one that is broken is made anew.

        Raises:
            BrokenEnvironmentError: It cannot be made.
        """
        if not self._is_ours():
            self._make(commit)

    def check_out(self, commit: str) -> None:
        """Bring it to a commit: tracked files are as they are there, what else git does not ignore is gone.

        Raises:
            BrokenEnvironmentError: It cannot be done.
        """
        try:
            self._take_links_away()
            try:
                self._update(commit)
            except GitError:  # what an earlier run left there is in the way: a lock, rights, another index
                self._make(commit)
                self._update(commit)
        except (GitError, OSError) as error:
            raise self._refusal(error) from None

    def link(self, directories: Sequence[str], root: Path) -> list[str]:
        """Link directories of the user's work tree into this one; returns those that are linked.

        One that is not there, or that the commit has itself, is left out.
        """
        linked = []
        for name in directories:
            place, target = self.path / name, root / name
            inside = place.parent.resolve().is_relative_to(self.path.resolve())
            if target.is_dir() and inside and place.parent.is_dir() and not os.path.lexists(place):
                place.symlink_to(target.resolve(), target_is_directory=True)
                linked.append(name)
        self._links.write_bytes(b"".join(porcelain.data(name) + b"\0" for name in linked))
        return linked

    def remove(self) -> None:
        """Take it away, and what git knows of it."""
        self._take_links_away()
        with suppress(GitError):
            self._git("worktree", "remove", "--force", "--force", str(self.path))
        shutil.rmtree(self.path, ignore_errors=True)
        self._links.unlink(missing_ok=True)

    @property
    def _links(self) -> Path:
        return self.path.with_name(f"{self.path.name}.links")

    def _is_ours(self) -> bool:
        if not (self.path / ".git").is_file():
            return False
        try:
            shown = GitCommand(self.path).ask(
                "rev-parse", "--path-format=absolute", "--show-toplevel", "--git-common-dir"
            )
        except GitError:
            return False
        top, common = (Path(moving.local(porcelain.text(line))) for line in shown.splitlines())
        return top.samefile(self.path) and common.samefile(self.common_dir)

    def _make(self, commit: str) -> None:
        try:
            if os.path.lexists(self.path):
                shutil.rmtree(self.path)
            # Twice: git may still know one that was taken away by hand, even as a locked one.
            forced = ("--force", "--force")
            self._git("worktree", "add", *forced, "--detach", "--no-checkout", str(self.path), commit)
        except (GitError, OSError) as error:
            raise self._refusal(error) from None

    def _update(self, commit: str) -> None:
        git = GitCommand(self.path)
        git.write("checkout", "--quiet", "--force", "--detach", "--no-recurse-submodules", commit)
        git.write("clean", "-ffdq")

    def _take_links_away(self) -> None:
        with suppress(FileNotFoundError):
            for name in porcelain.names(self._links.read_bytes()):
                place = self.path / moving.local(name)
                if place.is_symlink():
                    place.unlink()

    def _git(self, *arguments: str) -> None:
        GitCommand(self.common_dir).write(f"--git-dir={self.common_dir}", *arguments)

    def _refusal(self, error: Exception) -> BrokenEnvironmentError:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return BrokenEnvironmentError(
            f"{self.path}: the work tree for what is pushed cannot be made: {why}. "
            "HOOKFLOW_STATE_DIR names another place; `git push --no-verify` leaves the checks out once."
        )


@contextmanager
def taken(common_dir: Path, state: Path, run: str) -> Iterator[PushedTree]:
    """The first work tree that no other push has, for this process until the end of the context.

    Raises:
        BrokenEnvironmentError: The state directory cannot be used.
    """
    directory = _directory(common_dir, state)
    with lockfile.open_directory(directory, make=True) as opened:
        number, descriptor = _free(opened)
    lockfile.write_note(descriptor, run)
    try:
        yield PushedTree(common_dir, directory / str(number))
    finally:
        lockfile.erase_note(descriptor)
        lockfile.let_go(descriptor)


def remove_all(common_dir: Path, state: Path) -> tuple[list[Path], list[Path]]:
    """Take all of them away; returns those that are gone, and those that a push has now.

    Raises:
        BrokenEnvironmentError: The state directory cannot be used.
    """
    gone, busy = [], []
    directory = _directory(common_dir, state)
    with suppress(FileNotFoundError), lockfile.open_directory(directory, make=False) as opened:
        for path in sorted(path for path in directory.iterdir() if path.name.isdecimal()):
            descriptor = lockfile.take(opened, f"{path.name}.lock", exclusive=True)
            if isinstance(descriptor, tuple):
                busy.append(path)
                continue
            PushedTree(common_dir, path).remove()
            (directory / f"{path.name}.lock").unlink(missing_ok=True)
            lockfile.let_go(descriptor)
            gone.append(path)
    return gone, busy


@contextmanager
def own_place() -> Iterator[None]:
    """Within it, git finds its repository by the directory, not by what it told the hook about the user's."""
    taken_away = {name: os.environ.pop(name) for name in _LOCATIONS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(taken_away)


def imports_from(virtual_environment: Path, root: Path) -> bool:
    """Whether a package of a work tree is installed there as editable (PEP 610), so that Python imports it from it."""
    for record in virtual_environment.glob("lib/python*/site-packages/*.dist-info/direct_url.json"):
        with suppress(OSError, ValueError, AttributeError):
            found = json.loads(record.read_bytes())
            url = urlsplit(found["url"]) if found.get("dir_info", {}).get("editable") else None
            if url is not None and url.scheme == "file" and Path(unquote(url.path)).is_relative_to(root):
                return True
    return False


def _directory(common_dir: Path, state: Path) -> Path:
    """Where they are; a state directory of its own (``HOOKFLOW_STATE_DIR``) may serve several repositories."""
    if state.resolve().is_relative_to(common_dir.resolve()):
        return state / _DIRECTORY
    import hashlib  # noqa: PLC0415 (only with HOOKFLOW_STATE_DIR)

    return state / _DIRECTORY / hashlib.sha256(os.fsencode(common_dir)).hexdigest()[:16]


def _free(directory: int) -> tuple[int, int]:
    for number in range(1, _MOST):
        found = lockfile.take(directory, f"{number}.lock", exclusive=True)
        if not isinstance(found, tuple):
            return number, found
    raise BrokenEnvironmentError(f"{_MOST} work trees for what is pushed are in use; is a push hanging?")

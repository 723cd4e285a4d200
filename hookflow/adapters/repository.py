"""The git repository: its directories, and what changed in it.

GitPython's index objects ignore ``GIT_INDEX_FILE`` (``git commit -a`` and ``git commit PATH`` set it), so
everything is asked of git's own commands, as bytes and NUL-separated. None of them writes.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import assert_never

from hookflow.adapters import listing, questions, refusals
from hookflow.adapters.git_command import GitCommand, GitError, directly
from hookflow.core import porcelain
from hookflow.core.errors import BrokenEnvironmentError, UsageError
from hookflow.core.scopes import AllFiles, Between, Changed, Files, Pushed, RefUpdate, Scope, Staged, is_null
from hookflow.core.selection import Change
from hookflow.core.structs import Struct, replace

_FULL_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


class Changes(Struct, frozen=True):
    """The changed files of a scope.

    Attributes:
        files: The files.
        warnings: What a person should know about how they were found.
        head: The commit that they were compared with where that is HEAD; None where there is none yet.
    """

    files: tuple[Change, ...]
    warnings: tuple[str, ...] = ()
    head: str | None = None


class Repository:
    """One work tree.

    Attributes:
        root: Its top directory.
        git_dir: Its own git directory (a linked work tree has one of its own).
        common_dir: The git directory that all linked work trees share.
        hooks_dir: Where git looks for hooks (``core.hooksPath`` included).
    """

    def __init__(self, start: Path) -> None:
        """The repository around `start`.

        Raises:
            BrokenEnvironmentError: No git, no repository, a bare one, or one that git refuses to read.
        """
        self._git = GitCommand(start, direct=True)
        try:
            found = self._git.ask(*questions.PLACES)
        except GitError as error:
            raise BrokenEnvironmentError(f"{start}: {refusals.explained(str(error))}") from None
        paths = [Path(porcelain.text(line)) for line in found.removesuffix(b"\n").split(b"\n")]
        self.root, self.git_dir, self.common_dir, self.hooks_dir = paths
        self._git = directly(self.root)
        self._git.index_file = self.git_dir / "index"

    def changes(self, scope: Scope, *, hidden: bool = False) -> Changes:
        """The files of a scope.

        Args:
            scope: Which.
            hidden: Whether what is not staged will be hidden: then a staged file counts as there, also where the
                work tree has it not.

        Raises:
            UsageError: A revision that does not exist.
            BrokenEnvironmentError: Unmerged paths, or git refuses.
        """
        try:
            found = self._changes(scope)
        except GitError as error:
            raise BrokenEnvironmentError(f"git refused: {error}") from None
        return found if hidden else replace(found, files=tuple(self._present(found.files)))

    def foresee(self, scope: Scope, *, hidden: bool, remembering: bool) -> None:
        """Start what git will be asked in a run, so that it is done at the same time as the rest of the preparations.

        Args:
            scope: The run's.
            hidden: Whether what is not staged will be hidden.
            remembering: Whether results of earlier runs are of interest, or kept for later ones.
        """
        if remembering or hidden:
            looking = hidden + (isinstance(scope, AllFiles) and not hidden) + (remembering and not hidden)
            self._git.foresee(*questions.UNSTAGED, contents=True, times=looking, settings=questions.IN_TURN)
            self._git.foresee(*questions.UNTRACKED, times=hidden + remembering)
        if remembering or isinstance(scope, AllFiles):
            listing.foresee(self._git, times=remembering + isinstance(scope, AllFiles))

    def forget_foreseen(self) -> None:
        """What was started and not asked for is too old from here on."""
        self._git.forget_foreseen()

    def tracked(self, *, hidden: bool = False) -> tuple[str, ...]:
        """Every tracked path that is in the work tree, or will be when what is not staged is hidden."""
        index = listing.listed(self._git)
        if hidden:
            return index.paths
        # Git looks at all others.
        gone = {path for path in index.untrusted | index.submodules if not self._exists(path)}
        unstaged = porcelain.raw_changes(self._git.ask_contents(*questions.UNSTAGED))
        gone |= {change.path for change in unstaged if change.letter == "D" and not self._exists(change.path)}
        return tuple(path for path in index.paths if path not in gone) if gone else index.paths

    def untracked(self) -> tuple[str, ...]:
        """Every file that git neither tracks nor ignores."""
        return tuple(porcelain.names(self._git.ask(*questions.UNTRACKED)))

    def commit(self, revision: str) -> str | None:
        """The id of the commit that a revision names; None where there is no such one here."""
        return self._commit(revision)

    def merge_base(self, first: str, second: str) -> str | None:
        """The best common ancestor of two commits; None where none is known here (a shallow clone)."""
        return self._merge_base(first, second)

    def is_shallow(self) -> bool:
        """Whether the history was cut off when this was cloned."""
        return self._git.ask("rev-parse", "--is-shallow-repository").strip() == b"true"

    def unlike_head(self) -> tuple[bool, tuple[str, ...]]:
        """Whether a tracked file differs from HEAD, staged or not; and the files that git neither tracks nor ignores.

        A file under a filter whose time has changed counts as different: the filter, a program, is not asked.
        """
        shown = self._git.ask_contents(
            "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=dirty"
        )
        entries = tuple(porcelain.names(shown))
        untracked = tuple(entry[3:] for entry in entries if entry.startswith("?? "))
        return len(untracked) < len(entries), untracked

    def hooks_path_setting(self) -> str | None:
        """``core.hooksPath`` as configured; None where git's own hooks directory is used."""
        try:
            return porcelain.text(self._git.ask("config", "--get", "core.hooksPath")).removesuffix("\n")
        except GitError:
            return None

    def _changes(self, scope: Scope) -> Changes:
        match scope:
            case Staged():
                return Changes(self._staged(), head=self.head)
            case Changed():
                return Changes(self._changed(), head=self.head)
            case Between():
                return self._between(scope.from_ref, scope.to_ref, direct=scope.direct)
            case AllFiles():
                return Changes(tuple(Change(path) for path in self.tracked()))
            case Files():
                return self._named(scope.paths)
            case Pushed():
                return self._pushed(scope)
            case _:
                assert_never(scope)

    def _staged(self) -> tuple[Change, ...]:
        shown = self._git.ask(*questions.STAGED, "HEAD" if self.head else self._empty_tree())
        return tuple(refusals.changes_of(shown))

    def _changed(self) -> tuple[Change, ...]:
        # Porcelain, because it compares contents where only the time of a file has changed.
        shown = self._git.ask_contents(
            "diff", "--no-ext-diff", "--no-textconv", "--no-relative", "--no-color", *questions.NAMES, self._head()
        )
        tracked = {change.path: change for change in refusals.changes_of(shown)}
        shown = self._git.ask("ls-files", "-t", "--unmerged", "--others", "--exclude-standard", "-z")
        untracked, unmerged = porcelain.untracked_and_unmerged(shown)
        refusals.refuse(unmerged)
        # A name with a slash at its end is another repository inside this one.
        added = {path: Change(path) for path in untracked if not path.endswith("/")}
        return tuple((tracked | added).values())

    def _between(self, from_ref: str, to_ref: str, *, direct: bool = False) -> Changes:
        to_commit = self._commit(to_ref)
        if to_commit is None:
            raise UsageError(f"--to-ref {to_ref}: no such revision in this repository")
        from_commit = None if is_null(from_ref) else self._commit(from_ref)
        if from_commit is None and not _FULL_ID.fullmatch(from_ref):
            raise UsageError(f"--from-ref {from_ref}: no such revision in this repository")
        if from_commit is None:
            warning = f"{from_ref} is not known here (a shallow clone?): looking at every file of {to_ref}"
            files = self._compared(self._empty_tree(), to_commit)
            return Changes(files, () if is_null(from_ref) else (warning,))
        if direct:
            return Changes(self._compared(from_commit, to_commit))
        base = self._merge_base(from_commit, to_commit)
        if base is None:
            warning = f"{from_ref} and {to_ref} have no common ancestor here: comparing the two directly"
            return Changes(self._compared(from_commit, to_commit), (warning,))
        return Changes(self._compared(base, to_commit))

    def _named(self, paths: Sequence[str]) -> Changes:
        files: list[Change] = []
        warnings = []
        for path in dict.fromkeys(paths):
            if (self.root / path).is_dir() and not (self.root / path).is_symlink():
                inside = porcelain.names(self._git.ask("ls-files", "-z", "--", f":(literal){path}"))
                files += [Change(name) for name in inside if self._exists(name)]
            else:
                files.append(Change(path, deleted=not self._exists(path)))
                if files[-1].deleted:
                    warnings.append(f"{path} does not exist: it counts as deleted")
        return Changes(tuple(dict.fromkeys(files)), tuple(warnings))

    def _pushed(self, scope: Pushed) -> Changes:
        files: dict[str, Change] = {}
        warnings: list[str] = []
        for update in scope.updates:
            if is_null(update.local_id):
                continue  # a deletion brings nothing
            found = self._brought(update, scope.remote)
            warnings += found.warnings
            files |= {change.path: change for change in found.files}
        return Changes(tuple(files.values()), tuple(dict.fromkeys(warnings)))

    def _brought(self, update: RefUpdate, remote: str) -> Changes:
        if not is_null(update.remote_id) and self._commit(update.remote_id):
            return self._between(update.remote_id, update.local_id)
        # A new ref, or one that moved to what we have not fetched: what no branch of that remote has.
        shown = self._history.ask("rev-list", "--boundary", update.local_id, "--not", f"--remotes={remote}")
        boundary = [line[1:] for line in porcelain.text(shown).splitlines() if line.startswith("-")]
        if not shown:
            return Changes(())
        files: dict[str, Change] = {}
        for base in boundary or [self._empty_tree()]:
            files |= {change.path: change for change in self._compared(base, update.local_id)}
        return Changes(tuple(files.values()))

    def _compared(self, before: str, after: str) -> tuple[Change, ...]:
        shown = self._history.ask("diff-tree", "-r", *questions.NAMES, before, after)
        return tuple(refusals.changes_of(shown))

    @cached_property
    def _history(self) -> GitCommand:
        return GitCommand(self.root)

    @cached_property
    def head(self) -> str | None:
        """HEAD's commit when it was first asked for; None where none has been made yet."""
        return self._commit("HEAD")

    def _head(self) -> str:
        return self.head or self._empty_tree()

    def _commit(self, revision: str) -> str | None:
        try:
            found = self._git.ask(*questions.commit(revision))
        except GitError:
            return None
        # `--end-of-options` is itself printed by some versions of rev-parse.
        return porcelain.text(found).split()[-1]

    def _merge_base(self, first: str, second: str) -> str | None:
        try:
            return porcelain.text(self._history.ask("merge-base", first, second)).strip() or None
        except GitError:
            return None

    def _empty_tree(self) -> str:
        return porcelain.text(self._git.ask("hash-object", "-t", "tree", os.devnull)).strip()

    def _present(self, changes: Iterable[Change]) -> Iterator[Change]:
        """The changes, with what is not in the work tree taken for deleted: it cannot be passed to a step."""
        for change in changes:
            yield change if change.deleted or self._exists(change.path) else Change(change.path, deleted=True)

    def _exists(self, path: str) -> bool:
        return os.path.lexists(os.path.join(porcelain.data(str(self.root)), porcelain.data(path)))  # noqa: PTH118 (bytes)

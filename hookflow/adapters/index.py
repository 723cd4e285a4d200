"""The index that a commit uses: what differs from it, its contents, and what a fix adds to it."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from hookflow.adapters import questions
from hookflow.adapters.git_command import GitError, directly
from hookflow.core import porcelain
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.porcelain import IndexEntry, RawChange

_FEW = 200  # names in the arguments of one git command


class Index:
    """The index of one work tree, as git's environment names it (``GIT_INDEX_FILE``).

    Args:
        root: The top of the work tree.
        git_dir: The work tree's own git directory.
    """

    def __init__(self, root: Path, git_dir: Path) -> None:
        self._root = root
        self._git = directly(root)
        self._git_dir = git_dir

    @property
    def file(self) -> Path:
        """The file that has it."""
        named = os.environ.get("GIT_INDEX_FILE")
        return self._root / named if named else self._git_dir / "index"

    def names(self) -> list[str]:
        """Every path that is in it."""
        return porcelain.names(self._git.ask("ls-files", "-z"))

    def unstaged(self, paths: Sequence[str] | None = None) -> list[RawChange]:
        """Tracked files whose work tree version differs from the staged one, by content and mode.

        Submodules are left out, and so is what is only announced (``git add -N``). A file under a filter may be
        named although it is the same: the filter, a program, is not asked.

        Args:
            paths: Only these, or None for all.
        """
        wanted = None if paths is None else set(paths)
        if wanted is not None and not wanted:
            return []
        # A few names limit what git looks at; many would not fit into its arguments.
        few = wanted is not None and len(wanted) <= _FEW
        only = ("--", *(f":(top,literal){path}" for path in sorted(wanted or ()))) if few else ()
        return [
            change
            for change in porcelain.raw_changes(self._git.ask_contents(*questions.UNSTAGED, *only))
            if change.letter in "MDT"
            and change.mode != porcelain.SUBMODULE
            and (wanted is None or change.path in wanted)
        ]

    def filtered(self, paths: Iterable[str]) -> set[str]:
        """Those of the paths whose content git would send through a program (gitattributes(5), ``filter``)."""
        names = [porcelain.data(path) for path in paths]
        if not names or not self._git.filter_drivers:
            return set()
        listed = self._git.ask("check-attr", "-z", "--stdin", "filter", stdin=b"\0".join(names) + b"\0")
        fields = porcelain.names(listed)
        return {
            path for path, value in zip(fields[0::3], fields[2::3], strict=False) if value in self._git.filter_drivers
        }

    def write_contents(self, paths: Sequence[str], directory: Path) -> None:
        """The staged versions of some files, as a checkout would write them, below a directory."""
        names = b"".join(porcelain.data(path) + b"\0" for path in paths)
        self._git.write("checkout-index", "-z", "--stdin", "-q", f"--prefix={directory}/", stdin=names)

    def content(self, entry: IndexEntry) -> bytes:
        """A staged version as a checkout would write it: line endings converted, filters passed over."""
        return self._git.ask_contents("cat-file", "--filters", f"--path={entry.path}", entry.object_id)

    def entries(self, paths: Sequence[str]) -> list[IndexEntry]:
        """What the index has of some files."""
        wanted = set(paths)
        return [
            entry for entry in porcelain.index_entries(self._git.ask("ls-files", "-s", "-z")) if entry.path in wanted
        ]

    def add(self, paths: Sequence[str]) -> None:
        """Stage the work tree's versions of some files, in every index that this commit leaves behind.

        Raises:
            BrokenEnvironmentError: git refuses.
        """
        names = b"".join(porcelain.data(path) + b"\0" for path in paths)
        self._write("update-index", "-z", "--add", "--remove", "--stdin", stdin=names)

    def put_back(self, entries: list[IndexEntry]) -> None:
        """Set some entries to what they were.

        Raises:
            BrokenEnvironmentError: git refuses.
        """
        self._write("update-index", "-z", "--index-info", stdin=porcelain.index_information(entries))

    def merged(self, ours: bytes, base: bytes, theirs: bytes) -> bytes | None:
        """The three-way merge of texts (git-merge-file(1)); None where they conflict or are no text."""
        import tempfile  # noqa: PLC0415 (3 ms, only where versions are joined)

        with tempfile.TemporaryDirectory(prefix="hookflow-") as directory:
            places = [Path(directory, name) for name in ("ours", "base", "theirs")]
            for place, content in zip(places, (ours, base, theirs), strict=True):
                place.write_bytes(content)
            try:
                return self._git.ask("merge-file", "-p", "-q", *map(str, places))
            except GitError:
                return None

    def _write(self, *arguments: str, stdin: bytes) -> None:
        try:
            for index in self._of_this_commit():
                self._git.write(*arguments, index=index, stdin=stdin)
        except GitError as error:
            raise BrokenEnvironmentError(f"git cannot change the index: {error}") from None

    def _of_this_commit(self) -> list[str | None]:
        """The indexes to change: of ``git commit PATH`` two, the commit's own and the one that stays.

        There git has made the commit's index in ``next-index-PID.lock`` (named by ``GIT_INDEX_FILE``) and the
        one that becomes ``index`` afterwards in ``index.lock``.
        """
        named = os.environ.get("GIT_INDEX_FILE")
        staying = self._git_dir / "index.lock"
        if named is not None and Path(named).name.startswith("next-index-") and staying.exists():
            return [None, str(staying)]
        return [None]

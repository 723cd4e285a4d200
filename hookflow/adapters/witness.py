"""Whether anything is as it was in a repository: looked at with one call of git, and otherwise only at files' times.

This is for the answer to a run that is the same as one before, which should take no longer than it takes to see that.
So GitPython is not imported for it, and the one call is ``git status``.
"""

import hashlib
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from hookflow.adapters import spawned, tools
from hookflow.core.porcelain import data

_STATUS = (
    *("git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-C"),
    *("status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind"),
    *("--untracked-files=all", "--no-renames", "--ignore-submodules=all"),
)
_INDEX_END = 20  # bytes: the checksum of all of the index that is before it (gitformat-index(5))


class Place(Struct, frozen=True):
    """A work tree, found without asking git: its top, its own git directory, and the one that it shares."""

    root: Path
    git_dir: Path
    common_dir: Path


def find(directory: Path) -> Place | None:
    """The work tree around a directory, where it is of the usual form; None leaves it to git to find one."""
    if "GIT_WORK_TREE" in os.environ or "GIT_COMMON_DIR" in os.environ:
        return None
    for root in (directory, *directory.parents):
        dot_git = root / ".git"
        if dot_git.is_dir():
            return _unless_elsewhere(Place(root, dot_git, dot_git))
        if dot_git.is_file():
            return _unless_elsewhere(_linked(root, dot_git))
    return None


def _unless_elsewhere(place: Place | None) -> Place | None:
    """The place, if git's environment does not name another one."""
    named = os.environ.get("GIT_DIR")
    if place is None or named is None or (place.root / named).resolve() == place.git_dir.resolve():
        return place
    return None


def _linked(root: Path, dot_git: Path) -> Place | None:
    """A linked work tree (gitrepository-layout(5)); a submodule shares nothing and has no ``commondir``."""
    try:
        git_dir = root / dot_git.read_text("utf-8").removeprefix("gitdir: ").rstrip("\n")
        common = git_dir / "commondir"
        shared = git_dir / common.read_text("utf-8").rstrip("\n") if common.exists() else git_dir
        return Place(root, git_dir.resolve(), shared.resolve())
    except (OSError, ValueError):
        return None


class Status(Struct, frozen=True):
    """What ``git status`` says.

    Attributes:
        head: The commit of HEAD, or ``(initial)``.
        staged: Paths that differ between HEAD and the index.
        dirty: Paths that differ between the index and the work tree.
        untracked: Paths that git does not know; one that ends with a slash is another repository.
        unmerged: Whether there are unmerged paths.
        digest: Of all of that.
    """

    head: str
    staged: frozenset[bytes]
    dirty: frozenset[bytes]
    untracked: frozenset[bytes]
    unmerged: bool
    digest: str


def status(root: Path, *, ignored: bool) -> Status | None:
    """The state of a work tree; None where git does not tell.

    Args:
        root: Its top.
        ignored: Whether what git ignores counts too.
    """
    more = ("--ignored=traditional",) if ignored else ()
    output = _output((*_STATUS[:6], str(root), *_STATUS[6:], *more))
    if output is None:
        return None
    told = [entry for entry in output.split(b"\0") if entry and not entry.startswith((b"# branch.", b"# stash"))]
    head = next((entry[13:] for entry in output.split(b"\0") if entry.startswith(b"# branch.oid ")), b"")
    # An ordinary entry: "1 XY sub mH mI mW hH hI path" (git-status(1)).
    changed = [(entry[2:4], entry.split(b" ", 8)[8]) for entry in told if entry.startswith(b"1 ")]
    return Status(
        head=head.decode(),
        staged=frozenset(path for letters, path in changed if letters[:1] != b"."),
        dirty=frozenset(path for letters, path in changed if letters[1:] != b"."),
        untracked=frozenset(entry[2:] for entry in told if entry.startswith(b"? ")),
        unmerged=any(entry.startswith((b"u ", b"2 ")) for entry in told),
        digest=hashlib.sha256(b"\0".join([head, *told])).hexdigest(),
    )


def _output(words: Sequence[str]) -> bytes | None:
    """What a program prints; None where it fails, or cannot be called like this."""
    if not spawned.POSSIBLE:
        return None
    try:
        status, output, _ = spawned.output(words, {**os.environ, "GIT_OPTIONAL_LOCKS": "0"})
    except OSError:
        return None
    return output if status == 0 else None


def index_checksum(place: Place) -> str:
    """The checksum at the end of the index in use; of an index without one, that of all of it."""
    named = os.environ.get("GIT_INDEX_FILE")
    index = place.root / named if named else place.git_dir / "index"
    try:
        with index.open("rb") as file:
            file.seek(-_INDEX_END, os.SEEK_END)
            if any(end := file.read()):
                return end.hex()
            file.seek(0)
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return ""


class Spec(Struct, frozen=True, kw_only=True):
    """What to look at.

    Attributes:
        files: Files in the work tree, relative to its root, of which the bytes decide.
        others: Files elsewhere of which it decides whether and as what they are there.
        programs: Words of commands, with the PATH and the working directory in which they are programs.
        directories: Where lock files count.
        variables: Names of variables that decide.
        ignored: Whether it decides which files git ignores.
    """

    files: tuple[str, ...]
    others: tuple[str, ...]
    programs: tuple[tuple[str, str, tuple[str, ...]], ...]
    directories: tuple[str, ...]
    variables: tuple[str, ...]
    ignored: bool


def look(place: Place, spec: Spec) -> Mapping[str, Any]:
    """What is there now, in a form that JSON keeps; equal only if nothing has changed."""
    root = data(str(place.root))
    return {
        "index": index_checksum(place),
        "files": [_times(os.path.join(root, data(path))) for path in spec.files],  # noqa: PTH118 (bytes)
        "others": [_times(data(path)) for path in spec.others],
        "programs": [_programs(path, directory, words) for path, directory, words in spec.programs],
        "locks": [_locks(Path(directory)) for directory in spec.directories],
        "variables": [_variable(name) for name in spec.variables],
    }


def _programs(path: str, directory: str, words: Iterable[str]) -> list[list[str]]:
    found = tools.programs(words, path, Path(directory), lambda _: False)
    return [[word, tools.identity(place)] for word, place in found]


def _locks(directory: Path) -> list[list[Any]]:
    places = [*tools.locks(directory), *(directory / name for name in tools.installed_packages(directory))]
    return [[str(place), _times(data(str(place)))] for place in places]


def _variable(name: str) -> str | None:
    value = os.environ.get(name)
    return None if value is None else hashlib.sha256(os.fsencode(value)).hexdigest()


def _times(place: bytes) -> list[int] | None:
    try:
        found = os.lstat(place)
    except OSError:
        return None
    return [found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns]


def latest_change(place: Place, seen: Mapping[str, Any]) -> int:
    """The latest time, in nanoseconds, at which one of the files or the index was changed in any way."""
    times = [stamp for each in seen["files"] if each is not None for stamp in each[3:]]
    named = os.environ.get("GIT_INDEX_FILE")
    index = _times(data(str(place.root / named if named else place.git_dir / "index")))
    return max([*times, *(index[3:] if index is not None else [])], default=0)

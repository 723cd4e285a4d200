"""The files of a repository's projects: those that the root's patterns take, found on disk and read.

Links are not followed, and other repositories (submodules) not entered: what is there is not this repository's.
"""

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hookflow.core import porcelain, projects
from hookflow.core.structs import Struct

NAME = "pyproject.toml"
_OFF = {"false", "no", "off", "0", ""}
_WILDCARDS = frozenset("*?[")


class Members(Struct, frozen=True, kw_only=True):
    """What patterns of ``projects`` come to.

    Attributes:
        files: The content of each directory's file, in the order of the patterns; None where it cannot be read.
        matched: Directories with a file, by the pattern that takes them.
        looked_at: Every place of which it would show that another file is there now, or none.
    """

    files: Mapping[str, bytes | None]
    matched: Mapping[str, Sequence[str]]
    looked_at: Sequence[str]


def find(root: Path, patterns: Sequence[str]) -> Members:
    """Look for projects below `root`."""
    looked_at: dict[str, None] = {}
    files: dict[str, bytes | None] = {}
    matched: dict[str, list[str]] = {}
    for pattern in patterns:
        if pattern.startswith("!"):
            files = {each: content for each, content in files.items() if not projects.takes([pattern[1:]], each)}
            continue
        matched[pattern] = []
        for directory in _directories(str(root), pattern.split("/"), looked_at):
            place = _place(str(root), f"{directory}/{NAME}")
            looked_at |= dict.fromkeys((place, os.path.realpath(place)))
            if os.path.isfile(place):  # noqa: PTH113 (hundreds of them)
                matched[pattern].append(directory)
                files.setdefault(directory, _content(place))
    return Members(files=files, matched=matched, looked_at=tuple(looked_at))


def is_partial(root: Path) -> bool:
    """Whether git was asked to have only some directories in the work tree (git-sparse-checkout(1))."""
    from hookflow.adapters.git_command import GitError, directly  # noqa: PLC0415 (only where something is missing)

    try:
        return directly(root).settings.get("core.sparsecheckout", "false").lower() not in _OFF
    except GitError:
        return False


def _directories(root: str, globs: Sequence[str], looked_at: dict[str, None]) -> Iterator[str]:
    """The directories that a pattern takes, sorted."""
    found = [""]
    for glob in globs:
        found = [each for above in found for each in _below(root, above, glob, looked_at)]
    yield from found


def _below(root: str, above: str, glob: str, looked_at: dict[str, None]) -> Iterator[str]:
    if _WILDCARDS.isdisjoint(glob):
        names = [glob]
        looked_at[_place(root, f"{above}/{glob}")] = None
    else:
        looked_at[place := _place(root, above)] = None
        names = sorted(name for name in _names(place) if projects.parts_match(glob, name))
    inside = (f"{above}/{name}".lstrip("/") for name in names)
    yield from (each for each in inside if _is_ours(_place(root, each)))


def _place(root: str, path: str) -> str:
    """A path of the work tree as the system names it, in the locale's encoding."""
    return f"{root}/{os.fsdecode(porcelain.data(path))}".rstrip("/").replace("//", "/")


def _names(place: str) -> list[str]:
    try:
        return [porcelain.text(os.fsencode(name)) for name in os.listdir(place)]  # noqa: PTH208
    except OSError:
        return []


def _is_ours(place: str) -> bool:
    """Whether a place is a directory of this repository, and no link."""
    try:
        return stat.S_ISDIR(os.lstat(place).st_mode) and not os.path.lexists(f"{place}/.git")
    except OSError:
        return False


def _content(place: str) -> bytes | None:
    try:
        with open(place, "rb") as file:  # noqa: PTH123 (as above)
            return file.read()
    except OSError:
        return None

"""What is not to be checked: a place without a work tree, and unmerged paths."""

from collections.abc import Iterator, Sequence

from hookflow.core import porcelain
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.selection import Change

_SHOWN = 10  # unmerged paths named in an error


def explained(said: str) -> str:
    """Git's refusal to open a repository, with what to do."""
    if "not a git repository" in said:
        return "not in a git repository; run hookflow inside one (`git init` makes one)"
    if "must be run in a work tree" in said:
        return "a bare repository, or the inside of a git directory: there is no work tree to check"
    return said.removeprefix("fatal: ")


def changes_of(shown: bytes) -> Iterator[Change]:
    """The entries of a ``--name-status`` list.

    Raises:
        BrokenEnvironmentError: Some of them are unmerged.
    """
    entries = list(porcelain.statuses(shown))
    refuse([path for letter, path in entries if letter == "U"])
    return (Change(path, deleted=letter == "D") for letter, path in entries)


def refuse(unmerged: Sequence[str]) -> None:
    """Stop where there are unmerged paths: none of their versions is the one to check.

    Raises:
        BrokenEnvironmentError: There are some; it names them.
    """
    if unmerged:
        shown_paths = "".join(f"\n  {path}" for path in unmerged[:_SHOWN])
        more = f"\n  and {len(unmerged) - _SHOWN} more" if len(unmerged) > _SHOWN else ""
        raise BrokenEnvironmentError(
            f"unmerged paths; resolve the conflicts and `git add` them first:{shown_paths}{more}"
        )

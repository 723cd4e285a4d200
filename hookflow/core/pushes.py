"""What of a push is checked together: the refs of one commit."""

from collections.abc import Callable, Iterable

from hookflow.core.scopes import RefUpdate, is_null
from hookflow.core.structs import Struct


class Part(Struct, frozen=True):
    """Refs of a push that have the same commit.

    Attributes:
        commit: Its id.
        updates: The lines of git's about them.
    """

    commit: str
    updates: tuple[RefUpdate, ...]

    def __str__(self) -> str:
        """The refs, as the user named them, and the commit: ``refs/heads/topic (1a2b3c4d5e6f)``."""
        names = ", ".join(dict.fromkeys(update.local_ref for update in self.updates))
        return f"{names} ({self.commit[:12]})"


def parts(updates: Iterable[RefUpdate], commit_of: Callable[[str], str | None]) -> tuple[list[Part], list[RefUpdate]]:
    """The commits of a push in the order of its lines, and the lines of refs that are no commit (a tag of a tree).

    Args:
        updates: The lines; a deletion brings nothing, and is in no part.
        commit_of: The commit that an object id stands for (of a tag, the one that is tagged), or None.
    """
    found: dict[str, list[RefUpdate]] = {}
    other = []
    for update in updates:
        if is_null(update.local_id):
            continue
        commit = commit_of(update.local_id)
        if commit is None:
            other.append(update)
        else:
            found.setdefault(commit, []).append(update)
    return [Part(commit, tuple(lines)) for commit, lines in found.items()], other

"""Whose file a path is: in a repository with projects, what is one project's own decides nothing of another."""

from collections.abc import Iterable, Mapping, Sequence


class Areas:
    """The directories of a repository's projects; one may lie in another.

    Args:
        directories: Relative to the root.
    """

    def __init__(self, directories: Iterable[str]) -> None:
        self._known = frozenset(directories)
        self._split: tuple[Sequence[str], Mapping[str, Sequence[str]]] = (), {}

    def owner(self, path: str) -> str:
        """The innermost project that a path is in; "" for what is in none."""
        while path:
            path = path.rpartition("/")[0]
            if path in self._known:
                return path
        return ""

    def by_owner(self, paths: Sequence[str]) -> Mapping[str, Sequence[str]]:
        """Paths by the innermost project that each of them is in; asked again for the same ones, it knows."""
        if self._split[0] is not paths:
            found: dict[str, list[str]] = {}
            for path in paths:
                found.setdefault(self.owner(path), []).append(path)
            self._split = paths, found
        return self._split[1]


def concerns(owner: str, project: str) -> bool:
    """Whether what `owner` has decides in a project: what is around it, its own, and what is inside it.

    The root ("") is around every project, and every project is inside the root.
    """
    around, inside = (owner, project) if len(owner) < len(project) else (project, owner)
    return not around or around == inside or inside.startswith(f"{around}/")

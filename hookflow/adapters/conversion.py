"""Files whose bytes in the work tree may be others than the index's although git calls them the same.

That is the work of attributes and settings (gitattributes(5)): line endings, encodings, filters.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from hookflow.adapters.git_command import GitCommand
from hookflow.adapters.listing import Listing, with_parents
from hookflow.core import porcelain

_CONVERTING = frozenset({"text", "eol", "crlf", "filter", "ident", "working-tree-encoding"})
_OFF = frozenset({"false", "no", "off", "0", ""})


class Conversion:
    """What git converts in one work tree.

    Args:
        root: The top of the work tree.
        common_dir: The git directory that all linked work trees share.
        git: For asking.
    """

    def __init__(self, root: bytes, common_dir: Path, git: GitCommand) -> None:
        self._root = root
        self._common_dir = common_dir
        self._git = git

    def converted(self, index: Listing, untracked: Iterable[str]) -> frozenset[str]:
        """Tracked files that are or may be converted."""
        if self._git.settings.get("core.autocrlf", "false").lower() not in _OFF:
            return frozenset(index.states)
        if not self._has_attributes(index, untracked):
            return frozenset()
        names = b"".join(porcelain.data(path) + b"\0" for path in index.states)
        fields = porcelain.names(self._git.ask("check-attr", "-z", "--stdin", "-a", stdin=names)) if names else []
        return frozenset(
            path
            for path, name, value in zip(fields[0::3], fields[1::3], fields[2::3], strict=True)
            if name in _CONVERTING and value != "unset"
        )

    def filtered(self, paths: Iterable[str]) -> set[str]:
        """Those of the paths whose content git would send through a program."""
        names = b"".join(porcelain.data(path) + b"\0" for path in paths)
        if not names or not self._git.filter_drivers:
            return set()
        fields = porcelain.names(self._git.ask("check-attr", "-z", "--stdin", "filter", stdin=names))
        return {
            path for path, value in zip(fields[0::3], fields[2::3], strict=True) if value in self._git.filter_drivers
        }

    def places(self) -> list[Path]:
        """Where git looks for attributes outside the work tree (gitattributes(5))."""
        return [
            self._common_dir / "info" / "attributes",
            settings_directory() / "attributes",
            Path("/etc/gitattributes"),
        ]

    def _has_attributes(self, index: Listing, untracked: Iterable[str]) -> bool:
        """Whether any attribute may be given to a file: in the work tree, or in one of git's own places."""
        further = with_parents({path.rpartition("/")[0] for path in untracked}) - index.directories
        # Not among the files: git heeds those too that it ignores.
        for directory in (*index.directories, *further):
            name = f"{directory}/.gitattributes" if directory else ".gitattributes"
            if os.path.lexists(os.path.join(self._root, porcelain.data(name))):  # noqa: PTH118 (bytes)
                return True
        return "core.attributesfile" in self._git.settings or any(place.exists() for place in self.places())


def settings_directory() -> Path:
    """Where a user's settings of git are."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "git"

"""git's own commands, through GitPython's command layer; the only importer of git.

A question of ours must not write, and must not run a program that the repository's configuration names.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from hookflow.core.errors import BrokenEnvironmentError

if TYPE_CHECKING:
    from git.cmd import Git

_QUIET = ("-c", "core.fsmonitor=false", "-c", "core.quotePath=false")


class GitError(Exception):
    """git refused; the text is what it said."""


class GitCommand:
    """git in one directory.

    Raises:
        BrokenEnvironmentError: There is no git to call, or no such directory.
    """

    def __init__(self, directory: Path) -> None:
        if not directory.is_dir():
            raise BrokenEnvironmentError(f"{directory}: there is no such directory")
        self._git = _command_layer(directory)

    def ask(self, *arguments: str) -> bytes:
        """What a git command prints.

        Raises:
            GitError: It ended with another code than 0.
        """
        status, out, err = self._git.execute(
            ["git", *_QUIET, *arguments],
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            # No lock on the index, no refreshed copy of it.
            env={"GIT_OPTIONAL_LOCKS": "0"},
        )
        if status:
            raise GitError(err.strip() or f"git {arguments[0]} ended with {status}")
        return out


def _command_layer(directory: Path) -> "Git":
    # GitPython asks `git version` when it is imported and raises without a git; that is ours to explain.
    # Steps inherit our environment, so the setting is gone again at once.
    set_by_user = "GIT_PYTHON_REFRESH" in os.environ
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    try:
        import git  # noqa: PLC0415 (76 ms, only for who asks it something)
    finally:
        if not set_by_user:
            del os.environ["GIT_PYTHON_REFRESH"]
    # Set by the import; its type says that it is never false.
    if not vars(git)["GIT_OK"]:
        raise BrokenEnvironmentError("git was not found on PATH; hookflow needs it to see what changed")
    return git.cmd.Git(str(directory))

"""The command line that runs one step of a run again, as a person can paste it into a shell."""

import re
import shlex
from collections.abc import Iterable
from typing import assert_never

from hookflow.core import command, scopes
from hookflow.core.config import Step
from hookflow.core.porcelain import data
from hookflow.core.scopes import Scope
from hookflow.core.structs import Struct

_MOST_FILES = 50  # names in a command line; beyond, the step is run on all its files
_PLAIN_STAGE = "pre-commit"
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Again(Struct, frozen=True, kw_only=True):
    """What of a run its steps need to be run again as they were.

    Attributes:
        place: Options before the command, such as ``-C`` and a directory.
        stage: The stage.
        scope: The scope; its paths are relative to where the person is.
        fixing: The steps whose fix was to run.
        anyway: The steps that ran although none of their files changed, because smart execution was off.
        args: git's arguments to the hook.
        index_gone: Whether the run looked at an index that the commit takes away with it (``git commit -a``).
    """

    place: tuple[str, ...] = ()
    stage: str
    scope: Scope
    fixing: frozenset[str] = frozenset()
    anyway: frozenset[str] = frozenset()
    args: tuple[str, ...] = ()
    index_gone: bool = False

    def line(self, step: Step) -> str:
        """``hookflow run --staged lint``; what reads git's arguments is run again as its hook."""
        if self.args and command.uses(step.run, "{args}"):
            return quoted(["hookflow", *self.place, "hook", self.stage, *self.args])
        stage = [] if self.stage == _PLAIN_STAGE else ["--stage", self.stage]
        smart = ["--no-smart-execution"] if step.name in self.anyway else []
        # `--files` would take the name for another file, and a dash makes an option of it.
        scope = self._scope()
        apart = ["--"] if "--files" in scope or step.name.startswith("-") else []
        words = ["hookflow", *self.place, "run", *stage, *smart, *self._fix(step), *scope, *apart, step.name]
        return quoted(words)

    def _scope(self) -> list[str]:
        """The options of the scope."""
        match self.scope:
            case scopes.Staged():
                return ["--changed"] if self.index_gone else ["--staged"]
            case scopes.Changed():
                return ["--changed"]
            case scopes.Between(from_ref, to_ref):
                return ["--from-ref", from_ref, "--to-ref", to_ref]
            case scopes.AllFiles():
                return []
            case scopes.Files(paths):
                return ["--files", *map(command.safe_name, paths)] if 0 < len(paths) <= _MOST_FILES else []
            case scopes.Pushed(updates=updates):
                return _pushed(updates)
            case _:
                assert_never(self.scope)

    def _fix(self, step: Step) -> list[str]:
        """``--fix`` or ``--no-fix``, where the stage alone would not decide the same."""
        by_stage = step.fix is not None and self.stage in step.fix_on
        fixes = step.name in self.fixing
        return [] if fixes == by_stage else ["--fix"] if fixes else ["--no-fix"]


def _pushed(updates: Iterable[scopes.RefUpdate]) -> list[str]:
    """The first range that the push brings; of a new branch nothing tells where it began, so all files."""
    for update in updates:
        if not scopes.is_null(update.local_id) and not scopes.is_null(update.remote_id):
            return ["--from-ref", update.remote_id, "--to-ref", update.local_id]
    return []


def quoted(words: Iterable[str]) -> str:
    """Words for a shell, on one line whatever is in them (``$'...'`` where a terminal could not show it)."""
    return " ".join(_dollar_quoted(word) if _UNSHOWN.search(word) else shlex.quote(word) for word in words)


def _dollar_quoted(word: str) -> str:
    """POSIX.1-2024, 2.2.4: each byte that is no plain character as three octal digits."""
    shown = (chr(byte) if chr(byte).isascii() and chr(byte).isprintable() else f"\\{byte:03o}" for byte in data(word))
    return f"$'{''.join(chr(92) + char if char in (chr(39), chr(92)) else char for char in shown)}'"

"""The work tree of a run: locked against others, freed of what an interrupted run left, hidden and put back."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from hookflow.adapters import ahead, signals
from hookflow.adapters.guardian import Guardian
from hookflow.adapters.index import Index
from hookflow.adapters.leftovers import leftovers
from hookflow.adapters.locks import Busy, Held, TreeLock
from hookflow.adapters.repository import Repository
from hookflow.core import display
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.verdict import named

if TYPE_CHECKING:
    from hookflow.adapters.worktree import Hidden, Restored

_POLL = 0.1  # seconds between looks at a lock that another run holds
# Set for steps: a hookflow that a step calls on the same work tree is part of this run, and must not wait for it.
WITHIN = "HOOKFLOW_WORK_TREE"


class Tree:
    """One work tree while a run uses it.

    Args:
        repository: Where.
        run: The run's id.
    """

    def __init__(self, repository: Repository, run: str) -> None:
        self.repository = repository
        self.index = Index(repository.root, repository.git_dir)
        self.run = run
        self._lock: Held | None = None
        self._exclusive = False

    @property
    def nested(self) -> bool:
        """Whether a run that has this work tree already has called us, through one of its steps."""
        return os.environ.get(WITHIN) == str(self.repository.root)

    @contextmanager
    def held(self) -> Iterator["Tree"]:
        """Shared with runs that change nothing; before anything else, what an interrupted run left is put back.

        Raises:
            BrokenEnvironmentError: It cannot be locked or put back.
        """
        try:
            if not self.nested:
                self._share()
                ahead.has_lock()
                if leftovers(self.repository.git_dir):
                    self.own()
                    recover(self)
                    self.repository.forget_foreseen()
            yield self
        finally:
            self.repository.forget_foreseen()
            if self._lock is not None:
                self._lock.release()

    def own(self) -> bool:
        """For this run alone, from here on; whether another one may have had it meanwhile. Waits, and says for whom."""
        if self._exclusive or self.nested:
            return False
        written = 0
        if self._lock is not None:
            written = os.fstat(self._lock.descriptors[0]).st_mtime_ns
            self._lock.release()
        waited = self._take(exclusive=True)
        return waited or self._lock is None or self._lock.before != written

    def guardian(self) -> Guardian | None:
        """Someone who ends the steps and puts the work tree back if this process is killed."""
        if not hasattr(os, "fork"):
            return None
        return Guardian(self.run, partial(_rescue, self))

    def _share(self) -> None:
        """As good as it goes: who only reads a repository that cannot be written runs without a lock."""
        try:
            self._take(exclusive=False)
        except BrokenEnvironmentError as error:
            if os.access(self.repository.git_dir, os.W_OK):  # else who keeps the logs says the same
                _say(f"runs without a lock on the work tree: {error}")

    def _take(self, *, exclusive: bool) -> bool:
        """Take the lock; whether that took waiting."""
        said = None
        while isinstance(found := TreeLock(self.repository.git_dir).try_lock(exclusive=exclusive, run=self.run), Busy):
            if (text := waits_for(found)) != said:
                said = text
                _say(text)
            time.sleep(_POLL)
        self._lock, self._exclusive = found, exclusive
        return said is not None


def recover(tree: Tree) -> int:
    """Put back what interrupted runs left hidden, and say so; returns for how many runs."""
    from hookflow.adapters import worktree  # noqa: PLC0415 (only where something was left)

    with signals.ignored():
        found = worktree.recover(tree.repository.root, tree.repository.git_dir, tree.index)
    for run, restored in found:
        if restored.paths:
            what = f"{display.count(len(restored.paths), 'file')}: {named(tuple(sorted(restored.paths)))}"
            _say(f"put back what run {run} had hidden when it was interrupted ({what})")
        for sentence in conflicts(restored):
            _say(sentence)
    return len(found)


def conflicts(restored: "Restored") -> list[str]:
    """A sentence for each file of which two versions excluded each other."""
    return [
        f"{display.printable(path)}: your unstaged change and what was changed meanwhile exclude each other; "
        f"yours is in place, the other is in {display.printable(beside)}"
        for path, beside in sorted(restored.conflicts.items())
    ]


def waits_for(busy: Busy) -> str:
    """``waits for database, held by run 2026..., process 123``."""
    if not busy.holders:
        return f"waits for {busy.resource}, held by another run"
    held = ", ".join(f"run {holder.run}, process {holder.pid}" for holder in busy.holders)
    return f"waits for {busy.resource}, held by {held}"


def restore(hidden: "Hidden", staged_fixes: set[str]) -> "Restored":
    """Put the hidden files back; no signal gets in between."""
    with signals.ignored():
        return hidden.restore(staged_fixes)


def _rescue(tree: Tree) -> None:
    """What the guardian does in the end."""
    if recover(tree):
        _say("the run was killed; its steps were ended")


def _say(text: str) -> None:
    print(f"hookflow: {text}", file=sys.stderr, flush=True)

"""What stands around the steps of a run: the tree to itself where it changes, hidden changes, a guardian."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from hookflow.adapters import process
from hookflow.adapters.changes import ChangeWatch
from hookflow.adapters.guardian import Start
from hookflow.commands.preparation import Prepared
from hookflow.commands.tree import Tree, conflicts, restore
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.porcelain import RawChange
from hookflow.core.structs import Struct
from hookflow.core.verdict import named
from hookflow.ledger import Ledger

if TYPE_CHECKING:
    from hookflow.adapters.treewatch import TreeWatch
    from hookflow.adapters.worktree import Hidden

    Watch = ChangeWatch | TreeWatch


class Protected(Struct):
    """What the steps run with.

    Attributes:
        launcher: Starts processes, and lets the guardian know.
        watch: Notices what steps change.
        conflict: Whether a change of the user's and one of the run's excluded each other: that blocks a commit.
    """

    launcher: Start
    watch: "Watch"
    conflict: bool = False


@contextmanager
def protected(prepared: Prepared, tree: Tree, ledger: Ledger) -> Iterator[Protected]:
    """Hide what is not staged while steps run, if that is asked for, and put it back, whatever happens.

    Raises:
        BrokenEnvironmentError: It cannot be hidden (nothing was changed), or cannot be put back (it says where
            everything is).
    """
    writers = prepared.writers
    changes = tree.index.unstaged() if prepared.hides else []
    tree.repository.forget_foreseen()  # from here on, others may be at work in the tree
    under_filter = tree.index.filtered(change.path for change in changes)
    if under_filter:
        names = named(tuple(sorted(under_filter)))
        ledger.warn(f"steps see the unstaged version of {names}: a filter of git's, a program, would have to run")
    changes = [change for change in changes if change.path not in under_filter]
    if (changes or writers) and tree.own() and changes:  # another run may have had the tree meanwhile
        changes = [change for change in tree.index.unstaged() if change.path not in under_filter]
    guardian = tree.guardian()
    try:
        hidden = _hidden(tree, changes)
        watch = _watch(prepared, tree, hidden)
        inside = Protected(process.start if guardian is None else guardian.watched(process.start), watch)
        try:
            yield inside
        finally:
            if hidden is not None:
                inside.conflict = _put_back(hidden, watch, ledger)
    finally:
        if guardian is not None:
            guardian.dismiss()


def _hidden(tree: Tree, changes: list[RawChange]) -> "Hidden | None":
    if not changes:
        return None
    from hookflow.adapters import worktree  # noqa: PLC0415 (only where there is something to hide)

    repository = tree.repository
    return worktree.hide(repository.root, repository.git_dir, tree.index, tree.run, changes)


def _watch(prepared: Prepared, tree: Tree, hidden: "Hidden | None") -> "Watch":
    hooks = [step.name for step in prepared.steps if step.hook is not None]
    own = _own_watch(prepared, tree, hidden)
    if not hooks:
        return own
    from hookflow.adapters import treestate, treewatch  # noqa: PLC0415 (only for who has hooks of pre-commit's as steps)

    return treewatch.TreeWatch(own, treestate.TreeState(tree.repository.root, tree.index), hooks)


def _own_watch(prepared: Prepared, tree: Tree, hidden: "Hidden | None") -> ChangeWatch:
    written = [path for name in prepared.writers for path in prepared.watched[name]]
    mixed = frozenset(change.path for change in tree.index.unstaged(written)) if written else frozenset[str]()
    return ChangeWatch(
        root=tree.repository.root,
        index=tree.index,
        files=prepared.watched,
        writers=prepared.writers,
        everyone=prepared.commits,
        may_stage=prepared.may_stage,
        mixed=mixed,
        hidden=frozenset(file.path for file in hidden.journal.files) if hidden is not None else frozenset(),
    )


def _put_back(hidden: "Hidden", watch: "Watch", ledger: Ledger) -> bool:
    """Put everything back and say what is not as before; whether two changes excluded each other."""
    try:
        restored = restore(hidden, set(watch.staged))
    except (OSError, BrokenEnvironmentError) as error:
        raise BrokenEnvironmentError(
            f"your unstaged changes could not all be put back ({error}); those that are missing are in "
            f"{hidden.directory}, and `hookflow recover` puts them back"
        ) from None
    if restored.merged:
        ledger.warn(f"changed meanwhile, and joined with your unstaged changes: {named(tuple(restored.merged))}")
    watch.unstage(list(restored.conflicts))
    for sentence in conflicts(restored):
        ledger.warn(sentence)
    return bool(restored.conflicts)

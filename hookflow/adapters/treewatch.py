"""Notices what hooks of pre-commit's change, by its rule: any tracked file counts, given to the hook or not."""

from collections.abc import Collection, Mapping, Sequence

from hookflow.adapters.changes import ChangeWatch
from hookflow.adapters.treestate import Seen, TreeState
from hookflow.core.porcelain import IndexEntry


class TreeWatch:
    """Watches some steps over the whole tree, and leaves the others to `inner`.

    As `git diff` before and after would show it. Where several steps run at once, a change in a file that was given
    to another one of them, and not to this one, is taken for that one's; so is any change in a file that was not
    given to this one, if another one may write and this one is known not to. What then is still open counts against
    each of them: one of them did it, and the run fails in any case.

    Args:
        inner: Watches the other steps, and stages.
        tree: The whole tree.
        hooks: The steps that are watched here.
    """

    def __init__(self, inner: ChangeWatch, tree: TreeState, hooks: Collection[str]) -> None:
        self._inner = inner
        self._tree = tree
        self._hooks = frozenset(hooks)
        self._files: Mapping[str, Sequence[str]] = inner.files
        self._before: dict[str, Mapping[str, Seen]] = {}
        self._running: set[str] = set()
        self._meanwhile: dict[str, set[str]] = {}

    @property
    def staged(self) -> dict[str, IndexEntry]:
        """The files that were staged, with what the index had of them before."""
        return self._inner.staged

    def begin(self, step: str) -> None:
        """Remember what differs from the index now. A retry begins where the first try did."""
        self._meanwhile.setdefault(step, set()).update(self._running)
        for other in self._running:
            self._meanwhile[other].add(step)
        self._running.add(step)
        if step not in self._hooks:
            self._inner.begin(step)
        elif step not in self._before:
            self._before[step] = self._tree.lately()

    def changed(self, step: str) -> list[str]:
        """The files that are not what they were when the step began."""
        self._running.discard(step)
        if step not in self._hooks:
            return self._inner.changed(step)
        before, now = self._before.get(step, {}), self._tree.now()
        different = (path for path in before.keys() | now.keys() if before.get(path) != now.get(path))
        own, meanwhile = set(self._files.get(step, ())), self._meanwhile.get(step, set())
        if step not in self._inner.writers and meanwhile & self._inner.writers:
            return sorted(path for path in different if path in own)
        others = {path for other in meanwhile for path in self._files.get(other, ())}
        return sorted(path for path in different if path in own or path not in others)

    def stage(self, paths: Sequence[str]) -> bool:
        """Add the files as they are to the index that the commit uses; whether all of it could be."""
        self._tree.forget()
        return self._inner.stage(paths)

    def unstage(self, paths: Sequence[str]) -> None:
        """Give files their entries back that they had before `stage`."""
        self._tree.forget()
        self._inner.unstage(paths)

"""Changed files to the files of each step, and whether it has anything to do.

Paths are relative to the repository's root, ``/``-separated, UTF-8 with surrogate escapes for other bytes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cached_property

from hookflow.core import command
from hookflow.core.config import MANUAL, Config, Step
from hookflow.core.directories import Paths
from hookflow.core.graph import Graph
from hookflow.core.narrowing import Narrowing
from hookflow.core.patterns import EVERY_FILE, Patterns
from hookflow.core.structs import Struct, field, replace

Tags = Callable[[str], Collection[str]]
NOT_SMART = "smart execution is off"  # the reason of a step that runs although nothing changed
# Of the other stages (commit-msg, pre-rebase, ...) changed files are not the subject: a step there that names
# no files runs each time.
_STAGES_OF_MESSAGES = frozenset({"commit-msg", "prepare-commit-msg"})
_STAGES_ABOUT_FILES = frozenset(
    {"pre-commit", "pre-merge-commit", "pre-push", "post-commit", "post-checkout", "post-merge", MANUAL}
)


class Change(Struct, frozen=True):
    """One changed file; a deleted one makes steps run but is never passed to them."""

    path: str
    deleted: bool = False


class Decision(Struct, frozen=True):
    """What a step has to do in a run.

    Attributes:
        run: Whether it runs.
        reason: A sentence for people: why it runs, or why not.
        files: What ``{files}`` stands for.
        touched: The files that it may read or write, where that is known: those passed, if its commands are
            given nothing else; None means all its files.
    """

    run: bool
    reason: str
    files: tuple[str, ...] = ()
    touched: frozenset[str] | None = None


class FileFilter:
    """Which files are a step's files: patterns, expressions and types and-ed, less ``exclude``."""

    def __init__(self, step: Step, tags: Tags) -> None:
        self.patterns = Patterns(step.files or EVERY_FILE)
        self.types = step.types
        self.exclude = Patterns(step.exclude)
        self._narrowing = Narrowing(step, tags)

    @property
    def rules(self) -> tuple[object, ...]:
        """What decides: two filters of equal rules take the same files."""
        return self.patterns.lines, self.exclude.lines, self._narrowing.rules

    def matches(self, path: str) -> bool:
        """Whether `path` is one of the step's files. Tags are asked for only where patterns allow."""
        return self.patterns.matches(path) and not self.exclude.matches(path) and self._narrowing.takes(path)

    def among(self, paths: Sequence[str]) -> list[str]:
        """Those of many paths that are the step's files, in the same order."""
        found = self.patterns.among(paths)
        if self.exclude.lines:
            excluded = frozenset(self.exclude.among(found))
            found = [path for path in found if path not in excluded] if excluded else found
        return [path for path in found if self._narrowing.takes(path)] if self._narrowing.narrows else found


class Touched(Struct, frozen=True):
    """What a step may read or write.

    Attributes:
        filter: Which files are its files at all.
        files: Exactly these, where its command is given nothing else; None for all that `filter` matches.
        writes: Whether it may change them.
        inputs: Further files that it may read, but does not write.
    """

    filter: FileFilter
    files: frozenset[str] | None
    writes: bool
    inputs: Patterns = field(default_factory=lambda: Patterns(()))


class Selector(Struct, frozen=True, dict=True):
    """Decides for each step. Steps of equal rules share what is found, so that each path is looked at once for all.

    Attributes:
        config: For ``smart-execution``.
        stage: The run's stage.
        changes: What changed in the run's scope.
        everything: All files of the repository, asked for only where a step runs on all of its files.
        tags: `identify` tags of a path.
        left_out: Steps that someone asked to leave out, and how (``"--skip"``, ``"SKIP"``).
        fixing: Steps whose fix may run.
        message: The file of the commit's message, in the stages of it.
    """

    config: Config
    stage: str
    changes: Sequence[Change]
    everything: Callable[[], Iterable[str]]
    tags: Tags
    left_out: Mapping[str, str]
    fixing: Collection[str] = ()
    message: str | None = None

    def decide(self, graph: Graph) -> dict[str, Decision]:
        """A decision for each node of the graph, in topological order."""
        decisions: dict[str, Decision] = {}
        for name in graph.order:
            makers = [
                edge.before
                for edge in graph.into(name)
                if decisions[edge.before].run and any(reason.kind == "outputs" for reason in edge.reasons)
            ]
            decisions[name] = self._decide(self.config.step(name), makers)
        return decisions

    def touched(self, decisions: Mapping[str, Decision]) -> dict[str, Touched]:
        """What each step that runs may read or write."""
        return {
            name: replace(
                touched_by_all(step := self.config.step(name), self.tags),
                files=decision.touched,
                writes=step.modifies or name in self.fixing,
            )
            for name, decision in decisions.items()
            if decision.run
        }

    def first_of(self, step: Step, paths: Iterable[str]) -> str | None:
        """The first of the paths that is one of the step's files, or None."""
        accepts = FileFilter(step, self.tags)
        return next((path for path in paths if accepts.matches(path)), None)

    def watched(self, decisions: Mapping[str, Decision]) -> dict[str, tuple[str, ...]]:
        """Of each step that runs, the files in which a change that it makes counts.

        What it is given; of a declared writer whose command is given nothing, all its files.
        """
        return {name: self._watched(name, decision) for name, decision in decisions.items() if decision.run}

    def _watched(self, name: str, decision: Decision) -> tuple[str, ...]:
        step = self.config.step(name)
        if decision.touched is not None or step.hook is not None or not (step.modifies or name in self.fixing):
            return decision.files
        return self._all_of(step)

    def _decide(self, step: Step, makers: Sequence[str]) -> Decision:
        if step.name in self.left_out:
            return Decision(run=False, reason=f"left out by {self.left_out[step.name]}")
        whole_reason = self._reason_for_all(step, makers)
        if whole_reason is not None:
            return self._with_files(step, self._all_of(step), whole_reason)
        files, changed = self._changed_of(step)
        if changed:
            return self._with_files(step, files, _count_reason(changed))
        if (reason := self._reason_without_changes(step)) is not None:
            return self._with_files(step, files, reason)
        return Decision(run=False, reason="none of its files changed" if self.changes else "nothing changed")

    @cached_property
    def _found(self) -> dict[tuple[object, ...], tuple[str, ...]]:
        """Files that filters took, by their rules."""
        return {}

    @cached_property
    def _counted(self) -> dict[tuple[object, ...], tuple[tuple[str, ...], int]]:
        """Changed files that filters took, by their rules, and how many they are with the deleted ones."""
        return {}

    @cached_property
    def _sets(self) -> dict[tuple[str, ...], frozenset[str]]:
        """Lists of files that steps share, as sets."""
        return {}

    @cached_property
    def _changed_paths(self) -> tuple[Paths, frozenset[str]]:
        """The changed paths, and those of them that are deleted."""
        deleted = frozenset(each.path for each in self.changes if each.deleted)
        return Paths([change.path for change in self.changes]), deleted

    def _all_of(self, step: Step) -> tuple[str, ...]:
        """All files of a step, sorted."""
        accepts = FileFilter(step, self.tags)
        if accepts.rules not in self._found:
            near = self._everything.below(accepts.patterns.directories())
            self._found[accepts.rules] = tuple(sorted(set(accepts.among(near))))
        return self._found[accepts.rules]

    @cached_property
    def _everything(self) -> Paths:
        return Paths(tuple(self.everything()))

    def _changed_of(self, step: Step) -> tuple[tuple[str, ...], int]:
        """The changed files of a step that are there, and the number of all of them."""
        accepts = FileFilter(step, self.tags)
        rules = (step.hook is None, accepts.rules)
        if rules not in self._counted:
            paths, deleted = self._changed_paths
            near = paths.below(accepts.patterns.directories())
            if step.hook is not None:
                near, deleted = self._paths_for_hooks(), frozenset()
            changed = accepts.among(near)
            there = [path for path in changed if path not in deleted] if deleted else changed
            self._counted[rules] = tuple(there), len(changed)
        return self._counted[rules]

    def _paths_for_hooks(self) -> list[str]:
        """What hooks of pre-commit's are about: never a deleted file."""
        if self.stage in _STAGES_OF_MESSAGES:
            return [] if self.message is None else [self.message]
        if self.stage in {"post-checkout", "post-commit", "post-merge", "post-rewrite", "pre-rebase"}:
            return []
        return [change.path for change in self.changes if not change.deleted]

    def _reason_without_changes(self, step: Step) -> str | None:
        """Why the step runs although none of its files changed, or None."""
        if step.always_run:
            return "always runs"
        if not self.config.smart_execution:
            return NOT_SMART
        if step.hook is not None:
            return None
        if self.stage not in _STAGES_ABOUT_FILES and not (step.names_files or step.types or step.inputs):
            return f"{self.stage} is not about files"
        return None

    def _reason_for_all(self, step: Step, makers: Sequence[str]) -> str | None:
        """Why the step must look at all of its files, or None."""
        if makers:
            return f"{makers[0]} makes what it reads"
        if not step.inputs:
            return None
        rules = (step.inputs, step.exclude)
        if rules not in self._found:
            excluded = Patterns(step.exclude)
            inputs = Patterns(step.inputs)
            paths = inputs.among(self._changed_paths[0].below(inputs.directories()))
            first = next((path for path in paths if not excluded.matches(path)), None)
            self._found[rules] = () if first is None else (first,)
        changed = self._found[rules]
        return f"its input {changed[0]} changed" if changed else None

    def _with_files(self, step: Step, files: tuple[str, ...], reason: str) -> Decision:
        passes_files = command.uses(step.run, "{files}")
        if passes_files and not files and (step.hook is None or not step.always_run):
            return Decision(run=False, reason="no file is left to pass to it")
        only_passed = passes_files and (step.fix is None or command.uses(step.fix, "{files}"))
        if step.hook is not None and (not files or not step.hook.pass_filenames):
            only_passed = False
        return Decision(run=True, reason=reason, files=files, touched=self._as_set(files) if only_passed else None)

    def _as_set(self, files: tuple[str, ...]) -> frozenset[str]:
        if files not in self._sets:
            self._sets[files] = frozenset(files)
        return self._sets[files]


def touched_by_all(step: Step, tags: Tags) -> Touched:
    """What a step may touch when it runs on all of its files; a hook that is given none may touch any."""
    inputs = Patterns(step.inputs)
    about = step if step.hook is None or step.hook.pass_filenames else Step(name=step.name, run=step.run)
    return Touched(filter=FileFilter(about, tags), files=None, writes=step.modifies, inputs=inputs)


def _count_reason(count: int) -> str:
    return "1 of its files changed" if count == 1 else f"{count} of its files changed"

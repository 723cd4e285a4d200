"""Changed files to the files of each step, and whether it has anything to do.

Paths are relative to the repository's root, ``/``-separated, UTF-8 with surrogate escapes for other bytes.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from hookflow.core import command
from hookflow.core.config import MANUAL, Config, Step
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

    def matches(self, path: str) -> bool:
        """Whether `path` is one of the step's files. Tags are asked for only where patterns allow."""
        return self.patterns.matches(path) and not self.exclude.matches(path) and self._narrowing.takes(path)


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


class Selector(Struct, frozen=True):
    """Decides for each step.

    Attributes:
        config: For ``smart-execution``.
        stage: The run's stage.
        changes: What changed in the run's scope.
        everything: All files of the repository, asked for only where a step runs on all of its files.
        tags: `identify` tags of a path.
        left_out: Steps that someone asked to leave out, and how (``"--skip"``, ``"SKIP"``).
        fixing: Steps whose fix may run.
        message: The file of the commit's message, in the stages of it.
        found: What is known already, by the rules of a step: its files among those that changed.
    """

    config: Config
    stage: str
    changes: Sequence[Change]
    everything: Callable[[], Iterable[str]]
    tags: Tags
    left_out: Mapping[str, str]
    fixing: Collection[str] = ()
    message: str | None = None
    found: dict[tuple[object, ...], Sequence[Change]] = field(default_factory=dict)

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
        accepts = FileFilter(step, self.tags)
        return tuple(path for path in self.everything() if accepts.matches(path))

    def _decide(self, step: Step, makers: Sequence[str]) -> Decision:
        if step.name in self.left_out:
            return Decision(run=False, reason=f"left out by {self.left_out[step.name]}")
        changed = self._changed(step)
        whole_reason = self._reason_for_all(step, makers)
        if whole_reason is not None:
            accepts = FileFilter(step, self.tags)
            files = tuple(sorted(path for path in self.everything() if accepts.matches(path)))
            return self._with_files(step, files, whole_reason)
        files = tuple(change.path for change in changed if not change.deleted)
        if changed:
            return self._with_files(step, files, _count_reason(len(changed)))
        if (reason := self._reason_without_changes(step)) is not None:
            return self._with_files(step, files, reason)
        return Decision(run=False, reason="none of its files changed" if self.changes else "nothing changed")

    def _changed(self, step: Step) -> Sequence[Change]:
        """Its files among those that changed; many hooks name the same types, and so have the same ones."""
        rules = (
            *(step.files, step.exclude, step.files_regex, step.exclude_regex),
            *(step.types, step.types_or, step.exclude_types, step.hook is None),
        )
        if rules not in self.found:
            accepts = FileFilter(step, self.tags)
            changes = self.changes if step.hook is None else self._changes_for_hooks()
            self.found[rules] = [change for change in changes if accepts.matches(change.path)]
        return self.found[rules]

    def _changes_for_hooks(self) -> Sequence[Change]:
        """What hooks of pre-commit's are about: never a deleted file."""
        if self.stage in _STAGES_OF_MESSAGES:
            return () if self.message is None else (Change(self.message),)
        if self.stage in {"post-checkout", "post-commit", "post-merge", "post-rewrite", "pre-rebase"}:
            return ()
        return [change for change in self.changes if not change.deleted]

    def _reason_without_changes(self, step: Step) -> str | None:
        """Why the step runs although none of its files changed, or None."""
        if step.always_run:
            return "always runs"
        if not self.config.smart_execution:
            return NOT_SMART
        if step.hook is not None:
            return None
        if self.stage not in _STAGES_ABOUT_FILES and not (step.files or step.types or step.inputs):
            return f"{self.stage} is not about files"
        return None

    def _reason_for_all(self, step: Step, makers: Sequence[str]) -> str | None:
        """Why the step must look at all of its files, or None."""
        if makers:
            return f"{makers[0]} makes what it reads"
        if not step.inputs:
            return None
        inputs, excluded = Patterns(step.inputs), Patterns(step.exclude)
        for change in self.changes:
            if inputs.matches(change.path) and not excluded.matches(change.path):
                return f"its input {change.path} changed"
        return None

    def _with_files(self, step: Step, files: tuple[str, ...], reason: str) -> Decision:
        passes_files = command.uses(step.run, "{files}")
        if passes_files and not files and (step.hook is None or not step.always_run):
            return Decision(run=False, reason="no file is left to pass to it")
        only_passed = passes_files and (step.fix is None or command.uses(step.fix, "{files}"))
        if step.hook is not None and (not files or not step.hook.pass_filenames):
            only_passed = False
        return Decision(run=True, reason=reason, files=files, touched=frozenset(files) if only_passed else None)


def touched_by_all(step: Step, tags: Tags) -> Touched:
    """What a step may touch when it runs on all of its files; a hook that is given none may touch any."""
    inputs = Patterns(step.inputs)
    about = step if step.hook is None or step.hook.pass_filenames else Step(name=step.name, run=step.run)
    return Touched(filter=FileFilter(about, tags), files=None, writes=step.modifies, inputs=inputs)


def _count_reason(count: int) -> str:
    return "1 of its files changed" if count == 1 else f"{count} of its files changed"

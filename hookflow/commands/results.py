"""Results of earlier runs, replayed where everything that decides is as it was; and this run's, kept for the next.

The order of things matters here:

- What decides is looked at when the run begins, and again whenever a step has changed something.
- A result is asked for when its step becomes ready: what runs before it may change what it reads.
- A pass is kept only if what decides is the same at the end of the run as when the step began.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import PurePath

from hookflow.adapters import outputs
from hookflow.adapters.contents import Contents
from hookflow.adapters.git_command import GitError
from hookflow.adapters.store import MOST_BYTES, Store
from hookflow.commands.fingerprints import Moment
from hookflow.commands.preparation import Prepared
from hookflow.core import display
from hookflow.core.config import Step
from hookflow.core.environment import Surroundings
from hookflow.core.fingerprint import Fingerprint, differences, uncached_because
from hookflow.core.judgement import Hit, Insight, Miss, Row, unkept_because
from hookflow.core.kept import Kept, Output
from hookflow.core.outcome import Cached, Outcome, Passed, is_failure
from hookflow.core.patterns import Patterns
from hookflow.core.structs import Struct
from hookflow.core.verdict import contradicted
from hookflow.outside import Replay

_MOST_OF_ONE = MOST_BYTES // 4  # bytes of one step's log and outputs
_UNKNOWN = "what decides has another repository in it, or a file that git converts while it is hidden"
_MOST_OF_A_LOG = 1 << 20  # bytes, from its end


class _Pass(Struct, frozen=True):
    """A pass that may be kept: the fingerprint when it began, and what it made, with its bytes."""

    before: Fingerprint
    outputs: tuple[Output, ...]
    size: int


class Results:
    """The results of one run's steps.

    Args:
        prepared: The run.
        around: What its steps' environments have in common.
        store: What is known of earlier runs.

    Attributes:
        taken_back: Whether a step failed of which an answer may be kept.
        moment: What decides, as it was last looked at; None where that is not known.
    """

    taken_back = False
    moment: Moment | None = None

    def __init__(self, prepared: Prepared, around: Surroundings, store: Store) -> None:
        self._prepared = prepared
        self._around = around
        self._store = store
        self._touched: set[str] = set()  # what comes after a step that has ended since the files were looked at
        self._changed: set[str] = set()
        self._stale = False
        self._before: dict[str, Fingerprint | None] = {}
        self._files_before: dict[str, Mapping[str, str]] = {}
        self._verified: dict[str, Kept | None] = {}  # None where each of its files had passed
        self._passes: dict[str, _Pass] = {}
        self._used, self._rows = list[str](), dict[str, Row]()
        self._remarks: list[tuple[str, str]] = []
        self.moment = self._look(hidden=prepared.hides)

    def judge(self, name: str) -> Hit | Miss:
        """Whether the step need not run as things stand now; nothing is written."""
        step = self._step(name)
        if self._prepared.caching == "off":
            return Miss("the cache is off")
        if (why := uncached_because(step, self._prepared.stage)) is not None:
            return Miss(f"never cached: {why}")
        return self._judge_files(name) if step.per_file else self._judge_whole(name)

    def recall(self, name: str, *, writing: bool) -> Replay | None:
        """The result of a step that is ready, if it need not run; its outputs are in place then.

        Args:
            name: The step.
            writing: Whether outputs may be put back now.
        """
        if self._prepared.caching not in {"use", "verify"}:
            return None
        judgement = self._judge_now(name)
        if not isinstance(judgement, Hit):
            return None
        kept = judgement.kept
        if self._prepared.caching == "verify":
            self._verified[name] = kept
            return None
        if kept is not None and not self._is_restored(name, kept, writing=writing):
            return None
        self._used += [kept.key] if kept is not None else []
        log = self._store.blobs.place(kept.log) if kept is not None and kept.log is not None else None
        self._rows[name] = Row(name, judgement.reason, log=log, skipped=False)
        return Replay(Cached(judgement.reason), log)

    def rows(self) -> tuple[Row, ...] | None:
        """What a run of exactly this would come to: every step skipped, or its pass kept; None where it is not so."""
        decisions = self._prepared.decisions
        skipped = {
            name: Row(name, each.reason, log=None, skipped=True) for name, each in decisions.items() if not each.run
        }
        rows = {**skipped, **self._rows}
        names = [step.name for step in self._prepared.steps]
        return tuple(rows[name] for name in names) if rows.keys() >= set(names) else None

    def insight(self, name: str) -> Insight:
        """What is known of what decides a step's result; for people."""
        cacheable = uncached_because(self._step(name), self._prepared.stage) is None
        found = self.moment.fingerprint(name) if self.moment is not None else None
        last = self._store.last_pass(name)
        different = differences(last.fingerprint, found) if last is not None and found is not None else []
        deciding = None if found is None else len(found.files.states)
        return Insight(cacheable, deciding, None if last is None else last.run, different)

    def files(self, name: str) -> Sequence[str]:
        """What ``{files}`` stands for now: less what passed before, where each file is judged on its own."""
        files = self._prepared.decisions[name].files
        if not self._step(name).per_file or self._prepared.caching != "use":
            return files
        judgement = self._judge_now(name)
        passed = judgement.passed if isinstance(judgement, Miss) else frozenset[str]()
        return [path for path in files if path not in passed]

    def begin(self, name: str) -> None:
        """The step starts: remember what decides. A retry begins where the first try did."""
        if self._prepared.caching == "off" or name in self._before:
            return
        self._refresh()
        known = self.moment is not None and uncached_because(self._step(name), self._prepared.stage) is None
        self._before[name] = self.moment.fingerprint(name) if self.moment is not None and known else None
        if self.moment is not None and known and self._step(name).per_file:
            self._files_before[name] = self.moment.of_files(name) or {}

    def ended(self, name: str, outcome: Outcome, changed: Sequence[str]) -> Outcome:
        """The step has ended with this outcome; returns it, or what comparing it with an earlier run makes of it."""
        step = self._step(name)
        self._touched |= self._prepared.frame.graph.descendants(name, known=self._touched)
        self._changed |= set(changed)
        self._stale = self._stale or bool(changed) or bool(step.outputs)
        before = self._before.get(name)
        if is_failure(outcome):
            self._take_back(name)
            return self._wrong(name, outcome) if name in self._verified else outcome
        if not isinstance(outcome, Passed) or changed or before is None:
            return outcome
        try:
            made, size = outputs.capture(
                self._prepared.project.repository.root, Patterns(step.outputs), self._store.blobs, most=_MOST_OF_ONE
            )
        except (outputs.NotKept, OSError) as error:
            self._remarks.append((name, f"its pass is not kept: {error}"))
            return outcome
        kept = self._verified.get(name)
        if kept is not None and set(made) != set(kept.outputs):
            self._take_back(name)
            return self._wrong(name, outcome)
        self._passes[name] = _Pass(before, made, size)
        return outcome

    def keep(
        self, seconds: Mapping[str, float], run: str, log: Callable[[str], PurePath | None]
    ) -> list[tuple[str, str]]:
        """Keep the passes of this run; returns what a person should know, as pairs of step and sentence.

        Args:
            seconds: How long each step took.
            run: The run's id.
            log: The file with what a step printed.
        """
        self._store.use(self._used)
        now = self._look(hidden=False) if self._passes else None
        results, file_passes = [], list[str]()
        for name, each in self._passes.items():
            if now is not None and self._step(name).per_file:
                file_passes += (keys := self._unchanged_files(name, now))
                if len(keys) == len(self._prepared.decisions[name].files):
                    self._rows[name] = Row(name, _each_passed(len(keys)), log=None, skipped=False)
                continue
            after = now.fingerprint(name) if now is not None else None
            if after is None or after.key != each.before.key:
                sentence = unkept_because(each.before, after, excused=self._changed)
                self._remarks += [(name, sentence)] if sentence is not None else []
                continue
            with suppress(OSError):  # a full disk
                results.append((kept := self._kept(each, after, name, run, seconds.get(name, 0.0), log(name)), after))
                self._rows[name] = Row(
                    name, _passed(kept), log=self._store.blobs.place(kept.log) if kept.log else None, skipped=False
                )
        if now is not None:
            self.moment = now
        if results or file_passes:
            with suppress(OSError):
                self._store.keep(results, file_passes)
        return self._remarks

    def _kept(
        self, found: _Pass, after: Fingerprint, name: str, run: str, seconds: float, log: PurePath | None
    ) -> Kept:
        blob, size = self._store.blobs.put_end(log, most=_MOST_OF_A_LOG)
        return Kept(after.key, name, run, seconds, blob, found.outputs, found.size + size)

    def _judge_whole(self, name: str) -> Hit | Miss:
        found = self.moment.fingerprint(name) if self.moment is not None else None
        if found is None:
            return Miss(f"not cached: {_UNKNOWN}")
        kept = self._store.result(found.key)
        if kept is None or (kept.log is not None and self._store.blobs.read(kept.log) is None):
            return Miss("this content has not passed before")
        return Hit(_passed(kept), kept)

    def _judge_files(self, name: str) -> Hit | Miss:
        keys = self.moment.of_files(name) if self.moment is not None else None
        if keys is None:
            return Miss(f"not cached: {_UNKNOWN}")
        passed = self._store.passed_files(list(keys.values()))
        done = frozenset(path for path, key in keys.items() if key in passed)
        count = display.count(len(keys), "file")
        if keys and len(done) == len(keys) == len(self._prepared.decisions[name].files):
            return Hit(_each_passed(len(keys)))
        return Miss(f"{len(done)} of its {count} passed before", done)

    def _judge_now(self, name: str) -> Hit | Miss:
        """As things stand now that everything before the step has ended."""
        if self._stale or name in self._touched:
            judgement = self.judge(name) if not self._stale else None
            if isinstance(judgement, Miss) and not judgement.passed:
                return judgement  # what ran before it changed nothing that is known, and nothing is to be replayed
            self._stale = True
            self._refresh()
        return self.judge(name)

    def _refresh(self) -> None:
        if self._stale:
            self.moment = self._look(hidden=False)
            self._stale = False
            self._touched.clear()

    def _look(self, *, hidden: bool) -> Moment | None:
        if self._prepared.caching == "off":
            return None
        repository = self._prepared.project.repository
        try:
            earlier = self.moment.contents if self.moment is not None else None
            found = Contents(repository.root, repository.common_dir, hidden=hidden, earlier=earlier)
        except GitError:
            return None
        return Moment(self._prepared, self._around, found)

    def _is_restored(self, name: str, kept: Kept, *, writing: bool) -> bool:
        """Whether the outputs are in place. One that git tracks is never written over: it may be someone's work."""
        if not kept.outputs:
            return True
        step = self._step(name)  # the pass may be of a step that had another name
        tracked = self.moment.contents.is_tracked if self.moment is not None else bool
        root = self._prepared.project.repository.root
        patterns = Patterns(step.outputs)
        done = outputs.restore(root, kept.outputs, patterns, self._store.blobs, writing=writing, spared=tracked)
        self._stale = self._stale or (writing and done)
        return done

    def _wrong(self, name: str, outcome: Outcome) -> Outcome:
        """What a replay would have told differs from what the step does now."""
        kept = self._verified[name]
        return contradicted(outcome, "each of its files" if kept is None else f"run {kept.run}")

    def _take_back(self, name: str) -> None:
        """The step failed: what was known of this content is not to be told any more, if it was run all the same."""
        before = self._before.get(name)
        self.taken_back = self.taken_back or before is not None
        if before is not None and self._prepared.caching != "use":
            self._store.forget([before.key, *self._files_before.get(name, {}).values()])

    def _unchanged_files(self, name: str, now: Moment) -> list[str]:
        before, after = self._files_before.get(name, {}), now.of_files(name) or {}
        return [key for path, key in after.items() if before.get(path) == key]

    def _step(self, name: str) -> Step:
        return self._prepared.project.config.step(name)


def _passed(kept: Kept) -> str:
    return f"the same content passed before, in {display.seconds(kept.seconds)}"


def _each_passed(count: int) -> str:
    return f"the same content of each of its {display.count(count, 'file')} passed before"

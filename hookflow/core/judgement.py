"""Whether a step need not run, and what is known of what decides that."""

from collections.abc import Collection, Sequence
from pathlib import PurePath

from hookflow.core.fingerprint import Fingerprint
from hookflow.core.kept import Kept
from hookflow.core.structs import Struct
from hookflow.core.verdict import named


class Hit(Struct, frozen=True):
    """The step need not run; `kept` is its result, or None where each of its files passed on its own."""

    reason: str
    kept: Kept | None = None


class Miss(Struct, frozen=True):
    """The step has to run, and why; `passed` are the files that it need not be given."""

    reason: str
    passed: frozenset[str] = frozenset()


class Row(Struct, frozen=True):
    """What a run of exactly this would come to for one step.

    Attributes:
        step: Its name.
        reason: Why it would be skipped or replayed.
        log: The file with what it printed, or None.
        skipped: Whether it would be skipped.
    """

    step: str
    reason: str
    log: PurePath | None
    skipped: bool


class Insight(Struct, frozen=True):
    """What decides a step's result.

    Attributes:
        cacheable: Whether its result may be kept at all.
        deciding: How many files decide; None where that cannot be known.
        last_run: The run of the last pass that was kept, or None.
        differences: What differs now from then, as sentences.
    """

    cacheable: bool
    deciding: int | None
    last_run: str | None
    differences: Sequence[str]


def unkept_because(before: Fingerprint, after: Fingerprint | None, *, excused: Collection[str]) -> str | None:
    """That a pass is not kept since files were changed meanwhile, for people; None where there is nothing to say.

    A file that was not there when the step began is not named: tools leave such things.

    Args:
        before: What decided when the step began.
        after: What decides at the end of the run; None where that is not known.
        excused: Files that steps changed which may do so.
    """
    states = after.files.states if after is not None else before.files.states
    differing = (path for path, state in before.files.states.items() if states.get(path) != state)
    changed = tuple(sorted(path for path in differing if path not in excused))
    if not changed:
        return None
    how = "if the step changes that itself, `modifies` or `outputs` says so"
    return f"its pass is not kept: changed since it began: {named(changed)} ({how})"

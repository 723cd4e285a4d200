"""Whether a step need not run, and what is known of what decides that."""

from collections.abc import Sequence
from dataclasses import dataclass

from hookflow.core.kept import Kept


@dataclass(frozen=True, slots=True)
class Hit:
    """The step need not run; `kept` is its result, or None where each of its files passed on its own."""

    reason: str
    kept: Kept | None = None


@dataclass(frozen=True, slots=True)
class Miss:
    """The step has to run, and why; `passed` are the files that it need not be given."""

    reason: str
    passed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Insight:
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

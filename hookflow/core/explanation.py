"""Why a step runs, is skipped, or comes from the cache: in sentences."""

from collections.abc import Iterable, Iterator, Sequence

from hookflow.core import display
from hookflow.core.config import Config, Step
from hookflow.core.harmless import Suggestion, sentence
from hookflow.core.planning import PlannedStep
from hookflow.core.structs import Struct

_SHOWN = 20  # of a list


class Explanation(Struct, frozen=True, kw_only=True):
    """What is known of a step now.

    Attributes:
        step: The step.
        config: The whole configuration.
        planned: What would become of it.
        stage: The stage that is looked at.
        changed: Its files among those that changed.
        deciding: How many files decide its result; None where that cannot be known.
        waits_for: What it needs, and what would become of that.
        cacheable: Whether its result may be kept at all.
        last_run: The run of its last pass that was kept, or None.
        differences: What differs from then, as sentences.
        suggestion: That it should say that it does not write; None where that is not suggested.
    """

    step: Step
    config: Config
    planned: PlannedStep
    stage: str
    changed: Sequence[str]
    deciding: int | None
    waits_for: Sequence[PlannedStep]
    cacheable: bool
    last_run: str | None
    differences: Sequence[str]
    suggestion: Suggestion | None = None


_VERBS = {"run": "would run", "cached": "would come from the cache", "skip": "would be skipped"}


def as_text(about: Explanation) -> Iterator[str]:
    """The explanation for people, line by line."""
    step, planned = about.step, about.planned
    yield f"{display.printable(step.name)} {_VERBS[planned.act]} ({about.stage}): {display.printable(planned.reason)}"
    yield ""
    yield f"files: {_files(about)}"
    yield from _listed(about.changed)
    for other in about.waits_for:
        yield f"needs: {display.printable(other.step)}, which {_VERBS[other.act]} ({display.printable(other.reason)})"
    yield ""
    if about.cacheable:
        yield from _since_then(about)
        yield ""
    if about.suggestion is not None:
        yield sentence(about.suggestion)
        yield ""
    yield "it runs when"
    yield from (f"  {display.printable(reason)}" for reason in _ways_to_run(about))


def _files(about: Explanation) -> str:
    matching = display.count(len(about.changed), "changed file")
    verb = "matches" if len(about.changed) == 1 else "match"
    if about.deciding is None or not about.cacheable:
        return f"{matching} {verb}"
    return f"{matching} {verb}; {display.count(about.deciding, 'file')} decide its result"


def _since_then(about: Explanation) -> Iterator[str]:
    if about.last_run is None:
        yield "no pass of it is kept yet"
    elif not about.differences:
        yield f"everything that decides is as in its last pass that is kept (run {about.last_run})"
    else:
        yield f"since its last pass that is kept (run {about.last_run})"
        yield from _listed(about.differences)


def _ways_to_run(about: Explanation) -> Iterator[str]:
    step = about.step
    if step.always_run:
        yield "always: it says always-run"
    else:
        yield f"a file of {_patterns(step.files or ('**',))} changes" + _narrowed(step)
        if step.inputs:
            yield f"a file of {_patterns(step.inputs)} (inputs) changes: then on all its files"
        yield "or it is named (`hookflow run STEP`), with --all-files, or with --no-smart-execution"
    if about.cacheable:
        yield "and what decides its result differs from every pass that is kept:"
        yield f"  content, name or mode of a file of {_patterns(_deciding(about))}"
        for name in (*step.env, *step.cache_env):
            yield f"  the variable {name}"
        yield "  its command, its programs and their versions, a lock file beside them, what it needs"
        yield "or with --refresh or --no-cache"


def _deciding(about: Explanation) -> Sequence[str]:
    if not about.step.files:
        return ("**",)
    return (*about.step.files, *about.step.inputs, *about.config.global_inputs)


def _narrowed(step: Step) -> str:
    return f" and is {' and '.join(step.types)} by its type" if step.types else ""


def _patterns(patterns: Iterable[str]) -> str:
    return " ".join(patterns)


def _listed(sentences: Sequence[str]) -> Iterator[str]:
    yield from (f"  {display.printable(sentence)}" for sentence in sentences[:_SHOWN])
    if len(sentences) > _SHOWN:
        yield f"  and {len(sentences) - _SHOWN:,} more"

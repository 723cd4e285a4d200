"""``hookflow plan`` and ``hookflow run --dry-run``: what would run, and why; nothing is run and nothing is written."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager

from hookflow.adapters.database import INDEX
from hookflow.adapters.repository import Repository
from hookflow.commands import execution, failed, jobs, memory, preparation, selecting
from hookflow.commands.memory import Memory
from hookflow.commands.options import Place, Reporting, Selection
from hookflow.commands.preparation import Prepared
from hookflow.core import planning, scopes
from hookflow.core.config import Step
from hookflow.core.errors import UsageError
from hookflow.core.judgement import Hit
from hookflow.core.planning import Plan, PlannedStep
from hookflow.core.structs import replace

_NO_RUN = ""  # a plan has no id


def plan(place: Place, wanted: Selection, form: str) -> int:
    """Print the plan of a run as ``text`` or ``json``."""
    with considered(place, wanted) as (prepared, known):
        found = replace(planned(prepared, known), suggestions=known.suggestions())
    if form == "json":
        print(json.dumps(planning.as_data(found), indent=2))
    else:
        for line in planning.as_text(found):
            print(line)
    return 0


@contextmanager
def considered(place: Place, wanted: Selection) -> Iterator[tuple[Prepared, Memory]]:
    """A run that is only considered, with what is known of earlier ones."""
    project = preparation.open_project(place, Repository(place.directory))
    chosen = failed.selection(selecting.named(wanted, project.config, project.here), project)
    if chosen is None:
        raise UsageError("everything passed in the last run: --failed selects nothing")
    scope = selecting.manual_scope(chosen, place.directory, project.repository.root)
    if chosen.ci:
        from hookflow.commands import integration  # noqa: PLC0415 (only in CI)

        scope = integration.scope(project.repository, Reporting()).scope
    prepared = preparation.prepare(project, chosen, scope)
    around, _ = jobs.surroundings(prepared, _NO_RUN, {}, colour=False)
    state = execution.state_directory(prepared)
    # Nothing is made only to look at it.
    usable = (state / INDEX).is_file() and os.access(state, os.W_OK)
    with memory.opened(prepared, around, state, usable=usable, running=False) as known:
        yield prepared, known


def planned(prepared: Prepared, known: Memory) -> Plan:
    """The plan of a prepared run."""
    return planning.plan(
        prepared.frame,
        [_step(prepared, known, step) for step in prepared.steps],
        known.seconds,
        stage=prepared.stage,
        scope=scopes.word(prepared.scope),
        files=prepared.changed,
        parallel=prepared.parallel,
    )


def _step(prepared: Prepared, known: Memory, step: Step) -> PlannedStep:
    decision = prepared.decisions[step.name]
    if not decision.run:
        return PlannedStep(step=step.name, act="skip", reason=decision.reason, files=0, seconds=None, group=0)
    judgement = known.results.judge(step.name)
    if isinstance(judgement, Hit) and prepared.caching == "use":
        return PlannedStep(
            step=step.name, act="cached", reason=judgement.reason, files=len(decision.files), seconds=None, group=0
        )
    why = {"off": "the cache is off", "refresh": "--refresh", "verify": "--verify-cache"}
    reason = f"{decision.reason}; {why.get(prepared.caching) or judgement.reason}"
    return PlannedStep(
        step=step.name,
        act="run",
        reason=reason,
        files=len(decision.files),
        seconds=known.seconds[step.name] if step.name in known.with_past else None,
        group=0,
    )

"""``hookflow explain STEP``: why this step would run, be skipped or come from the cache now."""

from hookflow.commands import plan, preparation
from hookflow.commands.memory import Memory
from hookflow.commands.options import Place, Selection
from hookflow.commands.preparation import Prepared
from hookflow.core import explanation, naming
from hookflow.core.config import Config
from hookflow.core.errors import UsageError
from hookflow.core.explanation import Explanation
from hookflow.core.structs import replace


def explain(place: Place, wanted: Selection, step: str) -> int:
    """Print why; the step is looked at as one of its stage, so what it needs counts too.

    Raises:
        UsageError: There is no such step.
    """
    project = preparation.open_project(place)
    config = project.config
    step = naming.only(step, [each.name for each in config.steps], project.here)
    wanted = replace(wanted, stage=wanted.stage or _stage_of(config, step))
    with plan.considered(place, wanted) as (prepared, known):
        if step not in prepared.decisions:
            raise UsageError(f"step {step} does not run in stage {prepared.stage}")
        for line in explanation.as_text(_about(prepared, known, step)):
            print(line)
    return 0


def _stage_of(config: Config, name: str) -> str | None:
    """The stage to look at: None for the default one, if the step is in that."""
    steps = {step.name: step for step in config.steps}
    if name not in steps:
        raise UsageError(f"there is no step {name}{naming.suggestion(name, list(steps))}")
    stages = steps[name].stages
    return None if "pre-commit" in stages or not stages else stages[0]


def _about(prepared: Prepared, known: Memory, name: str) -> Explanation:
    config = prepared.project.config
    found = {step.step: step for step in plan.planned(prepared, known).steps}
    needs = [edge.before for edge in prepared.frame.graph.into(name) if edge.blocks]
    insight = known.results.insight(name)
    return Explanation(
        step=config.step(name),
        config=config,
        planned=found[name],
        stage=prepared.stage,
        changed=prepared.decisions[name].files,
        deciding=insight.deciding,
        waits_for=[found[other] for other in needs],
        cacheable=insight.cacheable,
        last_run=insight.last_run,
        differences=insight.differences,
        suggestion=next((each for each in known.suggestions() if each.step == name), None),
    )

"""``hookflow graph``: the dependency graph of a stage, drawn."""

import json
import os
from collections.abc import Mapping

from hookflow.adapters import filetypes, runs
from hookflow.commands import preparation, recorded
from hookflow.commands.options import Place
from hookflow.core import dependencies, diagrams, graph_data, selection, stages
from hookflow.core.config import Step
from hookflow.core.errors import UsageError


def graph(place: Place, stage: str | None, form: str, run: str | None = None) -> int:
    """Print the graph as it is when every step runs on all of its files.

    Args:
        place: Where.
        stage: The stage; None for the default, or for the steps of the run.
        form: ``text``, ``mermaid``, ``dot`` or ``json``.
        run: The kept run, or ``last``, whose outcomes colour the steps.

    Raises:
        UsageError: There is no such run, or the form has no colours.
    """
    if run is not None and form != "mermaid":
        raise UsageError("--run colours the steps by their outcomes, which only --format mermaid shows")
    project = preparation.open_project(place)
    outcomes = _outcomes(project, run) if run is not None else {}
    steps = _steps(project, stage, outcomes if run is not None else None)
    data = dependencies.data_graph(steps)
    touched = {step.name: selection.touched_by_all(step, filetypes.tagger(project.repository.root)) for step in steps}
    whole = dependencies.full_graph(data, touched, compatible=filetypes.compatible)
    named = {step.name: step for step in steps}
    match form:
        case "json":
            print(json.dumps(graph_data.as_data(whole, named), indent=2))
        case "mermaid":
            print(diagrams.as_mermaid(whole, named, outcomes))
        case "dot":
            print(diagrams.as_dot(whole, named))
        case _:
            print(diagrams.as_text(whole, named))
    return 0


def _steps(project: preparation.Project, stage: str | None, ran: Mapping[str, str] | None) -> tuple[Step, ...]:
    """The steps of the stage; of a run without a stage its own steps, as far as there still are such."""
    if stage is None and ran is not None:
        return tuple(step for step in project.config.steps if step.name in ran)
    return project.config.of_stage(stages.checked_stage(stage or stages.DEFAULT_STAGE))


def _outcomes(project: preparation.Project, run: str) -> dict[str, str]:
    """How each step of a run ended; nothing where it did not."""
    state = runs.state_directory(project.repository.common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))
    entries = recorded.entries(recorded.directory(state, run))
    return {name: entry.outcome or "" for name, entry in entries.items()}

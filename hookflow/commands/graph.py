"""``hookflow graph``: the dependency graph of a stage, drawn."""

import json

from hookflow.adapters import filetypes
from hookflow.commands import preparation, selecting
from hookflow.commands.options import Place
from hookflow.core import dependencies, diagrams, selection


def graph(place: Place, stage: str | None, form: str) -> int:
    """Print the graph as it is when every step runs on all of its files."""
    project = preparation.open_project(place)
    steps = project.config.of_stage(selecting.checked_stage(stage or selecting.DEFAULT_STAGE))
    data = dependencies.data_graph(steps)
    touched = {step.name: selection.touched_by_all(step, filetypes.tagger(project.repository.root)) for step in steps}
    whole = dependencies.full_graph(data, touched, compatible=filetypes.compatible)
    named = {step.name: step for step in steps}
    match form:
        case "json":
            print(json.dumps(diagrams.as_data(whole, named), indent=2))
        case "mermaid":
            print(diagrams.as_mermaid(whole, named))
        case "dot":
            print(diagrams.as_dot(whole, named))
        case _:
            print(diagrams.as_text(whole, named))
    return 0

"""``hookflow run``: a stage's steps on what changed, or the steps that were named."""

from hookflow.commands import execution, preparation
from hookflow.commands.options import Place, Reporting, Selection


def run(place: Place, wanted: Selection, reporting: Reporting) -> int:
    """Run by hand; returns the exit code."""
    project = preparation.open_project(place)
    scope = preparation.manual_scope(wanted, project, place)
    return execution.execute(preparation.prepare(project, wanted, scope), reporting)

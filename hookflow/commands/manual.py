"""A run by hand, carried out: a stage's steps on what changed, or the steps that were named."""

from hookflow.adapters import runs, signals
from hookflow.adapters.repository import Repository
from hookflow.commands import execution, failed, preparation, selecting
from hookflow.commands.answer import Question
from hookflow.commands.options import Place, Reporting, Selection
from hookflow.commands.tree import Tree


def run(place: Place, wanted: Selection, reporting: Reporting, asked: Question | None) -> int:
    """Run by hand; returns the exit code. `asked` is what the run answers for whoever asks again."""
    with signals.raised(), Tree(Repository(place.directory), runs.new_id()).held() as tree:
        project = preparation.open_project(place, tree.repository)
        chosen = failed.selection(wanted, project)
        if chosen is None:
            print("everything passed in the last run")
            return 0
        wanted = chosen
        scope = selecting.manual_scope(wanted, place.directory, project.repository.root)
        prepared = preparation.prepare(project, wanted, scope, nested=tree.nested)
        return execution.execute(prepared, tree, reporting, asked=asked)

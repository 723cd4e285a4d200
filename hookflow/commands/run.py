"""``hookflow run``: a stage's steps on what changed, or the steps that were named."""

from hookflow.adapters import runs, signals
from hookflow.adapters.repository import Repository
from hookflow.answers import Question
from hookflow.commands import execution, preparation, selecting
from hookflow.commands.options import Place, Reporting, Selection
from hookflow.commands.tree import Tree
from hookflow.core.scopes import Scope
from hookflow.core.structs import replace


def run(place: Place, wanted: Selection, reporting: Reporting, asked: Question | None) -> int:
    """Run by hand; returns the exit code. `asked` is what the run answers for whoever asks again."""
    with signals.raised(), Tree(Repository(place.directory), runs.new_id()).held() as tree:
        project = preparation.open_project(place, tree.repository)
        wanted = selecting.named(wanted, project.config, project.here)
        if wanted.failed:
            from hookflow.commands import failed  # noqa: PLC0415 (reads earlier runs: only for who asks)

            if (chosen := failed.selection(wanted, project)) is None:
                print("everything passed in the last run")
                return 0
            wanted = chosen
        scope, reporting, warnings = _scope(place, wanted, reporting, project)
        prepared = preparation.prepare(project, wanted, scope, nested=tree.nested)
        prepared = replace(prepared, warnings=(*warnings, *prepared.warnings))
        return execution.execute(prepared, tree, reporting, asked=asked)


def _scope(
    place: Place, wanted: Selection, reporting: Reporting, project: preparation.Project
) -> tuple[Scope, Reporting, tuple[str, ...]]:
    if not wanted.ci:
        return selecting.manual_scope(wanted, place.directory, project.repository.root), reporting, ()
    from hookflow.commands import integration  # noqa: PLC0415 (only in CI)

    found = integration.scope(project.repository, reporting)
    return found.scope, found.reporting, found.warnings

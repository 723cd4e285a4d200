"""``hookflow run``: answered from memory where nothing has changed, else carried out."""

from hookflow.commands import answer, given
from hookflow.commands.options import Place, Reporting, Selection
from hookflow.core import scopes


def run(place: Place, wanted: Selection, reporting: Reporting) -> int:
    """Run by hand; returns the exit code."""
    scope = wanted.scope or (scopes.AllFiles() if wanted.steps else scopes.Changed())
    asked = answer.question(place, wanted, scope) if not wanted.ci else None
    if asked is not None and given.given(asked, reporting):
        return 0
    from hookflow.commands import manual  # noqa: PLC0415 (all that it takes to run a step)

    return manual.run(place, wanted, reporting, asked)

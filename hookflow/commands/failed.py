"""``--failed``: what did not pass in the last run, on what that run looked at."""

from hookflow.commands import execution, recorded
from hookflow.commands.options import Selection
from hookflow.commands.preparation import Project
from hookflow.core import scopes
from hookflow.core.errors import UsageError
from hookflow.core.structs import replace

_GOOD = frozenset({"passed", "cached", "skipped"})
# Of a range, a push or a list of files, only the word is written down: everything is looked at then.
_SCOPES: dict[str, scopes.Scope] = {"staged": scopes.Staged(), "changed": scopes.Changed()}


def selection(wanted: Selection, project: Project) -> Selection | None:
    """What was asked for, with the steps that did not pass filled in; None where all of them passed.

    Raises:
        UsageError: No run is kept, or steps were named too.
    """
    if not wanted.failed:
        return wanted
    if wanted.steps:
        raise UsageError("--failed chooses the steps itself: name none")
    directory = recorded.directory(execution.state_of(project.repository), None)
    known = {step.name: step for step in project.config.steps}
    entries = recorded.entries(directory).values()
    names = [entry.step for entry in entries if entry.step in known and entry.outcome not in _GOOD]
    if not names:
        return None
    stage, scope = recorded.subject(directory)
    together = all(stage in known[name].stages for name in names)
    return replace(
        wanted,
        steps=tuple(names),
        stage=wanted.stage or (stage if together else None),
        scope=wanted.scope or _SCOPES.get(scope, scopes.AllFiles()),
    )

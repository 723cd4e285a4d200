"""A hook's run, carried out: on what git, or pre-commit, tells the hook."""

import os

from hookflow.adapters import runs, signals
from hookflow.adapters.repository import Repository
from hookflow.answers import Question
from hookflow.commands import execution, preparation, push, selecting
from hookflow.commands.options import HookCall, Place, Reporting, Selection
from hookflow.commands.tree import Tree
from hookflow.core import occasions, scopes
from hookflow.core.porcelain import text
from hookflow.core.scopes import Scope
from hookflow.core.stages import DEFAULT_STAGE

_ABOUT_MESSAGES = frozenset({"commit-msg", "prepare-commit-msg"})


def run(place: Place, wanted: Selection, reporting: Reporting, call: HookCall, asked: Question | None) -> int:
    """Run a hook's steps; returns the exit code.

    Args:
        place: Where.
        wanted: What to run; its stage is the hook's.
        reporting: Whom to tell.
        call: What git gave the hook.
        asked: What the run answers for whoever asks again.
    """
    with signals.raised():
        return _run(place, wanted, reporting, call, asked)


def _run(place: Place, wanted: Selection, reporting: Reporting, call: HookCall, asked: Question | None) -> int:
    stage = wanted.stage or DEFAULT_STAGE
    repository = Repository(place.directory)
    scope = _scope(stage, call, repository) if wanted.scope is None else None
    if isinstance(scope, scopes.Pushed):
        return push.push(place, wanted, reporting, call, scope)
    with Tree(repository, runs.new_id()).held() as tree:
        project = preparation.open_project(place, repository)
        if not project.config.of_stage(stage):
            return 0
        looked_at = scope or selecting.manual_scope(wanted, place.directory, repository.root)
        message = call.args[0] if stage in _ABOUT_MESSAGES and call.args else None
        prepared = preparation.prepare(project, wanted, looked_at, nested=tree.nested, message=message)
        if _means_all_files(prepared):
            prepared = preparation.prepare(project, wanted, scopes.AllFiles(), nested=tree.nested)
        told = push.variables(looked_at, call.args) if stage == "pre-push" else {}
        return execution.execute(prepared, tree, reporting, call, told, asked)


def _scope(stage: str, call: HookCall, repository: Repository) -> Scope:
    """What changed, by what pre-commit or git tells the hook of that stage."""
    from_ref, to_ref = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
    if from_ref and to_ref:
        return scopes.Between(from_ref, to_ref)
    return occasions.scope(stage, call.args, text(call.stdin or b""), lambda name: repository.commit(name) is not None)


def _means_all_files(prepared: preparation.Prepared) -> bool:
    """Whether pre-commit was called outside a commit with nothing staged: ``pre-commit run --all-files``.

    pre-commit does not tell a hook how it was called; but git sets ``GIT_INDEX_FILE`` in a commit, and
    outside one there is nothing else that it could have been called for.
    """
    by_hand = "PRE_COMMIT" in os.environ and "GIT_INDEX_FILE" not in os.environ
    return by_hand and isinstance(prepared.scope, scopes.Staged) and not prepared.changed

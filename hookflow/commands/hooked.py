"""A hook's run, carried out: on what git, or pre-commit, tells the hook."""

import os
from collections.abc import Mapping

from hookflow.adapters import runs, signals
from hookflow.adapters.repository import Repository
from hookflow.commands import execution, preparation, selecting
from hookflow.commands.answer import Question
from hookflow.commands.options import HookCall, Place, Reporting, Selection
from hookflow.commands.tree import Tree
from hookflow.core import scopes, stages
from hookflow.core.porcelain import text
from hookflow.core.scopes import Scope


def run(place: Place, wanted: Selection, reporting: Reporting, call: HookCall, asked: Question | None) -> int:
    """Run a hook's steps; returns the exit code.

    Args:
        place: Where.
        wanted: What to run; its stage is the hook's.
        reporting: Whom to tell.
        call: What git gave the hook.
        asked: What the run answers for whoever asks again.
    """
    with signals.raised(), Tree(Repository(place.directory), runs.new_id()).held() as tree:
        return _run(place, wanted, reporting, call, tree, asked)


def _run(
    place: Place, wanted: Selection, reporting: Reporting, call: HookCall, tree: Tree, asked: Question | None
) -> int:
    project = preparation.open_project(place, tree.repository)
    stage = wanted.stage or stages.DEFAULT_STAGE
    if not project.config.of_stage(stage):
        return 0
    scope = (
        selecting.manual_scope(wanted, place.directory, project.repository.root)
        if wanted.scope
        else _scope(stage, call)
    )
    prepared = preparation.prepare(project, wanted, scope, nested=tree.nested)
    if _means_all_files(prepared):
        prepared = preparation.prepare(project, wanted, scopes.AllFiles(), nested=tree.nested)
    return execution.execute(prepared, tree, reporting, call, _push_variables(stage, scope, call.args), asked)


def _scope(stage: str, call: HookCall) -> Scope:
    """What changed, by what git tells the hook of that stage."""
    from_ref, to_ref = os.environ.get("PRE_COMMIT_FROM_REF"), os.environ.get("PRE_COMMIT_TO_REF")
    if from_ref and to_ref:
        return scopes.Between(from_ref, to_ref)
    match stage, call.args:
        case "pre-push", _:
            remote = call.args[0] if call.args else "origin"
            return scopes.Pushed(remote, scopes.parse_updates(text(call.stdin or b"")))
        case "post-checkout", (before, after, *_) if not scopes.is_null(before):
            return scopes.Between(before, after)
        case "post-merge", _:
            return scopes.Between("ORIG_HEAD", "HEAD")
        case _:
            return scopes.Staged()


def _means_all_files(prepared: preparation.Prepared) -> bool:
    """Whether pre-commit was called outside a commit with nothing staged: ``pre-commit run --all-files``.

    pre-commit does not tell a hook how it was called; but git sets ``GIT_INDEX_FILE`` in a commit, and
    outside one there is nothing else that it could have been called for.
    """
    by_hand = "PRE_COMMIT" in os.environ and "GIT_INDEX_FILE" not in os.environ
    return by_hand and isinstance(prepared.scope, scopes.Staged) and not prepared.changed


def _push_variables(stage: str, scope: Scope, args: tuple[str, ...]) -> Mapping[str, str]:
    """What steps of pre-push are told; of several refs, the first that is not deleted."""
    if stage != "pre-push":
        return {}
    inherited = os.environ
    names = dict(zip(("HOOKFLOW_REMOTE_NAME", "HOOKFLOW_REMOTE_URL"), args, strict=False))
    if "PRE_COMMIT_REMOTE_NAME" in inherited:
        names = {
            "HOOKFLOW_REMOTE_NAME": inherited["PRE_COMMIT_REMOTE_NAME"],
            "HOOKFLOW_REMOTE_URL": inherited.get("PRE_COMMIT_REMOTE_URL", ""),
        }
    match scope:
        case scopes.Between(from_ref, to_ref):
            return {**names, "HOOKFLOW_FROM_REF": from_ref, "HOOKFLOW_TO_REF": to_ref}
        case scopes.Pushed(updates=updates):
            for update in updates:
                if not scopes.is_null(update.local_id):
                    ids = {"HOOKFLOW_FROM_REF": update.remote_id, "HOOKFLOW_TO_REF": update.local_id}
                    return {**names, **ids}
        case _:
            pass
    return names

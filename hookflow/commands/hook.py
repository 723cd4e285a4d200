"""``hookflow hook STAGE``: what an installed git hook and the entries of .pre-commit-hooks.yaml call."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from hookflow.adapters import runs, signals
from hookflow.adapters.repository import Repository
from hookflow.commands import execution, preparation, selecting
from hookflow.commands.options import HookCall, Place, Reporting, Selection
from hookflow.commands.tree import Tree
from hookflow.core import scopes
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.porcelain import text
from hookflow.core.scopes import Scope

# githooks(5): the hooks to which git writes something on standard input.
_WITH_STDIN = frozenset({"pre-push", "post-rewrite", "reference-transaction"})
_ABOUT_MESSAGES = frozenset({"commit-msg", "prepare-commit-msg"})


def hook(place: Place, wanted: Selection, reporting: Reporting, args: tuple[str, ...], before: Path | None) -> int:
    """Run a hook's steps; returns the exit code.

    Args:
        place: Where.
        wanted: What to run; its stage is the hook's.
        reporting: Whom to tell.
        args: git's arguments.
        before: The hook that was there before hookflow's, which runs first; it need not exist.
    """
    stage = selecting.checked_stage(wanted.stage or selecting.DEFAULT_STAGE)
    stdin = _read_stdin() if stage in _WITH_STDIN else None
    if before is not None and os.access(before, os.X_OK):
        code = _run_before(before, args, stdin)
        if code:
            return code
    if os.environ.get("HOOKFLOW") == "0":
        return 0
    with signals.raised(), Tree(Repository(place.directory), runs.new_id()).held() as tree:
        call = HookCall(args=args, stdin=stdin)
        return _run(place, replace(wanted, stage=stage), reporting, call, tree)


def _run(place: Place, wanted: Selection, reporting: Reporting, call: HookCall, tree: Tree) -> int:
    project = preparation.open_project(place, tree.repository)
    stage = wanted.stage or selecting.DEFAULT_STAGE
    if not project.config.of_stage(stage):
        return 0
    scope = (
        selecting.manual_scope(wanted, place.directory, project.repository.root)
        if wanted.scope
        else _scope(stage, call)
    )
    message = call.args[0] if stage in _ABOUT_MESSAGES and call.args else None
    prepared = preparation.prepare(project, wanted, scope, nested=tree.nested, message=message)
    if _means_all_files(prepared):
        prepared = preparation.prepare(project, wanted, scopes.AllFiles(), nested=tree.nested)
    return execution.execute(prepared, tree, reporting, call, _push_variables(stage, scope, call.args))


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


def _read_stdin() -> bytes:
    """Everything that git wrote; nothing from a terminal, where nobody would know to type it."""
    if sys.stdin is None or sys.stdin.isatty():
        return b""
    return sys.stdin.buffer.read()


def _run_before(before: Path, args: tuple[str, ...], stdin: bytes | None) -> int:
    """Run the hook that was there before, as git would have; returns its exit code.

    Raises:
        BrokenEnvironmentError: It cannot be executed.
    """
    source = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    try:
        code = subprocess.run([before.resolve(), *args], check=False, **source).returncode
    except OSError as error:
        raise BrokenEnvironmentError(f"{before} cannot be run: {error.strerror}") from None
    return code if code >= 0 else 128 - code

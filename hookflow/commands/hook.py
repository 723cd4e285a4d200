"""``hookflow hook STAGE``: what an installed git hook and the entries of .pre-commit-hooks.yaml call."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from hookflow.adapters import runs, signals
from hookflow.adapters.repository import Repository
from hookflow.commands import execution, preparation, push, selecting
from hookflow.commands.options import HookCall, Place, Reporting, Selection
from hookflow.commands.tree import Tree
from hookflow.core import occasions, scopes
from hookflow.core.errors import BrokenEnvironmentError, ConfigurationError, HookflowError
from hookflow.core.porcelain import text
from hookflow.core.scopes import Scope

# githooks(5): the hooks to which git writes something on standard input.
_WITH_STDIN = frozenset({"pre-push", "post-rewrite", "reference-transaction"})
_SIGNALLED = 128


def hook(place: Place, wanted: Selection, reporting: Reporting, args: tuple[str, ...], before: Path | None) -> int:
    """Run a hook's steps; returns the exit code.

    Of a hook that runs when git has done its work (post-commit and the like), steps that fail only warn: git
    makes the exit code of post-checkout its own, although nothing can be stopped by it.

    Args:
        place: Where.
        wanted: What to run; its stage is the hook's.
        reporting: Whom to tell.
        args: git's arguments.
        before: The hook that was there before hookflow's, which runs first; it need not exist.
    """
    stage = selecting.checked_stage(wanted.stage or selecting.DEFAULT_STAGE)
    call = HookCall(args=args, stdin=_read_stdin() if stage in _WITH_STDIN else None)
    warns = occasions.only_warns(stage)
    code = 0
    if before is not None and os.access(before, os.X_OK):
        code = _run_before(before, args, call.stdin)
        if code and not warns:
            return code
    if os.environ.get("HOOKFLOW") == "0":
        return code

    def steps() -> int:
        with signals.raised():
            return _run(place, replace(wanted, stage=stage), reporting, call)

    # What was there before decides as it would have without us.
    return (_warned(stage, steps) or code) if warns else steps()


def _warned(stage: str, steps: Callable[[], int]) -> int:
    """Run steps of a hook that cannot stop anything: a signal still ends it, all else is a warning."""
    try:
        code = steps()
    except ConfigurationError as error:
        print("\n".join(error.lines), file=sys.stderr)
        code = error.exit_code
    except HookflowError as error:
        print(f"hookflow: {error}", file=sys.stderr)
        code = error.exit_code
    if not 0 < code < _SIGNALLED:
        return code
    print(f"hookflow: {stage}: only a warning, as git has done its work already", file=sys.stderr)
    return 0


def _run(place: Place, wanted: Selection, reporting: Reporting, call: HookCall) -> int:
    stage = wanted.stage or selecting.DEFAULT_STAGE
    repository = Repository(place.directory)
    scope = _scope(stage, call, repository) if wanted.scope is None else None
    if isinstance(scope, scopes.Pushed):
        return push.push(place, wanted, reporting, call, scope)
    with Tree(repository, runs.new_id()).held() as tree:
        project = preparation.open_project(place, repository)
        if not project.config.of_stage(stage):
            return 0
        looked_at = scope or selecting.manual_scope(wanted, place.directory, repository.root)
        prepared = preparation.prepare(project, wanted, looked_at, nested=tree.nested)
        if _means_all_files(prepared):
            prepared = preparation.prepare(project, wanted, scopes.AllFiles(), nested=tree.nested)
        told = push.variables(looked_at, call.args) if stage == "pre-push" else {}
        return execution.execute(prepared, tree, reporting, call, told)


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

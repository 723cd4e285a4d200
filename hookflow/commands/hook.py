"""``hookflow hook STAGE``: what an installed git hook and the entries of .pre-commit-hooks.yaml call."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from hookflow.answers import Question
from hookflow.commands import hooked
from hookflow.commands.options import HookCall, Place, Reporting, Selection
from hookflow.core import occasions
from hookflow.core.errors import BrokenEnvironmentError, ConfigurationError, HookflowError
from hookflow.core.stages import DEFAULT_STAGE, checked_stage
from hookflow.core.structs import replace

# githooks(5): the hooks to which git writes something on standard input.
_WITH_STDIN = frozenset({"pre-push", "post-rewrite", "reference-transaction"})
_SIGNALLED = 128


def hook(
    place: Place,
    wanted: Selection,
    reporting: Reporting,
    args: tuple[str, ...],
    before: Path | None,
    asked: Question | None,
) -> int:
    """Run a hook's steps; returns the exit code.

    Of a hook that runs when git has done its work (post-commit and the like), steps that fail only warn: git
    makes the exit code of post-checkout its own, although nothing can be stopped by it.

    Args:
        place: Where.
        wanted: What to run; its stage is the hook's.
        reporting: Whom to tell.
        args: git's arguments.
        before: The hook that was there before hookflow's, which runs first; it need not exist.
        asked: What the run answers for whoever asks again.
    """
    stage = checked_stage(wanted.stage or DEFAULT_STAGE)
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
        return hooked.run(place, replace(wanted, stage=stage), reporting, call, asked)

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
    import subprocess  # noqa: PLC0415 (11 ms, only where another hook was there before)

    source = {"stdin": subprocess.DEVNULL} if stdin is None else {"input": stdin}
    try:
        code = subprocess.run([before.resolve(), *args], check=False, **source).returncode
    except OSError as error:
        raise BrokenEnvironmentError(f"{before} cannot be run: {error.strerror}") from None
    return code if code >= 0 else 128 - code

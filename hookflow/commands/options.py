"""What a command line asks for, as frozen records; `hookflow.cli` makes them."""

from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hookflow.core.scopes import Scope
from hookflow.core.structs import Struct

if TYPE_CHECKING:
    import argparse
    from types import SimpleNamespace

    Options = argparse.Namespace | SimpleNamespace  # as they were parsed

Output = Literal["auto", "live", "plain", "github", "quiet", "verbose"]


class Place(Struct, frozen=True, kw_only=True):
    """Where a command works: the directory to start from, and the configuration file if one was named."""

    directory: Path
    config: Path | None = None


class Selection(Struct, frozen=True, kw_only=True):
    """Which steps, on which files, and how. None leaves a choice to the configuration.

    Attributes:
        steps: The steps named; none means all of the stage.
        stage: The stage that was asked for; None for the default.
        scope: The scope that was asked for; its paths are relative to `Place.directory`.
        parallel: ``--parallel`` or ``--no-parallel``.
        jobs: ``--jobs``, which implies parallel.
        smart_execution: ``--smart-execution`` or ``--no-smart-execution``.
        fail_fast: ``--fail-fast`` or ``--no-fail-fast``.
        fix: ``--fix`` or ``--no-fix``.
        only: Run the named steps without what they need.
        skip: Steps to leave out.
        cache: ``--cache`` or ``--no-cache``.
        refresh: Run what could be replayed, and keep its result.
        verify: Run what could be replayed, and compare.
        failed: Only what did not pass in the last run.
        ci: What a CI system's variables say that changed.
    """

    steps: tuple[str, ...] = ()
    stage: str | None = None
    scope: Scope | None = None
    parallel: bool | None = None
    jobs: int | None = None
    smart_execution: bool | None = None
    fail_fast: bool | None = None
    fix: bool | None = None
    only: bool = False
    skip: tuple[str, ...] = ()
    cache: bool | None = None
    refresh: bool = False
    verify: bool = False
    failed: bool = False
    ci: bool = False


class Reporting(Struct, frozen=True, kw_only=True):
    """Who is told of a run, and where.

    Attributes:
        output: What goes to the terminal.
        events: The file for events as JSON lines, or None.
        junit: The file for a JUnit report, or None.
        trace: The file for a trace in Chrome's format, or None.
    """

    output: Output = "auto"
    events: Path | None = None
    junit: Path | None = None
    trace: Path | None = None


class HookCall(Struct, frozen=True, kw_only=True):
    """What git, or pre-commit, gave the hook.

    Attributes:
        args: git's arguments.
        stdin: What git wrote to standard input; None where the hook has none.
    """

    args: tuple[str, ...] = ()
    stdin: bytes | None = None

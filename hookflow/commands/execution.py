"""A prepared run carried out: run directory, reporters, jobs and runner are wired here, for every command."""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hookflow.adapters import runs
from hookflow.adapters.repository import Repository
from hookflow.commands import environments, jobs, memory
from hookflow.commands.options import HookCall, Reporting
from hookflow.commands.preparation import Prepared
from hookflow.commands.reporting import Emit, colours, listeners
from hookflow.commands.tree import Tree
from hookflow.core import events, scopes, summary
from hookflow.core.launch import Job
from hookflow.core.schedule import Schedule
from hookflow.ledger import Ledger
from hookflow.replay import Replayer


def execute(
    prepared: Prepared,
    tree: Tree,
    reporting: Reporting,
    call: HookCall | None = None,
    push: Mapping[str, str] | None = None,
) -> int:
    """Run the steps and return the exit code.

    Args:
        prepared: What to run.
        tree: The work tree, held.
        reporting: Whom to tell.
        call: What git gave the hook.
        push: ``HOOKFLOW_FROM_REF`` and the like, in pre-push.

    Raises:
        BrokenEnvironmentError: A file that was asked for cannot be written.
    """
    state = state_directory(prepared)
    directory = runs.RunDirectory(state, tree.run)
    try:
        with ExitStack() as stack:
            emit = listeners(stack, directory, reporting, prepared)
            return _run(prepared, tree, directory, emit, call or HookCall(), push or {})
    finally:
        directory.close(prepared.project.config.log_retention)


def state_directory(prepared: Prepared) -> Path:
    """Where this repository's state is kept."""
    return state_of(prepared.project.repository)


def state_of(repository: Repository) -> Path:
    """Where the state of a repository is kept."""
    return runs.state_directory(repository.common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))


def _run(
    prepared: Prepared,
    tree: Tree,
    directory: runs.RunDirectory,
    emit: Emit,
    call: HookCall,
    push: Mapping[str, str],
) -> int:
    started = time.monotonic()
    emit(_run_started(prepared, directory.run))
    directory.publish()
    ledger = Ledger({step.name: step for step in prepared.steps}, directory, emit, time.time)
    environments.install(prepared)
    around, missing = jobs.surroundings(prepared, directory.run, push, colour=colours(sys.stdout))
    for message in (*prepared.warnings, directory.problem, missing):
        if message is not None:
            ledger.warn(message)
    with memory.opened(prepared, around, state_directory(prepared), usable=directory.kept) as known:
        schedule = _schedule(prepared, known.frame)
        Replayer(schedule, known.results, ledger, writing=False).replay()
        how: dict[str, Any] = {"peak": 0}
        if schedule.done:
            for ended in schedule.take_ended():
                ledger.finish(ended.name, ended.outcome, at=time.monotonic())
            known.keep(ledger)
        else:
            work = jobs.Jobs(prepared, around, call, known.results.files)
            how = _run_steps(schedule, work, prepared, tree, ledger, known)
        for message in known.problems():
            ledger.warn(message)
    wall = time.monotonic() - started
    finished = summary.finished(prepared.frame, ledger.outcomes, ledger.seconds, time=time.time(), wall=wall, **how)
    emit(finished)
    return finished.exit_code


def _schedule(prepared: Prepared, frame: summary.Frame) -> Schedule:
    return Schedule(
        frame.graph,
        frame.tasks,
        jobs=frame.jobs,
        resources=frame.resources,
        in_order=not prepared.parallel,
        fail_fast=prepared.fail_fast,
    )


def _run_steps(
    schedule: Schedule,
    work: Mapping[str, Job],
    prepared: Prepared,
    tree: Tree,
    ledger: Ledger,
    known: memory.Memory,
) -> dict[str, Any]:
    """Run what there is to run; the peak, the signal that ended it, and whether changes excluded each other."""
    import trio  # noqa: PLC0415 (108 ms, only for who runs a step)

    from hookflow import runner  # noqa: PLC0415 (imports trio)
    from hookflow.commands import protection, shared  # noqa: PLC0415 (only for who runs a step)

    frame, common_dir = prepared.frame, prepared.project.repository.common_dir
    steps = {step.name: step for step in prepared.steps}
    resources = shared.SharedResources(steps, frame.resources, common_dir, tree.run)
    with protection.protected(prepared, tree, ledger) as inside:
        outside = runner.Outside(
            launcher=inside.launcher, watch=inside.watch, take=resources.take, results=known.results
        )
        course = trio.run(runner.run, schedule, work, outside, ledger)
        known.keep(ledger)  # before anything is put back: what decided is still as the steps saw it
    return {"peak": course.peak, "signal": course.signal, "conflict": inside.conflict}


def _run_started(prepared: Prepared, run: str) -> events.RunStarted:
    return events.RunStarted(
        time=time.time(),
        run=run,
        stage=prepared.stage,
        scope=scopes.word(prepared.scope),
        files=prepared.changed,
        steps=tuple(step.name for step in prepared.steps),
        jobs=prepared.frame.jobs,
        parallel=prepared.parallel,
    )

"""A prepared run carried out: run directory, reporters, jobs and runner are wired here, for every command."""

import os
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from hookflow.adapters import files, runs
from hookflow.commands import jobs, kept_graph
from hookflow.commands.options import HookCall, Reporting
from hookflow.commands.preparation import Prepared
from hookflow.commands.tree import Tree
from hookflow.core import events, scopes, summary
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.launch import Job
from hookflow.core.schedule import Schedule
from hookflow.ledger import Ledger
from hookflow.reporters import jsonl, plain

Emit = Callable[[events.Event], None]


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
        BrokenEnvironmentError: The file for events cannot be written.
    """
    state = state_directory(prepared)
    directory = runs.RunDirectory(state, tree.run)
    try:
        with ExitStack() as stack:
            emit = _reporters(stack, directory, reporting)
            return _run(prepared, tree, directory, emit, call or HookCall(), push or {})
    finally:
        directory.close(prepared.project.config.log_retention)


def state_directory(prepared: Prepared) -> Path:
    """Where this repository's state is kept."""
    common_dir = prepared.project.repository.common_dir
    return runs.state_directory(common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))


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
    kept_graph.keep(directory.path if directory.kept else None, prepared.frame.graph, prepared.steps)
    directory.publish()
    ledger = Ledger({step.name: step for step in prepared.steps}, directory, emit, time.time)
    around, missing = jobs.surroundings(prepared, directory.run, push, colour=_colours(sys.stdout))
    for message in (*prepared.warnings, directory.problem, missing):
        if message is not None:
            ledger.warn(message)
    schedule = _schedule(prepared)
    how: dict[str, Any] = {"peak": 0}
    if schedule.done:
        for ended in schedule.take_ended():
            ledger.finish(ended.name, ended.outcome, at=time.monotonic())
    else:
        how = _run_steps(schedule, jobs.make(prepared, around, call), prepared, tree, ledger)
    wall = time.monotonic() - started
    finished = summary.finished(prepared.frame, ledger.outcomes, ledger.seconds, time=time.time(), wall=wall, **how)
    emit(finished)
    return finished.exit_code


def _schedule(prepared: Prepared) -> Schedule:
    frame = prepared.frame
    return Schedule(
        frame.graph,
        frame.tasks,
        jobs=frame.jobs,
        resources=frame.resources,
        in_order=not prepared.parallel,
        fail_fast=prepared.fail_fast,
    )


def _run_steps(
    schedule: Schedule, work: Mapping[str, Job], prepared: Prepared, tree: Tree, ledger: Ledger
) -> dict[str, Any]:
    """Run what there is to run; the peak, the signal that ended it, and whether changes excluded each other."""
    import trio  # noqa: PLC0415 (108 ms, only for who runs a step)

    from hookflow import runner  # noqa: PLC0415 (imports trio)
    from hookflow.commands import protection, shared  # noqa: PLC0415 (only for who runs a step)

    frame, common_dir = prepared.frame, prepared.project.repository.common_dir
    steps = {step.name: step for step in prepared.steps}
    resources = shared.SharedResources(steps, frame.resources, common_dir, tree.run)
    with protection.protected(prepared, tree, ledger) as inside:
        outside = runner.Outside(launcher=inside.launcher, watch=inside.watch, take=resources.take)
        course = trio.run(runner.run, schedule, work, outside, ledger)
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


def _reporters(stack: ExitStack, directory: runs.RunDirectory, reporting: Reporting) -> Emit:
    level = "plain" if reporting.output == "auto" else reporting.output
    listeners: list[Emit] = [
        plain.Plain(sys.stdout, sys.stderr, level=level, colours=_colours(sys.stdout), logs_kept=directory.kept).emit
    ]
    if (path := directory.events()) is not None:
        listeners.append(jsonl.JsonLines(stack.enter_context(files.private_text(path))).emit)
    if reporting.events is not None:
        try:
            stream = stack.enter_context(reporting.events.open("w", encoding="utf-8"))
        except OSError as error:
            raise BrokenEnvironmentError(f"--events {reporting.events}: {error.strerror}") from None
        listeners.append(jsonl.JsonLines(stream, logs_kept=directory.kept).emit)

    def emit(event: events.Event) -> None:
        for listener in listeners:
            listener(event)

    return emit


def _colours(stream: TextIO) -> bool:
    """Whether a stream shows colours (the conventions of no-color.org and force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"

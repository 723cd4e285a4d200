"""A prepared run carried out: run directory, reporters, jobs and runner are wired here, for every command."""

import os
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from hookflow import answered, head_start, short_steps
from hookflow.adapters import runs, signals
from hookflow.adapters.repository import Repository
from hookflow.answers import Question
from hookflow.commands import jobs, kept_graph, memory, reporting, screen
from hookflow.commands.memory import Memory
from hookflow.commands.options import HookCall, Reporting
from hookflow.commands.preparation import Prepared
from hookflow.commands.tree import Tree
from hookflow.core import events, scopes, summary
from hookflow.core.launch import Job
from hookflow.core.schedule import Schedule
from hookflow.core.structs import Struct
from hookflow.ledger import Ledger
from hookflow.outside import Outside
from hookflow.replay import Replayer


def execute(
    prepared: Prepared,
    tree: Tree,
    told: Reporting,
    call: HookCall | None = None,
    push: Mapping[str, str] | None = None,
    asked: Question | None = None,
) -> int:
    """Run the steps and return the exit code.

    Args:
        prepared: What to run.
        tree: The work tree, held.
        told: Whom to tell.
        call: What git gave the hook.
        push: ``HOOKFLOW_FROM_REF`` and the like, in pre-push.
        asked: The question that this run answers, for whoever asks it again.

    Raises:
        BrokenEnvironmentError: A file that was asked for cannot be written.
    """
    began = time.monotonic()
    state = state_directory(prepared)
    directory = runs.RunDirectory(state, tree.run)
    call = call or HookCall()
    if prepared.project.config.pre_commit is not False:
        from hookflow.commands import environments  # noqa: PLC0415 (only for who has hooks of pre-commit's as steps)

        environments.install(prepared, state)
    around, missing = jobs.surroundings(prepared, directory.run, push or {}, colour=answered.shows_colours(sys.stdout))
    try:
        with ExitStack() as stack:
            known = stack.enter_context(memory.opened(prepared, around, state, usable=directory.kept))
            voice = reporting.listeners(stack, prepared, directory, told, call, known)
            run = _Run(prepared, tree, directory, known, voice, began)
            code = run.carry_out(jobs.Jobs(prepared, around, call, known.results.files), missing)
        if asked is not None and code == 0:
            from hookflow.commands import answering  # noqa: PLC0415 (only when the steps have ended)

            answering.keep(asked, prepared, around, known)
        return code
    finally:
        directory.close(prepared.project.config.log_retention)


def state_directory(prepared: Prepared) -> Path:
    """Where this repository's state is kept."""
    return state_of(prepared.project.repository)


def state_of(repository: Repository) -> Path:
    """Where the state of a repository is kept."""
    return runs.state_directory(repository.common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))


class _Run(Struct, frozen=True):
    """What a run is carried out with."""

    prepared: Prepared
    tree: Tree
    directory: runs.RunDirectory
    known: Memory
    voice: screen.Voice
    began: float

    def carry_out(self, work: Mapping[str, Job], warning: str | None) -> int:
        """Replay, run, keep; returns the exit code."""
        self.voice.emit(_run_started(self.prepared, self.directory.run))
        kept_graph.keep(
            self.directory.path if self.directory.kept else None, self.prepared.frame.graph, self.prepared.steps
        )
        self.directory.publish()
        ledger = Ledger({step.name: step for step in self.prepared.steps}, self.directory, self.voice.emit, time.time)
        for message in (*self.prepared.warnings, self.directory.problem, warning):
            if message is not None:
                ledger.warn(message)
        schedule = self._schedule()
        Replayer(schedule, self.known.results, ledger, writing=False).replay()
        how = self._run_steps(schedule, work, ledger) if not schedule.done else self._run_nothing(schedule, ledger)
        for message in self.known.problems():
            ledger.warn(message)
        wall = time.monotonic() - self.began
        frame = self.prepared.frame
        finished = summary.finished(frame, ledger.outcomes, ledger.seconds, time=time.time(), wall=wall, **how)
        self.voice.emit(finished)
        return finished.exit_code

    def _schedule(self) -> Schedule:
        frame = self.known.frame
        return Schedule(
            frame.graph,
            frame.tasks,
            jobs=frame.jobs,
            resources=frame.resources,
            in_order=not self.prepared.parallel,
            fail_fast=self.prepared.fail_fast,
        )

    def _run_nothing(self, schedule: Schedule, ledger: Ledger) -> dict[str, Any]:
        for ended in schedule.take_ended():
            ledger.finish(ended.name, ended.outcome, at=time.monotonic())
        self.known.keep(ledger)
        return {"peak": 0}

    def _run_steps(self, schedule: Schedule, work: Mapping[str, Job], ledger: Ledger) -> dict[str, Any]:
        """Run what there is to run; the peak, the signal that ended it, and whether changes excluded each other."""
        from hookflow.commands import protection, shared  # noqa: PLC0415 (only for who runs a step)

        common_dir = self.prepared.project.repository.common_dir
        steps = {step.name: step for step in self.prepared.steps}
        resources = shared.SharedResources(steps, self.prepared.frame.resources, common_dir, self.tree.run)
        with protection.protected(self.prepared, self.tree, ledger) as inside:
            around = Outside(
                launcher=inside.launcher,
                watch=inside.watch,
                take=resources.take,
                results=self.known.results,
                aside=self.voice.aside,
            )
            Replayer(schedule, self.known.results, ledger, writing=True).replay()
            how = _carried_on(schedule, work, around, ledger)
            self.known.keep(ledger)  # before anything is put back: what decided is still as the steps saw it
        return {**how, "conflict": inside.conflict}


def _carried_on(schedule: Schedule, work: Mapping[str, Job], around: Outside, ledger: Ledger) -> dict[str, Any]:
    """The run from its first steps to its end; trio is imported while they run, if they run that long."""
    with signals.deferred() as noted:  # from the first step on, only the runner can end a run with all its words
        replayer = Replayer(schedule, around.results, ledger, writing=True)
        heads, peak = short_steps.run(
            schedule, work, around, ledger, replay=replayer.replay, noted=noted, fetch=_fetch_runner
        )
        if schedule.done:
            return {"peak": peak}
        try:
            import trio  # noqa: PLC0415 (108 ms)

            from hookflow import runner  # noqa: PLC0415 (imports trio)
        except BaseException:
            head_start.abandon(heads)
            raise
        course = trio.run(runner.run, schedule, work, around, ledger, heads, noted, clock=runner.Clock())
        return {"peak": max(peak, course.peak), "signal": course.signal}


def _fetch_runner() -> None:
    """Import the runner, and trio with it, while there is time; who needs it finds out what kept it from coming."""
    with suppress(Exception):
        import hookflow.runner  # noqa: F401, PLC0415


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

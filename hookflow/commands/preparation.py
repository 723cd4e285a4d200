"""From options to everything that a run is: configuration, changes, decisions, graph and schedule's tasks."""

import os
from collections.abc import Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hookflow.adapters import compiled, filetypes, machine, pyproject, repository, runs
from hookflow.commands import selecting
from hookflow.commands.options import Place, Selection
from hookflow.core import command, dependencies, scopes, stages
from hookflow.core.config import Config, Sources, Step
from hookflow.core.errors import UsageError
from hookflow.core.graph import Graph
from hookflow.core.porcelain import text
from hookflow.core.schedule import Task
from hookflow.core.scopes import Scope
from hookflow.core.selection import Decision, Selector, Touched
from hookflow.core.structs import Struct, replace
from hookflow.core.summary import Frame

if TYPE_CHECKING:
    from hookflow.core.precommit import Hooks

Caching = Literal["off", "use", "refresh", "verify"]


class Project(Struct, frozen=True, kw_only=True):
    """A repository and its configuration.

    Attributes:
        repository: The repository.
        config: The configuration.
        file: Where it stands.
        here: The project below its root that we were called in, or "".
        sources: What else it was read from; None where that is not known.
    """

    repository: repository.Repository
    config: Config
    file: Path
    sources: Sources | None
    here: str = ""


class Prepared(Struct, frozen=True, kw_only=True):
    """A run that has not begun.

    Attributes:
        project: Where.
        stage: The stage; steps that were named may belong to others.
        scope: The scope.
        steps: The selected steps, in the order of declaration.
        decisions: What each of them has to do.
        frame: The graph of the selected steps, their tasks, CPUs and resources.
        changed: How many files changed in the scope.
        head: The commit that they were compared with, where that is HEAD.
        parallel: Whether steps may run at once.
        fail_fast: Whether the first failure ends the run.
        fixing: Steps whose fix runs where their check fails.
        touched: What each step that runs may read or write.
        watched: Of each step that runs, the files in which a change of its own counts.
        commits: Whether this is the check of a commit: in a hook, or ``--staged``.
        hides: Whether what is not staged is to be hidden.
        may_stage: Whether fixes may be added to the index.
        caching: What becomes of earlier results: ``off``, ``use``, ``refresh`` (none is used, new ones are kept)
            or ``verify`` (those that would be used are compared with what the steps do now).
        notes: Of some steps, what a reader of their outcome should know.
        warnings: What a person should know.
    """

    project: Project
    stage: str
    scope: Scope
    steps: tuple[Step, ...]
    decisions: Mapping[str, Decision]
    frame: Frame
    changed: int
    head: str | None
    parallel: bool
    fail_fast: bool
    fixing: frozenset[str]
    touched: Mapping[str, Touched]
    watched: Mapping[str, tuple[str, ...]]
    commits: bool
    hides: bool
    may_stage: bool
    caching: Caching
    notes: Mapping[str, str]
    warnings: tuple[str, ...]

    @property
    def writers(self) -> frozenset[str]:
        """The steps that run and are declared to change files, themselves or by a fix."""
        return frozenset(
            step.name
            for step in self.steps
            if self.decisions[step.name].run and (step.modifies or step.name in self.fixing)
        )


def open_project(place: Place, around: repository.Repository | None = None) -> Project:
    """The repository around a place (if it is not known yet) and the configuration that holds there.

    Raises:
        BrokenEnvironmentError: No repository.
        ConfigurationError: None, or a wrong one.
    """
    found = around or repository.Repository(place.directory)
    directory = place.directory.resolve()
    state = runs.state_directory(found.common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))
    # Of several, one that is above may name the nearest as a project of its own: that takes a look inside.
    file = place.config or pyproject.alone(directory, found.root) or pyproject.find(directory, found.root)
    known: tuple[Config, Sources | None] | None = compiled.load(state, file, found.root)
    if known is None:
        file = place.config or pyproject.find(directory, found.root)
    config, sources = known or _read(found, file, state)
    here = _project_around(config, directory, found.root)
    return Project(repository=found, config=config, file=file, sources=sources, here=here)


def _project_around(config: Config, directory: Path, root: Path) -> str:
    """The innermost project that a directory is in, "" for the root's own."""
    if not config.members or not directory.is_relative_to(root):
        return ""
    return config.areas.owner(f"{text(os.fsencode(directory.relative_to(root)))}/")


def _read(found: repository.Repository, file: Path, state: Path) -> tuple[Config, Sources | None]:
    """The configuration as it is read and validated, and kept for the next time."""
    sources: Sources | None = Sources()

    def hooks() -> "Hooks":
        from hookflow.adapters import precommit  # noqa: PLC0415 (only for who has hooks of pre-commit's as steps)

        nonlocal sources
        told = precommit.hooks(found.root)
        sources = told.sources
        return told

    config = pyproject.load(file, found.root, hooks=hooks)
    if sources is not None:
        compiled.keep(state, file, found.root, config, sources)
    return config, sources


def prepare(
    project: Project, wanted: Selection, scope: Scope, *, nested: bool = False, message: str | None = None
) -> Prepared:
    """Decide everything that can be decided before the first step starts.

    Args:
        project: Where.
        wanted: What was asked for.
        scope: What to look at.
        nested: Whether a run that has this work tree already has called us.
        message: The file of the commit's message, in the stages of it.

    Raises:
        UsageError: A step or revision that does not exist.
        BrokenEnvironmentError: git refuses, or paths are unmerged.
    """
    config = _with_choices(project.config, wanted)
    stage = stages.checked_stage(wanted.stage or stages.DEFAULT_STAGE)
    steps, data = selecting.select(config, wanted, stage)
    on_our_own = not nested and "PRE_COMMIT" not in os.environ  # that hides by itself, and never adds to the index
    hides = isinstance(scope, scopes.Staged) and on_our_own and config.unstaged == "hide"
    project.repository.foresee(scope, hidden=hides, remembering=_caching(wanted, config) != "off")
    changes = project.repository.changes(scope, hidden=hides)
    fixing = frozenset(step.name for step in steps if _fixes(step, wanted.fix, stage))
    selector = Selector(
        config=config,
        stage=stage,
        changes=changes.files,
        everything=cache(partial(project.repository.tracked, hidden=hides)),
        tags=filetypes.tagger(project.repository.root),
        left_out=selecting.left_out(config, wanted.skip),
        fixing=fixing,
        message=message,
    )
    touched = selector.touched(decisions := selector.decide(data))
    return Prepared(
        project=project,
        stage=stage,
        scope=scope,
        steps=steps,
        decisions=decisions,
        frame=_frame(data, touched, _tasks(steps, decisions), config, wanted),
        changed=len(changes.files),
        head=changes.head,
        parallel=config.parallel,
        fail_fast=config.fail_fast,
        fixing=fixing,
        touched=touched,
        watched=selector.watched(decisions),
        commits=isinstance(scope, scopes.Staged),
        hides=hides,
        may_stage=on_our_own,
        caching=_caching(wanted, config),
        notes=_untracked_notes(project, selector, decisions) if hides else {},
        warnings=changes.warnings,
    )


def _caching(wanted: Selection, config: Config) -> Caching:
    if not _chosen(wanted.cache, config.cache):
        return "off"
    if wanted.refresh:
        return "refresh"
    return "verify" if wanted.verify else "use"


def _with_choices(config: Config, wanted: Selection) -> Config:
    """The configuration, with what the command line says instead."""
    return replace(
        config,
        smart_execution=_chosen(wanted.smart_execution, config.smart_execution),
        parallel=_chosen(wanted.parallel, wanted.jobs is not None or config.parallel),
        fail_fast=_chosen(wanted.fail_fast, config.fail_fast),
    )


def _fixes(step: Step, asked: bool | None, stage: str) -> bool:
    return step.fix is not None and (stage in step.fix_on if asked is None else asked)


def _untracked_notes(project: Project, selector: Selector, decisions: Mapping[str, Decision]) -> dict[str, str]:
    """Which steps may see a file that the commit has not: untracked files are not hidden."""
    steps = [project.config.step(name) for name, decision in decisions.items() if decision.run]
    steps = [step for step in steps if step.hook is None and (step.files or step.types)]
    untracked = project.repository.untracked() if steps else ()
    return {
        step.name: f"untracked {found} is in the work tree too"
        for step in steps
        if (found := selector.first_of(step, untracked)) is not None
    }


def _chosen(asked: bool | None, otherwise: bool) -> bool:
    return otherwise if asked is None else asked


def _jobs(asked: int | None, configured: int) -> int:
    """Units of CPU: the command line, then ``HOOKFLOW_JOBS``, then the configuration; 0 means "all".

    Raises:
        UsageError: ``HOOKFLOW_JOBS`` is no such number.
    """
    from_environment = os.environ.get("HOOKFLOW_JOBS", "")
    if asked is None and from_environment:
        if not from_environment.isdecimal():
            raise UsageError(f"HOOKFLOW_JOBS={from_environment}: expected a number of CPUs (0 for all)")
        asked = int(from_environment)
    return (configured if asked is None else asked) or machine.usable_cpus()


def _frame(
    data: Graph, touched: Mapping[str, Touched], tasks: Mapping[str, Task], config: Config, wanted: Selection
) -> Frame:
    graph = dependencies.full_graph(data, touched, compatible=filetypes.compatible)
    jobs = _jobs(wanted.jobs, config.jobs) if config.parallel else 1
    return Frame(graph=graph, tasks=tasks, jobs=jobs, resources=config.resources)


def _tasks(steps: Sequence[Step], decisions: Mapping[str, Decision]) -> dict[str, Task]:
    return {
        step.name: Task(
            name=step.name,
            cpus=step.cpus,
            most_cpus=command.useful_cpus(step, len(decisions[step.name].files)),
            uses=step.uses,
            alone=step.alone,
            may_fail=step.allow_failure,
            fail_fast=step.hook is not None and step.hook.fail_fast,
            skip=None if decisions[step.name].run else decisions[step.name].reason,
        )
        for step in steps
    }

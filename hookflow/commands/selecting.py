"""What a command line names: stage, steps, scope."""

import os
from collections.abc import Sequence
from pathlib import Path

from hookflow.commands.options import Selection
from hookflow.core import dependencies, scopes
from hookflow.core.config import Config, Step
from hookflow.core.errors import UsageError
from hookflow.core.graph import Graph
from hookflow.core.scopes import Scope
from hookflow.core.structs import replace


def manual_scope(wanted: Selection, directory: Path, root: Path) -> Scope:
    """The scope of a run by hand: what was asked for, else all files of named steps, else what changed.

    Args:
        wanted: What was asked for.
        directory: Where named files are relative to.
        root: The top of the work tree.

    Raises:
        UsageError: A file outside the repository.
    """
    match wanted.scope:
        case None:
            return scopes.AllFiles() if wanted.steps else scopes.Changed()
        case scopes.Files():
            return scopes.Files(_from_root(wanted.scope.paths, directory, root))
        case _:
            return wanted.scope


def named(wanted: Selection, config: Config, here: str) -> Selection:
    """What was asked for with steps by their full names.

    Args:
        wanted: As it was typed.
        config: The configuration.
        here: The project that it was typed in, "" for the root's own.
    """
    if not config.members or not (wanted.steps or wanted.skip):
        return wanted
    from hookflow.core import naming  # noqa: PLC0415 (only for who has projects)

    known = [step.name for step in config.steps]
    steps, skip = (
        tuple(dict.fromkeys(name for word in words for name in naming.meant_by(word, known, here)))
        for words in (wanted.steps, wanted.skip)
    )
    return replace(wanted, steps=steps, skip=skip)


def select(config: Config, wanted: Selection, stage: str) -> tuple[tuple[Step, ...], Graph]:
    """The steps to run, in the order of declaration, and their data dependencies.

    A step that is named runs whatever its stages, unless a stage was asked for too.

    Raises:
        UsageError: A step that does not exist, or not in the stage that was asked for.
    """
    candidates = config.steps if wanted.steps and wanted.stage is None else config.of_stage(stage)
    known = {step.name for step in candidates}
    for name in wanted.steps:
        if name not in known:
            raise UsageError(_no_such_step(config, name, stage))
    graph = dependencies.data_graph(candidates)
    if not wanted.steps:
        return candidates, graph
    names = set(wanted.steps) if wanted.only else graph.ancestors(wanted.steps)
    steps = tuple(step for step in candidates if step.name in names)
    return steps, dependencies.data_graph(steps)


def _no_such_step(config: Config, name: str, stage: str) -> str:
    for step in config.steps:
        if step.name == name:
            return f"step {name} does not run in stage {stage}; its stages: {', '.join(step.stages)}"
    return f"there is no step {name}{_suggestion(config, name)}"


def _suggestion(config: Config, name: str) -> str:
    from hookflow.core import naming  # noqa: PLC0415 (only after an error)

    return naming.suggestion(name, [step.name for step in config.steps])


def left_out(config: Config, skip: Sequence[str]) -> dict[str, str]:
    """Steps to leave out, and who asked. ``SKIP`` is shared with pre-commit, so it may name other things."""
    known = [step.name for step in config.steps]
    for name in skip:
        if name not in known:
            raise UsageError(f"--skip {name}: there is no such step{_suggestion(config, name)}")
    wished = [name.strip() for name in os.environ.get("SKIP", "").split(",")]
    if config.members:
        from hookflow.core import naming  # noqa: PLC0415 (as above)

        wished = [name for word in wished for name in naming.meant_by(word, known, "")]
    skipped = (step.name for step in config.steps if not _names(step).isdisjoint(wished))
    return dict.fromkeys(skipped, "SKIP") | dict.fromkeys(skip, "--skip")


def _names(step: Step) -> set[str]:
    """What a step is called, by hookflow and by pre-commit."""
    return {step.name} if step.hook is None else {step.name, step.hook.id, step.hook.alias} - {""}


def _from_root(paths: Sequence[str], directory: Path, root: Path) -> tuple[str, ...]:
    """Paths relative to `directory` as paths relative to `root`; links are not followed.

    Raises:
        UsageError: One is outside the repository.
    """
    found = []
    base = str(directory.resolve())
    for path in paths:
        whole = os.path.normpath(os.path.join(base, path))  # noqa: PTH118 (names are text with surrogates)
        inside = os.path.relpath(whole, root)
        if inside == ".." or inside.startswith("../"):
            raise UsageError(f"{path} is outside the repository {root}")
        found.append(inside)
    return tuple(found)

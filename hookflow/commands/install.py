"""``hookflow install`` and ``uninstall``: git's hooks put in place, or taken away."""

from pathlib import Path

from hookflow.adapters import githooks, pushed, repository
from hookflow.commands import execution, preparation
from hookflow.commands.options import Place
from hookflow.core.config import GIT_HOOKS, MANUAL
from hookflow.core.errors import UsageError
from hookflow.core.names import did_you_mean


def install(place: Place, stages: tuple[str, ...]) -> int:
    """Put a hook in place for each stage; without any named, for each stage that the configuration uses."""
    project = preparation.open_project(place)
    used = dict.fromkeys(stage for step in project.config.steps for stage in step.stages)
    wanted = [_hook(stage) for stage in stages] or [stage for stage in used if stage != MANUAL]
    found = project.repository
    for stage in wanted:
        done = githooks.install(found.hooks_dir, stage)
        print(f"{stage}: {done} ({found.hooks_dir / stage})")
        kept = found.hooks_dir / f"{stage}{githooks.KEPT}"
        if kept.exists():
            print(f"  the hook that was there before runs first: {kept}")
    if not wanted:
        print("no step has a stage that is a git hook: nothing to install")
    _warn_if_shared(found)
    return 0


def uninstall(place: Place, stages: tuple[str, ...]) -> int:
    """Take hookflow's hooks away, all of them or those named; works without a configuration."""
    found = repository.Repository(place.directory)
    wanted = [_hook(stage) for stage in stages] or GIT_HOOKS
    gone = [stage for stage in wanted if githooks.uninstall(found.hooks_dir, stage)]
    for stage in gone:
        print(f"{stage}: taken away ({found.hooks_dir / stage})")
    if not gone:
        print(f"no hook of hookflow's in {found.hooks_dir}")
    if "pre-push" in wanted:
        _remove_work_trees(found)
    return 0


def _remove_work_trees(found: repository.Repository) -> None:
    """Those in which pushes were checked."""
    removed, busy = pushed.remove_all(found.common_dir, execution.state_of(found))
    for path in removed:
        print(f"work tree for pushes: taken away ({path})")
    for path in busy:
        print(f"work tree for pushes: in use by a push, left in place ({path})")


def _hook(stage: str) -> str:
    if stage not in GIT_HOOKS:
        raise UsageError(f"{stage} is no git hook{did_you_mean(stage, GIT_HOOKS)}")
    return stage


def _warn_if_shared(found: repository.Repository) -> None:
    """A hooks directory outside the repository serves other repositories too."""
    inside = (found.root, found.common_dir)
    if not any(_is_below(found.hooks_dir, directory) for directory in inside):
        print(
            f"note: core.hooksPath ({found.hooks_path_setting()}) is outside this repository: other "
            "repositories that use it now run hookflow too, and need a [tool.hookflow]"
        )


def _is_below(path: Path, directory: Path) -> bool:
    return path.resolve().is_relative_to(directory.resolve())

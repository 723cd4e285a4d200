"""The environments of pre-commit's hooks, installed before the steps that need them start."""

from pathlib import Path

from hookflow.commands.preparation import Prepared


def install(prepared: Prepared, state: Path) -> None:
    """Install what the hooks that will run need; pre-commit is asked only about what may have changed.

    Args:
        prepared: The run.
        state: Where this repository's state is kept.

    Raises:
        BrokenEnvironmentError: Something cannot be installed.
    """
    running = (step for step in prepared.steps if prepared.decisions[step.name].run)
    hooks = [step.hook for step in running if step.hook is not None and step.hook.home != ""]
    if not hooks:
        return
    from hookflow.adapters import hook_homes  # noqa: PLC0415 (only for who has such hooks)

    homes = {hook.home for hook in hooks if hook.home is not None}
    if all(hook.home is not None for hook in hooks) and hook_homes.are_known(state, homes):
        return
    from hookflow.adapters import precommit  # noqa: PLC0415 (only where something may have to be installed)

    precommit.install(prepared.project.repository.root, [hook.place for hook in hooks])
    hook_homes.remember(state, homes)
    prepared.project.repository.forget_foreseen()  # it may have taken minutes

"""The environments of pre-commit's hooks, installed before the steps that need them start."""

from hookflow.commands.preparation import Prepared


def install(prepared: Prepared) -> None:
    """Install what the hooks that will run need.

    Raises:
        BrokenEnvironmentError: Something cannot be installed.
    """
    running = (step for step in prepared.steps if prepared.decisions[step.name].run)
    places = [step.hook.place for step in running if step.hook is not None]
    if places:
        from hookflow.adapters import precommit  # noqa: PLC0415 (only for who has hooks of pre-commit's as steps)

        precommit.install(prepared.project.repository.root, places)
        prepared.project.repository.forget_foreseen()  # it may have taken minutes

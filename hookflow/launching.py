"""From a step's job to the processes of one try of it."""

from collections.abc import Sequence

from hookflow.core.launch import Job, Launch
from hookflow.ledger import Logs


def width(job: Job, cpus: int) -> int:
    """How many of a step's processes may run at once on so many CPUs."""
    return max(1, cpus // job.step.cpus)


def are_apart(commands: Sequence[tuple[str, ...]], width: int) -> bool:
    """Whether processes run at once, so that each needs a log of its own."""
    return width > 1 and len(commands) > 1


def launch(job: Job, logs: Logs, command: tuple[str, ...], place: int | None) -> Launch:
    """One process; `place` is its number where each has a log of its own."""
    name = job.step.name
    return Launch(
        arguments=command,
        environment=job.environment,
        cwd=job.cwd,
        log=logs.log(name) if place is None else logs.part(name, place),
        stdin=job.stdin,
        interactive=job.step.interactive,
    )

"""Resources that steps share with the runs of other processes, taken by file locks."""

from collections.abc import Mapping
from pathlib import Path

from hookflow.adapters import locks
from hookflow.adapters.locks import Busy, Held
from hookflow.commands.tree import waits_for
from hookflow.core.config import Resource, Step


class Nothing:
    """What a step holds that shares nothing."""

    def release(self) -> None:
        """Nothing to give back."""


class SharedResources:
    """Takes what steps need of resources whose scope is the repository or the machine.

    Args:
        steps: By name.
        resources: By name.
        common_dir: The git directory that all linked work trees share.
        run: The run's id.
    """

    def __init__(
        self, steps: Mapping[str, Step], resources: Mapping[str, Resource], common_dir: Path, run: str
    ) -> None:
        self._run = run
        self._wanted = {
            name: {
                resource: (units, resources[resource].slots)
                for resource, units in step.uses.items()
                if resources[resource].scope != "run"
            }
            for name, step in steps.items()
        }
        used = {resource for wanted in self._wanted.values() for resource in wanted}
        self._directories = {name: _directory(resources[name], common_dir) for name in sorted(used)}

    def take(self, step: str) -> Held | Nothing | str:
        """Take all that a step shares, or none of it: then who has what it waits for, as a sentence.

        Raises:
            BrokenEnvironmentError: The locks cannot be made.
        """
        wanted = self._wanted[step]
        if not wanted:
            return Nothing()
        found = locks.try_slots(self._directories, wanted, run=self._run)
        return waits_for(found) if isinstance(found, Busy) else found


def _directory(resource: Resource, common_dir: Path) -> Path:
    if resource.scope == "machine":
        return locks.machine_directory()
    return locks.repository_directory(common_dir)

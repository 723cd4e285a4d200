"""Limits on how often steps start that use a resource: so many in any window of time."""

from collections import deque
from collections.abc import Iterable, Mapping

from hookflow.core.config import Resource


class Rates:
    """The starts so far, of each resource that has a rate.

    Args:
        resources: By name.
    """

    def __init__(self, resources: Mapping[str, Resource]) -> None:
        self._resources = resources
        self._starts: dict[str, deque[float]] = {name: deque() for name in resources}

    def start(self, used: Iterable[str], now: float) -> None:
        """A step starts that uses some resources."""
        for name in used:
            self._starts[name].append(now)

    def take_back(self, used: Iterable[str], then: float) -> None:
        """What was told as a start then was none."""
        for starts in (self._starts[name] for name in used):
            if then in starts:
                starts.remove(then)

    def due_time(self, used: Iterable[str], now: float) -> float:
        """When the rates of all of some resources allow the next start; `now` if they do."""
        return max((self._due_time(name, now) for name in used), default=now)

    def _due_time(self, name: str, now: float) -> float:
        rate = self._resources[name].rate
        if rate is None:
            return now
        starts = self._starts[name]
        while starts and starts[0] + rate.period <= now:
            starts.popleft()
        return now if len(starts) < rate.count else starts[-rate.count] + rate.period

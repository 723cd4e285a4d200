"""How a run would go: the schedule itself, told an invented time instead of a clock's."""

import heapq
from collections.abc import Mapping

from hookflow.core.outcome import Passed
from hookflow.core.schedule import Schedule
from hookflow.core.structs import Struct


class Forecast(Struct, frozen=True):
    """When each step would start and end, and when the run, in seconds from its start."""

    starts: Mapping[str, float]
    ends: Mapping[str, float]
    makespan: float


def forecast(schedule: Schedule, seconds: Mapping[str, float]) -> Forecast:
    """Carry out a schedule whose steps all pass and take the given seconds.

    Args:
        schedule: A fresh one; it is used up.
        seconds: Of each step that runs.
    """
    starts: dict[str, float] = {}
    ends: dict[str, float] = {}
    running: list[tuple[float, str]] = []
    now = 0.0
    while not schedule.done:
        for start in schedule.startable(now):
            starts[start.name] = now
            heapq.heappush(running, (now + seconds[start.name], start.name))
        wake = schedule.wake_time(now)
        if wake is not None and (not running or wake < running[0][0]):
            now = wake
            continue
        now, name = heapq.heappop(running)
        ends[name] = now
        schedule.ended(name, Passed())
    return Forecast(starts, ends, now)

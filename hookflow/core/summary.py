"""What a run came to: its verdict, and its times beside what they could have been."""

from collections import Counter
from collections.abc import Mapping

from hookflow.core import outcome as outcomes
from hookflow.core.bounds import bound_seconds
from hookflow.core.config import Resource
from hookflow.core.events import RunFinished
from hookflow.core.graph import Graph
from hookflow.core.outcome import Outcome
from hookflow.core.schedule import Task
from hookflow.core.structs import Struct

_SIGNALLED = 128  # a shell's way of saying "ended by signal n": 128 + n


class Frame(Struct, frozen=True, kw_only=True):
    """What was fixed before the run began: its graph, tasks, CPUs and resources."""

    graph: Graph
    tasks: Mapping[str, Task]
    jobs: int
    resources: Mapping[str, Resource]


def finished(
    frame: Frame,
    ended: Mapping[str, Outcome],
    seconds: Mapping[str, float],
    *,
    time: float,
    wall: float,
    peak: int,
    signal: int | None = None,
    conflict: bool = False,
) -> RunFinished:
    """The last event of a run.

    Args:
        frame: What the run was.
        ended: The outcome of every step.
        seconds: The durations of the steps that were started.
        time: Unix seconds.
        wall: Seconds since the run started.
        peak: The most steps that ran at once.
        signal: The signal that ended the run, or None.
        conflict: Whether a change of the user's and one of the run's excluded each other.
    """
    failed = conflict or any(
        outcomes.is_blocking(outcome, allowed_to_fail=frame.tasks[name].may_fail) for name, outcome in ended.items()
    )
    verdict, code = ("failed", 1) if failed else ("passed", 0)
    if signal is not None:
        verdict, code = "interrupted", _SIGNALLED + signal
    path, _ = frame.graph.critical_path(seconds)
    return RunFinished(
        time=time,
        outcome=verdict,
        exit_code=code,
        seconds=wall,
        counts=dict(Counter(outcomes.word(outcome) for outcome in ended.values())),
        critical_path=tuple(name for name in path if name in seconds),
        bound_seconds=bound_seconds(frame.graph, frame.tasks, seconds, jobs=frame.jobs, resources=frame.resources),
        serial_seconds=sum(seconds.values()),
        peak=peak,
    )

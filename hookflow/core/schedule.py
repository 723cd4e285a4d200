"""What may start now: a synchronous state machine that knows no process, no clock and no trio.

It is asked "what may start?" (`startable`), told "this ended", and given times in seconds of any monotonic clock.
"""

from bisect import insort
from collections import deque
from collections.abc import Mapping, Sequence

from hookflow.core.config import Resource
from hookflow.core.graph import Graph
from hookflow.core.outcome import (
    LIFE,
    Blocked,
    Cached,
    Cancelled,
    Outcome,
    Skipped,
    State,
    Transition,
    is_failure,
    transition,
)
from hookflow.core.rates import Rates
from hookflow.core.structs import Struct, field


class Task(Struct, frozen=True, kw_only=True):
    """What the schedule must know of a step.

    Attributes:
        name: The step's.
        cpus: Units of ``jobs`` that it takes, at least.
        most_cpus: Units that it can make use of, where they are free.
        uses: Units of each resource.
        alone: Nothing else may run meanwhile.
        may_fail: Its failure blocks nothing.
        fail_fast: Its failure cancels everything that has not ended.
        skip: Why it has nothing to do; None if it runs.
        seconds: Its expected time, for the critical path.
    """

    name: str
    cpus: int = 1
    most_cpus: int = 1
    uses: Mapping[str, int] = field(default_factory=dict)
    alone: bool = False
    may_fail: bool = False
    fail_fast: bool = False
    skip: str | None = None
    seconds: float = 1.0


class Start(Struct, frozen=True):
    """Permission to start a step on so many CPUs; it is the schedule's `started` already."""

    name: str
    attempt: int
    cpus: int


class Ended(Struct, frozen=True):
    """A step that ended without running: skipped, blocked or cancelled."""

    name: str
    outcome: Outcome


class Schedule:
    """Decides the order of a run.

    Args:
        graph: The steps and their edges.
        tasks: One for each node of the graph.
        jobs: Units of CPU, at least 1.
        resources: What `Task.uses` names.
        in_order: Start in the graph's stable order, one at a time: what a person expects without
            ``--parallel``. Otherwise the longest remaining chain goes first.
        fail_fast: The first failure cancels everything that has not ended.
    """

    def __init__(
        self,
        graph: Graph,
        tasks: Mapping[str, Task],
        *,
        jobs: int,
        resources: Mapping[str, Resource] | None = None,
        in_order: bool = False,
        fail_fast: bool = False,
    ) -> None:
        self._graph = graph
        self._tasks = tasks
        self._in_order = in_order
        self._jobs = 1 if in_order else jobs
        self._resources = resources or {}
        self._fail_fast = fail_fast
        self._most_running = len(tasks)
        ranks = graph.ranks({name: 0.0 if task.skip else task.seconds for name, task in tasks.items()})
        self._priority = {name: (0.0 if in_order else -ranks[name], place) for place, name in enumerate(graph.order)}
        self._state: dict[str, State] = dict.fromkeys(graph.nodes, "waiting")
        self._attempts: dict[str, int] = dict.fromkeys(graph.nodes, 0)
        self._missing = {name: len(graph.into(name)) for name in graph.nodes}
        self._culprit: dict[str, str] = {}
        self._running: dict[str, Start] = {}
        self._started: dict[str, float] = {}
        self._not_before: dict[str, float] = {}
        self._rates = Rates(self._resources)
        self._ready: list[str] = []
        self._became_ready: list[str] = []
        self._fresh = deque(name for name in graph.nodes if not self._missing[name])
        self._ended: list[Ended] = []
        self._cancelled: str | None = None
        self._settle()

    @property
    def running(self) -> Sequence[str]:
        """The steps that run now, in the order in which they started."""
        return tuple(self._running)

    @property
    def done(self) -> bool:
        """Whether every step has ended."""
        return not self._running and not self._ready

    @property
    def cancelled(self) -> str | None:
        """Why everything is being cancelled (by `cancel` or fail-fast), or None."""
        return self._cancelled

    def state(self, name: str) -> State:
        """Where a step is in its life."""
        return self._state[name]

    def became_ready(self, since: int = 0) -> Sequence[str]:
        """The steps that became ready after the first `since` ones, the most urgent first; some may have started."""
        return sorted(self._became_ready[since:], key=self._priority.__getitem__)

    def take_ended(self) -> list[Ended]:
        """The steps that ended without running since the last call, in order."""
        ended, self._ended = self._ended, []
        return ended

    def startable(self, now: float) -> list[Start]:
        """The steps to start now; they count as started. Ask again after each end and at `wake_time`.

        Greedy list scheduling by priority; smaller ones pass a step that does not fit, but not one that goes alone.
        """
        chosen: list[Start] = []
        for name in tuple(self._ready):
            task = self._tasks[name]
            due = self._due_time(name, now) <= now
            if self._free_cpus() < 1 or (due and task.alone and self._running):
                break
            if due and self._fits(task):
                start = Start(name, self._attempts[name] + 1, min(task.cpus, self._jobs))
                self._begin(start, now)
                chosen.append(start)
            elif self._in_order:
                break
        return self._widened(chosen)

    def wake_time(self, now: float) -> float | None:
        """The next moment at which `startable` may say more although nothing ends; None if there is none."""
        if not (self._not_before or self._resources):
            return None
        times = (self._due_time(name, now) for name in self._ready)
        return min((time for time in times if time > now), default=None)

    def ended(self, name: str, outcome: Outcome) -> None:
        """A running step has its outcome."""
        del self._running[name]
        self._end(name, outcome)
        task = self._tasks[name]
        if is_failure(outcome) and not task.may_fail and (self._fail_fast or task.fail_fast):
            self.cancel(f"fail-fast: {name} failed")
        self._settle()

    def replay(self, name: str, outcome: Cached) -> None:
        """A ready step need not run: the result of an earlier run stands in for it."""
        self._ready.remove(name)
        self._end(name, outcome)
        self._ended.append(Ended(name, outcome))
        self._settle()

    def retry(self, name: str, not_before: float) -> None:
        """A running step failed and is to be tried again, not before a moment; its place becomes free."""
        del self._running[name]
        self._not_before[name] = not_before
        self._move(name, "retry")
        self._fresh.append(name)
        self._settle()

    def refused(self, name: str, not_before: float) -> None:
        """The system refused another process: what runs now is the most that may run from here on."""
        self._most_running = max(1, len(self._running) - 1)
        self.postpone(name, not_before)

    def postpone(self, name: str, not_before: float) -> None:
        """What a running step needs is held by another process; others may go on meanwhile."""
        del self._running[name]
        self._attempts[name] -= 1
        self._rates.take_back(self._tasks[name].uses, self._started[name])
        self._not_before[name] = not_before
        self._move(name, "refuse")
        self._fresh.append(name)
        self._settle()

    def cancel(self, reason: str) -> None:
        """End everything that has not started; what runs is the caller's to end."""
        self._cancelled = self._cancelled or reason
        self._fresh.extend(self._ready)
        self._ready.clear()
        self._settle()

    def _begin(self, start: Start, now: float) -> None:
        self._ready.remove(start.name)
        self._attempts[start.name] = start.attempt
        self._running[start.name] = start
        self._move(start.name, "start")
        self._started[start.name] = now
        self._rates.start(self._tasks[start.name].uses, now)

    def _widened(self, chosen: list[Start]) -> list[Start]:
        """The starts, with CPUs that are left over given to steps that can use them."""
        widened = []
        for start in chosen:
            most = min(self._tasks[start.name].most_cpus, start.cpus + self._free_cpus())
            wide = Start(start.name, start.attempt, max(start.cpus, most))
            self._running[start.name] = wide
            widened.append(wide)
        return widened

    def _fits(self, task: Task) -> bool:
        others = [self._tasks[name] for name in self._running]
        if others and (task.alone or any(other.alone for other in others)):
            return False
        if len(others) >= self._most_running or min(task.cpus, self._jobs) > self._free_cpus():
            return False
        taken = {name: sum(other.uses.get(name, 0) for other in others) for name in task.uses}
        return all(taken[name] + units <= self._resources[name].slots for name, units in task.uses.items())

    def _free_cpus(self) -> int:
        return self._jobs - sum(start.cpus for start in self._running.values())

    def _due_time(self, name: str, now: float) -> float:
        """When neither a delay nor a rate keeps the step from starting; `now` if none does."""
        if name not in self._not_before and not self._tasks[name].uses:
            return now
        return max(self._not_before.get(name, now), self._rates.due_time(self._tasks[name].uses, now))

    def _settle(self) -> None:
        """Sort what has become ready: into the queue, or, where it will not run, to its end."""
        while self._fresh:
            name = self._fresh.popleft()
            outcome = self._verdict(name)
            if outcome is None:
                insort(self._ready, name, key=self._priority.__getitem__)
                self._became_ready.append(name)
            else:
                self._end(name, outcome)
                self._ended.append(Ended(name, outcome))

    def _verdict(self, name: str) -> Outcome | None:
        """How a ready step ends without running; None if it is to run."""
        if (reason := self._tasks[name].skip) is not None:
            return Skipped(reason)
        if culprits := self._culprits(name):
            direct = any(edge.before == culprits[0] for edge in self._graph.into(name))
            return Blocked(f"needs {culprits[0]}, which failed" if direct else f"{culprits[0]} failed before it")
        return Cancelled(self._cancelled) if self._cancelled else None

    def _culprits(self, name: str) -> list[str]:
        """The failed steps that `name` depends on, also through steps that were skipped or blocked."""
        return [
            self._culprit[edge.before]
            for edge in self._graph.into(name)
            if edge.blocks and edge.before in self._culprit
        ]

    def _end(self, name: str, outcome: Outcome) -> None:
        self._move(name, transition(outcome))
        if is_failure(outcome):
            if not self._tasks[name].may_fail:
                self._culprit[name] = name
        elif isinstance(outcome, Skipped | Blocked) and (culprits := self._culprits(name)):
            self._culprit[name] = culprits[0]
        for edge in self._graph.out_of(name):
            self._missing[edge.after] -= 1
            if not self._missing[edge.after]:
                self._fresh.append(edge.after)

    def _move(self, name: str, way: Transition) -> None:
        """Follow the table of a step's life.

        Raises:
            KeyError: The table has no such way: a defect of the caller.
        """
        self._state[name] = LIFE[self._state[name]][way]

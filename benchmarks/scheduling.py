"""How near the schedule comes to the least possible time: random graphs, simulated; nothing is started.

The schedule is the one that runs steps, told an invented time (`hookflow.core.forecast`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from statistics import fmean, median, quantiles

from hookflow.core.bounds import bound_seconds
from hookflow.core.forecast import forecast
from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.schedule import Schedule, Task

PAGE = "SCHEDULING.md"
SEED = 1
GRAPHS, GRAPHS_IF_QUICK = 400, 8
JOBS = (2, 4, 8)
STEPS = (5, 60)
_SIGMA = 1.0  # of the logarithm of a duration: the middle 95 % lie between 1/7 and 7 times the median
_OFF_BY = 2.0  # the most that an estimate is off by, as a factor
_EPSILON = 1e-9  # what sums of floats may differ by

Seconds = Mapping[str, float]
Pairs = list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Case:
    """A graph, the seconds that its steps take, and those that a history that is off would promise."""

    graph: Graph
    seconds: Seconds
    off: Seconds


def _critical_path(case: Case, jobs: int) -> float:
    return _makespan(case.graph, case.seconds, case.seconds, jobs)


def _critical_path_off(case: Case, jobs: int) -> float:
    return _makespan(case.graph, case.seconds, case.off, jobs)


def _no_history(case: Case, jobs: int) -> float:
    return _makespan(case.graph, case.seconds, dict.fromkeys(case.graph.nodes, 1.0), jobs)


def _configuration(case: Case, jobs: int) -> float:
    """Expected to take no time, all chains are as long: the order of declaration alone decides."""
    return _makespan(case.graph, case.seconds, dict.fromkeys(case.graph.nodes, 0.0), jobs)


def _groups(case: Case, jobs: int) -> float:
    """Each execution group when all of the one before has ended; in a group the longest step first (LPT)."""
    return sum(_makespan(Graph(group), case.seconds, case.seconds, jobs) for group in case.graph.groups())


def _sequential(case: Case, _jobs: int) -> float:
    return sum(case.seconds.values())


EXACT, OFF, EQUAL = (
    "critical path, durations known",
    "critical path, durations off by up to 2 times",
    "critical path, no durations (all equal)",
)
DECLARED = "order of the configuration"
ORDERS: Mapping[str, Callable[[Case, int], float]] = {
    EXACT: _critical_path,
    OFF: _critical_path_off,
    EQUAL: _no_history,
    DECLARED: _configuration,
    "groups with barriers, longest first inside": _groups,
    "one after another": _sequential,
}

# By number of jobs, then by order: the makespan over the lower bound, of each graph.
Ratios = Mapping[int, Mapping[str, Sequence[float]]]


def measure(*, quick: bool) -> str:
    """The page: a table of all runs, and one for each number of jobs.

    Args:
        quick: Few graphs.
    """
    drawn = cases(GRAPHS_IF_QUICK if quick else GRAPHS)
    ratios = {jobs: _ratios(drawn, jobs) for jobs in JOBS}
    return _page(ratios, len(drawn))


def cases(count: int, seed: int = SEED) -> list[Case]:
    """So many random cases, the same ones for the same seed; layered graphs and sparse ones in turn."""
    random = Random(seed)
    return [_case(random, _layered if number % 2 else _sparse) for number in range(count)]


def _case(random: Random, shape: Callable[[Random, int], Pairs]) -> Case:
    count = random.randint(*STEPS)
    names = [f"s{number}" for number in range(count)]
    edges = [Edge(names[before], names[after], (Reason("needs", "needed"),)) for before, after in shape(random, count)]
    seconds = {name: random.lognormvariate(0.0, _SIGMA) for name in names}
    off = {name: time * _OFF_BY ** random.uniform(-1.0, 1.0) for name, time in seconds.items()}
    return Case(Graph(names, edges), seconds, off)


def _layered(random: Random, count: int) -> Pairs:
    """Two to eight layers, none empty; a step needs one to three of the layer before."""
    layers = random.randint(2, min(8, count))
    of = sorted([*range(layers), *(random.randrange(layers) for _ in range(count - layers))])
    pairs: Pairs = []
    for after in range(count):
        before = [step for step in range(after) if of[step] == of[after] - 1]
        pairs += [(step, after) for step in random.sample(before, min(len(before), random.randint(1, 3)))]
    return pairs


def _sparse(random: Random, count: int) -> Pairs:
    """Half an edge to two edges a step on average, each pair of steps with the same chance."""
    chance = 2 * random.uniform(0.5, 2.0) / (count - 1)
    return [(before, after) for after in range(count) for before in range(after) if random.random() < chance]


def _makespan(graph: Graph, seconds: Seconds, expected: Seconds, jobs: int) -> float:
    """Of the graph's steps, ordered by what is expected, taking what they take."""
    tasks = {name: Task(name=name, seconds=expected[name]) for name in graph.nodes}
    return forecast(Schedule(graph, tasks, jobs=jobs), seconds).makespan


def _ratios(drawn: Sequence[Case], jobs: int) -> Mapping[str, Sequence[float]]:
    bounds = [_bound(case, jobs) for case in drawn]
    return {
        order: [makespan(case, jobs) / bound for case, bound in zip(drawn, bounds, strict=True)]
        for order, makespan in ORDERS.items()
    }


def _bound(case: Case, jobs: int) -> float:
    tasks = {name: Task(name=name) for name in case.graph.nodes}
    return bound_seconds(case.graph, tasks, case.seconds, jobs=jobs, resources={})


def _page(ratios: Ratios, graphs: int) -> str:
    together = {order: [ratio for each in ratios.values() for ratio in each[order]] for order in ORDERS}
    runs = len(together[OFF])
    longer = sum(off > declared + _EPSILON for off, declared in zip(together[OFF], together[DECLARED], strict=True))
    parts = [
        _INTRODUCTION.format(graphs=graphs, runs=runs, seed=SEED, least=STEPS[0], most=STEPS[1]),
        f"## All {runs} runs of each order\n",
        _table(together),
        f"In {longer} of {runs} runs the critical path with durations that are off took longer than the order of the",
        "configuration.\n",
    ]
    for jobs, each in ratios.items():
        parts += [f"## {jobs} jobs\n", _table(each)]
    return "\n".join(parts)


def _table(ratios: Mapping[str, Sequence[float]]) -> str:
    rows = [
        f"| {order} | {fmean(each):.3f} | {median(each):.3f} | {_percentile_95(each):.3f} | {max(each):.3f}"
        f" | {100 * fmean(ratio <= 1 + _EPSILON for ratio in each):.0f} % |"
        for order, each in ratios.items()
    ]
    return "\n".join([_HEAD, *rows, ""])


def _percentile_95(ratios: Sequence[float]) -> float:
    return quantiles(ratios, n=20, method="inclusive")[-1]


_HEAD = """\
| order | mean | median | 95th percentile | worst | at the bound |
|---|---:|---:|---:|---:|---:|"""

_INTRODUCTION = """\
# How near the schedule comes to the least possible time

What a run takes, over a lower bound on what it could have taken at least: 1.000 is optimal for certain. No
schedule may be able to reach the bound, so the distance from the optimum is at most what is shown.

A simulation: nothing is started. {graphs} random graphs, each with each number of jobs, are given to the
schedule that runs steps (`hookflow/core/schedule.py`), which is told an invented time (`core/forecast.py`). The
bound is that of `core/bounds.py`: the longest chain, or the work over the jobs, whichever is more.

"At the bound" counts the runs that no schedule could have made shorter.

- Graphs (seed {seed}): {least} to {most} steps, declared in an order in which they can run. Every other graph has
  two to eight layers, and each step needs one to three of the layer before; the others are sparse, with half an
  edge to two edges a step.
- Durations: log-normal, sigma 1. Each step takes one CPU and no resource.
- Off by up to 2 times: each expected duration is the real one times a factor drawn log-uniformly from 1/2 to 2.
- No durations: what hookflow does before it has run anything; the chain of the most steps goes first.
- Order of the configuration: whatever may run, the first declared first. Dependencies and jobs are the same.
- Groups with barriers: a group starts when all of the one before has ended; real durations decide inside it.
"""

"""What to do next to be faster: each idea with the most that it could save, found by trying it on paper.

An idea is tried on the lower bound of the run (the critical path, or the work over the CPUs): what the bound
loses is the most that the idea can save, whoever schedules.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import ceil
from statistics import median

from hookflow.core.display import count, printable
from hookflow.core.display import seconds as shown
from hookflow.core.graph import Edge, Graph
from hookflow.core.record import Record
from hookflow.core.snapshot import Snapshot
from hookflow.core.structs import Struct

_LEAST_SHARE = 0.03  # of the wall time: less is not worth a sentence
_LEAST = 0.05  # seconds; below that, starting a process decides
_MOST_IDEAS = 6
_MOST_EDGES = 2  # of those, about edges: each needs a person's thought
_USUAL_RUNS = 3  # so many make a median
_SLOWER = 1.5


class Advice(Struct, frozen=True):
    """An idea as a sentence, and what it saves at most, in seconds."""

    text: str
    saves: float


class Facts(Struct, frozen=True):
    """What advice is made of.

    Attributes:
        record: The run.
        snapshot: Its graph.
        waits: For each step how long it was ready and not started, in seconds.
        usual: For each step its durations in other runs, in seconds.
    """

    record: Record
    snapshot: Snapshot
    waits: Mapping[str, float]
    usual: Mapping[str, Sequence[float]]


def advise(facts: Facts) -> tuple[Advice, ...]:
    """The ideas that are worth a sentence, the one that saves most first."""
    record = facts.record
    if not record.durations:
        return ()
    ideas = [*_in_parallel(facts), *_again(record), *_slower(facts)]
    if record.parallel:
        ideas += [*_shorter_path(facts), *_more_slots(facts)]
    least = max(_LEAST, _LEAST_SHARE * record.seconds)
    worth = [idea for idea in ideas if idea.saves >= least]
    return tuple(sorted(worth, key=lambda idea: -idea.saves)[:_MOST_IDEAS])


def critical_path(graph: Graph, durations: Mapping[str, float]) -> tuple[tuple[str, ...], float]:
    """The steps that ran on the longest chain, and its length in seconds."""
    path, length = graph.critical_path(durations)
    return tuple(name for name in path if name in durations), length


def _work(snapshot: Snapshot, durations: Mapping[str, float], jobs: int) -> float:
    """The least that the CPUs need for all of it, in seconds."""
    return sum(time * min(snapshot.cpus.get(name, 1), jobs) for name, time in durations.items()) / jobs


def _limit(graph: Graph, facts: Facts, durations: Mapping[str, float]) -> float:
    """The bound with another graph or other durations; the work to do is the same, however it is split."""
    work = _work(facts.snapshot, facts.record.durations, facts.record.jobs)
    return max(graph.critical_path(durations)[1], work)


def _in_parallel(facts: Facts) -> list[Advice]:
    record = facts.record
    serial = sum(record.durations.values())
    path, length = critical_path(facts.snapshot.graph, record.durations)
    if record.parallel or len(record.durations) == len(path):
        return []
    return [
        Advice(
            f"the steps ran one after another: with --parallel they need {shown(length)} at best "
            f"(the critical path) instead of {shown(serial)}",
            serial - length,
        )
    ]


def _shorter_path(facts: Facts) -> list[Advice]:
    """Ideas about the critical path: its longest step split, and each of its edges done without."""
    graph, durations = facts.snapshot.graph, facts.record.durations
    path, length = critical_path(graph, durations)
    if not path:  # all that ran took no time at all
        return []
    now = _limit(graph, facts, durations)
    longest = max(path, key=lambda name: durations[name])
    split = _limit(graph, facts, {**durations, longest: durations[longest] / 2})
    ideas = []
    for edge in _edges_along(graph, durations):
        without = Graph(graph.nodes, (other for other in graph.edges if other is not edge))
        saves = now - _limit(without, facts, durations)
        ideas.append(Advice(f"critical path: {_without(edge)} up to {shown(saves)} would be saved", saves))
    return [
        Advice(
            f"critical path: {printable(longest)} {shown(durations[longest])} of {shown(length)}: "
            f"splitting it in two that run at the same time saves up to {shown(now - split)}",
            now - split,
        ),
        *sorted(ideas, key=lambda idea: -idea.saves)[:_MOST_EDGES],
    ]


def _edges_along(graph: Graph, durations: Mapping[str, float]) -> list[Edge]:
    """The edges of the longest chain that no file forces; those through steps that did not run too."""
    path = graph.critical_path(durations)[0]
    links = set(pairwise(path))
    return [
        edge
        for edge in graph.edges
        if (edge.before, edge.after) in links and all(reason.kind != "outputs" for reason in edge.reasons)
    ]


def _without(edge: Edge) -> str:
    before, after = printable(edge.before), printable(edge.after)
    if edge.blocks:
        return f"{after} waits for {before} because its needs say so: if it can do without,"
    return f"{after} comes after {before} because they touch the same files: with files of their own,"


def _more_slots(facts: Facts) -> list[Advice]:
    """Ideas about CPUs and resources: what is ready and waits."""
    record, graph, durations = facts.record, facts.snapshot.graph, facts.record.durations
    path, length = critical_path(graph, durations)
    work = _work(facts.snapshot, durations, record.jobs)
    slots = count(record.jobs, "CPU slot")
    if work > length:
        enough = ceil(work * record.jobs / length) if length else record.jobs
        return [
            Advice(
                f"{slots}: the work alone fills {shown(work)}, the critical path only {shown(length)}: "
                f"with {enough} (--jobs, if the machine has as many CPUs) up to {shown(work - length)} less",
                work - length,
            )
        ]
    waited = sum(facts.waits.get(name, 0.0) for name in path)
    return [
        Advice(
            f"steps of the critical path were ready and waited {shown(waited)} for one of {slots} or for a resource: "
            f"more of those save up to that",
            min(waited, max(0.0, record.seconds - length)),
        )
    ]


def _again(record: Record) -> list[Advice]:
    """Steps that were tried again: what the tries before the last one took."""
    return [
        Advice(
            f"{printable(step.name)} was tried {count(len(step.starts), 'time')}: the tries before the last one took "
            f"{shown(step.starts[-1] - step.starts[0])}",
            step.starts[-1] - step.starts[0],
        )
        for step in record.steps
        if len(step.starts) > 1
    ]


def _slower(facts: Facts) -> list[Advice]:
    """Steps that took much longer than in other runs."""
    ideas = []
    for name, time in facts.record.durations.items():
        others = facts.usual.get(name, ())
        if len(others) >= _USUAL_RUNS and time > _SLOWER * (usual := median(others)):
            ideas.append(
                Advice(
                    f"{printable(name)} took {shown(time)}, and {shown(usual)} usually "
                    f"(the median of {count(len(others), 'other run')}): look at what changed",
                    time - usual,
                )
            )
    return ideas

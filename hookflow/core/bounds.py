"""What a run could have taken at least: lower bounds on its makespan."""

from collections.abc import Mapping

from hookflow.core.config import Resource
from hookflow.core.graph import Graph
from hookflow.core.schedule import Task


def bound_seconds(
    graph: Graph,
    tasks: Mapping[str, Task],
    seconds: Mapping[str, float],
    *,
    jobs: int,
    resources: Mapping[str, Resource],
) -> float:
    """The greatest of the known lower bounds on the makespan, in seconds.

    The critical path (Graham 1969); the work over the CPUs; for each resource, the work over its slots. A
    step that runs alone takes all CPUs.
    """
    _, chain = graph.critical_path(seconds)
    work = sum(time * (jobs if tasks[name].alone else min(tasks[name].cpus, jobs)) for name, time in seconds.items())
    bounds = [chain, work / jobs]
    for resource in resources.values():
        used = sum(time * tasks[name].uses.get(resource.name, 0) for name, time in seconds.items())
        bounds.append(used / resource.slots)
    return max(bounds)

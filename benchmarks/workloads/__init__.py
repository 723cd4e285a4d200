"""The workloads that are raced."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks.arena import Bench
from benchmarks.workloads import commit, hooks, large, linters, many, memory, waiting


@dataclass(frozen=True)
class Workload:
    """What is done, and the function that does it and returns what came of it, in Markdown."""

    title: str
    measure: Callable[[Bench], str]


# By the name that a person gives, in the order of the page.
RACES: Mapping[str, Workload] = {
    "W1": Workload("one step that does nothing, one file staged", commit.one),
    "W2": Workload("twelve steps, all skipped: the staged file is none of theirs", commit.skipped),
    "W1c": Workload("twelve steps that passed are run again, nothing has changed", commit.again),
    "W3": Workload("twelve independent steps that sleep for 0.2 s", waiting.independent),
    "W4": Workload("a workflow of fifteen steps as a graph, a minute as 40 ms", waiting.workflow),
    "W5": Workload("very many steps that do nothing, two at once", many.random_graphs),
    "W5d": Workload("a chain of steps that do nothing", many.chain),
    "W6": Workload("a large repository: what is staged is checked", large.staged),
    "W7": Workload("twelve steps over many files, all of which passed before", large.replayed),
    "W8": Workload("real linters over generated files of several languages", linters.linted),
    "W9": Workload("the same sixteen hooks of .pre-commit-config.yaml, over files of several languages", hooks.shared),
    "M": Workload("peak memory", memory.peaks),
}

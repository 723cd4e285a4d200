"""What is asked of every runner: steps, in words that none of them owns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import TopologicalSorter


@dataclass(frozen=True)
class Step:
    """A command, and what decides when it runs."""

    name: str
    command: Sequence[str]
    needs: Sequence[str] = ()
    suffix: str = ""  # of its files: ".py"; empty for all files
    takes_files: bool = False  # their names are put after the command
    writes: bool = False  # it changes its files


@dataclass(frozen=True)
class Work:
    """Steps, and how they are to be run."""

    steps: Sequence[Step]
    jobs: int = 2
    all_files: bool = False  # or only what is staged
    may_replay: bool = False  # a result that is known may be taken instead of running the step
    inputs: Sequence[str] = ()  # the files that decide a result, for runners that must be told each one
    input_folder: str = ""  # where they are, for runners that are told patterns

    @property
    def needs(self) -> Mapping[str, Sequence[str]]:
        """By step, what it needs."""
        return {step.name: step.needs for step in self.steps}

    @property
    def is_graph(self) -> bool:
        """Whether any step needs another."""
        return any(step.needs for step in self.steps)

    def levels(self) -> list[list[Step]]:
        """The steps in groups that can run one after another: all that a runner with barriers can be told."""
        by_name = {step.name: step for step in self.steps}
        sorter = TopologicalSorter(self.needs)
        sorter.prepare()
        levels: list[list[Step]] = []
        while sorter.is_active():
            ready = sorter.get_ready()
            levels.append([by_name[name] for name in sorted(ready)])
            sorter.done(*ready)
        return levels


@dataclass(frozen=True)
class Setup:
    """How a runner is told to do a piece of work."""

    command: Sequence[str]
    files: Mapping[str, str] = field(default_factory=dict)  # its configuration: content by path
    environment: Mapping[str, str] = field(default_factory=dict)

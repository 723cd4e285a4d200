"""Steps that are taken for writers, and were never seen to write: what would run beside them if they said so.

What may change files runs with nothing else on the same files. Of a hook that nobody knows this has to be assumed,
and of many it is not so. Its past can tell, but not prove it: a formatter changes nothing either while all is tidy.
So a run counts only if the files that the step was given are not just as in the last one that counted, and

- a checker shows itself when it finds something: a formatter would have changed the file. One such run is asked for
  among `_RUNS`, since an exit code of 1 may be an error for once;
- where none ever found anything, there must be `_SILENT_RUNS`: what shows in none of n runs happens in less than 3/n
  of them, at 95 % confidence (the rule of three), here in less than 15 in 100.

It remains a person's decision. If it was wrong, a change is noticed all the same, and the step fails.
"""

from collections.abc import Callable, Collection, Iterator, Mapping

from hookflow.core import display, drafts
from hookflow.core.config import Step
from hookflow.core.dependencies import full_graph
from hookflow.core.graph import Graph, Kind
from hookflow.core.selection import Touched
from hookflow.core.structs import Struct, replace

FOUND_SOMETHING = 1  # the exit code by which checkers say so
_RUNS = 5
_SILENT_RUNS = 20


class Tally(Struct, frozen=True):
    """What is known of a step's runs, since its command became what it is.

    Attributes:
        runs: How many, each on other files, or other versions of them, than the one before.
        found: In how many of them it ended with 1.
        changed: In how many of them it changed files.
    """

    runs: int
    found: int
    changed: int


class Suggestion(Struct, frozen=True, kw_only=True):
    """That a step should say that it does not write.

    Attributes:
        step: Its name.
        table: The table of pyproject.toml in which to say it.
        runs: In how many runs it changed nothing.
        found: In how many of them it found something.
        beside: The steps that could run at the same time then, and cannot now.
    """

    step: str
    table: str
    runs: int
    found: int
    beside: tuple[str, ...]


def suggestions(
    steps: Collection[Step],
    tallies: Mapping[str, Tally],
    graph: Graph,
    touched: Mapping[str, Touched],
    compatible: Callable[[tuple[str, ...], tuple[str, ...]], bool],
) -> Iterator[Suggestion]:
    """What is worth suggesting.

    Args:
        steps: The steps of a run.
        tallies: What is known of some of them.
        graph: The run's.
        touched: What each step that runs touches.
        compatible: Whether a file can carry both lists of `identify` tags.
    """
    data = Graph(graph.nodes, (edge for edge in graph.edges if any(each.kind != "writes" for each in edge.reasons)))
    for step in steps:
        tally = tallies.get(step.name)
        if tally is None or step.name not in touched or not step.perhaps_harmless or not _is_telling(tally):
            continue
        reading = {**touched, step.name: replace(touched[step.name], writes=False)}
        after = full_graph(data, reading, compatible=compatible)
        beside = _related(graph, step.name) - _related(after, step.name)
        if beside:
            names = tuple(name for name in graph.nodes if name in beside)
            yield Suggestion(step=step.name, table=_table(step), runs=tally.runs, found=tally.found, beside=names)


def sentence(found: Suggestion) -> str:
    """The suggestion for people."""
    also = f", and found something in {found.found} of them" if found.found else ""
    names = ", ".join(map(display.printable, found.beside))
    runs = display.count(found.runs, "run")
    return (
        f"{display.printable(found.step)} changed no file in {runs}{also}: if it never does, "
        f"[{found.table}] modifies = false lets it run at the same time as {names}"
    )


def _is_telling(tally: Tally) -> bool:
    return not tally.changed and tally.runs >= (_RUNS if tally.found else _SILENT_RUNS)


def _related(graph: Graph, name: str) -> set[str]:
    """All that comes before or after a step."""
    kinds: tuple[Kind, ...] = ("needs", "outputs", "writes")
    after = {other for other in graph.nodes if name in graph.ancestors([other], kinds=kinds)}
    return (after | graph.ancestors([name], kinds=kinds)) - {name}


def _table(step: Step) -> str:
    if step.hook is None:
        return f"tool.hookflow.steps.{drafts.key(step.name)}"
    return f"tool.hookflow.pre-commit-hooks.{drafts.key(step.hook.alias or step.hook.id)}"

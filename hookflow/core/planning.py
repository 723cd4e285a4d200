"""What a run would do, as data: for people as text, for programs as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from hookflow.core import display
from hookflow.core.bounds import bound_seconds
from hookflow.core.forecast import forecast
from hookflow.core.harmless import Suggestion, sentence
from hookflow.core.schedule import Schedule
from hookflow.core.structs import Struct, as_builtins, replace
from hookflow.core.summary import Frame

Act = Literal["run", "cached", "skip"]


class PlannedStep(Struct, frozen=True, kw_only=True):
    """What would become of a step.

    Attributes:
        step: Its name.
        act: Whether it would run, be replayed, or be skipped.
        reason: Why.
        files: How many files it would be given or look at.
        seconds: The time to expect, by its past; None where it has none, or would not run.
        group: Its execution group, from 1: it needs only steps of earlier groups.
        critical: Whether it is on the critical path.
        start: When it would start, in seconds from the run's start; None where it would not run.
    """

    step: str
    act: Act
    reason: str
    files: int
    seconds: float | None
    group: int
    critical: bool = False
    start: float | None = None


class Plan(Struct, frozen=True, kw_only=True):
    """A run that has not begun.

    Attributes:
        stage: The stage.
        scope: What it looks at.
        files: How many files changed in the scope.
        jobs: Units of CPU.
        parallel: Whether steps run at once.
        steps: In the order of declaration.
        groups: Names by execution group.
        critical_path: The longest chain of steps that would run.
        critical_seconds: Its time to expect.
        makespan_seconds: The whole run's.
        bound_seconds: The least that any order could take.
        serial_seconds: One step after another.
        suggestions: Steps that are taken for writers and were never seen to write.
        unknown: Steps that would run and have no past: they are taken for as long as the others on average.
    """

    stage: str
    scope: str
    files: int
    jobs: int
    parallel: bool
    steps: tuple[PlannedStep, ...]
    groups: tuple[tuple[str, ...], ...]
    critical_path: tuple[str, ...]
    critical_seconds: float
    makespan_seconds: float
    bound_seconds: float
    serial_seconds: float
    unknown: tuple[str, ...]
    suggestions: tuple[Suggestion, ...] = ()


def plan(
    frame: Frame,
    steps: Sequence[PlannedStep],
    seconds: Mapping[str, float],
    *,
    stage: str,
    scope: str,
    files: int,
    parallel: bool,
) -> Plan:
    """The plan of a run.

    Args:
        frame: Its graph, tasks, CPUs and resources.
        steps: What would become of each step; groups and times of starts are filled in here.
        seconds: The time to expect of each step that would run, known or guessed.
        stage: The stage.
        scope: What it looks at.
        files: How many files changed.
        parallel: Whether steps run at once.
    """
    running = {step.step: seconds[step.step] for step in steps if step.act == "run"}
    acts = {step.step: step for step in steps}
    tasks = {
        name: replace(task, skip=None if name in running else acts[name].reason, seconds=running.get(name, 0.0))
        for name, task in frame.tasks.items()
    }
    schedule = Schedule(frame.graph, tasks, jobs=frame.jobs, resources=frame.resources, in_order=not parallel)
    expected = forecast(schedule, running)
    path, chain = frame.graph.critical_path(running)
    critical = tuple(name for name in path if name in running)
    groups = frame.graph.groups()
    place = {name: number for number, group in enumerate(groups, 1) for name in group}
    return Plan(
        stage=stage,
        scope=scope,
        files=files,
        jobs=frame.jobs,
        parallel=parallel,
        steps=tuple(
            replace(
                step,
                group=place[step.step],
                critical=step.step in critical,
                start=expected.starts.get(step.step),
            )
            for step in steps
        ),
        groups=groups,
        critical_path=critical,
        critical_seconds=chain,
        makespan_seconds=expected.makespan,
        bound_seconds=bound_seconds(frame.graph, tasks, running, jobs=frame.jobs, resources=frame.resources),
        serial_seconds=sum(running.values()),
        unknown=tuple(step.step for step in steps if step.act == "run" and step.seconds is None),
    )


def as_data(found: Plan) -> dict[str, object]:
    """The plan for JSON; names of any bytes become printable."""
    data: dict[str, object] = as_builtins(found)
    return data


def as_text(found: Plan) -> Iterator[str]:
    """The plan for people, line by line."""
    how = f"{found.jobs} jobs" if found.parallel else "one after another"
    yield f"{found.stage}: {display.count(found.files, 'changed file')} ({found.scope}), {how}"
    width = max((len(display.printable(step.step)) for step in found.steps), default=0)
    by_name = {step.step: step for step in found.steps}
    for number, group in enumerate(found.groups, 1):
        yield f"group {number}"
        yield from (_row(by_name[name], width) for name in group)
    if not any(step.act == "run" for step in found.steps):
        yield "nothing would run"
        return
    path = " > ".join(display.printable(name) for name in found.critical_path)
    yield f"critical path (*): {path}, {display.seconds(found.critical_seconds)}"
    yield (
        f"expected: {display.seconds(found.makespan_seconds)}; at least {display.seconds(found.bound_seconds)}; "
        f"one after another {display.seconds(found.serial_seconds)}"
    )
    if found.unknown:
        each = display.count(len(found.unknown), "step")
        yield f"{each} never ran here: taken for as long as the others are on average (?)"
    yield from map(sentence, found.suggestions)


def _row(step: PlannedStep, width: int) -> str:
    mark = "*" if step.critical else " "
    time = "" if step.act != "run" else "?" if step.seconds is None else display.seconds(step.seconds)
    name = display.printable(step.step).ljust(width)
    return f" {mark}{step.act:6}  {name}  {time:>8}  {display.printable(step.reason)}".rstrip()

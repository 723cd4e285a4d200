"""Runs the fifteen steps of ADR-006 one after another and in parallel, and prints both beside the ADR's claims.

    python compare.py [--rounds N]

Every run is a real ``hookflow run`` in a temporary git repository; the figures come from its ``--events`` file.
Exits with 1 when a run is not as it should be: a step that did not pass, or one that did not wait for its needs.
"""

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from statistics import median
from textwrap import fill

from measuring import (
    SCALE,
    Event,
    Steps,
    aligned,
    git,
    hookflow,
    percent,
    problem,
    read_steps,
    rounds,
    say,
    sleeps,
    wrong,
)

CONFIGURATION = Path(__file__).with_name("pyproject.toml")
OPTIONS = {"sequential": "--no-parallel", "parallel": "--parallel"}
SAYS_ADR = {"sequential": "23 min", "parallel": "15.5 min", "saved": "33 %"}
HEAD = ("", "wall time", "serial sum", "critical path", "at once", "estimates", "ADR says")


@dataclass(frozen=True, slots=True)
class Run:
    """What one run's events say.

    Attributes:
        wall: Seconds from the start of the run to its end.
        span: Seconds from the start of the first step to the end of the last.
        serial: Seconds of all steps added.
        chain: Seconds of the steps on the critical path added.
        path: Their names.
        peak: The most steps that ran at once.
    """

    wall: float
    span: float
    serial: float
    chain: float
    path: tuple[str, ...]
    peak: int


def main() -> None:
    """Run both, print the table."""
    number = rounds("ADR-006's steps, sequential and parallel.", default=2)
    steps = read_steps(CONFIGURATION)
    with tempfile.TemporaryDirectory(prefix="adr-006-") as name:
        runs = measure(Path(name), steps, number)
    print_report(runs, sleeps(steps))


def measure(directory: Path, steps: Steps, number: int) -> dict[str, list[Run]]:
    """The runs of each kind. The first ones show hookflow's own output, the others only what goes wrong."""
    shutil.copy(CONFIGURATION, directory)
    git(directory, "init", "--quiet")
    runs: dict[str, list[Run]] = {}
    for kind, option in OPTIONS.items():
        say(f"{kind}: hookflow run {option}")
        runs[kind] = [run_once(directory, steps, option, "plain")]
        say("")
    if number > 1:
        say(f"{number} runs of each in all; the others without output ...\n")
    for _ in range(number - 1):
        for kind, option in OPTIONS.items():
            runs[kind].append(run_once(directory, steps, option, "quiet"))
    return runs


def run_once(repository: Path, steps: Steps, option: str, output: str) -> Run:
    """One run, checked.

    Raises:
        SystemExit: Something is wrong with it.
    """
    events = hookflow(repository, [option], output)
    if (found := problem(events, steps, dict.fromkeys(steps, "passed"))) is not None:
        raise wrong(found)
    return read_run(events)


def read_run(events: Sequence[Event]) -> Run:
    """The figures in a run's events."""
    finished = {event["step"]: event for event in events if event["event"] == "step-finished"}
    last = events[-1]
    first_start = min(event["time"] for event in events if event["event"] == "step-started")
    return Run(
        wall=last["seconds"],
        span=max(event["time"] for event in finished.values()) - first_start,
        serial=last["serial_seconds"],
        chain=sum(finished[step]["seconds"] for step in last["critical_path"]),
        path=tuple(last["critical_path"]),
        peak=most_at_once(events),
    )


def most_at_once(events: Sequence[Event]) -> int:
    """The most steps that ran at the same time; each has one attempt."""
    change = {"step-started": 1, "step-finished": -1}
    return max(accumulate(change.get(event["event"], 0) for event in events))


def print_report(runs: Mapping[str, Sequence[Run]], seconds: Mapping[str, float]) -> None:
    """The table, and under it what it cannot say."""
    path = runs["parallel"][-1].path
    wall = {kind: median(run.wall for run in each) for kind, each in runs.items()}
    estimate = {"sequential": sum(seconds.values()) * SCALE, "parallel": sum(seconds[step] for step in path) * SCALE}
    rows = [HEAD, *(row(kind, each, estimate[kind]) for kind, each in runs.items())]
    rows.append(("saved", saved(wall), "", "", "", saved(estimate), SAYS_ADR["saved"]))
    for line in aligned(rows):
        say(line)
    span, chain = (median(getattr(run, name) for run in runs["parallel"]) for name in ("span", "chain"))
    count = len(runs["parallel"])
    say(f"\nMedian of {count} runs each;" if count > 1 else "\nOne run each;", "60 s of an estimate are run as 50 ms.")
    say(f"Parallel without start-up: {span:.3f} s, {span / chain:.2f} of the critical path, which is")
    say(fill(", ".join(path), width=78, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False))


def row(kind: str, runs: Sequence[Run], estimate: float) -> tuple[str, ...]:
    """A line of the table; `estimate` is in seconds."""
    figures = (f"{median(getattr(run, name) for run in runs):.3f} s" for name in ("wall", "serial", "chain"))
    at_once = str(max(run.peak for run in runs))
    return (kind, *figures, at_once, f"{estimate / 60:.2f} min", SAYS_ADR[kind])


def saved(seconds: Mapping[str, float]) -> str:
    """How much less parallel takes."""
    return percent(seconds["parallel"], seconds["sequential"])


if __name__ == "__main__":
    main()

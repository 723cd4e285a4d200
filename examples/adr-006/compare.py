"""Runs the fifteen steps of ADR-006 one after another and in parallel, and prints both beside the ADR's claims.

    python compare.py [--rounds N]

Every run is a real ``hookflow run`` in a temporary git repository; the figures come from its ``--events`` file.
Exits with 1 when a run is not as it should be: a step that did not pass, or one that did not wait for its needs.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import accumulate
from pathlib import Path
from statistics import median
from textwrap import fill
from typing import Any

CONFIGURATION = Path(__file__).with_name("pyproject.toml")
SCALE = 1200  # seconds of an estimate for one second of sleep: 60 s as 50 ms
OPTIONS = {"sequential": "--no-parallel", "parallel": "--parallel"}
SAYS_ADR = {"sequential": "23 min", "parallel": "15.5 min", "saved": "33 %"}
HEAD = ("", "wall time", "serial sum", "critical path", "at once", "estimates", "ADR says")

Event = Mapping[str, Any]
Steps = Mapping[str, Any]  # [tool.hookflow.steps], by name


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
    parser = argparse.ArgumentParser(description="ADR-006's steps, sequential and parallel.", allow_abbrev=False)
    parser.add_argument("--rounds", type=int, default=2, metavar="N", help="runs of each (default: 2)")
    rounds = parser.parse_args().rounds
    if rounds < 1:
        parser.error("--rounds must be at least 1")
    if find_spec("hookflow") is None or shutil.which("git") is None:
        raise SystemExit(f"compare: needs git, and hookflow installed for {sys.executable}")
    steps = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["tool"]["hookflow"]["steps"]
    with tempfile.TemporaryDirectory(prefix="adr-006-") as name:
        runs = measure(Path(name), steps, rounds)
    print_report(runs, {step: float(table["run"][1]) for step, table in steps.items()})


def measure(directory: Path, steps: Steps, rounds: int) -> dict[str, list[Run]]:
    """The runs of each kind. The first ones show hookflow's own output, the others only what goes wrong."""
    shutil.copy(CONFIGURATION, directory)
    subprocess.run(["git", "init", "--quiet"], cwd=directory, env=environment(), check=True)
    runs: dict[str, list[Run]] = {}
    for kind, option in OPTIONS.items():
        say(f"{kind}: hookflow run {option}")
        runs[kind] = [run_once(directory, steps, option, "plain")]
        say("")
    if rounds > 1:
        say(f"{rounds} runs of each in all; the others without output ...\n")
    for _ in range(rounds - 1):
        for kind, option in OPTIONS.items():
            runs[kind].append(run_once(directory, steps, option, "quiet"))
    return runs


def run_once(repository: Path, steps: Steps, option: str, output: str) -> Run:
    """One run, checked.

    Raises:
        SystemExit: Something is wrong with it.
    """
    file = repository / ".git" / "events.jsonl"
    arguments = ["run", option, "--output", output, "--events", str(file)]
    done = subprocess.run(
        [sys.executable, "-P", "-m", "hookflow", *arguments], cwd=repository, env=environment(), check=False
    )
    if done.returncode:
        raise SystemExit(f"compare: hookflow run {option} exited with {done.returncode}")
    events = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    check(events, steps)
    return read_run(events)


def environment() -> dict[str, str]:
    """Ours, without what could change the runs: settings of git and hookflow."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "HOOKFLOW")) and name != "SKIP"
    }
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def check(events: Sequence[Event], steps: Steps) -> None:
    """Every step passed, once, and began after everything that it needs had ended.

    Raises:
        SystemExit: Not so.
    """
    ended: list[str] = []
    for event in events:
        if event["event"] == "step-started":
            for need in steps[event["step"]].get("needs", ()):
                if need not in ended:
                    raise SystemExit(f"compare: {event['step']} did not wait for {need}")
        elif event["event"] == "step-finished":
            ended.append(event["step"])
            if event["outcome"] != "passed":
                raise SystemExit(f"compare: {event['step']} {event['outcome']}: {event['reason']}")
    if sorted(ended) != sorted(steps):
        raise SystemExit(f"compare: these steps ended: {', '.join(ended)}; expected were: {', '.join(steps)}")


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


def print_report(runs: Mapping[str, Sequence[Run]], sleeps: Mapping[str, float]) -> None:
    """The table, and under it what it cannot say."""
    path = runs["parallel"][-1].path
    wall = {kind: median(run.wall for run in each) for kind, each in runs.items()}
    estimate = {"sequential": sum(sleeps.values()) * SCALE, "parallel": sum(sleeps[step] for step in path) * SCALE}
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
    return f"{100 * (1 - seconds['parallel'] / seconds['sequential']):.1f} %"


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as text: the first column to the left, figures to the right, a rule under the head."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in rows]
    return [lines[0], "-" * len(lines[0]), *lines[1:]]


def say(*words: str) -> None:
    """Print at once, so that lines keep their order among those of the programs that are run."""
    print(*words, flush=True)


if __name__ == "__main__":
    main()

"""What the scripts of this folder share: hookflow is run, its events are read, tables are printed."""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

SCALE = 1200  # seconds of an estimate for one second of sleep: 60 s as 50 ms

Event = Mapping[str, Any]
Steps = Mapping[str, Any]  # [tool.hookflow.steps], by name


def rounds(description: str, default: int) -> int:
    """What the command line asks for.

    Raises:
        SystemExit: The line is wrong, or git or hookflow is missing.
    """
    parser = argparse.ArgumentParser(description=description, allow_abbrev=False)
    about = f"runs of each (default: {default})"
    parser.add_argument("--rounds", type=int, default=default, metavar="N", help=about)
    number: int = parser.parse_args().rounds
    if number < 1:
        parser.error("--rounds must be at least 1")
    if find_spec("hookflow") is None or shutil.which("git") is None:
        raise wrong(f"needs git, and hookflow installed for {sys.executable}")
    return number


def read_steps(configuration: Path) -> Steps:
    """The steps of a configuration, in its order."""
    steps: Steps = tomllib.loads(configuration.read_text(encoding="utf-8"))["tool"]["hookflow"]["steps"]
    return steps


def sleeps(steps: Steps) -> dict[str, float]:
    """How long each step takes, in seconds."""
    return {name: float(step["run"][1]) for name, step in steps.items()}


def git(repository: Path, *arguments: str) -> None:
    """A git command; what it prints is dropped."""
    subprocess.run(["git", *arguments], cwd=repository, env=environment(), check=True, stdout=subprocess.DEVNULL)


def hookflow(repository: Path, options: Sequence[str], output: str) -> list[Event]:
    """The events of one run.

    Raises:
        SystemExit: It did not pass.
    """
    file = repository / ".git" / "events.jsonl"
    command = [sys.executable, "-P", "-m", "hookflow", "run", *options, "--output", output, "--events", str(file)]
    done = subprocess.run(command, cwd=repository, env=environment(), check=False)
    if done.returncode:
        raise wrong(f"hookflow run {' '.join(options)} exited with {done.returncode}")
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def environment() -> dict[str, str]:
    """Ours, without what could change the runs: settings of git and hookflow."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GIT_", "HOOKFLOW")) and name != "SKIP"
    }
    return {**kept, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def problem(events: Sequence[Event], steps: Steps, expected: Mapping[str, str]) -> str | None:
    """What is wrong with a run, or None.

    Every step must end once, with the expected outcome, and begin after everything that it needs has ended.
    """
    ended: list[str] = []
    for event in events:
        name = str(event.get("step"))
        if event["event"] == "step-started":
            for need in steps[name].get("needs", ()):
                if need not in ended:
                    return f"{name} did not wait for {need}"
        elif event["event"] == "step-finished":
            ended.append(name)
            if event["outcome"] != expected[name]:
                return f"{name} {event['outcome']} ({event['reason']}); expected was: {expected[name]}"
    if sorted(ended) != sorted(steps):
        return f"these steps ended: {', '.join(ended)}; expected were: {', '.join(steps)}"
    return None


def percent(part: float, whole: float) -> str:
    """How much less than the whole a part is."""
    return f"{100 * (1 - part / whole):.1f} %"


def aligned(rows: Sequence[Sequence[str]], names: int = 1) -> list[str]:
    """The rows as text: names to the left, figures to the right, a rule under the head."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    adjust = [str.ljust] * names + [str.rjust] * (len(widths) - names)
    lines = ["  ".join(fit(cell, width) for fit, cell, width in zip(adjust, row, widths, strict=True)) for row in rows]
    return [lines[0].rstrip(), "-" * len(lines[0]), *(line.rstrip() for line in lines[1:])]


def say(*words: str) -> None:
    """Print at once, so that lines keep their order among those of the programs that are run."""
    print(*words, flush=True)


def wrong(message: str) -> SystemExit:
    """The end of the script, with exit code 1."""
    return SystemExit(f"{Path(sys.argv[0]).stem}: {message}")

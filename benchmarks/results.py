"""The page of all races, `RESULTS.md`: one section each, written anew when it is held."""

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import installed, pages, report
from benchmarks.arena import Bench
from benchmarks.running import adopt_orphans
from benchmarks.workloads import RACES

PAGE = "RESULTS.md"


def programs(folder: Path, *, install: bool, say: Callable[[str], None]) -> installed.Programs:
    """The programs that are raced; says which could not be had.

    Args:
        folder: Where they are installed.
        install: Install what is missing, and this project anew.
        say: Told what is being done.
    """
    have = installed.found(folder, installed.install(folder, say) if install else {})
    for name, why in have.missing.items():
        say(f"{name} is left out: {why}")
    return have


def section(name: str, have: installed.Programs, *, quick: bool, rounds: int | None, say: Callable[[str], None]) -> str:
    """Hold one race, in a folder that is removed afterwards.

    Returns:
        Its section, in Markdown.
    """
    adopt_orphans()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="hookflow-benchmark-", ignore_cleanup_errors=True) as folder:
        text = RACES[name].measure(Bench(have, Path(folder).resolve(), quick=quick, rounds=rounds, say=say))
    say(f"{name}: held in {time.monotonic() - began:.0f} s")
    return f"## {name} - {RACES[name].title}\n\n{text.rstrip()}\n\n{report.from_where(have, quick=quick)}\n"


def page(before: str, written: Mapping[str, str]) -> str:
    """The whole page: what was kept before, with these sections anew."""
    sections = {name: text.rstrip() for name, text in written.items()}
    return pages.joined(_INTRODUCTION, pages.sections(before), sections, [*RACES])


_INTRODUCTION = """\
# Side by side with peers

hookflow and other runners do the same work, in turn, on the same machine. `python -m benchmarks`, from the project's
root, installs them from PyPI and npm into a folder of its own and writes this page; `python -m benchmarks W1 W3`
writes only these sections anew.

- A round runs each contender once, in an order that is another one each round. The figures are medians over rounds.
- "hookflow takes 0.50 x" is the median of hookflow's time over theirs, both of the same round: less than 1 is better.
- A round in which other processes took more than 8 % of the machine is discarded, and another one held.
- Time is that of the whole process, from its start to its end, its output going to a file.
- Before it is measured, each does the work once with tools that write down that they ran: who leaves out a step,
  begins one too early, passes other files or leaves other files behind takes no part.
- hookflow is called as its hook calls it and, unless it is said that it may replay results, with `--refresh`: it runs
  every step and keeps what came of it, as the first time. All others are told to run everything, too.
- Settings are those that each one's documentation shows, with no step that stops another one.
"""

"""Peak memory. M."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from benchmarks import peak
from benchmarks.arena import Arena, Bench, Check
from benchmarks.proof import check_ran
from benchmarks.report import left_out
from benchmarks.rounds import Contender, race
from benchmarks.running import run
from benchmarks.tables import race_table
from benchmarks.work import Step, Work
from benchmarks.workloads.large import files

_RUNNERS = ("hookflow", "lefthook", "prek", "pre-commit")
_LINE = "a line of output that is sixty-three characters long, as many\n"


def peaks(bench: Bench) -> str:
    """Many steps, many files, much output."""
    steps, count, size = (20, 300, 1 << 20) if bench.quick else (1_000, 200_000, 1 << 30)
    return "\n".join(
        [
            "The largest process of each, in MB; what is shown is never less than some 9 MB, those of the measure.\n",
            _many_steps(bench, steps),
            _many_files(bench, count),
            _much_output(bench, size),
        ]
    )


def _many_steps(bench: Bench, count: int) -> str:
    arena = Arena(bench, "M-steps", {"notes.txt": "one\n"})
    names = [f"step-{number}" for number in range(count)]
    for name in names:
        arena.tools.add(name, "true")
    # pre-commit asks git after each hook: that takes a minute, and no memory.
    arena.prepare(Work([Step(name, [name]) for name in names]), _RUNNERS[:-1])
    return _held(
        arena, f"{count:,} steps", {"notes.txt": "two\n"}, lambda records: check_ran(records, dict.fromkeys(names))
    )


def _many_files(bench: Bench, count: int) -> str:
    content = files(count, (".txt",))
    arena = Arena(bench, "M-files", content)
    arena.tools.add("check", "true")
    arena.prepare(Work([Step("check", ["check"], (), ".txt", takes_files=True)], all_files=True), _RUNNERS)
    return _held(arena, f"One step, {count:,} files", {}, lambda records: check_ran(records, {"check": count}))


def _much_output(bench: Bench, size: int) -> str:
    arena = Arena(bench, "M-output", {"notes.txt": "one\n"})
    script = arena.folder / "flood.sh"
    script.write_text(f"#!/bin/sh\nyes '{_LINE.strip()}' | head -c {size}\n", "utf-8")
    script.chmod(0o755)
    arena.tools.add("flood", str(script))
    arena.prepare(Work([Step("flood", ["flood"])]), _RUNNERS)
    title = f"One step with {size >> 20:,} MiB of output"
    return _held(arena, title, {"notes.txt": "two\n"}, lambda records: check_ran(records, {"flood": None}))


def _held(arena: Arena, title: str, staged: Mapping[str, str], check: Check) -> str:
    arena.repository.stage(staged)
    arena.prove(check)
    # Others do not change how much memory is needed, so no round is discarded.
    result = race([_sized(arena, name) for name in arena.setups], arena.bench.repeat(1), most_of_others=1.0)
    arena.close()
    return "\n".join([f"### {title}\n", race_table(result, "MB", 1e-6), left_out({**result.failed, **arena.out}), ""])


def _sized(arena: Arena, name: str) -> Contender:
    return Contender(name, lambda: _bytes(arena, name))


def _bytes(arena: Arena, name: str) -> float:
    setup, told = arena.setups[name], arena.folder / "peak"
    command = [sys.executable, "-I", "-S", str(Path(peak.__file__)), str(told), *setup.command]
    run(command, arena.repository.path, {**arena.environment(), **setup.environment}, Path(os.devnull))
    return int(told.read_text("ascii")) * (1 if sys.platform == "darwin" else 1024)

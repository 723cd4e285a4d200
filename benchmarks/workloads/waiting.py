"""Steps that sleep, so that only the order of work counts, not the machine: W3 and W4."""

from collections.abc import Mapping, Sequence

from benchmarks.arena import Arena, Bench
from benchmarks.proof import Record, WrongError, check_order, check_ran, most_at_once
from benchmarks.report import left_out, race_text
from benchmarks.rounds import race
from benchmarks.work import Step, Work

_ROUNDS = 7
# Of lefthook, poe and prek, only prek can be told how many at once. pre-commit and lint-staged cannot take part: one
# runs its hooks one after another, the other gives file names to `sleep`.
_UNLIMITED = ("lefthook", "poe")
_LIMITED = ("hookflow", "prek", "turbo", "wireit", "doit", "ninja", "make")

# The workflow of examples/adr-006: minutes, and what is needed.
_MINUTE = 0.04  # seconds that a minute takes here
_ADR: Mapping[str, tuple[float, tuple[str, ...]]] = {
    "pre-analysis": (0.5, ()),
    "documentation": (2, ("pre-analysis",)),
    "consistency": (1.5, ("documentation",)),
    "script-refs": (1, ("pre-analysis",)),
    "directory": (1.5, ("pre-analysis",)),
    "test-review": (2, ("pre-analysis",)),
    "test-generation": (3, ("test-review",)),
    "test-execution": (4, ("test-generation",)),
    "dependencies": (1, ("pre-analysis",)),
    "code-quality": (2.5, ("test-execution",)),
    "context": (
        2,
        (
            "documentation",
            "consistency",
            "script-refs",
            "directory",
            "test-execution",
            "dependencies",
            "code-quality",
        ),
    ),
    "git-finalization": (1.5, ("context", "markdown-lint", "prompt-engineering", "ux-analysis")),
    "markdown-lint": (0.75, ("consistency",)),
    "prompt-engineering": (2.5, ("pre-analysis",)),
    "ux-analysis": (3, ("pre-analysis", "documentation")),
}


def independent(bench: Bench) -> str:
    """Twelve that sleep for 0.2 s, all at once and two at once."""
    steps = [Step(f"sleep-{number}", [f"sleep-{number}", "0.2"]) for number in range(12)]
    return "\n".join(
        [
            _held(bench, f"W3-{jobs}", Work(steps, jobs=jobs), f"{jobs} at once: {least:.0f} ms at least")
            for jobs, least in ((12, 200), (2, 1200))
        ]
    )


def workflow(bench: Bench) -> str:
    """The graph of a real workflow, with as many jobs as it has steps: its longest chain is the least."""
    steps = [Step(name, [name, f"{length * _MINUTE:g}"], needs) for name, (length, needs) in _ADR.items()]
    least = critical_path({name: length * _MINUTE for name, (length, _) in _ADR.items()}, Work(steps).needs)
    alone = sum(length for length, _ in _ADR.values()) * _MINUTE
    title = f"Critical path {least * 1000:.0f} ms; one after another {alone * 1000:.0f} ms"
    barriers = dict.fromkeys(("lefthook", "prek", "poe"), "knows only groups, with barriers between them")
    return _held(bench, "W4", Work(steps, jobs=len(steps)), title, barriers)


def critical_path(seconds: Mapping[str, float], needs: Mapping[str, Sequence[str]]) -> float:
    """The length of the longest chain."""
    ends: dict[str, float] = {}

    def end(name: str) -> float:
        if name not in ends:
            ends[name] = seconds[name] + max(map(end, needs[name]), default=0.0)
        return ends[name]

    return max(map(end, seconds))


def _held(bench: Bench, name: str, work: Work, title: str, notes: Mapping[str, str] | None = None) -> str:
    arena = Arena(bench, name, {"notes.txt": "one\n"})
    for step in work.steps:
        arena.tools.add(step.name, "sleep")
    unlimited = _UNLIMITED if work.jobs >= len(work.steps) else ()
    arena.prepare(work, [*_LIMITED, *unlimited])
    arena.repository.stage({"notes.txt": "two\n"})
    arena.prove(lambda records: _check(work, records))
    result = race(arena.contenders(), bench.repeat(_ROUNDS))
    arena.close()
    return "\n".join([race_text(title, result, notes), left_out(arena.out), ""])


def _check(work: Work, records: Sequence[Record]) -> None:
    check_ran(records, dict.fromkeys(work.needs))
    check_order(records, work.needs)
    if (most := most_at_once(records)) > work.jobs:
        raise WrongError(f"{most} ran at once instead of {work.jobs}")

"""Runs the fifteen steps of ADR-006 with smart execution and caching too, for several kinds of change.

    python combined.py [--rounds N]

Each run is a real ``hookflow run`` in a fresh git repository in which everything has passed before the change was
made. Exits with 1 when a step is not run, replayed or skipped as it should be.
"""

import shutil
import tempfile
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median

from measuring import Steps, aligned, git, hookflow, percent, problem, read_steps, rounds, say, sleeps, wrong

CONFIGURATION = Path(__file__).with_name("combined.toml")
FILES = (
    "README.md",
    "docs/guide.md",
    "prompts/review.txt",
    "pyproject.toml",
    "requirements.txt",
    "scripts/release.sh",
    "src/app.py",
    "src/ui/page.html",
    "tests/test_app.py",
)
HEAD = ("change", "how", "ran", "cached", "took", "saved", "ideal", "saved", "ADR")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of change.

    Attributes:
        files: What is changed.
        concerns: The steps that have one of these among their files; None for all steps.
        passed: Whether all of it has passed already when it is measured.
    """

    files: tuple[str, ...]
    concerns: frozenset[str] | None
    passed: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way to run the steps.

    Attributes:
        parallel: Whether several run at once.
        smart: Whether steps are skipped of whose files none changed.
        caching: Whether steps are replayed whose content has passed.
        adr: How much faster than sequential the ADR says that it is.
        of: The kind of change of which its measurements say so; empty where they name none.
    """

    parallel: bool = True
    smart: bool = False
    caching: bool = False
    adr: str = ""
    of: str = ""

    @property
    def options(self) -> tuple[str, ...]:
        """Of ``hookflow run``."""
        given = {"parallel": self.parallel, "smart-execution": self.smart, "cache": self.caching}
        return tuple(f"--{name}" if on else f"--no-{name}" for name, on in given.items())


ALWAYS = frozenset({"pre-analysis", "git-finalization"})
_ANY_FILE = frozenset({"directory", "context"})
_DOCS = frozenset({"documentation", "consistency", "script-refs", "markdown-lint"})
_TESTS = frozenset({"test-review", "test-generation", "test-execution"})
KINDS = {
    "docs": Kind(("docs/guide.md",), _ANY_FILE | _DOCS),
    "code": Kind(("src/app.py",), _ANY_FILE | _TESTS | {"code-quality"}),
    "tests": Kind(("tests/test_app.py",), _ANY_FILE | _TESTS),
    "full": Kind(FILES, None),
    "again": Kind(FILES, None, passed=True),
}
WAYS = {
    "sequential": Way(parallel=False),
    "parallel": Way(adr="33 %"),
    "smart + parallel": Way(smart=True, adr="57 %", of="code"),
    "caching + parallel": Way(caching=True, adr="65 %"),
    "all three": Way(smart=True, caching=True, adr="90 %", of="docs"),
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run: seconds from its start to its end, and those that the process took beside."""

    wall: float
    beside: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The runs of one kind of change in one way, and the outcome that each step had in all of them."""

    outcomes: Mapping[str, str]
    runs: tuple[Run, ...]


def main() -> None:
    """Run all, print the table."""
    number = rounds("ADR-006's steps with smart execution and caching, for several kinds of change.", default=1)
    steps = read_steps(CONFIGURATION)
    with tempfile.TemporaryDirectory(prefix="adr-006-") as name:
        place = Path(name)
        passed = baseline(place / "baseline", steps)
        measured = {}
        for kind in KINDS:
            say(f"{kind}: {len(WAYS)} ways, {'once' if number == 1 else f'{number} times'} each ...")
            measured[kind] = measure(place / kind, passed, kind, steps, number)
    print_report(measured, steps, number)


def baseline(repository: Path, steps: Steps) -> Path:
    """A repository with one commit, in which every step has passed and its pass is kept."""
    for file in FILES:
        (repository / file).parent.mkdir(parents=True, exist_ok=True)
        (repository / file).write_text("", encoding="utf-8")
    shutil.copy(CONFIGURATION, repository / "pyproject.toml")
    git(repository, "init", "--quiet")
    git(repository, "add", "--all")
    author = ("-c", "user.name=ADR", "-c", "user.email=adr@example.org")
    git(repository, *author, "commit", "--quiet", "--message", "Start")
    events = hookflow(repository, ["--parallel", "--no-smart-execution"], "quiet")
    if (found := problem(events, steps, dict.fromkeys(steps, "passed"))) is not None:
        raise wrong(f"before any change: {found}")
    return repository


def measure(place: Path, passed: Path, kind: str, steps: Steps, number: int) -> dict[str, Measured]:
    """One kind of change, each way so many times, each time in a copy of its own."""
    changed = place / "changed"
    shutil.copytree(passed, changed, symlinks=True)
    for file in KINDS[kind].files:
        with (changed / file).open("a", encoding="utf-8") as text:
            text.write("# changed\n")
    if KINDS[kind].passed:
        hookflow(changed, ["--parallel"], "quiet")
    runs: dict[str, list[Run]] = {way: [] for way in WAYS}
    for count in range(number):
        for way, each in runs.items():
            fresh = place / f"{way} {count}"
            shutil.copytree(changed, fresh, symlinks=True)
            git(fresh, "status")  # git notes that its files are others than those that were copied
            each.append(run_once(fresh, kind, way, steps))
    return {way: Measured(expected(KINDS[kind], WAYS[way], steps), tuple(each)) for way, each in runs.items()}


def run_once(repository: Path, kind: str, way: str, steps: Steps) -> Run:
    """One run, checked.

    Raises:
        SystemExit: A step was run, replayed or skipped that should not have been.
    """
    began = time.monotonic()
    events = hookflow(repository, WAYS[way].options, "quiet")
    took = time.monotonic() - began
    if (found := problem(events, steps, expected(KINDS[kind], WAYS[way], steps))) is not None:
        raise wrong(f"{kind}, {way}: {found}")
    wall = events[-1]["seconds"]
    return Run(wall, took - wall)


def expected(kind: Kind, way: Way, steps: Steps) -> dict[str, str]:
    """The outcome that each step must have.

    Smart execution goes by a step's own files. The cache also goes by what a step needs: the key of that is in its own.
    """
    concerned = frozenset(steps) if kind.concerns is None else kind.concerns
    new = frozenset[str]() if kind.passed else with_what_needs_them(concerned, steps)

    def outcome(step: str) -> str:
        if step in ALWAYS:
            return "passed"
        if way.smart and step not in concerned:
            return "skipped"
        return "cached" if way.caching and step not in new else "passed"

    return {step: outcome(step) for step in steps}


def with_what_needs_them(some: Collection[str], steps: Steps) -> frozenset[str]:
    """Some steps, and all that need one of them, directly or not."""
    found = set(some)
    for step in in_order(steps):
        if found & set(steps[step].get("needs", ())):
            found.add(step)
    return frozenset(found)


def ideal(outcomes: Mapping[str, str], way: Way, steps: Steps) -> float:
    """The least seconds for the steps that had to run: their sum, or in parallel their longest chain."""
    seconds = {step: time if outcomes[step] == "passed" else 0.0 for step, time in sleeps(steps).items()}
    if not way.parallel:
        return sum(seconds.values())
    ends: dict[str, float] = {}
    for step in in_order(steps):
        ends[step] = seconds[step] + max((ends[need] for need in steps[step].get("needs", ())), default=0.0)
    return max(ends.values())


def in_order(steps: Steps) -> tuple[str, ...]:
    """The steps, each after what it needs."""
    return tuple(TopologicalSorter({name: step.get("needs", ()) for name, step in steps.items()}).static_order())


def print_report(measured: Mapping[str, Mapping[str, Measured]], steps: Steps, number: int) -> None:
    """The table, and under it what it cannot say."""
    rows = [row(kind, way, ways, steps) for kind, ways in measured.items() for way in ways]
    lines = aligned([HEAD, *rows], names=2)
    say("")
    for line in lines[:2]:
        say(line)
    for place, line in enumerate(lines[2:]):
        say(line if place % len(WAYS) or not place else f"\n{line}")
    beside = median(run.beside for ways in measured.values() for each in ways.values() for run in each.runs)
    runs = f"Median of {number} runs each" if number > 1 else "One run each"
    say(f"\n{runs}; 60 s of an estimate are run as 50 ms. Beside what a run took,")
    say(f"each process took {beside:.2f} s: interpreter, configuration, what changed.")
    say("ideal: the longest chain of the steps that had to run, by the estimates.")
    say("again: the full change, after all of it has passed.")


def row(kind: str, way: str, ways: Mapping[str, Measured], steps: Steps) -> tuple[str, ...]:
    """A line of the table."""
    this, first = ways[way], ways["sequential"]
    took, whole = (median(run.wall for run in each.runs) for each in (this, first))
    least, most = ideal(this.outcomes, WAYS[way], steps), ideal(first.outcomes, WAYS["sequential"], steps)
    outcomes = list(this.outcomes.values())
    compared = way != "sequential"
    claimed = kind != "again" and WAYS[way].of in {"", kind}
    return (
        "" if compared else kind,
        way,
        str(outcomes.count("passed")),
        str(outcomes.count("cached")),
        f"{took:.3f} s",
        percent(took, whole) if compared else "",
        f"{least:.3f} s",
        percent(least, most) if compared else "",
        WAYS[way].adr if claimed else "",
    )


if __name__ == "__main__":
    main()

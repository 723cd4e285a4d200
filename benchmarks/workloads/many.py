"""Very many steps that do nothing: what a runner costs for each. W5 and W5d."""

from collections.abc import Sequence
from random import Random

from benchmarks.arena import Arena, Bench
from benchmarks.proof import Record, check_order, check_ran
from benchmarks.report import left_out, race_text
from benchmarks.rounds import race
from benchmarks.work import Step, Work

SEED = 5
_GRAPH = ("hookflow", "ninja", "make", "doit", "wireit")
_FLAT = ("hookflow", "lefthook", "prek", "ninja", "make", "doit")
_CHAIN = ("hookflow", "lefthook", "prek", "poe", "ninja", "make", "doit", "wireit")


def random_graphs(bench: Bench) -> str:
    """Graphs for those that know graphs; the same steps without an order for those that know files and groups."""
    small, large = (10, 20) if bench.quick else (200, 1000)
    return "\n".join(
        [
            _held(bench, f"W5-{small}", random_graph(small), _GRAPH, f"{small} steps in a random graph", 7),
            _held(bench, f"W5-{large}", random_graph(large), _GRAPH, f"{large} steps in a random graph", 5),
            _held(bench, f"W5-flat-{large}", flat(large), _FLAT, f"{large} steps without an order", 5),
            "lefthook starts all at once: it cannot be told how many.\n",
        ]
    )


def chain(bench: Bench) -> str:
    """Each step needs the one before."""
    count = 10 if bench.quick else 200
    steps = [_step(number, [number - 1] if number else []) for number in range(count)]
    return _held(bench, "W5d", Work(steps), _CHAIN, f"{count} steps, each after the one before", 7)


def random_graph(count: int) -> Work:
    """Each step needs up to three of the fifty before it; the same graph each time."""
    random = Random(SEED)
    steps = []
    for number in range(count):
        earlier = range(max(0, number - 50), number)
        steps.append(_step(number, random.sample(earlier, min(len(earlier), random.randint(0, 3)))))
    return Work(steps)


def flat(count: int) -> Work:
    """No step needs another."""
    return Work([_step(number, []) for number in range(count)])


def _step(number: int, needs: Sequence[int]) -> Step:
    return Step(f"step-{number}", [f"step-{number}"], [f"step-{need}" for need in sorted(needs)])


def _held(bench: Bench, name: str, work: Work, runners: Sequence[str], title: str, rounds: int) -> str:
    arena = Arena(bench, name, {"notes.txt": "one\n"})
    for step in work.steps:
        arena.tools.add(step.name, "true")
    arena.prepare(work, runners)
    arena.repository.stage({"notes.txt": "two\n"})

    def check(records: Sequence[Record]) -> None:
        check_ran(records, dict.fromkeys(work.needs))
        check_order(records, work.needs)

    arena.prove(check)
    result = race(arena.contenders(), bench.repeat(rounds))
    arena.close()
    return "\n".join([race_text(title, result), left_out(arena.out), ""])

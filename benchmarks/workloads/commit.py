"""A small commit: what a runner costs when there is next to nothing to do. W1, W2 and W1c."""

from benchmarks.arena import Arena, Bench
from benchmarks.proof import check_ran
from benchmarks.report import left_out, race_text
from benchmarks.rounds import Contender, race
from benchmarks.running import run
from benchmarks.work import Step, Work

_HOOKS = ("hookflow", "lefthook", "prek", "pre-commit", "lint-staged")
_ROUNDS = 21
_TWELVE = [f"step-{number}" for number in range(12)]


def one(bench: Bench) -> str:
    """One step: the whole process, and until the step starts."""
    arena = _arena(bench, "W1", ["step"])
    arena.prepare(Work([Step("step", ["step"])]), [*_HOOKS, "poe", "turbo", "wireit"])
    arena.repository.stage({"notes.txt": "two\n"})
    arena.prove(lambda records: check_ran(records, {"step": None}))
    whole = race([*arena.contenders(), _bare_python(arena)], bench.repeat(_ROUNDS))
    first = race([*arena.first_steps(), _bare_python(arena)], bench.repeat(_ROUNDS))
    texts = [race_text("Whole process", whole), race_text("Until the step starts", first)]
    return _closed(arena, *texts)


def skipped(bench: Bench) -> str:
    """Twelve steps of files that are not there."""
    arena = _arena(bench, "W2", _TWELVE)
    arena.prepare(Work([Step(name, [name], suffix=".rs", takes_files=True) for name in _TWELVE]), _HOOKS)
    arena.repository.stage({"notes.txt": "two\n"})
    arena.prove(lambda records: check_ran(records, {}))
    notes = {"hookflow": "from its second run of these names on, answered from memory"}
    result = race([*arena.contenders(), _bare_python(arena), _forgetful(arena)], bench.repeat(_ROUNDS))
    return _closed(arena, race_text("Whole process", result, notes))


def again(bench: Bench) -> str:
    """The same run once more: who keeps no results runs the steps again."""
    arena = _arena(bench, "W1c", _TWELVE)
    work = Work([Step(name, [name]) for name in _TWELVE], may_replay=True, inputs=["notes.txt"])
    arena.prepare(work, [*_HOOKS[:-1], "turbo", "wireit", "doit", "ninja", "make"])
    arena.repository.stage({"notes.txt": "two\n"})
    arena.prove(lambda records: check_ran(records, dict.fromkeys(_TWELVE)))
    notes = arena.settle()
    return _closed(arena, race_text("Whole process", race(arena.contenders(), bench.repeat(_ROUNDS)), notes))


def _arena(bench: Bench, name: str, steps: list[str]) -> Arena:
    arena = Arena(bench, name, {"notes.txt": "one\n"})
    for step in steps:
        arena.tools.add(step, "true")
    return arena


def _bare_python(arena: Arena) -> Contender:
    """The floor of anything that is written in Python."""
    command = [str(arena.bench.programs.paths["hookflow"]), "-c", "pass"]
    output = arena.folder / "output"
    environment = arena.environment()
    return Contender("(`python -c pass`)", lambda: run(command, arena.folder, environment, output).seconds)


def _forgetful(arena: Arena) -> Contender:
    """The floor of hookflow: nothing is known of earlier runs but the configuration as it was checked."""
    setup = arena.setups["hookflow"]
    command = [*(word for word in setup.command if word != "--refresh"), "--no-cache"]
    environment = {**arena.environment(), **setup.environment}
    output = arena.folder / "output"
    return Contender("(hookflow --no-cache)", lambda: run(command, arena.repository.path, environment, output).seconds)


def _closed(arena: Arena, *texts: str) -> str:
    arena.close()
    return "\n".join([*texts, left_out(arena.out)])

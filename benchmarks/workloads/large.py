"""Large repositories: what is asked of git, and what is made of its answers. W6 and W7."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath

from benchmarks.arena import Arena, Bench
from benchmarks.proof import check_ran
from benchmarks.report import left_out, race_text
from benchmarks.rounds import race
from benchmarks.work import Step, Work

_HOOKS = ("hookflow", "lefthook", "prek", "pre-commit", "lint-staged")
_REPLAYING = ("hookflow", "turbo", "ninja")
_REPLAYING_FEW = (*_REPLAYING, "make", "wireit", "doit")  # with 50,000 files, make alone takes 15 s
_SUFFIXES = (".py", ".md", ".txt")
_FILES_IN_A_FOLDER = 100


def files(count: int, suffixes: tuple[str, ...] = _SUFFIXES) -> dict[str, str]:
    """So many small files under src/, the suffixes in turn, each with a content of its own."""
    return {
        f"src/d{number // _FILES_IN_A_FOLDER}/f{number}{suffixes[number % len(suffixes)]}": f"file {number}\n"
        for number in range(count)
    }


def staged(bench: Bench) -> str:
    """One file staged or many, with changes beside them that are not staged or without."""
    there, many, beside = (300, 50, 20) if bench.quick else (50_000, 5_000, 200)
    arena = Arena(bench, "W6", files(there))
    steps = [Step(f"check{suffix[1:]}", [f"check{suffix[1:]}"], (), suffix, takes_files=True) for suffix in _SUFFIXES]
    for step in steps:
        arena.tools.add(step.name, "true")
    arena.prepare(Work(steps), _HOOKS)
    names = [*arena.files]
    # Some of the last of the staged ones are changed again: those are partly staged.
    texts = [
        _staged_race(arena, names[:count], names[count - 1 :][:changed])
        for count in (1, many)
        for changed in (0, beside)
    ]
    arena.close()
    return "\n".join(texts)


def _staged_race(arena: Arena, staged: list[str], changed: list[str]) -> str:
    """One of the four."""
    everyone, repository = dict(arena.setups), arena.repository
    repository.reset()
    repository.stage({name: f"{arena.files[name]}staged\n" for name in staged})
    repository.write({name: f"{arena.files[name]}staged\nnot staged\n" for name in changed})
    expected = Counter(f"check{PurePosixPath(name).suffix[1:]}" for name in staged)
    arena.prove(lambda records: check_ran(records, expected))
    result = race(arena.contenders(), arena.bench.repeat(5))
    unstaged = f"{len(changed)} files with changes that are not staged" if changed else "nothing unstaged"
    title = f"{len(staged):,} of {len(arena.files):,} files staged, {unstaged}"
    text = "\n".join([race_text(title, result), left_out(arena.out), ""])
    arena.setups, arena.out = everyone, {}
    return text


def replayed(bench: Bench) -> str:
    """Twelve steps, each of all files, and nothing has changed since they passed."""
    few, many = (100, 300) if bench.quick else (2_000, 50_000)
    return "\n".join(
        [
            _replayed_race(bench, files(few, (".txt",)), _REPLAYING_FEW),
            _replayed_race(bench, files(many, (".txt",)), _REPLAYING),
        ]
    )


def _replayed_race(bench: Bench, content: Mapping[str, str], runners: Sequence[str]) -> str:
    arena = Arena(bench, f"W7-{len(content)}", content)
    names = [f"step-{number}" for number in range(12)]
    for name in names:
        arena.tools.add(name, "true")
    steps = [Step(name, [name], suffix=".txt") for name in names]
    work = Work(steps, all_files=True, may_replay=True, inputs=[*content], input_folder="src")
    arena.prepare(work, runners)
    arena.prove(lambda records: check_ran(records, dict.fromkeys(names)))
    notes = arena.settle()
    result = race(arena.contenders(), bench.repeat(7))
    arena.close()
    return "\n".join([race_text(f"{len(content):,} files", result, notes), left_out(arena.out), ""])

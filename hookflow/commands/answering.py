"""A run whose answer is kept for whoever asks for the same again (`answer`, `given`)."""

from hookflow.adapters import tools
from hookflow.adapters.contents import Contents
from hookflow.adapters.witness import Spec, Status
from hookflow.commands import answer, jobs
from hookflow.commands.answer import Answer, Question
from hookflow.commands.memory import Memory
from hookflow.commands.preparation import Prepared
from hookflow.core import scopes
from hookflow.core.config import Step
from hookflow.core.environment import Surroundings, step_environment
from hookflow.core.patterns import Patterns
from hookflow.core.porcelain import text

_MOST_FILES = 5000  # of which the times are compared; beyond, looking at the steps one by one is as good
# Steps get these of what the terminal is, and of the virtual environment that is found: a question has neither.
_DERIVED = ("FORCE_COLOR", "CLICOLOR_FORCE", "VIRTUAL_ENV", "HOOKFLOW")


def keep(asked: Question, prepared: Prepared, around: Surroundings, known: Memory) -> None:
    """Keep the answer of a run that passed, if nothing but what `answer` looks at can have decided it."""
    rows, moment = known.results.rows(), known.results.moment
    if rows is None or moment is None:
        return
    seen = moment.contents
    if not seen.is_simple or len(seen.untracked) > _MOST_FILES or len(seen.looked_at) > _MOST_FILES:
        return
    steps = [step for step in prepared.steps if prepared.decisions[step.name].run]
    inputs = [Patterns(step.inputs) for step in steps if step.inputs]
    variables = {name for step in steps for name in step.cache_env}
    if any(step.outputs for step in steps) or any(seen.entered(each) for each in inputs):
        return
    if any(name.startswith(_DERIVED) for name in variables):
        return
    root = prepared.project.repository.root
    programs = jobs.venv_programs(prepared.project.config, root)
    spec = Spec(
        files=tuple(sorted({*seen.looked_at, *(path for each in inputs for path in seen.ignored(each))})),
        others=tuple(dict.fromkeys([*seen.configuration_files(), str(programs)])),
        programs=tuple(_programs(prepared, step, around) for step in steps),
        directories=tuple(dict.fromkeys(str(root / directory) for directory in (".", *(step.cwd for step in steps)))),
        variables=tuple(sorted(variables)),
        ignored=bool(inputs),
    )
    found = Answer(
        stage=prepared.stage,
        scope=scopes.word(prepared.scope),
        files=prepared.changed,
        jobs=prepared.frame.jobs,
        parallel=prepared.parallel,
        rows=rows,
        retention=prepared.project.config.log_retention,
    )
    answer.keep(asked, found, spec, lambda status: _is_same(status, prepared, seen))


def _programs(prepared: Prepared, step: Step, around: Surroundings) -> tuple[str, str, tuple[str, ...]]:
    fixes = [step.fix] if step.fix is not None and step.name in prepared.fixing else []
    path = step_environment(step, around).get("PATH", "")
    return path, str(prepared.project.repository.root / step.cwd), tuple(tools.words([step.run, *fixes]))


def _is_same(status: Status, prepared: Prepared, seen: Contents) -> bool:
    """Whether git tells now of what the run has seen: the same commit, and the same files that are not as in it."""
    untracked = {text(path) for path in status.untracked if not path.endswith(b"/")}
    dirty = {text(path) for path in status.dirty}
    if status.unmerged or untracked != seen.untracked or (not prepared.hides and dirty != seen.dirty):
        return False
    match prepared.scope:
        case scopes.Staged():
            return _is_head(status, prepared) and len(status.staged) == prepared.changed
        case scopes.Changed():
            changed = status.staged | status.dirty | {path for path in status.untracked if not path.endswith(b"/")}
            return _is_head(status, prepared) and len(changed) == prepared.changed
        case _:
            return True


def _is_head(status: Status, prepared: Prepared) -> bool:
    return status.head == (prepared.head or "(initial)")

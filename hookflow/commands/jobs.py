"""From a prepared run to what each step's processes are: arguments, environment, working directory."""

import os
import posixpath
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from hookflow.adapters import machine
from hookflow.commands.options import HookCall
from hookflow.commands.preparation import Prepared
from hookflow.commands.tree import WITHIN
from hookflow.core import command
from hookflow.core.config import Command, Config, Step
from hookflow.core.environment import Surroundings, step_environment
from hookflow.core.launch import Job
from hookflow.core.porcelain import text

# Stages whose first argument is a file of git's, relative to the root.
_FILE_ARGUMENT = frozenset({"commit-msg", "prepare-commit-msg", "applypatch-msg", "sendemail-validate"})
# Names of files in the command that people and events are shown; beyond, their number.
_SHOWN_FILES = 1000


class Jobs(Mapping[str, Job]):
    """A job for each step that runs, made when it is asked for: what ran before may decide what it is given.

    Args:
        prepared: The run.
        around: What the steps' environments have in common.
        call: What git gave the hook.
        files: What ``{files}`` stands for in a step, once it is ready.
    """

    def __init__(
        self, prepared: Prepared, around: Surroundings, call: HookCall, files: Callable[[str], Sequence[str]]
    ) -> None:
        self._steps = {step.name: step for step in prepared.steps if prepared.decisions[step.name].run}
        self._make = partial(_job, prepared, around=around, call=call)
        self._files = files
        self._made: dict[str, Job] = {}

    def __getitem__(self, name: str) -> Job:
        """The job of a step; the same one each time.

        Raises:
            KeyError: The step does not run.
        """
        if name not in self._made:
            self._made[name] = self._make(self._steps[name], self._files(name))
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        """The steps that run."""
        return iter(self._steps)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._steps)


def surroundings(
    prepared: Prepared, run: str, push: Mapping[str, str], *, colour: bool
) -> tuple[Surroundings, str | None]:
    """What the environments of all steps have in common, and a warning where ``venv`` names nothing."""
    root = prepared.project.repository.root
    venv, warning = _virtual_environment(prepared.project.config, root)
    around = Surroundings(
        inherited={_text(name): _text(value) for name, value in os.environ.items()} | {WITHIN: text(os.fsencode(root))},
        run=run,
        stage=prepared.stage,
        venv=str(venv) if venv is not None else None,
        venv_programs=str(_programs(venv)) if venv is not None else "",
        own_venv_programs=str(_programs(Path(sys.prefix))) if _called_by_pre_commit_in_its_venv() else None,
        push=push,
        colour=colour,
        path_separator=os.pathsep,
    )
    return around, warning


def _job(prepared: Prepared, step: Step, files: Sequence[str], *, around: Surroundings, call: HookCall) -> Job:
    root = prepared.project.repository.root
    names = [_from_directory(path, step.cwd) for path in files]
    args = _git_arguments(call.args, prepared.stage, step, root)
    environment = step_environment(step, around)
    return Job(
        step=step,
        commands=partial(_commands, step, step.run, names, args, environment),
        fixes=_fixes(prepared, step, names, args, environment),
        display=_display(step, names, args),
        files=len(names) if command.uses(step.run, "{files}") else 0,
        environment=environment,
        cwd=root / step.cwd,
        stdin=call.stdin if step.stdin else None,
        note=prepared.notes.get(step.name),
    )


def _commands(
    step: Step, run: Command, names: Sequence[str], args: Sequence[str], environment: Mapping[str, str], cpus: int
) -> list[tuple[str, ...]]:
    room = machine.argument_room(environment) if command.uses(run, "{files}") else 0  # bytes
    parts = command.split(step, run, names, cpus=cpus, room=room)
    return [command.invocation(run, part, args).arguments for part in parts]


def _fixes(
    prepared: Prepared, step: Step, names: Sequence[str], args: Sequence[str], environment: Mapping[str, str]
) -> Callable[[int], Sequence[tuple[str, ...]]] | None:
    if step.fix is None or step.name not in prepared.fixing:
        return None
    return partial(_commands, step, step.fix, names, args, environment)


def _display(step: Step, names: Sequence[str], args: Sequence[str]) -> str:
    shown = command.invocation(step.run, names[:_SHOWN_FILES], args).display
    more = len(names) - _SHOWN_FILES
    return f"{shown} (and {more:,} more files)" if more > 0 else shown


def _from_directory(path: str, cwd: str) -> str:
    """A path as the step sees it from its working directory."""
    return path if cwd == "." else posixpath.relpath(path, cwd)


def _git_arguments(args: Sequence[str], stage: str, step: Step, root: Path) -> tuple[str, ...]:
    """Git's arguments; a file among them is named so that a step in another directory finds it."""
    if stage not in _FILE_ARGUMENT or not args or step.cwd == ".":
        return tuple(args)
    return (str(root / args[0]), *args[1:])


def _virtual_environment(config: Config, root: Path) -> tuple[Path | None, str | None]:
    if config.venv is False:
        return None, None
    path = _named_environment(config, root)
    if _programs(path).is_dir():
        return path, None
    if config.venv == "auto":
        return None, None
    return None, f"venv: {path} is no virtual environment; going on without"


def venv_programs(config: Config, root: Path) -> Path:
    """Where the programs of the virtual environment would be; of a configuration without one, nowhere."""
    return _programs(_named_environment(config, root)) if config.venv is not False else Path(os.devnull)


def _named_environment(config: Config, root: Path) -> Path:
    return root / (".venv" if config.venv in {"auto", False} else Path(str(config.venv)).expanduser())


def _programs(venv: Path) -> Path:
    return venv / ("Scripts" if os.name == "nt" else "bin")


def _called_by_pre_commit_in_its_venv() -> bool:
    return "PRE_COMMIT" in os.environ and sys.prefix != sys.base_prefix


def _text(value: str) -> str:
    """What the system decoded in the locale's encoding, as hookflow keeps names: UTF-8 with escapes."""
    return text(os.fsencode(value))

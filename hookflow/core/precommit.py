"""Hooks of pre-commit's, as plain records, and the steps that they become."""

import shlex
from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any

from hookflow.core.config import HookTraits, Sources, Step
from hookflow.core.known_hooks import UNKNOWN, known
from hookflow.core.structs import Struct, field

_FILES = "{files}"


class Hook(Struct, frozen=True, kw_only=True):
    """A hook as its configuration and its manifest together say it.

    Attributes:
        id: Its id.
        alias: Its other name, or "".
        name: What people call it.
        source: The address of its repository, ``local`` or ``meta``.
        revision: Of its repository; "" where it has none.
        language: As pre-commit names it.
        entry: As it is written there.
        args: As they are written there.
        dependencies: ``additional_dependencies``.
        command: How it is started, without files; None where only pre-commit can start it.
        files: Expressions of which each must be found in a path.
        exclude: Expressions of which none may be.
        types: Tags that a file must have, all of them.
        types_or: Tags of which it must have one.
        exclude_types: Tags that it must not have.
        stages: When it runs; empty where nobody said.
        pass_filenames: Whether it is given files.
        always_run: Whether it runs without a matching file.
        require_serial: Whether its files must not be split over processes that run at once.
        fail_fast: Whether its failure ends the run.
        verbose: Whether its output is shown although it passed.
        environment: Variables that its environment sets.
        unset: Variables that its environment takes away.
        place: Its place among all hooks of the configuration, from 0.
        home: The directory of its environment; "" where its language has none, None where that is not known.
    """

    id: str
    alias: str = ""
    name: str = ""
    source: str = "local"
    revision: str = ""
    language: str = "system"
    entry: str = ""
    args: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    command: tuple[str, ...] | None = None
    files: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    types_or: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    pass_filenames: bool = True
    always_run: bool = False
    require_serial: bool = False
    fail_fast: bool = False
    verbose: bool = False
    environment: Mapping[str, str] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    place: int = 0
    home: str | None = None


class Hooks(Struct, frozen=True):
    """All hooks of a configuration, in order.

    Attributes:
        hooks: The hooks.
        stages: When those run of which nobody said it: the git hooks that pre-commit installs.
        pre_commit: The program and the arguments that call pre-commit.
        sources: What decides what is said here; None where that is not known.
    """

    hooks: tuple[Hook, ...]
    stages: tuple[str, ...] = ("pre-commit",)
    pre_commit: tuple[str, ...] = ("pre-commit",)
    sources: Sources | None = None


def calls_hookflow(hook: Hook) -> bool:
    """Whether a hook is hookflow itself, which must not be called by hookflow."""
    return hook.entry.split()[:1] == ["hookflow"]


def named(hooks: Sequence[Hook]) -> Iterator[tuple[str, Hook]]:
    """The hooks with the names of their steps: alias or id, with a number where that is taken."""
    taken: set[str] = set()
    for hook in hooks:
        name = step_name(hook.alias or hook.id, taken)
        taken.add(name)
        yield name, hook


def step_name(wanted: str, taken: Container[str]) -> str:
    """A name for a step: what a name cannot have becomes ``-``; a number follows where the name is taken."""
    plain = "".join(char if char.isalnum() or char in "-_." else "-" for char in wanted)
    base = plain if any(map(str.isalnum, plain)) else f"hook{plain}"
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}-{number}"
    return name


def step(name: str, hook: Hook, found: Hooks, defaults: Mapping[str, Any], told: Mapping[str, Any]) -> Step:
    """The step that runs a hook.

    Args:
        name: The step's.
        hook: The hook.
        found: The configuration that it is part of.
        defaults: Fields of the top table that hold for every step.
        told: Fields of its own table ``[tool.hookflow.pre-commit-hooks.ID]``.
    """
    about = known(hook.source, hook.language, hook.id)
    cache = told.get("cache", None if not about.git else False)
    stages = told.get("stages", hook.stages or found.stages)
    rest = {key: value for key, value in told.items() if key not in {"cache", "stages"}}
    fields: dict[str, Any] = {
        "modifies": about.may_write(hook.args),
        "batch": "one" if hook.require_serial or hook.language in {"pygrep", "fail"} else "auto",
        "exclusive": hook.command is None,
        **{key: value for key, value in defaults.items() if key in {"timeout", "exclude"}},
        **rest,
    }
    return Step(
        name=name,
        run=command(hook, found),
        description=hook.name,
        types=hook.types,
        types_or=hook.types_or,
        exclude_types=hook.exclude_types,
        files_regex=hook.files,
        exclude_regex=hook.exclude,
        env={**defaults.get("env", {}), **hook.environment},
        stages=stages,
        always_run=hook.always_run,
        git_env=cache is not True and (cache is False or about.git),
        cache=cache,
        hook=HookTraits(
            id=hook.id,
            alias=hook.alias,
            place=hook.place,
            fail_fast=hook.fail_fast,
            verbose=hook.verbose,
            pass_filenames=hook.pass_filenames,
            unset=hook.unset,
            home=hook.home,
            writer=about is not UNKNOWN and about.may_write(hook.args),
        ),
        **fields,
    )


def command(hook: Hook, found: Hooks) -> str | tuple[str, ...]:
    """What runs a hook."""
    if hook.command is None:
        return _by_pre_commit(hook, found)
    return (*hook.command, _FILES) if hook.pass_filenames else hook.command


def _by_pre_commit(hook: Hook, found: Hooks) -> str:
    """A script that has pre-commit run the hook on the files, or in the stages of a message on that."""
    call = shlex.join((*found.pre_commit, "run", hook.alias or hook.id))
    return (
        "case $HOOKFLOW_STAGE in *commit-msg) set -- --commit-msg-filename {files};; *) set -- --files {files};; esac; "
        f'exec {call} --hook-stage "$HOOKFLOW_STAGE" "$@"'
    )

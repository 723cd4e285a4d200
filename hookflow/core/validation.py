"""A parsed TOML mapping to a `Config`, or everything that is wrong with it."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from hookflow.core import dependencies, keys, precommit, readers
from hookflow.core.config import Config, Resource, Step
from hookflow.core.errors import ConfigurationError, Problem
from hookflow.core.graph import CycleError
from hookflow.core.names import did_you_mean
from hookflow.core.patterns import problem as pattern_problem

ROOT = ("tool", "hookflow")
HOOKS = "pre-commit-hooks"
Table = Mapping[str, Any]


def _no_hooks() -> precommit.Hooks:
    return precommit.Hooks(())


def parse(
    table: object,
    *,
    known_types: Callable[[], Collection[str]] = frozenset,
    hooks: Callable[[], precommit.Hooks] = _no_hooks,
) -> Config:
    """The configuration in a ``[tool.hookflow]`` table.

    Args:
        table: What stands under ``tool.hookflow``.
        known_types: The tags that ``types`` may name, asked for only where a step does; none accepts all.
        hooks: The hooks of pre-commit's configuration, asked for only where they are to be steps.

    Raises:
        ConfigurationError: With all problems of the table together.
    """
    reader = _Reader(known_types, hooks)
    config = reader.config(table)
    if reader.problems:
        raise ConfigurationError(tuple(reader.problems))
    return config


class _Reader:
    """Collects problems while it reads; what it returns is meaningful only without any."""

    def __init__(self, known_types: Callable[[], Collection[str]], hooks: Callable[[], precommit.Hooks]) -> None:
        self.problems: list[Problem] = []
        self._find_hooks = hooks
        self._known_types = known_types
        self._sets: dict[str, tuple[str, ...]] = {}

    def _wrong(self, path: tuple[str, ...], message: str) -> None:
        self.problems.append(Problem(path, message))

    def config(self, table: object) -> Config:
        top = self._table(ROOT, table)
        unknown = {key: value for key, value in top.items() if key not in keys.TABLES}
        fields = self._fields(ROOT, unknown, keys.TOP, also=keys.TABLES)
        self._sets = self._file_sets(top)
        environment = self._read((*ROOT, "env"), top.get("env", {}), readers.environment) or {}
        resources = self._resources(top)
        fields.setdefault("exclude", ())
        for key in {"exclude", "global_inputs"} & fields.keys():
            fields[key] = self._patterns((*ROOT, key.replace("_", "-")), fields[key])
        defaults: dict[str, Any] = {key: fields.pop(key) for key in ("timeout", "stages") if key in fields}
        merged = {**defaults, "exclude": fields["exclude"], "env": environment}
        told = self._told_of_hooks(top)
        hooks = self._hooks(fields.get("pre_commit", False), told, merged)
        steps = (*hooks, *self._without_doubles(self._steps(top, merged), {hook.name for hook in hooks}))
        if isinstance(table, dict) and not top.get("steps") and not fields.get("pre_commit"):
            self._wrong((*ROOT, "steps"), "missing; expected at least one [tool.hookflow.steps.NAME]")
        config = Config(steps=steps, resources=resources, **fields)
        self._check(config)
        return config

    def _table(self, path: tuple[str, ...], value: object) -> Table:
        if isinstance(value, dict):
            return value
        self._wrong(path, "expected a table")
        return {}

    def _read(self, path: tuple[str, ...], value: object, read: readers.Reader[Any]) -> Any:
        try:
            return read(value)
        except readers.Expected as error:
            self._wrong(path, str(error))
            return None

    def _fields(
        self, path: tuple[str, ...], table: Table, known: Mapping[str, keys.Key], also: Iterable[str] = ()
    ) -> dict[str, Any]:
        """The record's fields from a table's keys; what could not be read is left out."""
        fields = {}
        for name, value in table.items():
            if name not in known:
                self._wrong((*path, name), f"unknown key{did_you_mean(name, [*known, *also])}")
                continue
            content = self._read((*path, name), value, known[name].read)
            if content is not None:
                fields[known[name].field] = content
        return fields

    def _file_sets(self, top: Table) -> dict[str, tuple[str, ...]]:
        sets = {}
        for name, value in self._table((*ROOT, "file-sets"), top.get("file-sets", {})).items():
            path = (*ROOT, "file-sets", name)
            sets[name] = tuple(self._well_formed(path, self._read(path, value, readers.plain_patterns) or ()))
        return sets

    def _resources(self, top: Table) -> dict[str, Resource]:
        resources = {}
        for name, value in self._table((*ROOT, "resources"), top.get("resources", {})).items():
            path = (*ROOT, "resources", name)
            fields = self._fields(path, self._table(path, value), keys.RESOURCE)
            resources[name] = Resource(name=name, **fields)
        return resources

    def _patterns(self, path: tuple[str, ...], patterns: Iterable[str]) -> tuple[str, ...]:
        """Well-formed patterns, with every ``@name`` replaced by the patterns of that file set."""
        expanded: list[str] = []
        for pattern in patterns:
            name = pattern.removeprefix("@")
            if name == pattern:
                expanded += self._well_formed(path, [pattern])
            elif name in self._sets:
                expanded += self._sets[name]
            else:
                self._wrong(path, f"unknown file set @{name}{did_you_mean(name, self._sets)}")
        return tuple(expanded)

    def _well_formed(self, path: tuple[str, ...], patterns: Iterable[str]) -> Iterable[str]:
        """The patterns that can be read; the others are reported."""
        for pattern in patterns:
            if (message := pattern_problem(pattern)) is not None:
                self._wrong(path, message)
            else:
                yield pattern

    def _told_of_hooks(self, top: Table) -> dict[str, dict[str, Any]]:
        """The fields of each table of ``pre-commit-hooks``."""
        told = {}
        for name, value in self._table((*ROOT, HOOKS), top.get(HOOKS, {})).items():
            path = (*ROOT, HOOKS, name)
            told[name] = self._fields(path, self._table(path, value), keys.HOOK)
        return told

    def _hooks(
        self, wanted: bool | tuple[str, ...], told: Mapping[str, dict[str, Any]], defaults: Mapping[str, Any]
    ) -> tuple[Step, ...]:
        """The steps that are hooks of pre-commit's, in the order of its configuration."""
        if not wanted:
            return ()
        found = self._find_hooks()
        known = dict.fromkeys(name for hook in found.hooks for name in (hook.id, hook.alias) if name)
        chosen = set(known) if isinstance(wanted, bool) else set(wanted)
        for name in () if isinstance(wanted, bool) else wanted:
            if name not in known:
                self._wrong((*ROOT, "pre-commit"), f"unknown hook {name!r}{did_you_mean(name, known)}")
        for name in told:
            if name not in known:
                self._wrong((*ROOT, HOOKS, name), f"unknown hook{did_you_mean(name, known)}")
        return tuple(
            precommit.step(name, hook, found, defaults, told.get(hook.alias) or told.get(hook.id, {}))
            for name, hook in precommit.named(found.hooks)
            if not precommit.calls_hookflow(hook) and {hook.id, hook.alias} & chosen
        )

    def _steps(self, top: Table, defaults: Mapping[str, Any]) -> tuple[Step, ...]:
        table = self._table((*ROOT, "steps"), top.get("steps", {}))
        steps = [self._step(name, value, defaults) for name, value in table.items()]
        return tuple(step for step in steps if step is not None)

    def _without_doubles(self, steps: Iterable[Step], hooks: Collection[str]) -> Iterable[Step]:
        """The steps whose names no hook has; the others are reported."""
        for step in steps:
            if step.name in hooks:
                self._wrong((*ROOT, "steps", step.name), "a hook of pre-commit's has this name; give one another")
            else:
                yield step

    def _step(self, name: str, value: object, defaults: Mapping[str, Any]) -> Step | None:
        path = (*ROOT, "steps", name)
        if not is_step_name(name):
            self._wrong(
                path,
                "a step's name is letters and digits of any script, '-', '_' and '.'; free text goes into description",
            )
        table = self._table(path, value)
        if not isinstance(value, dict):
            return None
        if "run" not in table:
            self._wrong((*path, "run"), "missing; expected a command (a string, or a list of strings)")
        fields = {"run": "true", **self._fields(path, table, keys.STEP)}
        for key in ("files", "exclude", "inputs", "outputs"):
            if key in fields:
                fields[key] = self._patterns((*path, key), fields[key])
        fields["env"] = {**defaults["env"], **fields.get("env", {})}
        fields["exclude"] = (*defaults["exclude"], *fields.get("exclude", ()))
        return Step(name=name, **{**defaults, **fields})

    def _check(self, config: Config) -> None:
        """What only shows between the records: names, stages, cycles."""
        for step in config.steps:
            self._check_names(config, step)
        self._check_cycles(config)

    def _check_names(self, config: Config, step: Step) -> None:
        path = _table_of(step)
        known = {other.name: other for other in config.steps}
        for need in step.needs:
            if need not in known:
                self._wrong((*path, "needs"), f"unknown step {need!r}{did_you_mean(need, known)}")
            elif missing := [stage for stage in step.stages if stage not in known[need].stages]:
                self._wrong(
                    (*path, "needs"),
                    f"{need} does not run in stage {', '.join(missing)}; add it to {need}'s stages",
                )
        for name, units in step.uses.items():
            if name not in config.resources:
                self._wrong((*path, "uses"), f"unknown resource {name!r}{did_you_mean(name, config.resources)}")
            elif units > config.resources[name].slots:
                self._wrong(
                    (*path, "uses"),
                    f"{units} units of {name} are more than its {config.resources[name].slots} slots",
                )
        if step.hook is None:  # pre-commit has looked at those of hooks
            self._check_types(path, step)

    def _check_types(self, path: tuple[str, ...], step: Step) -> None:
        named = [(key, tag) for key in ("types", "types-or", "exclude-types") for tag in _tags(step, key)]
        known_types = self._known_types() if named else ()
        for key, tag in named if known_types else ():
            if tag not in known_types:
                self._wrong((*path, key), f"unknown file type {tag!r}{did_you_mean(tag, known_types)}")

    def _check_cycles(self, config: Config) -> None:
        reported: set[frozenset[str]] = set()
        for stage in dict.fromkeys(stage for step in config.steps for stage in step.stages):
            try:
                dependencies.data_graph(config.of_stage(stage))
            except CycleError as error:
                if (steps := frozenset(error.path)) not in reported:
                    reported.add(steps)
                    self._wrong(_place_of_cycle(config, error), str(error))


def _tags(step: Step, key: str) -> tuple[str, ...]:
    return {"types": step.types, "types-or": step.types_or, "exclude-types": step.exclude_types}[key]


def _place_of_cycle(config: Config, error: CycleError) -> tuple[str, ...]:
    """The first ``needs`` (else ``outputs``) in the cycle, where a person would mend it."""
    for name in error.path:
        if config.step(name).needs:
            return (*_table_of(config.step(name)), "needs")
    return (*_table_of(config.step(error.path[0])), "outputs")


def _table_of(step: Step) -> tuple[str, ...]:
    """Where a person says what a step is."""
    return (*ROOT, "steps" if step.hook is None else HOOKS, step.name)


def is_step_name(name: str) -> bool:
    """Letters, marks and digits of any script, ``-``, ``_``, ``.``; with a letter or digit in it."""
    return any(char.isalnum() for char in name) and all(
        char in "-_." or unicodedata.category(char)[0] in "LMN" for char in name
    )

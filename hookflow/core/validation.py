"""A parsed TOML mapping to a `Config`, or everything that is wrong with it."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from hookflow.core import keys, precommit, projects, readers
from hookflow.core.anchoring import FROM_ROOT
from hookflow.core.checks import HOOKS, ROOT, Checks
from hookflow.core.config import Config, Resource, Step
from hookflow.core.errors import ConfigurationError, Problem
from hookflow.core.names import did_you_mean
from hookflow.core.patterns import problem as pattern_problem

Table = Mapping[str, Any]
_FROM_ROOT_HINT = "; what is outside of a project is written from the root, as //libs/core/**"
_UNMATCHED = "no such directory has a pyproject.toml with a [tool.hookflow]; correct the pattern or take it out"


def _no_hooks() -> precommit.Hooks:
    return precommit.Hooks(())


def parse(
    table: object,
    *,
    known_types: Callable[[], Collection[str]] = frozenset,
    hooks: Callable[[], precommit.Hooks] = _no_hooks,
    find_projects: Callable[[Sequence[str]], projects.Found] = projects.nothing,
) -> Config:
    """The configuration in a ``[tool.hookflow]`` table, with those of the projects that it names.

    Args:
        table: What stands under ``tool.hookflow``.
        known_types: The tags that ``types`` may name, asked for only where a step does; none accepts all.
        hooks: The hooks of pre-commit's configuration, asked for only where they are to be steps.
        find_projects: From the patterns of ``projects`` to the tables of those that there are.

    Raises:
        ConfigurationError: With all problems of all tables together.
    """
    problems: list[Problem] = []
    root = _Reader(problems.append, hooks)
    config = root.config(table)
    if config.projects:
        found = find_projects(config.projects)
        problems += [Problem(projects.KEY, f"{pattern}: {_UNMATCHED}") for pattern in found.unmatched]
        below = {
            directory: _Reader(problems.append, hooks, directory, root).config(table)
            for directory, table in found.tables.items()
        }
        config = projects.join(config, below, problems.append)
    Checks(config, known_types, problems.append).run()
    if problems:
        raise ConfigurationError(tuple(problems))
    return config


class _Reader:
    """Reads one table and reports problems; what it returns is meaningful only without any.

    Args:
        report: Takes what is wrong.
        hooks: Finds pre-commit's hooks.
        project: The directory of the table's project; "" for the root.
        above: The reader of the root's table, which has read it.
    """

    def __init__(
        self,
        report: Callable[[Problem], None],
        hooks: Callable[[], precommit.Hooks],
        project: str = "",
        above: "_Reader | None" = None,
    ) -> None:
        self._report = report
        self._find_hooks = hooks
        self._project = project
        # What the root says for all steps. Its `exclude` is not here: its patterns are from the root.
        self.defaults: dict[str, Any] = {} if above is None else {**above.defaults, "exclude": ()}
        self.sets: dict[str, tuple[str, ...]] = {} if above is None else above.sets

    def _wrong(self, path: tuple[str, ...], message: str) -> None:
        self._report(Problem(path, message, self._project))

    def config(self, table: object) -> Config:
        top = self._without_the_roots(self._table(ROOT, table))
        unknown = {key: value for key, value in top.items() if key not in keys.TABLES}
        fields = self._fields(ROOT, unknown, keys.TOP, also=keys.TABLES)
        self.sets = {**self.sets, **self._file_sets(top)}
        environment = self._read((*ROOT, "env"), top.get("env", {}), readers.environment) or {}
        environment = {**self.defaults.get("env", {}), **environment}
        resources = self._resources(top)
        fields.setdefault("exclude", ())
        for key in {"exclude", "global_inputs"} & fields.keys():
            fields[key] = self._patterns((*ROOT, key.replace("_", "-")), fields[key])
        defaults: dict[str, Any] = {key: fields.pop(key) for key in ("timeout", "stages") if key in fields}
        merged = {**self.defaults, **defaults, "exclude": fields["exclude"], "env": environment}
        self.defaults = merged
        told = self._told_of_hooks(top)
        hooks = self._hooks(fields.get("pre_commit", False), told, merged)
        steps = (*hooks, *self._without_doubles(self._steps(top, merged), {hook.name for hook in hooks}))
        others = fields.get("pre_commit") or fields.get("projects")
        if isinstance(table, dict) and not top.get("steps") and not others:
            self._wrong((*ROOT, "steps"), "missing; expected at least one [tool.hookflow.steps.NAME]")
        return Config(steps=steps, resources=resources, **fields)

    def _without_the_roots(self, top: Table) -> Table:
        """The table without what only the root can say; in a project that is reported."""
        wrong = [key for key in top if key in keys.OF_THE_ROOT] if self._project else []
        for key in wrong:
            self._wrong((*ROOT, key), "holds for a whole run, so it stands in the root's pyproject.toml")
        return {key: value for key, value in top.items() if key not in wrong}

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
            elif name in self.sets:
                expanded += self.sets[name]
            else:
                self._wrong(path, f"unknown file set @{name}{did_you_mean(name, self.sets)}")
        return tuple(expanded)

    def _well_formed(self, path: tuple[str, ...], patterns: Iterable[str]) -> Iterable[str]:
        """The patterns that can be read; the others are reported."""
        for pattern in patterns:
            if (message := pattern_problem(self._seen_from_its_place(pattern))) is not None:
                self._wrong(path, message + (_FROM_ROOT_HINT if self._project and ".." in pattern else ""))
            else:
                yield pattern

    def _seen_from_its_place(self, pattern: str) -> str:
        """A pattern without what says that it is not from its project's directory."""
        taken = pattern.removeprefix("!")
        return taken.removeprefix(FROM_ROOT) if self._project and taken.startswith(FROM_ROOT) else pattern

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


def is_step_name(name: str) -> bool:
    """Letters, marks and digits of any script, ``-``, ``_``, ``.``; with a letter or digit in it."""
    return any(char.isalnum() for char in name) and all(
        char in "-_." or unicodedata.category(char)[0] in "LMN" for char in name
    )

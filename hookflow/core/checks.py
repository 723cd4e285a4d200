"""What only shows between the records of a configuration: names that lead nowhere, stages, units, cycles."""

from collections.abc import Callable, Collection, Mapping
from functools import cached_property

from hookflow.core import dependencies, projects
from hookflow.core.config import Config, Step
from hookflow.core.errors import Problem
from hookflow.core.graph import CycleError
from hookflow.core.names import did_you_mean

ROOT = ("tool", "hookflow")
HOOKS = "pre-commit-hooks"


class Checks:
    """Reports what is wrong between steps and resources.

    Args:
        config: The whole configuration.
        known_types: The tags that ``types`` may name, asked for only where a step does; none accepts all.
        report: Takes what is wrong.
    """

    def __init__(
        self, config: Config, known_types: Callable[[], Collection[str]], report: Callable[[Problem], None]
    ) -> None:
        self._config = config
        self._known_types = known_types
        self._report = report

    def run(self) -> None:
        """Look at everything."""
        for step in self._config.steps:
            self._check_needs(step)
            self._check_resources(step)
            if step.hook is None:  # pre-commit has looked at those of hooks
                self._check_types(step)
        self._check_cycles()

    def _wrong(self, step: Step, key: str, message: str) -> None:
        self._report(Problem((*_table_of(step), key), message, step.project))

    @cached_property
    def _known(self) -> Mapping[str, Step]:
        return {step.name: step for step in self._config.steps}

    def _check_needs(self, step: Step) -> None:
        for need in step.needs:
            if need not in self._known:
                self._wrong(step, "needs", f"unknown step {need!r}{self._suggestion(step, need)}")
            elif missing := [stage for stage in step.stages if stage not in self._known[need].stages]:
                self._wrong(
                    step,
                    "needs",
                    f"{need} does not run in stage {', '.join(missing)}; add it to {need}'s stages",
                )

    def _suggestion(self, step: Step, need: str) -> str:
        local = need.removeprefix(f"{step.project}{projects.BETWEEN}")
        if step.project and local in self._known:
            return f"; the root's step is {projects.BETWEEN}{local}"
        return did_you_mean(need, self._known)

    def _check_resources(self, step: Step) -> None:
        known = self._config.resources
        for name, units in step.uses.items():
            if name not in known:
                self._wrong(step, "uses", f"unknown resource {name!r}{did_you_mean(name, known)}")
            elif units > known[name].slots:
                self._wrong(step, "uses", f"{units} units of {name} are more than its {known[name].slots} slots")

    def _check_types(self, step: Step) -> None:
        named = [(key, tag) for key in ("types", "types-or", "exclude-types") for tag in _tags(step, key)]
        known_types = self._known_types() if named else ()
        for key, tag in named if known_types else ():
            if tag not in known_types:
                self._wrong(step, key, f"unknown file type {tag!r}{did_you_mean(tag, known_types)}")

    def _check_cycles(self) -> None:
        reported: set[frozenset[str]] = set()
        for stage in dict.fromkeys(stage for step in self._config.steps for stage in step.stages):
            try:
                dependencies.data_graph(self._config.of_stage(stage))
            except CycleError as error:
                if (steps := frozenset(error.path)) not in reported:
                    reported.add(steps)
                    self._wrong(*self._place_of_cycle(error), str(error))

    def _place_of_cycle(self, error: CycleError) -> tuple[Step, str]:
        """The first ``needs`` (else ``outputs``) in the cycle, where a person would mend it."""
        for name in error.path:
            if self._config.step(name).needs:
                return self._config.step(name), "needs"
        return self._config.step(error.path[0]), "outputs"


def _tags(step: Step, key: str) -> tuple[str, ...]:
    return {"types": step.types, "types-or": step.types_or, "exclude-types": step.exclude_types}[key]


def _table_of(step: Step) -> tuple[str, ...]:
    """Where a person says what a step is."""
    return (*ROOT, "steps" if step.hook is None else HOOKS, projects.local_name(step))

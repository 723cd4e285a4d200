"""What decides the results of a run's steps, at one moment."""

import os
import sys
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path

from msgspec.structs import replace

import hookflow
from hookflow.adapters import contents, outputs, tools
from hookflow.adapters.contents import Contents
from hookflow.commands.preparation import Prepared
from hookflow.core import command
from hookflow.core.config import Step
from hookflow.core.directories import Paths
from hookflow.core.environment import Surroundings, step_environment
from hookflow.core.fingerprint import Circumstances, Deciding, Files, FileState, Fingerprint, digest, fingerprint
from hookflow.core.patterns import Patterns

_MANY = 50_000  # paths; more of them are looked for again rather than kept
_ANY_RUN = ""  # the id of a run is in a step's environment, and decides nothing
# Rules that take no file: a step whose result on a file depends on that file alone has no others, but inputs.
_NO_FILES = ("/.hookflow-no-such-file",)


@cache
def this_platform() -> Mapping[str, str]:
    """What the same files may give another result on."""
    return {
        "hookflow": hookflow.__version__,
        "python": sys.version.partition(" ")[0],
        "system": sys.platform,
        "machine": os.uname().machine if hasattr(os, "uname") else os.environ.get("PROCESSOR_ARCHITECTURE", ""),
    }


class Moment:
    """The fingerprints of a run's steps, of the files as they are at one moment.

    Args:
        prepared: The run.
        around: What its steps' environments have in common.
        found: The files.
    """

    def __init__(self, prepared: Prepared, around: Surroundings, found: Contents) -> None:
        self.contents = found
        self._prepared = prepared
        self._around = replace(around, run=_ANY_RUN)
        self._root = prepared.project.repository.root
        self._config = prepared.project.config
        self._of_rules: dict[tuple[object, ...], Files | None] = {}
        self._of_lines: dict[tuple[str, ...], frozenset[str]] = {}
        self._whole: dict[str, Fingerprint | None] = {}

    def fingerprint(self, name: str) -> Fingerprint | None:
        """All that decides a step's result; None where that cannot be known."""
        if name not in self._whole:
            self._whole[name] = self._fingerprint(self._config.step(name))
        return self._whole[name]

    def of_files(self, name: str) -> dict[str, str] | None:
        """Of a step whose result on a file depends on that file alone: a key for each file that it would be given.

        None where that cannot be known; a file that is not there has none.
        """
        step = self._config.step(name)
        alone = self._fingerprint(replace(step, files=_NO_FILES), passed=None)
        if alone is None:
            return None
        states = contents.states(self.contents, self._prepared.decisions[name].files)
        return {path: digest((alone.key, path, state.mode, state.object_id)) for path, state in states.items()}

    def _fingerprint(self, step: Step, *, passed: tuple[str, ...] | None = ()) -> Fingerprint | None:
        files = self._files(step)
        needs = self._needs(step)
        if files is None or needs is None:
            return None
        environment = step_environment(step, self._around)
        given = self._given(step) if passed is not None else None
        around = Circumstances(
            platform=this_platform(),
            fixing=step.name in self._prepared.fixing,
            passed=given,
            environment=environment,
            tools=self._tools(step, environment, made := self._made(step)),
            needs=needs,
            made=made,
        )
        unseen = [path for path in given or () if path not in files.states]
        if unseen:
            files = Files({**files.states, **contents.states(self.contents, unseen)})
        return fingerprint(step, around, files)

    def _files(self, step: Step) -> Files | None:
        """The files that decide; None where it is not known what is in one of them."""
        deciding = Deciding(step, self._config)
        if deciding.rules not in self._of_rules:
            self._of_rules[deciding.rules] = self._decided_by(deciding, step.inputs)
        return self._of_rules[deciding.rules]

    def _decided_by(self, deciding: Deciding, inputs: Sequence[str]) -> Files | None:
        if any(deciding.takes(path) for path in self.contents.opaque):
            return None
        paths = deciding.among(self._taken, self._paths.all)
        ignored = filter(deciding.takes, self.contents.ignored(Patterns(inputs)) if inputs else ())
        return Files(contents.states(self.contents, [*paths, *ignored]))

    def _taken(self, rules: Patterns) -> frozenset[str]:
        if rules.lines in self._of_lines:
            return self._of_lines[rules.lines]
        found = frozenset(filter(rules.matches, self._paths.below(rules.directories()) if rules.lines else ()))
        if len(found) <= _MANY:
            self._of_lines[rules.lines] = found
        return found

    @cached_property
    def _paths(self) -> Paths:
        return Paths(self.contents.paths)

    def _given(self, step: Step) -> tuple[str, ...] | None:
        takes_files = any(command.uses(each, "{files}") for each in (step.run, step.fix) if each is not None)
        return self._prepared.decisions[step.name].files if takes_files else None

    def _makers(self, step: Step) -> list[Step]:
        """The steps that this one depends on by data."""
        return [self._config.step(edge.before) for edge in self._prepared.frame.graph.into(step.name) if edge.blocks]

    def _needs(self, step: Step) -> dict[str, str] | None:
        """The keys of what it needs, whatever files those are given: that is the scope's business."""
        keys = {}
        for maker in self._makers(step):
            found = self.fingerprint(maker.name)
            if found is None:
                return None
            keys[maker.name] = found.without("passed").without("made").key
        return keys

    def _made(self, step: Step) -> dict[str, str]:
        """What the steps that it depends on have made, as it is now."""
        found: dict[str, str] = {}
        for maker in self._makers(step):
            made = list(outputs.find(self._root, Patterns(maker.outputs))) if maker.outputs else []
            states = contents.states(self.contents, made)
            found |= {path: f"{state.mode} {state.object_id}" for path, state in states.items()}
        return found

    def _tools(self, step: Step, environment: Mapping[str, str], made: Mapping[str, str]) -> dict[str, str]:
        directory = self._root / step.cwd
        fixing = step.name in self._prepared.fixing
        commands = [each for each in (step.run, step.fix if fixing else None) if each is not None]
        own = Patterns(step.outputs)

        def is_script(place: Path) -> bool:
            path = os.path.relpath(place, self._root)
            return self.contents.knows(path)

        found = {}
        words = tools.words(commands)
        for word, place in tools.programs(words, environment.get("PATH", ""), directory, is_script):
            path = os.path.relpath(place, self._root)
            if path in made or own.matches(path):
                continue  # what the step makes itself, and what is told by its content already
            state = self._state_inside(place)
            found[word] = f"{state.mode} {state.object_id}" if state is not None else tools.identity(place)
        for place in dict.fromkeys([self._root, self._root / step.project, directory]):
            for lock in tools.locks(place):
                path = os.path.relpath(lock, self._root)
                if (state := self.contents.state(path)) is not None:
                    found[path] = state.object_id
            found |= tools.installed_packages(place)
        return found

    def _state_inside(self, place: Path) -> FileState | None:
        """What a file of the work tree is; None for files elsewhere, and ignored programs."""
        path = os.path.relpath(place, self._root)
        return self.contents.state(path) if self.contents.knows(path) else None

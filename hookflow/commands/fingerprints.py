"""What decides the results of a run's steps, at one moment."""

import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import hookflow
from hookflow.adapters import outputs, tools
from hookflow.adapters.contents import Contents
from hookflow.commands.preparation import Prepared
from hookflow.core import command
from hookflow.core.config import Step
from hookflow.core.environment import Surroundings, step_environment
from hookflow.core.fingerprint import Circumstances, Deciding, Files, Fingerprint, digest, fingerprint
from hookflow.core.patterns import Patterns
from hookflow.core.structs import replace

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
        self._whole: dict[str, Fingerprint | None] = {}
        self._keys: dict[str, str] = {}
        self._locks: dict[Path, Mapping[str, str]] = {}
        self._identities = tools.Identities()
        self._search = cache(tools.on_path)
        self._environments: dict[tuple[bool, str], Mapping[str, str]] = {}
        self._top = f"{str(self._root).rstrip('/')}/"

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
        states = self.contents.states(self._prepared.decisions[name].files)
        return {path: digest((alone.key, path, state)) for path, state in states.items()}

    def _fingerprint(self, step: Step, *, passed: tuple[str, ...] | None = ()) -> Fingerprint | None:
        files = self._files(step)
        needs = self._needs(step)
        if files is None or needs is None:
            return None
        environment = self._environment(step)
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
            files = Files({**files.states, **self.contents.states(unseen)})
        return fingerprint(step, around, files)

    def _files(self, step: Step) -> Files | None:
        """The files that decide; None where it is not known what is in one of them."""
        return self.contents.decided.files(Deciding(step, self._config), step.inputs)

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
            if maker.name not in self._keys:
                self._keys[maker.name] = found.without("passed", "made").key
            keys[maker.name] = self._keys[maker.name]
        return keys

    def _made(self, step: Step) -> dict[str, str]:
        """What the steps that it depends on have made, as it is now."""
        found: dict[str, str] = {}
        for maker in self._makers(step):
            made = list(outputs.find(self._root, Patterns(maker.outputs))) if maker.outputs else []
            found |= self.contents.states(made)
        return found

    def _tools(self, step: Step, environment: Mapping[str, str], made: Mapping[str, str]) -> dict[str, str]:
        directory = self._root / step.cwd
        fixing = step.name in self._prepared.fixing
        commands = [each for each in (step.run, step.fix if fixing else None) if each is not None]
        own = Patterns(step.outputs)

        def is_script(place: str) -> bool:
            path = self._relative(place)
            return path is not None and self.contents.knows(path)

        found = {}
        words = tools.words(commands)
        for word, place in tools.programs(words, environment.get("PATH", ""), directory, is_script, self._search):
            path = self._relative(place)
            if path is not None and (path in made or own.matches(path)):
                continue  # what the step makes itself, and what is told by its content already
            # None for files elsewhere, and ignored programs.
            state = self.contents.state(path) if path is not None and self.contents.knows(path) else None
            found[word] = state if state is not None else self._identities.identity(place)
        for each in dict.fromkeys([self._root, self._root / step.project, directory]):
            found |= {**self._lock_files(each), **tools.installed_packages(each)}
        return found

    def _lock_files(self, directory: Path) -> Mapping[str, str]:
        """The lock files in a directory, with what is in them."""
        if directory not in self._locks:
            paths = [os.path.relpath(lock, self._root) for lock in tools.locks(directory)]
            states = self.contents.states(paths)
            self._locks[directory] = {path: state.partition(" ")[2] for path, state in states.items()}
        return self._locks[directory]

    def _relative(self, place: str) -> str | None:
        """A path as it is seen from the root; None for what is elsewhere."""
        if not place.startswith("/") or "/." in place or "//" in place:
            place = os.path.abspath(place)  # noqa: PTH100 (links are not followed)
        return place[len(self._top) :] if place.startswith(self._top) else None

    def _environment(self, step: Step) -> Mapping[str, str]:
        """The step's variables, as far as they decide; those of steps without their own are the same."""
        if step.env or step.hook is not None or step.cache_env:
            return step_environment(step, self._around)
        kind = (step.git_env, step.project)
        if kind not in self._environments:
            self._environments[kind] = step_environment(step, self._around)
        return self._environments[kind]

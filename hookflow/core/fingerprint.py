"""What decides a step's result, and the key that stands for it.

A key is the SHA-256 of length-prefixed fields, so that no two different lists of fields are ever the same bytes:
``--from a --to b`` and ``--from b --to a`` differ, and so do an unset and an empty variable.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import islice

from hookflow.core.areas import concerns
from hookflow.core.config import MANUAL, Config, Step
from hookflow.core.patterns import Patterns
from hookflow.core.porcelain import data
from hookflow.core.structs import Struct, field

_AT_ONCE = 1000  # fields that are joined: quicker than one by one, and of many it takes no memory
SCHEMA = 2  # of the key: raised whenever what goes into it changes

# Of the other hooks, files are not the subject (a message is, a checkout, ...), so files cannot tell the result.
_STAGES_TOLD_BY_FILES = frozenset({"pre-commit", "pre-merge-commit", "pre-push", MANUAL})


_AT_ONCE = 4096  # files

# What a file is: six octal digits of mode, a blank, and git's id of its bytes as they stand in the work tree.
FileState = str


def file_state(mode: str, object_id: str) -> FileState:
    """What a file of this mode and git's id is."""
    return f"{mode} {object_id}"


class Files(Struct, frozen=True, dict=True):
    """Some files by path, with what they are."""

    states: Mapping[str, FileState] = field(default_factory=dict)

    @cached_property
    def digest(self) -> str:
        """One for all of them."""
        whole = hashlib.sha256()
        for piece in self.pieces():
            whole.update(piece)
        return whole.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """Paths and what they are by turns, sorted by path. Neither has a NUL in it, which ends each of them.

        They come in pieces, as all of it may be large.
        """
        paths = sorted(self.states)
        for begin in range(0, len(paths), _AT_ONCE):
            yield data("".join([f"{path}\0{self.states[path]}\0" for path in paths[begin : begin + _AT_ONCE]]))


class Part(Struct, frozen=True):
    """One thing beside files that decides: its kind, which one of that kind, and what it is now."""

    kind: str
    name: str
    value: str


class Fingerprint(Struct, frozen=True, dict=True):
    """Everything that decides a step's result."""

    parts: tuple[Part, ...]
    files: Files

    @cached_property
    def key(self) -> str:
        """What results are kept under; 64 hexadecimal digits."""
        whole = hashlib.sha256(b"".join(_encoded(part.kind, part.name, part.value) for part in self.parts))
        whole.update(_prefixed(data(self.files.digest)))
        return whole.hexdigest()

    def without(self, *kinds: str) -> "Fingerprint":
        """The same without the parts of some kinds."""
        return Fingerprint(tuple(part for part in self.parts if part.kind not in kinds), self.files)


class Circumstances(Struct, frozen=True, kw_only=True):
    """What decides a step's result beside its own table and its files.

    Attributes:
        platform: Versions of hookflow, Python, the operating system, the architecture; by name.
        fixing: Whether its fix may run.
        passed: What ``{files}`` stands for; None where its commands take no files.
        environment: All variables that it gets.
        tools: The programs and scripts that its commands name, and the lock files beside them: by name, what
            tells this version from others.
        needs: The keys of the steps that it depends on.
        made: What those steps' ``outputs`` are now: object ids by path.
    """

    platform: Mapping[str, str]
    fixing: bool
    passed: Sequence[str] | None
    environment: Mapping[str, str]
    tools: Mapping[str, str]
    needs: Mapping[str, str]
    made: Mapping[str, str]


def fingerprint(step: Step, around: Circumstances, files: Files) -> Fingerprint:
    """All that decides the result of a step, in a fixed order."""
    return Fingerprint(tuple(_parts(step, around)), files)


def _parts(step: Step, around: Circumstances) -> Iterator[Part]:
    yield Part("schema", "", str(SCHEMA))
    yield from _each("platform", around.platform)
    yield Part("command", "run", _command(step.run))
    yield Part("command", "fix", _command(step.fix) if around.fixing and step.fix is not None else "none")
    yield Part("batch", "batch", str(step.batch))
    yield Part("directory", "cwd", step.cwd)
    yield Part("outputs", "patterns", json.dumps(step.outputs))
    yield from _each("env", {name: digest([value]) for name, value in step.env.items()})
    yield from _each("cache-env", {name: _variable(around.environment.get(name)) for name in step.cache_env})
    yield from _each("tool", around.tools)
    yield from _each("needs", around.needs)
    yield from _each("made", around.made)
    passed = around.passed
    yield Part("passed", "{files}", "none" if passed is None else f"{len(passed)} files {digest(passed)}")


def _each(kind: str, values: Mapping[str, str]) -> Iterator[Part]:
    return (Part(kind, name, values[name]) for name in sorted(values))


def _command(command: str | Sequence[str]) -> str:
    """The command as JSON: a string is run by a shell and a list is not, and each is written as what it is."""
    return json.dumps(command)


def _variable(value: str | None) -> str:
    # Its digest, since values may be secrets and what decides is written down.
    return "unset" if value is None else f"set {digest([value])}"


def digest(fields: Iterable[str]) -> str:
    """The SHA-256 of some texts in their order, each with its length before it."""
    whole, rest = hashlib.sha256(), map(data, fields)
    while some := b"".join(map(_prefixed, islice(rest, _AT_ONCE))):
        whole.update(some)
    return whole.hexdigest()


@lru_cache(maxsize=10_000)  # steps have most parts in common: versions, variables, programs
def _encoded(*texts: str) -> bytes:
    """Texts in the form that `digest` takes."""
    return b"".join(_prefixed(data(each)) for each in texts)


def _prefixed(part: bytes) -> bytes:
    return len(part).to_bytes(8, "big") + part


def uncached_because(step: Step, stage: str) -> str | None:
    """Why a step's result is never kept, as a sentence; None where it may be.

    Without a word about it in the configuration, only what files can tell is kept.
    """
    if step.cache is False:
        return "cache = false"
    if step.always_run and step.cache is None:
        return "it says always-run; with cache = true its passes would be kept too"
    # One that was named may be of other stages only; what it reads then is what it reads there.
    stages = (stage,) if stage in step.stages else step.stages or (stage,)
    if not _STAGES_TOLD_BY_FILES.intersection(stages):
        return f"the result of a step of {stages[0]} is not told by files"
    takes_args = any("{args}" in command for command in (step.run, step.fix) if command)
    reasons = {
        "it talks to a person": step.interactive,
        "it reads what git writes to the hook": step.stdin,
        "it gets git's own variables": step.git_env,
        "it takes git's arguments": takes_args,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


# Which files, which inputs, less what is excluded and what is made, in which project.
Rules = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[str, ...], str]


class Deciding:
    """Which files decide the result of a step.

    Those that match ``files`` or ``inputs`` without ``exclude``, and the configuration's ``global-inputs``, but for
    those that are another project's; of a step without ``files`` every file of its project. ``types`` do not narrow it:
    to know a type would mean to open every file. What the step makes itself (``outputs``) is no cause of its result.
    """

    def __init__(self, step: Step, config: Config) -> None:
        self.everything = not step.files
        self._project = step.project
        self._files = Patterns(step.files)
        self._inputs = Patterns(step.inputs)
        self._exclude = Patterns(step.exclude if step.names_files else ())
        self._areas = config.areas
        self._global = Patterns(config.global_inputs)
        self._outputs = Patterns(step.outputs)
        # Steps of equal rules are decided by the same files.
        self.rules: Rules = (step.files, step.inputs, self._exclude.lines, step.outputs, step.project)

    @property
    def reads_ignored(self) -> bool:
        """Whether files that git ignores may be among them."""
        return bool(self._inputs.lines)

    def takes(self, path: str) -> bool:
        """Whether the content of `path` decides."""
        return bool(self.among([path]))

    def among(self, paths: Sequence[str], taken: Callable[[Patterns], Sequence[str]] | None = None) -> Sequence[str]:
        """Those of many paths that decide, each once.

        Args:
            paths: All of them.
            taken: Those of them that rules take, for who has steps that share rules.
        """
        ask = taken or (lambda rules: rules.among(paths))
        found = paths if self.everything else ask(self._files)
        if not self.everything:
            found = [*found, *ask(self._inputs)] if self._inputs.lines else found
            found = _without(found, ask(self._exclude)) if self._exclude.lines else found
            found = [*found, *self._without_other_projects(ask(self._global))] if self._global.lines else found
        found = _without(found, ask(self._outputs)) if self._outputs.lines else found
        return [*dict.fromkeys(found)] if self._inputs.lines or self._global.lines else found

    def _without_other_projects(self, paths: Sequence[str]) -> Sequence[str]:
        if not self._project:
            return paths
        owned = self._areas.by_owner(paths).items()
        return [path for owner, its in owned if concerns(owner, self._project) for path in its]


def _without(paths: Sequence[str], others: Sequence[str]) -> Sequence[str]:
    left_out = frozenset(others)
    return [path for path in paths if path not in left_out] if left_out else paths


def differences(before: Fingerprint, now: Fingerprint) -> list[str]:
    """What differs between two fingerprints of a step, as sentences; files first."""
    return [*_file_differences(before.files.states, now.files.states), *_part_differences(before, now)]


def _file_differences(before: Mapping[str, FileState], now: Mapping[str, FileState]) -> Iterator[str]:
    for path in sorted(before.keys() | now.keys()):
        old, new = before.get(path), now.get(path)
        if old is None:
            yield f"{path} is new"
        elif new is None:
            yield f"{path} is gone"
        elif old != new:
            (old_mode, _, old_id), (new_mode, _, new_id) = old.partition(" "), new.partition(" ")
            same = old_id == new_id
            yield f"{path} has another {f'mode ({old_mode}, now {new_mode})' if same else 'content'}"


_SENTENCES = {
    "schema": "results are kept in another way by this hookflow",
    "platform": "{name} is another one ({old}, now {new})",
    "command": "its command `{name}` is another one",
    "batch": "its files are split in another way ({old}, now {new})",
    "directory": "its working directory is another one ({old}, now {new})",
    "outputs": "its outputs are declared in another way",
    "env": "the variable {name} (env) has another value",
    "cache-env": "the variable {name} (cache-env) has another value",
    "tool": "{name} is another version or file",
    "needs": "{name}, which it needs, is not what it was",
    "made": "{name}, made by a step that it needs, is not what it was",
    "passed": "it is given another list of files ({old}, now {new})",
}


def _part_differences(before: Fingerprint, now: Fingerprint) -> Iterator[str]:
    old = {(part.kind, part.name): part.value for part in before.parts}
    new = {(part.kind, part.name): part.value for part in now.parts}
    for kind, name in dict.fromkeys([*new, *old]):
        was, is_now = old.get((kind, name)), new.get((kind, name))
        if was == is_now:
            continue
        if was is None or is_now is None:
            yield f"{_what(kind, name)} {'counts now' if was is None else 'does not count any more'}"
        else:
            yield _SENTENCES[kind].format(name=name, old=_short(was), new=_short(is_now))


def _what(kind: str, name: str) -> str:
    return {"env": f"the variable {name} (env)", "cache-env": f"the variable {name} (cache-env)"}.get(kind, name)


def _short(value: str) -> str:
    """A value without the digest that stands for a long one."""
    return " ".join(word for word in value.split(" ") if len(word) < 64)  # noqa: PLR2004 (hexadecimal SHA-256)

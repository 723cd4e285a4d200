"""The answer to a run that is the same as one that passed: given again as soon as it is seen that nothing has changed.

What has to be the same, and why that is enough, is argued in docs/caching.md. Nothing here asks GitPython or trio.
"""

import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from msgspec import Struct, to_builtins

import hookflow
from hookflow.adapters import files, runs, witness
from hookflow.adapters.locks import Busy, TreeLock
from hookflow.adapters.witness import Spec, Status
from hookflow.commands.options import Place, Selection
from hookflow.core import scopes
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.core.fingerprint import digest
from hookflow.core.scopes import Scope

ANSWERS = "answers"
_FORM = "1"  # of what is kept; raised when that changes
_MOST = 50  # answers that are kept
_COARSE = 50_000_000  # nanoseconds: what file systems' clocks may lag behind the system's, and more
_NESTED = "HOOKFLOW_WORK_TREE"
# Variables that say what is run or with which program; of git's own, all but those that name a moment.
_DECIDING = ("PATH", "SKIP", "HOME", "XDG_CONFIG_HOME", "HOOKFLOW_STATE_DIR")
_OF_THE_MOMENT = frozenset({"GIT_INDEX_FILE", "GIT_EDITOR", "GIT_EXEC_PATH", "GIT_PREFIX", "GIT_REFLOG_ACTION"})
_KNOWN_SCOPES = scopes.Staged | scopes.Changed | scopes.AllFiles | scopes.Files


class Row(Struct, frozen=True):
    """One step of an answer: its name, the reason, its log's blob, and whether it was skipped (else it passed)."""

    step: str
    reason: str
    log: str | None
    skipped: bool


class Answer(Struct, frozen=True, kw_only=True):
    """What a run came to that can be given again.

    Attributes:
        stage: Its stage.
        scope: The word for what it looked at.
        files: How many files changed.
        jobs: Units of CPU.
        parallel: Whether steps ran at once.
        rows: Its steps, in the order of declaration.
        retention: How many runs are kept.
    """

    stage: str
    scope: str
    files: int
    jobs: int
    parallel: bool
    rows: tuple[Row, ...]
    retention: int


class Question(Struct, frozen=True):
    """A run that is to be answered, or whose answer is to be kept.

    Attributes:
        key: Of all that can be told without looking at files.
        place: The work tree.
        began: When it was asked, in nanoseconds since 1970.
    """

    key: str
    place: witness.Place
    began: int

    @property
    def file(self) -> Path:
        """Where its answer is kept."""
        return state_of(self.place) / ANSWERS / f"{self.key}.json"


def state_of(place: witness.Place) -> Path:
    """Where the state of a work tree is kept."""
    return runs.state_directory(place.common_dir, os.environ.get("HOOKFLOW_STATE_DIR"))


def question(place: Place, wanted: Selection, scope: Scope) -> Question | None:
    """The question that a command line asks; None where it is never answered from memory."""
    plain = wanted.cache is not False and not (wanted.refresh or wanted.verify or wanted.failed)
    if not plain or not isinstance(scope, _KNOWN_SCOPES) or _NESTED in os.environ or "PRE_COMMIT" in os.environ:
        return None
    found = witness.find(place.directory)
    if found is None:
        return None
    git = sorted(name for name in os.environ if name.startswith("GIT_") and name not in _OF_THE_MOMENT)
    fields = [_FORM, hookflow.__version__, sys.version, sys.platform, str(found.root), str(place.directory)]
    fields += [repr(wanted), repr(scope), *_configurations(place, found.root)]
    fields += [f"{name}={os.environ.get(name)}" for name in (*_DECIDING, *git)]
    return Question(digest(fields), found, time.time_ns())


def _configurations(place: Place, root: Path) -> Iterator[str]:
    """Every file that may be the configuration, with its content."""
    above = [place.directory, *place.directory.parents]
    directories = above[: above.index(root) + 1] if root in above else []
    for file in [place.config] if place.config is not None else [each / "pyproject.toml" for each in directories]:
        with suppress(OSError):
            yield f"{file}\0{file.read_bytes().hex()}"


@contextmanager
def found(asked: Question) -> Iterator[Answer | None]:
    """The answer, while the work tree is held; None where there is none, or something has changed."""
    try:
        kept = json.loads(asked.file.read_bytes())
        spec = _spec(kept["spec"])
        lock = TreeLock(asked.place.git_dir).try_lock(exclusive=False, run="")
    except (OSError, ValueError, KeyError, TypeError, BrokenEnvironmentError):
        yield None
        return
    if isinstance(lock, Busy):
        yield None
        return
    try:
        yield _answer(kept["answer"]) if _holds(asked.place, spec, kept) else None
    finally:
        lock.release()


def _holds(place: witness.Place, spec: Spec, kept: Mapping[str, Any]) -> bool:
    """Whether everything is as it was. Git is asked last, when its configuration is known to be the same."""
    if any((place.git_dir / "hookflow" / "hidden").glob("*")) or witness.look(place, spec) != kept["seen"]:
        return False
    status = witness.status(place.root, ignored=spec.ignored)
    return status is not None and status.digest == kept["status"]


def _spec(kept: Mapping[str, Any]) -> Spec:
    programs = tuple((path, directory, tuple(words)) for path, directory, words in kept["programs"])
    rest = {name: tuple(kept[name]) for name in ("files", "others", "directories", "variables")}
    return Spec(programs=programs, ignored=bool(kept["ignored"]), **rest)


def _answer(kept: Mapping[str, Any]) -> Answer | None:
    try:
        rows = tuple(Row(**row) for row in kept["rows"])
        return Answer(**{**kept, "rows": rows})
    except TypeError:
        return None


def keep(asked: Question, answer: Answer, spec: Spec, is_same: Callable[[Status], bool]) -> None:
    """Keep an answer, if nothing can have changed since the question was asked.

    Args:
        asked: The question.
        answer: Its answer.
        spec: What decides it, beside what git tells.
        is_same: Whether git tells of the same files that the run has seen.
    """
    seen = witness.look(asked.place, spec)
    status = witness.status(asked.place.root, ignored=spec.ignored)
    if status is None or not is_same(status):
        return
    if witness.latest_change(asked.place, seen) >= asked.began - _COARSE:
        return
    content = {"spec": to_builtins(spec), "seen": seen, "status": status.digest, "answer": to_builtins(answer)}
    with suppress(OSError):
        asked.file.parent.mkdir(mode=0o700, exist_ok=True)
        files.write_whole(asked.file, json.dumps(content).encode(), mode=0o600)
        _prune(asked.file.parent)


def forget(state: Path) -> None:
    """No answer is kept any more in a state directory."""
    for file in (state / ANSWERS).glob("*.json"):
        with suppress(OSError):
            file.unlink()


def _prune(directory: Path) -> None:
    """The answers that were kept longest ago go."""
    kept = sorted(directory.glob("*.json"), key=lambda file: file.stat().st_mtime, reverse=True)
    for file in kept[_MOST:]:
        with suppress(OSError):
            file.unlink()

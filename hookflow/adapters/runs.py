"""The directories of runs: one each, with a log per step and the run's events; the newest ones are kept.

``<state>/runs/<id>/<step>.log`` and ``events.jsonl``; ``<state>/latest`` is a link to the newest directory.
"""

import hashlib
import os
import re
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePath

from hookflow.adapters import old_runs
from hookflow.core.porcelain import data

EVENTS = "events.jsonl"
LATEST = "latest"
_RUNS = "runs"
# What no file's name may have somewhere: here, on Windows, in what a CI system keeps.
_SPECIAL = re.compile(r'[%/\\:*?"<>|]')
_MOST_NAME = 255 - len(".log")  # bytes of a file name on the usual file systems


def state_directory(common_dir: Path, chosen: str | None) -> Path:
    """Where state is kept: what ``HOOKFLOW_STATE_DIR`` chose, else in the shared git directory."""
    return Path(chosen).absolute() if chosen else common_dir / "hookflow"


def new_id() -> str:
    """An id that sorts by time, to the microsecond, and that no other run has: ``20261125T043122-481516kqz`` (UTC)."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    tail = "".join(letters[byte % len(letters)] for byte in os.urandom(3))
    seconds, microseconds = divmod(time.time_ns() // 1000, 10**6)
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(seconds))}-{microseconds:06}{tail}"


class RunDirectory:
    """The files of one run.

    Attributes:
        run: The run's id.
        path: The directory; None where not even a temporary one could be made.
        kept: Whether it stays after the run.
        problem: Why it is not where it should be, as a sentence; None where it is.
    """

    def __init__(self, state: Path, run: str) -> None:
        self.run = run
        self.path: Path | None = None
        self.kept = True
        self.problem: str | None = None
        self._state = state
        self._logs: dict[str, Path] = {}
        self._names: set[str] = set()
        self._lock: int | None = None
        try:
            self.path = _make(state, run)
            self._lock = old_runs.lock(str(self.path))
        except OSError as error:
            self.problem = (
                f"{state} cannot be written ({error.strerror}): this run keeps no logs, and has no cache and no history"
            )
            self.kept = False
            import tempfile  # noqa: PLC0415 (3 ms, only where nothing can be kept)

            with suppress(OSError):
                self.path = Path(tempfile.mkdtemp(prefix="hookflow-"))

    def log(self, step: str) -> Path | None:
        """The path of a step's log; None where there is nowhere to write it."""
        if self.path is None:
            return None
        if step not in self._logs:
            name = _file_name(step)
            if name.casefold() in self._names:
                name = f"{name[: _MOST_NAME // 2]}~{len(self._logs)}"  # a file system without case
            self._names.add(name.casefold())
            self._logs[step] = self.path / f"{name}.log"
        return self._logs[step]

    def part(self, step: str, place: int) -> Path | None:
        """The path of the log of one of a step's processes, where several run at once."""
        log = self.log(step)
        return log.with_name(f"{log.stem[: _MOST_NAME - 12]}.part-{place}") if log is not None else None

    def join(self, step: str, parts: int) -> None:
        """Append the logs of a step's processes to its log, in order, and take them away."""
        log = self.log(step)
        if log is None:
            return
        import shutil  # noqa: PLC0415 (2 ms, only for who runs several processes)

        with suppress(OSError), log.open("ab") as whole:
            for place in range(parts):
                if (part := self.part(step, place)) is not None and part.exists():
                    with part.open("rb") as text:
                        shutil.copyfileobj(text, whole, 1 << 20)
                    part.unlink()

    def adopt(self, step: str, kept: PurePath) -> Path | None:
        """Let what a step printed in an earlier run, kept in a file, be its log in this one."""
        log = self.log(step)
        try:
            if log is not None:
                os.link(kept, log, follow_symlinks=False)
        except OSError:  # another file system, or one without links
            import shutil  # noqa: PLC0415 (2 ms, only there)

            with suppress(OSError):
                shutil.copyfile(kept, log or os.devnull)
        return log

    def events(self) -> Path | None:
        """The path of the run's own list of events; None where it would not be kept."""
        return self.path / EVENTS if self.path is not None and self.kept else None

    def publish(self) -> None:
        """Let ``latest`` point here."""
        if self.path is not None and self.kept:
            with suppress(OSError):
                _link(self._state / LATEST, Path(_RUNS) / self.run)

    def close(self, keep: int) -> None:
        """Take away what need not stay: a temporary directory, and all but the newest `keep` runs."""
        if self.path is not None and not self.kept:
            import shutil  # noqa: PLC0415 (2 ms, only where nothing can be kept)

            shutil.rmtree(self.path, ignore_errors=True)
        if self.kept:
            old_runs.prune(str(self._state), keep)
        if self._lock is not None:
            os.close(self._lock)


def list_runs(state: Path) -> Sequence[str]:
    """The ids of the runs that are kept, the newest first."""
    return old_runs.ids(str(state))


def directory_of(state: Path, run: str) -> Path | None:
    """The directory of a run that is kept; None where it is not."""
    return state / _RUNS / run if run in list_runs(state) else None


def goes_on(directory: Path) -> bool:
    """Whether the run whose directory this is has not ended, nor been killed."""
    if not (directory / EVENTS).exists():
        return False  # it has only just made the directory: who looks at the lock now could be in its way
    try:
        lock = old_runs.lock(str(directory))
    except OSError:
        return False
    if lock is not None:
        os.close(lock)
    return lock is None


def log_of(directory: Path, step: str) -> Path:
    """The path of a step's log in a run's directory."""
    return directory / f"{_file_name(step)}.log"


def _make(state: Path, run: str) -> Path:
    for directory in (state, state / _RUNS):
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = state / _RUNS / run
    path.mkdir(mode=0o700)
    return path


def _link(place: Path, target: Path) -> None:
    """A symbolic link that appears whole, whatever was there."""
    temporary = place.with_name(f".{place.name}-{os.getpid()}")
    with suppress(FileNotFoundError):
        temporary.unlink()
    temporary.symlink_to(target)
    temporary.replace(place)


def _file_name(step: str) -> str:
    """A step's name as that of one file, short enough for a file system: those of projects have slashes and colons."""
    encoded = data(_SPECIAL.sub(lambda match: f"%{ord(match[0]):02X}", step))
    if len(encoded) > _MOST_NAME:
        digest = hashlib.sha256(encoded).hexdigest()[:16]
        encoded = encoded[: _MOST_NAME - 17].decode("utf-8", "ignore").encode() + f"-{digest}".encode()
    return os.fsdecode(encoded)  # the same bytes on disk, whatever the locale

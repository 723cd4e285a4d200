"""Answers as they are kept, looked at, and given: see `hookflow.answers`."""

import os
import sys
import time

from hookflow import answers

TYPE_CHECKING = False  # to import `typing` for it would take longer than all the rest
if TYPE_CHECKING:
    from typing import TextIO

_LISTS = ("files", "variables", "locks", "logs")
_TEXTS = ("events", "plain", "coloured")


def holds(asked: answers.Question, kept: "Kept") -> bool:
    """Whether everything that decides is as it was. Git is asked last, when its configuration is known to be the same.

    What decides of a run that skipped every step is which files are not as in HEAD; in it, contents did not count.
    """
    if kept.index != answers.NAMES and answers.index_checksum(asked) != kept.index:
        return False
    if any(answers.variable(os.fsdecode(name)) != was for name, was in kept.variables):
        return False
    if any(answers.lock_names(directory) != names for directory, names in kept.locks):
        return False
    if any(answers.seen(asked.root, path) != was for path, was in kept.files):
        return False
    now = answers.status(asked.root, ignored=kept.ignored)
    return now is not None and told(now, names=kept.index == answers.NAMES) == kept.status


def told(status: list[bytes], *, names: bool) -> bytes:
    """What git told of files, or only of their names, as an answer keeps it."""
    return answers.digest(b"\0".join(answers.names_only(status) if names else status)).encode()


class Kept:
    """An answer as it is kept.

    Attributes:
        index: The index's checksum; `answers.NAMES` where only names decide.
        status: The digest of what git told.
        ignored: Whether what git ignores was told too.
        retention: How many runs are kept.
        files: Names of files, and what each was.
        variables: Names of variables, and what each was.
        locks: Directories, and the names of the lock files in each.
        logs: Blobs with what steps printed, and the names of the logs that they become.
        events: The run's events as JSON lines.
        plain: What a person is shown.
        coloured: The same where colours can be seen.
    """

    __slots__ = (
        "coloured",
        "events",
        "files",
        "ignored",
        "index",
        "locks",
        "logs",
        "plain",
        "retention",
        "status",
        "variables",
    )
    index: bytes
    status: bytes
    ignored: bool
    retention: int
    files: list[tuple[bytes, bytes]]
    variables: list[tuple[bytes, bytes]]
    locks: list[tuple[bytes, bytes]]
    logs: list[tuple[bytes, bytes]]
    events: str
    plain: str
    coloured: str

    def as_bytes(self) -> bytes:
        """All of it, to be read back by `read`."""
        fields = [answers.FORM, self.index, self.status, b"1" if self.ignored else b"0", b"%d" % self.retention]
        for name in _LISTS:
            pairs = getattr(self, name)
            fields += [b"%d" % len(pairs), *(each for pair in pairs for each in pair)]
        fields += [getattr(self, name).encode("utf-8", "surrogateescape") for name in _TEXTS]
        return b"".join(field + b"\0" for field in (*fields, b"end"))


def read(asked: answers.Question) -> Kept | None:
    """The answer that is kept for a question; None where there is none, or none that can be read."""
    found = Kept()
    try:
        with open(asked.file, "rb") as file:
            rest = iter(file.read().split(b"\0"))
        if next(rest) != answers.FORM:
            return None
        found.index, found.status, found.ignored, found.retention = (
            next(rest),
            next(rest),
            next(rest) == b"1",
            int(next(rest)),
        )
        for name in _LISTS:
            setattr(found, name, [(next(rest), next(rest)) for _ in range(int(next(rest)))])
        for name in _TEXTS:
            setattr(found, name, next(rest).decode("utf-8", "surrogateescape"))
        return found if list(rest) == [b"end", b""] else None
    except (OSError, ValueError, StopIteration):
        return None


def give(asked: answers.Question) -> bool:
    """Give the answer to a question again, if it is known and holds; whether that was so."""
    kept = read(asked)
    if kept is None or _is_anything_hidden(asked):
        return False
    from hookflow.adapters import quick_lock

    lock = quick_lock.shared(f"{asked.git_dir}/hookflow/worktree.lock")
    if lock is None:
        return False
    try:
        if not holds(asked, kept):
            return False
        seconds = f"{(time.time_ns() - asked.began) / 1e9:.2f}"
        _write_run(asked, kept, seconds)
    finally:
        os.close(lock)
    if sys.stdout is not None:  # it may have been closed before we began
        text = kept.coloured if shows_colours(sys.stdout) else kept.plain
        _say(sys.stdout, text.replace(answers.SECONDS, seconds))
    return True


def _say(stream: "TextIO", text: str) -> None:
    """Write a text, what the stream's encoding lacks as escapes; if whoever read it has gone, the answer stands."""
    encoding = stream.encoding or "ascii"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except OSError:
        pass


def _is_anything_hidden(asked: answers.Question) -> bool:
    """Whether a run that was interrupted has left changes to be put back."""
    try:
        return bool(os.listdir(f"{asked.git_dir}/hookflow/hidden"))
    except OSError:
        return False


def shows_colours(stream: "TextIO") -> bool:
    """Whether a stream shows colours (the conventions of no-color.org and force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _write_run(asked: answers.Question, kept: Kept, seconds: str) -> None:
    """Leave the directory of a run that replayed everything, as good as that goes."""
    now = time.time_ns()
    tail = "".join("abcdefghijklmnopqrstuvwxyz"[byte % 26] for byte in os.urandom(3))
    run = f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(now // 10**9))}-{now // 1000 % 10**6:06}{tail}"
    place = f"{asked.state}/runs/{run}"
    try:
        os.mkdir(place, 0o700)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with open(os.open(f"{place}/events.jsonl", flags, 0o600), "w", encoding="ascii") as file:
            told = kept.events.replace(answers.RUN, run).replace(answers.TIME, f"{now / 1e9:.6f}")
            file.write(told.replace(answers.SECONDS, seconds))
        for blob, name in kept.logs:
            os.link(blob, os.path.join(os.fsencode(place), name), follow_symlinks=False)
        link = f"{asked.state}/.latest-{os.getpid()}"
        os.symlink(f"runs/{run}", link)
        os.replace(link, f"{asked.state}/latest")
        if len(os.listdir(f"{asked.state}/runs")) > kept.retention:
            from hookflow.adapters import old_runs

            old_runs.prune(asked.state, kept.retention)
    except OSError:
        pass

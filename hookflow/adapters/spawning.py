"""A program started in a session of its own by posix_spawn(3): less to do in this process than `subprocess` has.

Only in our own working directory, since that is what the new process begins in. Where hundreds of short programs are
started, this is a third of what starting costs here.
"""

import errno
import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache, lru_cache

_POSSIBLE = sys.platform == "linux" and hasattr(os, "posix_spawn")
_LAST_STREAM = 2
# What may be said of one place on PATH although the program is in a later one.
_NOT_HERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.ENOEXEC})


def is_possible(cwd: str, stdin: int, out: int) -> bool:
    """Whether a program can be started so: in this directory, with these descriptors."""
    return _POSSIBLE and min(stdin, out) > _LAST_STREAM and cwd == _here()


def spawn(words: list[bytes], environment: Mapping[bytes, bytes], stdin: int, out: int) -> int:
    """Start a program; returns the process's id, which is its session's and its group's too.

    Args:
        words: The program, as a path or looked for on the PATH of `environment`, and its arguments.
        environment: All of its variables.
        stdin: What it reads.
        out: Where its standard output and error go.

    Raises:
        OSError: It cannot be started.
    """
    _keep_descriptors()
    actions = [(os.POSIX_SPAWN_DUP2, stdin, 0), (os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_DUP2, out, 2)]
    refusal: OSError | None = None
    for place in _places(words[0], environment.get(b"PATH")):
        try:
            return os.posix_spawn(
                place,
                words,
                environment,
                file_actions=actions,
                setsid=True,
                setsigdef=_defaults(),
            )
        except OSError as error:
            if error.errno not in _NOT_HERE:
                raise
            refusal = error if refusal is None or refusal.errno == errno.ENOENT else refusal
    raise refusal or FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))


@cache
def _defaults() -> Sequence[signal.Signals | int]:
    """The signals that do not stay ignored: those that Python ignores, and those that nobody does.

    The latter are named although a new program has them so in any case: else each is asked about in the new process.
    """
    own = {signal.SIGPIPE, signal.SIGXFSZ}
    others = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}
    return [number for number in others if number in own or signal.getsignal(number) is not signal.SIG_IGN]


def _places(program: bytes, path: bytes | None) -> Iterator[bytes]:
    """Where a program may be, and something is."""
    if b"/" in program:
        yield program
        return
    for entry in _entries(path):
        place = os.path.join(entry, program)  # noqa: PTH118 (bytes)
        if os.path.exists(place):  # noqa: PTH110
            yield place


@lru_cache(maxsize=16)
def _entries(path: bytes | None) -> Sequence[bytes]:
    return (os.fsencode(os.defpath) if path is None else path).split(os.fsencode(os.pathsep))


def _here() -> str:
    try:
        return os.getcwd()  # noqa: PTH109 (a name as text, asked for each program)
    except OSError:
        return ""  # it has been taken away


@cache
def _keep_descriptors() -> None:
    """Let no program have the descriptors that this process was started with, beside the three streams."""
    for name in os.listdir("/proc/self/fd"):  # noqa: PTH208 (names)
        if int(name) > _LAST_STREAM:
            with suppress(OSError):  # the one of the list itself
                os.set_inheritable(int(name), False)  # noqa: FBT003 (its only form)

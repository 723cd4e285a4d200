"""The directories of runs that go when there are too many; with next to nothing imported, for every run ends so."""

import os
from contextlib import suppress

RUNS = "runs"
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC if os.name == "posix" else 0


def is_id(name: str) -> bool:
    """Whether a name is a run's id: ``20261125T043122-481516kqz``."""
    digits = name[:8] + name[9:15] + name[16:22]
    tail = name[22:]
    shape = len(name) == 25 and name[8] == "T" and name[15] == "-"  # noqa: PLR2004 (of the id above)
    return shape and digits.isascii() and digits.isdecimal() and tail.isascii() and tail.isalpha() and tail.islower()


def ids(state: str) -> list[str]:
    """The ids of the runs that are kept, the newest first."""
    try:
        with os.scandir(f"{state}/{RUNS}") as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return []
    return sorted(filter(is_id, names), reverse=True)


def lock(directory: str) -> int | None:
    """A descriptor that holds a run's directory's lock, which ends with its holder; None where another has it.

    Raises:
        OSError: It cannot be opened.
    """
    import fcntl  # noqa: PLC0415 (POSIX only)

    descriptor = os.open(directory, _DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor


def prune(state: str, keep: int) -> None:
    """Take away all but the newest `keep` runs that have ended."""
    for old in ids(state)[keep:]:
        with suppress(OSError):
            _remove_ended(f"{state}/{RUNS}/{old}")


def _remove_ended(directory: str) -> None:
    """Take a run's directory away, unless the run still goes on.

    Raises:
        OSError: It cannot be taken away, or not all of it.
    """
    held = lock(directory)
    if held is None:
        return
    try:
        for name in os.listdir(held):  # noqa: PTH208 (a descriptor); links in it go, not what they lead to
            os.unlink(name, dir_fd=held)
        os.rmdir(directory)  # noqa: PTH106 (pathlib is not imported for this)
    finally:
        os.close(held)

"""The lock of a work tree, shared, for who needs it for a moment and has imported nothing yet.

`hookflow.adapters.locks` makes the file and says who has it; here whoever finds it taken, or not there, goes another
way.
"""

import os


def shared(path: str) -> int | None:
    """A descriptor with the shared lock of a work tree; None where another run has it for itself, or there is none."""
    try:
        import fcntl  # noqa: PLC0415 (POSIX only)

        descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        return None
    return descriptor

"""A program called for what it prints, by posix_spawn(3): less to import than `subprocess`, and quick to start."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

POSSIBLE = hasattr(os, "posix_spawnp")
_CHUNK = 1 << 16


def output(words: Sequence[str], environment: Mapping[str, str], stdin: bytes = b"") -> tuple[int, bytes, str]:
    """Call a program and wait for its end.

    Args:
        words: The program and its arguments.
        environment: All of its variables.
        stdin: What it reads.

    Returns:
        Its exit code (negative for a signal), what it wrote to standard output, and to standard error as text.

    Raises:
        FileNotFoundError: There is no such program on PATH.
        OSError: It cannot be started.
    """
    with ExitStack() as stack:
        source, errors = _file(stack, "stdin", stdin), _file(stack, "stderr", b"")
        reading, writing = os.pipe()
        stack.callback(os.close, reading)
        actions = [
            (os.POSIX_SPAWN_DUP2, source, 0),
            (os.POSIX_SPAWN_DUP2, writing, 1),
            (os.POSIX_SPAWN_DUP2, errors, 2),
        ]
        try:
            pid = os.posix_spawnp(
                words[0], [os.fsencode(word) for word in words], dict(environment), file_actions=actions
            )
        finally:
            os.close(writing)
        chunks = iter(lambda: os.read(reading, _CHUNK), b"")
        out = b"".join(chunks)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        os.lseek(errors, 0, os.SEEK_SET)
        said = b"".join(iter(lambda: os.read(errors, _CHUNK), b""))
    return status, out, said.decode("utf-8", "replace")


def _file(stack: ExitStack, name: str, content: bytes) -> int:
    """A descriptor of a file with this content, to be read from its beginning.

    No pipe, which could fill while nobody reads its other end.
    """
    if not content and name == "stdin":
        descriptor = os.open(os.devnull, os.O_RDONLY)
    else:
        descriptor = _anonymous(name)
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
        os.lseek(descriptor, 0, os.SEEK_SET)
    stack.callback(os.close, descriptor)
    return descriptor


def _anonymous(name: str) -> int:
    """A descriptor of an empty file that nobody else sees: in memory where the system has such files."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create(name, os.MFD_CLOEXEC)
    import tempfile  # noqa: PLC0415 (only where there is no memfd_create(2))

    descriptor, path = tempfile.mkstemp(prefix="hookflow-")
    os.unlink(path)  # noqa: PTH108 (a name as text)
    return descriptor

"""A program called for what it prints, by posix_spawn(3): less to import than `subprocess`, and quick to start."""

import os
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress

_TERM = 15  # to import `signal` for it would take longer than to start a program
POSSIBLE = hasattr(os, "posix_spawnp")


def output(words: Sequence[str], environment: Mapping[str, str], stdin: bytes = b"") -> tuple[int, bytes, str]:
    """Call a program and wait for its end: see `Begun`."""
    return Begun(words, environment, stdin).output()


class Begun:
    """A program that was started, and is not waited for yet. It writes to files, so nobody need read meanwhile.

    Args:
        words: The program and its arguments.
        environment: All of its variables.
        stdin: What it reads.
        heard: Whether what it writes to standard error is of interest.

    Raises:
        FileNotFoundError: There is no such program on PATH.
        OSError: It cannot be started.
    """

    __slots__ = ("_answer", "_errors", "_files", "_out", "_pid")

    def __init__(
        self, words: Sequence[str], environment: Mapping[str, str], stdin: bytes = b"", *, heard: bool = True
    ) -> None:
        self._answer: tuple[int, bytes, str] | None = None
        with ExitStack() as stack, ExitStack() as source:
            self._out = _file(stack, "stdout", b"")
            self._errors = _file(stack, "stderr", b"") if heard else None
            read = _file(source, "stdin", stdin)
            errors = os.open(os.devnull, os.O_WRONLY) if self._errors is None else self._errors
            if self._errors is None:
                source.callback(os.close, errors)
            descriptors = (read, self._out, errors)
            actions = [(os.POSIX_SPAWN_DUP2, ours, number) for number, ours in enumerate(descriptors)]
            arguments = [os.fsencode(word) for word in words]
            self._pid = os.posix_spawnp(words[0], arguments, dict(environment), file_actions=actions)
            self._files = stack.pop_all()

    def output(self) -> tuple[int, bytes, str]:
        """Wait for its end.

        Returns:
            Its exit code (negative for a signal), what it wrote to standard output, and to standard error as text.
        """
        if self._answer is None:
            with self._files:
                status = os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])
                said = b"" if self._errors is None else _content(self._errors)
                self._answer = status, _content(self._out), said.decode("utf-8", "replace")
        return self._answer

    def end(self) -> None:
        """End it, if it has not ended: of a program that only reads, and of which nobody wants to know any more."""
        if self._answer is None:
            with self._files, suppress(ProcessLookupError):
                os.kill(self._pid, _TERM)
                os.waitpid(self._pid, 0)


def _content(descriptor: int) -> bytes:
    size = os.lseek(descriptor, 0, os.SEEK_END)
    os.lseek(descriptor, 0, os.SEEK_SET)
    chunks = iter(lambda: os.read(descriptor, max(1, size)), b"")
    return b"".join(chunks) if size else b""


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

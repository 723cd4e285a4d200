"""What it takes to run a step: its job, the processes of that, and what comes of one that cannot start."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import PurePath

from hookflow.core.config import Step
from hookflow.core.structs import Struct, field


class Job(Struct, frozen=True, kw_only=True):
    """What running one step takes.

    Attributes:
        step: The step.
        commands: From the CPUs that it may use to its processes' arguments, in order.
        fixes: The same for the command that mends a failure; None where none is to run.
        display: The command as people read it.
        files: How many files it is given.
        environment: All of its variables.
        cwd: Its working directory.
        stdin: What it reads from standard input, which is empty otherwise.
        note: What a reader of its outcome should know beside it, or None.
    """

    step: Step
    commands: Callable[[int], Sequence[tuple[str, ...]]]
    display: str
    files: int
    environment: Mapping[str, str]
    cwd: PurePath
    fixes: Callable[[int], Sequence[tuple[str, ...]]] | None = None
    stdin: bytes | None = None
    note: str | None = None


class Launch(Struct, frozen=True, kw_only=True):
    """One process to start.

    Attributes:
        arguments: The program and its arguments; text with surrogate escapes.
        environment: All of its variables.
        cwd: Its working directory.
        log: The file that its standard output and error are appended to; None throws them away.
        stdin: What it reads from standard input, which is empty otherwise.
        interactive: It gets the terminal instead of `log` and `stdin`.
    """

    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    cwd: PurePath
    log: PurePath | None = None
    stdin: bytes | None = None
    interactive: bool = False


class NotStarted(Struct, frozen=True):
    """The process could not be started.

    Attributes:
        reason: Why, as a sentence.
        temporary: The system has no room for another process now; later it may.
    """

    reason: str
    temporary: bool = False

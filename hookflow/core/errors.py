"""What hookflow raises: a wrong configuration or a broken environment, nothing else.

A step's failure is a value (`hookflow.core.outcome`), never an exception.
"""

from hookflow.core.structs import Struct


class HookflowError(Exception):
    """An expected error: one message, with what to do next. Ends the program with `exit_code`."""

    exit_code = 3


class UsageError(HookflowError):
    """The command line asks for something that does not exist or makes no sense."""

    exit_code = 2


class BrokenEnvironmentError(HookflowError):
    """What surrounds us does not allow the run: no git, no repository, unmerged paths, a full disk."""

    exit_code = 3


class Interrupted(BaseException):
    """A signal asked for the end.

    Attributes:
        signal: Its number.
    """

    def __init__(self, signal: int) -> None:
        self.signal = signal
        super().__init__(f"ended by signal {signal}")


class Problem(Struct, frozen=True):
    """One thing that is wrong in a configuration.

    Attributes:
        path: Keys from the top of the file, e.g. ``("tool", "hookflow", "steps", "lint", "need")``;
            its last entry may be a key that is missing.
        message: What is wrong and what was expected, without the place.
        project: The directory of the project in whose file it is; "" for the configuration itself.
    """

    path: tuple[str, ...]
    message: str
    project: str = ""


class ConfigurationError(HookflowError):
    """Everything that is wrong in one configuration, together.

    Args:
        problems: At least one.
        lines: The same problems as a person reads them (``file:line: [table] key: message``);
            only who read the file knows them, so the pure core leaves this empty.
    """

    exit_code = 2

    def __init__(self, problems: tuple[Problem, ...], lines: tuple[str, ...] = ()) -> None:
        self.problems = problems
        self.lines = lines or tuple(f"{'.'.join(problem.path)}: {problem.message}" for problem in problems)
        super().__init__("\n".join(self.lines))


class NoConfigurationError(ConfigurationError):
    """There is no configuration at all."""

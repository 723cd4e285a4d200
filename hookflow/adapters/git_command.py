"""git's own commands, called directly or through GitPython's command layer; the only importer of git.

GitPython is what git is asked through. The questions of every run, which are few and always the same, are put to git
itself by `hookflow.adapters.spawned` instead: to import GitPython takes several times as long as git takes to answer
(`python -m benchmarks W1`). What is asked and how the answers are read is the same.

What we ask must not write unless it says so, and must not run a program that the repository's configuration
names: no monitor, no hook, no filter, no textconv, no external diff.
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from hookflow.adapters import ahead, questions, spawned
from hookflow.core import porcelain
from hookflow.core.errors import BrokenEnvironmentError

if TYPE_CHECKING:
    from git.cmd import Git

# Writing the index would run the hook post-index-change. Reading runs none, and asks where hooks are.
_HOOKLESS = ("-c", f"core.hooksPath={os.devnull}")

_NO_GIT = "git was not found on PATH; hookflow needs it to see what changed"


class GitError(Exception):
    """git refused; the text is what it said."""


class _Foreseen:
    """An answer that will be asked for so many times."""

    def __init__(self, begun: spawned.Begun) -> None:
        self.times = 1
        self._begun = begun

    def answer(self) -> tuple[int, bytes, str]:
        """What it came to; waits for that."""
        self.times -= 1
        return self._begun.output()

    def end(self) -> None:
        """Nobody wants to know any more."""
        self._begun.end()


class GitCommand:
    """git in one directory.

    Args:
        directory: The directory.
        direct: Whether to do without GitPython, where the system allows that.

    Attributes:
        directory: The directory.
        index_file: The index that is in use without ``GIT_INDEX_FILE``, where that is known.
        listed_at: The index's checksum when a listing of it was started that is asked for next.

    Raises:
        BrokenEnvironmentError: There is no git to call, or no such directory.
    """

    def __init__(self, directory: Path, *, direct: bool = False) -> None:
        if not directory.is_dir():
            raise BrokenEnvironmentError(f"{directory}: there is no such directory")
        self.directory = directory
        self.index_file: Path | None = None
        self.listed_at: bytes | None = None
        self._foreseen: dict[tuple[str, ...], _Foreseen] = {}
        if (begun := ahead.places(str(directory))) is not None:
            self._foreseen["git", *questions.QUIET, *questions.PLACES] = _Foreseen(begun)
        self._git = None if direct and spawned.POSSIBLE else _command_layer(directory)

    @cached_property
    def _configuration(self) -> list[tuple[str, str, str]]:
        """Origin, name and value of every setting that holds here, in git's order."""
        try:
            listed = self.ask(*questions.CONFIGURATION)
        except GitError:
            return []
        fields = porcelain.names(listed)
        settings = (entry.partition("\n") for entry in fields[1::2])
        return [
            (origin, name, value if separator else "true")
            for origin, (name, separator, value) in zip(fields[0::2], settings, strict=False)
        ]

    @cached_property
    def settings(self) -> Mapping[str, str]:
        """The configuration that holds here: the last value of each name; a name without a value has ``true``."""
        return {name: value for _, name, value in self._configuration}

    @property
    def configuration_files(self) -> list[str]:
        """The files that the configuration comes from, as git names them: some are relative to the directory."""
        origins = dict.fromkeys(origin for origin, _, _ in self._configuration)
        return [origin.partition(":")[2] for origin in origins if origin.startswith("file:")]

    @cached_property
    def filter_drivers(self) -> frozenset[str]:
        """The names of the filter drivers in the configuration (gitattributes(5)): each would be a program."""
        names = (name for name in self.settings if name.startswith("filter."))
        return frozenset(name.partition(".")[2].rpartition(".")[0] for name in names)

    def ask(self, *arguments: str, index: str | None = None, stdin: bytes = b"") -> bytes:
        """What a git command prints that only reads.

        Args:
            arguments: The command and its arguments.
            index: Another index than the usual one (or than ``GIT_INDEX_FILE``).
            stdin: What it reads.

        Raises:
            GitError: It ended with another code than 0.
        """
        return self._run(questions.QUIET, arguments, {**questions.READING, **_index(index)}, stdin)

    def ask_contents(self, *arguments: str, index: str | None = None, stdin: bytes = b"") -> bytes:
        """As `ask`, for commands that compare or convert contents: filters are passed over.

        Raises:
            GitError: It ended with another code than 0.
        """
        return self._run(self._unfiltered, arguments, {**questions.READING, **_index(index)}, stdin)

    def foresee(self, *arguments: str, contents: bool = False, times: int = 1, settings: tuple[str, ...] = ()) -> None:
        """Start a command that will soon be asked for, so that it runs while something else is done.

        Who asks for exactly the same gets what it prints, so this is for what may be as old as now. Where it was
        foreseen already and nobody has asked, nothing happens.

        Args:
            arguments: The command and its arguments.
            contents: Whether it will be asked for by `ask_contents`, else by `ask`.
            times: How often; who asks more often asks anew.
            settings: Words before the command that change nothing of what it prints.
        """
        if self._git is None and spawned.POSSIBLE:
            first = self._unfiltered if contents else questions.QUIET
            words = ("git", *first, *arguments)
            if words not in self._foreseen:
                with suppress(OSError):  # who asks for it finds out
                    begun = spawned.Begun(
                        self._here(words, settings), questions.environment(questions.READING), heard=False
                    )
                    self._foreseen[words] = _Foreseen(begun)
            if words in self._foreseen:
                self._foreseen[words].times = times

    def adopt(self, checksum: bytes, begun: Mapping[tuple[str, ...], spawned.Begun]) -> None:
        """Take over what was asked ahead: the index's checksum before it was listed, and what runs."""
        self.listed_at = checksum
        self._foreseen.update((words, _Foreseen(each)) for words, each in begun.items())

    def forget_foreseen(self) -> None:
        """What was foreseen and not asked for is too old from here on; who asks for it asks anew."""
        while self._foreseen:
            self._foreseen.popitem()[1].end()

    def write(self, *arguments: str, index: str | None = None, stdin: bytes = b"") -> bytes:
        """As `ask_contents`, for commands that change the index or the object database.

        Raises:
            GitError: It ended with another code than 0.
        """
        return self._run((*self._unfiltered, *_HOOKLESS), arguments, _index(index), stdin)

    @cached_property
    def _unfiltered(self) -> tuple[str, ...]:
        off = [
            f"filter.{name}.{setting}"
            for name in sorted(self.filter_drivers)
            for setting in ("clean=", "smudge=", "process=", "required=false")
        ]
        return (*questions.QUIET, *(word for setting in off for word in ("-c", setting)))

    def _run(
        self,
        settings: Iterable[str],
        arguments: tuple[str, ...],
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> bytes:
        words = ["git", *settings, *arguments]
        status, out, err = (
            self._directly(words, environment or {}, stdin)
            if self._git is None
            else _asked(self._git, words, environment, stdin)
        )
        if status:
            raise GitError(err.strip() or f"git {arguments[0]} ended with {status}")
        return out

    def _directly(self, words: list[str], environment: Mapping[str, str], stdin: bytes) -> tuple[int, bytes, str]:
        foreseen = self._foreseen.get(tuple(words)) if environment == questions.READING and not stdin else None
        if foreseen is not None:
            answer = foreseen.answer()
            if not foreseen.times:
                del self._foreseen[tuple(words)]
            if not answer[0]:
                return answer  # else what it said was not heard: it is asked again
        try:
            return spawned.output(self._here(words), questions.environment(environment), stdin)
        except FileNotFoundError:
            raise BrokenEnvironmentError(_NO_GIT) from None

    def _here(self, words: Sequence[str], settings: Sequence[str] = ()) -> list[str]:
        return [words[0], "-C", str(self.directory), *settings, *words[1:]]


@cache
def directly(directory: Path) -> GitCommand:
    """Git in one directory, without GitPython where that can be; who asks there again asks the same one.

    Raises:
        BrokenEnvironmentError: There is no git to call, or no such directory.
    """
    command = GitCommand(directory, direct=True)
    asked = ahead.take(str(directory))
    if asked is not None:
        command.adopt(*asked)
    return command


def _asked(git: "Git", words: list[str], environment: Mapping[str, str] | None, stdin: bytes) -> tuple[int, bytes, str]:
    with _readable(stdin) as source:
        return git.execute(
            words,
            istream=source,
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env=environment,
        )


def _index(path: str | None) -> dict[str, str]:
    return {} if path is None else {"GIT_INDEX_FILE": path}


@contextmanager
def _readable(content: bytes) -> Iterator[BinaryIO | None]:
    """A file with this content: no pipe that could fill while nobody reads its other end."""
    if not content:
        yield None
        return
    import tempfile  # noqa: PLC0415 (3 ms, only for who tells git something)

    with tempfile.TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        yield cast("BinaryIO", file)


def _command_layer(directory: Path) -> "Git":
    # GitPython asks `git version` when it is imported and raises without a git; that is ours to explain.
    # Steps inherit our environment, so the setting is gone again at once.
    set_by_user = "GIT_PYTHON_REFRESH" in os.environ
    os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")
    try:
        import git  # noqa: PLC0415 (76 ms, only for who asks it something)
    finally:
        if not set_by_user:
            del os.environ["GIT_PYTHON_REFRESH"]
    # Set by the import; its type says that it is never false.
    if not vars(git)["GIT_OK"]:
        raise BrokenEnvironmentError(_NO_GIT)
    return git.cmd.Git(str(directory))

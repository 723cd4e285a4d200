"""Where a race is held: a repository with every runner's configuration, and what proves that each does the work."""

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from benchmarks.installed import Programs
from benchmarks.projects import Repository, environment
from benchmarks.proof import Record, Tools, WrongError
from benchmarks.rounds import Contender
from benchmarks.runners import RUNNERS, Runner
from benchmarks.running import CommandFailedError, Took, run
from benchmarks.work import Setup, Work

Check = Callable[[Sequence[Record]], None]


@dataclass(frozen=True)
class Bench:
    """What a workload is given."""

    programs: Programs
    folder: Path  # of its own, empty, and removed afterwards
    quick: bool
    rounds: int | None  # asked for by a person
    say: Callable[[str], None]

    def repeat(self, usual: int) -> int:
        """How many rounds are to count, where these are usual."""
        return 1 if self.quick else self.rounds or usual


@dataclass
class Arena:
    """One repository, with tools for its steps; contenders enter it one by one."""

    bench: Bench
    name: str
    files: Mapping[str, str] = field(default_factory=dict)
    out: dict[str, str] = field(default_factory=dict)  # who is left out, and why
    codes: tuple[int, ...] = (0,)  # with which a run has ended well
    told: Mapping[str, Runner] = field(default_factory=lambda: RUNNERS)  # how each runner is told what to do
    left: str = ""  # the tree that fixers leave

    def __post_init__(self) -> None:
        self.folder = self.bench.folder / self.name
        self.tools = Tools(self.folder)
        (self.folder / "home").mkdir()
        self.setups: dict[str, Setup] = {}

    def prepare(self, work: Work, runners: Iterable[str]) -> Repository:
        """Make the repository, with the configuration of each runner that is there."""
        for name in runners:
            if name in self.bench.programs.paths:
                self.setups[name] = self.told[name](work, self.bench.programs)
            else:
                self.out[name] = self.bench.programs.missing.get(name, "not installed")
        self.repository = Repository.create(self.folder / "repository", self.environment(), self._configured())
        return self.repository

    def _configured(self) -> dict[str, str]:
        """All files; a table of two runners in one TOML file is one after the other."""
        files = dict(self.files)
        for setup in self.setups.values():
            for path, content in setup.files.items():
                files[path] = f"{files[path]}\n{content}" if path in files and path.endswith(".toml") else content
        return files

    def environment(self, *, recording: bool = False) -> dict[str, str]:
        """A contender's; with the tools that write down that they ran, or the plain ones."""
        tools = self.tools.recording if recording else self.tools.plain
        return environment(self.folder / "home", tools, self.bench.programs.scripts)

    def run(self, name: str, *, recording: bool = False) -> Took:
        """Let a runner do the work once.

        Raises:
            CommandFailedError: Its command failed.
        """
        setup = self.setups[name]
        known = {**self.environment(recording=recording), **setup.environment}
        if recording:
            self.tools.forget()
        return run(setup.command, self.repository.path, known, self.folder / "output", self.codes)

    def tell(self, work: Work) -> None:
        """Tell all that are in to do other work, which needs no other configuration: another scope, or replaying."""
        self.setups = {name: self.told[name](work, self.bench.programs) for name in self.setups}

    def prove(self, check: Check, before: Callable[[], None] = lambda: None, *, same_tree: bool = False) -> None:
        """Let each do the work once with recording tools; whoever does not do it is out.

        Args:
            check: Given what ran; raises WrongError.
            before: Called before each.
            same_tree: All must leave the same files, instead of those and the index as they were.
        """
        for name in [*self.setups]:
            try:
                before()
                state = None if same_tree else self.repository.state()
                self.run(name, recording=True)
                check(self.tools.records())
                self._check_left(state)
            except (CommandFailedError, WrongError) as error:
                self.leave_out(name, str(error))

    def _check_left(self, state: tuple[str, str, str] | None) -> None:
        if state is not None and self.repository.state() != state:
            raise WrongError("it changed files or the index")
        if state is None:
            tree = self.repository.tree()
            self.left = self.left or tree
            if tree != self.left:
                raise WrongError("it left other files than the first one did")

    def settle(self) -> dict[str, str]:
        """Run each until its results are known, and say what it still runs when all are.

        A program may be part of what is known, so it is seen with the recording ones, twice; then come the plain ones.
        """
        said = {}
        for name in self.setups:
            self.run(name, recording=True)
            self.run(name, recording=True)
            ran = len(self.tools.records())
            said[name] = f"starts {ran} processes again" if ran else "runs none of them"
            self.run(name)
        return said

    def leave_out(self, name: str, why: str) -> None:
        """It takes no part, and the page says why."""
        self.bench.say(f"{self.name}: {name} is left out: {why}")
        self.out[name] = why
        del self.setups[name]

    def contenders(self, before: Callable[[], None] = lambda: None) -> list[Contender]:
        """All that are in, measured by the clock on the wall from start to end."""
        return [Contender(name, partial(self._whole, name), before) for name in self.setups]

    def first_steps(self) -> list[Contender]:
        """All that are in, measured from their start to that of their first step."""
        return [Contender(name, partial(self._until_first, name)) for name in self.setups]

    def _whole(self, name: str) -> float:
        return self.run(name).seconds

    def _until_first(self, name: str) -> float:
        began = self.run(name, recording=True).began
        return self.tools.records()[0].began - began

    def close(self) -> None:
        """Remove everything."""
        shutil.rmtree(self.folder)

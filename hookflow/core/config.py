"""What a user wrote in ``[tool.hookflow]``, validated: frozen records.

`hookflow.core.validation` makes them. A `Step` is complete in itself: the defaults of the top table
(``timeout``, ``stages``, ``exclude``, ``env``) are already merged into it.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from hookflow.core.anchoring import whole
from hookflow.core.areas import Areas
from hookflow.core.structs import Struct, field

Command = str | tuple[str, ...]

DEFAULT_GLOBAL_INPUTS = (
    "*.toml",
    "*.cfg",
    "*.ini",
    "*.lock",
    "requirements*.txt",
    "package*.json",
    ".*rc*",
    "conftest.py",
)

# githooks(5): every hook that git runs on the user's side of a repository.
GIT_HOOKS = (
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "post-rewrite",
    "pre-auto-gc",
    "reference-transaction",
    "push-to-checkout",
    "sendemail-validate",
)
MANUAL = "manual"
STAGES = (*GIT_HOOKS, MANUAL)

Scope = Literal["run", "repository", "machine"]


class Rate(Struct, frozen=True):
    """At most `count` starts in any window of `period` seconds."""

    count: int
    period: float


class Resource(Struct, frozen=True, kw_only=True):
    """Something that steps compete for.

    Attributes:
        name: As steps name it in ``uses``.
        slots: How many units may be in use at once.
        rate: A limit on starts, or None.
        scope: Who competes: the steps of one run, of all runs in the repository, or on the machine.
    """

    name: str
    slots: int = 1
    rate: Rate | None = None
    scope: Scope = "run"


class Sources(Struct, frozen=True):
    """All that decides, beside pyproject.toml, what a configuration says.

    Attributes:
        files: Files and directories, as absolute paths.
        variables: Names of environment variables.
    """

    files: tuple[str, ...] = ()
    variables: tuple[str, ...] = ()


class HookTraits(Struct, frozen=True, kw_only=True):
    """What sets a step that is a hook of pre-commit's apart from others: there pre-commit's own rules hold.

    It is given no deleted files; in the stages of a message it is given the file of the message; with
    `Step.always_run` it also runs without any file; and every tracked file counts if it changes one.

    Attributes:
        id: As pre-commit knows it.
        alias: Its other name there, or "".
        place: Its place among all hooks of the configuration, from 0.
        fail_fast: Its failure ends the run.
        verbose: Its output is shown although it passed.
        pass_filenames: It is given the files that it is about; one that is not may be about any.
        unset: Environment variables that it does not get.
        home: The directory of its environment; "" where it needs none, None where that is not known.
        writer: It is known to write; of others that `Step.modifies` says so of, it may only be assumed.
    """

    id: str
    alias: str = ""
    place: int = 0
    fail_fast: bool = False
    verbose: bool = False
    pass_filenames: bool = True
    unset: tuple[str, ...] = ()
    home: str | None = None
    writer: bool = False


class Step(Struct, frozen=True, kw_only=True):
    """One ``[tool.hookflow.steps.NAME]`` table, with the defaults merged in.

    Commands are a string (``sh -c``) or a tuple of arguments (no shell). Patterns are gitignore rules in
    order; ``@set`` names are already replaced by their patterns. Times are seconds. `cache` is None where nothing
    is said: a result is kept then, unless the step says that it always runs. `hook` is None of a step that is no
    hook of pre-commit's. `project` is the directory of the project that declares it, "" for the root; patterns, `cwd`
    and names are the root's view of them all the same, but for the regular expressions.
    """

    name: str
    run: Command
    fix: Command | None = None
    description: str = ""
    needs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    types_or: tuple[str, ...] = ()
    exclude_types: tuple[str, ...] = ()
    files_regex: tuple[str, ...] = ()
    exclude_regex: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    stage_fixed: bool = False
    modifies: bool = False
    env: Mapping[str, str] = field(default_factory=dict)
    cache_env: tuple[str, ...] = ()
    cwd: str = "."
    timeout: float | None = None
    cpus: int = 1
    uses: Mapping[str, int] = field(default_factory=dict)
    retries: int = 0
    retry_delay: float = 1.0
    stages: tuple[str, ...] = ("pre-commit",)
    always_run: bool = False
    git_env: bool = False
    allow_failure: bool = False
    exclusive: bool = False
    interactive: bool = False
    cache: bool | None = None
    batch: Literal["one", "auto"] | int = "one"
    per_file: bool = False
    fix_on: tuple[str, ...] = ()
    stdin: bool = False
    hook: HookTraits | None = None
    project: str = ""

    @property
    def names_files(self) -> bool:
        """Whether it says which files are its files; one that does not is about all of its project's."""
        return bool(self.files) and not (self.project and self.files == whole(self.project))

    @property
    def perhaps_harmless(self) -> bool:
        """Whether it is taken for a writer although nobody has read that it is one."""
        return self.modifies and (self.hook is None or not self.hook.writer)

    @property
    def alone(self) -> bool:
        """Whether nothing else may run meanwhile (an interactive step owns the terminal)."""
        return self.exclusive or self.interactive

    @property
    def is_by_type(self) -> bool:
        """Whether not only names tell which files are its files."""
        return bool(self.types or self.types_or or self.exclude_types)


class Member(Struct, frozen=True, kw_only=True):
    """What holds in one project below the root, beside what is in its steps."""

    venv: str | bool = "auto"


class Config(Struct, frozen=True, kw_only=True, dict=True):
    """The whole table. `steps` is in the order of declaration, which is the order among equals.

    `projects` are the patterns as they were written, `members` what they came to, by directory.
    """

    steps: tuple[Step, ...] = ()
    resources: Mapping[str, Resource] = field(default_factory=dict)
    parallel: bool = False
    jobs: int = 0
    smart_execution: bool = True
    cache: bool = True
    fail_fast: bool = False
    exclude: tuple[str, ...] = ()
    global_inputs: tuple[str, ...] = DEFAULT_GLOBAL_INPUTS
    venv: str | bool = "auto"
    log_retention: int = 20
    unstaged: Literal["hide", "keep"] = "hide"
    link: tuple[str, ...] = (".venv", "node_modules")
    pre_commit: bool | tuple[str, ...] = False
    projects: tuple[str, ...] = ()
    members: Mapping[str, Member] = field(default_factory=dict)

    @cached_property
    def areas(self) -> Areas:
        """Which project each file is in."""
        return Areas(self.members)

    @cached_property
    def _by_name(self) -> dict[str, Step]:
        return {step.name: step for step in self.steps}

    def step(self, name: str) -> Step:
        """The step of that name.

        Raises:
            KeyError: There is none.
        """
        return self._by_name[name]

    def of_stage(self, stage: str) -> tuple[Step, ...]:
        """The steps of one stage, in the order of declaration."""
        return tuple(step for step in self.steps if stage in step.stages)

"""Every key of ``[tool.hookflow]``: its name, the field it fills, how its value is read, and what it means.

The keys are data: the schema is made from them, and the documentation is held against them.
"""

from collections.abc import Mapping
from typing import Any

from hookflow.core import projects
from hookflow.core.readers import (
    Reader,
    batch,
    boolean,
    choice,
    demands,
    directories,
    directory,
    duration,
    environment,
    hook_choice,
    integer,
    patterns,
    rate,
    regexes,
    runnable,
    stages,
    text,
    texts,
    virtual_environment,
)
from hookflow.core.structs import Struct


class Key(Struct, frozen=True):
    """A key of a table.

    Attributes:
        field: The field of the record that it fills.
        read: Its reader, which has its schema.
        about: What it means, in Markdown, as ``docs/configuration.md`` says it.
    """

    field: str
    read: Reader[Any]
    about: str


def _keys(**known: tuple[Reader[Any], str]) -> Mapping[str, Key]:
    return {field.replace("_", "-"): Key(field, *key) for field, key in known.items()}


TOP = _keys(
    parallel=(boolean, "run independent steps at the same time (as `--parallel`)"),
    jobs=(integer(0), "units of CPU when parallel; 0 for the CPUs that this process may use"),
    smart_execution=(boolean, "skip steps of whose files and inputs none changed"),
    cache=(boolean, "replay a step whose content passed before"),
    fail_fast=(boolean, "the first failure ends everything"),
    timeout=(duration, "the default for steps"),
    stages=(stages, "the default for steps"),
    exclude=(patterns, "files that no step sees"),
    global_inputs=(patterns, "tracked files that decide every cached result"),
    venv=(
        virtual_environment,
        'the virtual environment that goes first on the steps\' `PATH`; `"auto"` takes `.venv` if it is there',
    ),
    log_retention=(integer(1), "runs whose logs are kept"),
    unstaged=(
        choice("hide", "keep"),
        "on a commit (and with `--staged`), whether what is not staged is out of the steps' sight",
    ),
    link=(
        directories,
        "ignored directories that are linked into the work tree of a push that is not what is checked out",
    ),
    pre_commit=(
        hook_choice,
        "whether each hook of `.pre-commit-config.yaml` is a step, or which ([pre-commit.md](pre-commit.md))",
    ),
    projects=(
        projects.patterns,
        "directories with a `pyproject.toml` of their own, whose steps are part of this ([monorepos.md](monorepos.md))",
    ),
)
OF_THE_ROOT = frozenset(
    {
        *("parallel", "jobs", "smart-execution", "fail-fast", "global-inputs", "log-retention", "unstaged"),
        *("pre-commit", "pre-commit-hooks", "projects"),
    }
)
"""What holds for a whole run, so that a project below the root cannot say it."""
TABLES: Mapping[str, str] = {
    "env": "Environment variables for every step.",
    "file-sets": 'Named lists of patterns: `docs = ["docs/**", "*.md"]` is used as `"@docs"`.',
    "resources": "What steps compete for with `uses`.",
    "pre-commit-hooks": "What hookflow should know of hooks of pre-commit's, by id or alias.",
    "steps": "The steps. A name is letters and digits of any script, `-`, `_` and `.`.",
}
"""The tables in it, and what they are."""

RESOURCE = _keys(
    slots=(integer(1), "units that may be in use at once"),
    rate=(rate, "starts per second, minute (`min`) or hour (`h`)"),
    scope=(
        choice("run", "repository", "machine"),
        (
            "who competes: the steps of one run, of all runs in the repository, or of all runs of this user "
            "on the machine; a `rate` counts within a run"
        ),
    ),
)

STEP = _keys(
    description=(text, "for people"),
    run=(runnable, "what runs: a string for `sh -c`, or a list of arguments without a shell"),
    fix=(
        runnable,
        "what mends a failure: it runs when `run` failed and `--fix` or `fix-on` asks for it, then `run` again",
    ),
    needs=(texts, "steps that must have passed; of the same stage"),
    files=(patterns, "the step's files: it runs when one of them changed"),
    types=(texts, "`identify` tags that its files must have, all of them"),
    types_or=(texts, "tags of which its files must have one"),
    exclude_types=(texts, "tags that its files must not have"),
    files_regex=(regexes, "Python regular expressions, each of which must be found in the path of its files"),
    exclude_regex=(regexes, "Python regular expressions, none of which may be found in the path of its files"),
    exclude=(patterns, "files that are not its files, beside those of the top"),
    inputs=(patterns, "further files that decide its result: when one changes, it runs on all its files"),
    outputs=(patterns, "files that it makes: a step that has them among its `files` or `inputs` comes after it"),
    stage_fixed=(
        boolean,
        "add to the index what the step changed; without it a change fails the step, which names the files",
    ),
    modifies=(
        boolean,
        (
            "`run` rewrites its files: no step that touches the same files runs meanwhile, and those "
            "declared later see what it wrote"
        ),
    ),
    env=(environment, "environment variables, over those of the top"),
    cache_env=(texts, "variables whose values decide its result"),
    cwd=(directory, "its working directory, from the root; `{files}` are named from there"),
    timeout=(duration, "for each try"),
    cpus=(integer(1), "units of `jobs` that it takes"),
    uses=(demands, 'resources: `["database"]`, or with units `{ ai = 2 }`'),
    retries=(integer(0), "further tries after a failure"),
    retry_delay=(duration, "before the first further try; doubles each time"),
    stages=(stages, "when it runs"),
    always_run=(boolean, "run even if nothing matches"),
    git_env=(boolean, "give it git's own variables (`GIT_INDEX_FILE`, ...)"),
    allow_failure=(boolean, "report its failure, but let nothing be blocked by it"),
    exclusive=(boolean, "nothing else runs meanwhile"),
    interactive=(boolean, "it owns the terminal, and nothing else runs meanwhile"),
    cache=(boolean, "whether its passes are kept and replayed"),
    batch=(batch, "how `{files}` is split: one process, over the free CPUs, or so many files a process"),
    per_file=(
        boolean,
        "its result on a file depends on that file alone: only files that have not passed yet are given to it",
    ),
    fix_on=(stages, "stages at which `fix` runs without `--fix`"),
    stdin=(boolean, "give it what git wrote to the hook's standard input"),
)

HOOK = _keys(
    modifies=(
        boolean,
        (
            "whether it may rewrite files; without a word it may, unless it is known not to. No step that touches "
            "the same files runs meanwhile, and those declared later see what it wrote"
        ),
    ),
    cache=(
        boolean,
        "`true`: its result is decided by files alone, so it is replayed, and it is not given git's own variables",
    ),
    needs=(texts, "steps that must have passed; of the same stage"),
    stages=(stages, "when it runs, instead of what pre-commit's files say"),
    stage_fixed=(boolean, "add to the index what it changed, instead of failing"),
    timeout=(duration, "for each try"),
    cpus=(integer(1), "units of `jobs` that each of its processes takes"),
    uses=(demands, 'resources: `["database"]`, or with units `{ ai = 2 }`'),
)

"""The environment variables that a step gets."""

from collections.abc import Mapping

from hookflow.core.config import HookTraits, Step
from hookflow.core.structs import Struct, field

# What `git rev-parse --local-env-vars` lists (a test holds this against the installed git).
GIT_LOCAL_VARIABLES = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)


class Surroundings(Struct, frozen=True, kw_only=True):
    """What the steps of one run have in common.

    Attributes:
        inherited: hookflow's own environment.
        run: The run's id.
        stage: The run's stage.
        venv: The virtual environment to put first on PATH, or None.
        venv_programs: Its directory of programs.
        venvs: The two of projects that have others, by the project's directory.
        own_venv_programs: The directory of programs to take off PATH: that of the virtual environment which
            pre-commit made for hookflow, or None.
        push: ``HOOKFLOW_FROM_REF`` and the like, in pre-push.
        colour: Whether what the step prints is shown where colours can be seen.
        path_separator: ``os.pathsep``.
    """

    inherited: Mapping[str, str]
    run: str
    stage: str
    venv: str | None = None
    venv_programs: str = ""
    venvs: Mapping[str, tuple[str | None, str]] = field(default_factory=dict)
    own_venv_programs: str | None = None
    push: Mapping[str, str] = field(default_factory=dict)
    colour: bool = False
    path_separator: str = ":"


def step_environment(step: Step, around: Surroundings) -> dict[str, str]:
    """The whole environment of a step. What its configuration says wins over what is inherited."""
    values = dict(around.inherited)
    if not step.git_env:
        for name in GIT_LOCAL_VARIABLES & values.keys():
            del values[name]
    path = [entry for entry in values.get("PATH", "").split(around.path_separator) if entry]
    if around.own_venv_programs is not None:
        path = [entry for entry in path if entry.rstrip("/") != around.own_venv_programs.rstrip("/")]
        values.pop("VIRTUAL_ENV", None)
    venv, venv_programs = around.venvs.get(step.project, (around.venv, around.venv_programs))
    if venv is not None:
        path.insert(0, venv_programs)
        values["VIRTUAL_ENV"] = venv
        # It would make the virtual environment's interpreter use another one's library.
        values.pop("PYTHONHOME", None)
    if step.hook is not None:
        values = _for_hook(values, step.hook, around)
    values["PATH"] = around.path_separator.join(path)
    if around.colour and "NO_COLOR" not in values:
        values |= {"FORCE_COLOR": "1", "CLICOLOR_FORCE": "1"}
    own = {"HOOKFLOW": "1", "HOOKFLOW_STEP": step.name, "HOOKFLOW_RUN": around.run}
    return {**values, **around.push, **step.env, **own, "HOOKFLOW_STAGE": around.stage}


# What pre-commit tells its hooks of a push, by what we tell steps.
_PUSH = {
    "HOOKFLOW_FROM_REF": ("PRE_COMMIT_FROM_REF", "PRE_COMMIT_ORIGIN"),
    "HOOKFLOW_TO_REF": ("PRE_COMMIT_TO_REF", "PRE_COMMIT_SOURCE"),
    "HOOKFLOW_REMOTE_NAME": ("PRE_COMMIT_REMOTE_NAME",),
    "HOOKFLOW_REMOTE_URL": ("PRE_COMMIT_REMOTE_URL",),
}


def _for_hook(values: Mapping[str, str], hook: HookTraits, around: Surroundings) -> dict[str, str]:
    """The variables as pre-commit would hand them to one of its hooks."""
    kept = {name: value for name, value in values.items() if name not in hook.unset}
    told = {name: around.push[ours] for ours, names in _PUSH.items() if ours in around.push for name in names}
    return {**kept, **told, "PRE_COMMIT": "1"}

"""Records of pre-commit's hooks to steps."""

import pytest

from hookflow.core import known_hooks, precommit, validation
from hookflow.core.config import Config, Step
from hookflow.core.dependencies import data_graph, full_graph
from hookflow.core.errors import ConfigurationError
from hookflow.core.precommit import Hook, Hooks
from hookflow.core.selection import Change, Selector

TOOL = Hook(id="tool", entry="tool -x", command=("tool", "-x"), types=("file",))


def parsed(table: dict[str, object], *hooks: Hook) -> Config:
    """The configuration with these hooks."""
    return validation.parse(table, hooks=lambda: Hooks(hooks, ("pre-commit",), ("python", "-m", "pre_commit")))


def problems(table: dict[str, object], *hooks: Hook) -> list[str]:
    """What is wrong with it."""
    with pytest.raises(ConfigurationError) as error:
        parsed(table, *hooks)
    return [f"{'.'.join(problem.path[2:])}: {problem.message}" for problem in error.value.problems]


def decided(step: Step, *changes: Change, stage: str = "pre-commit", message: str | None = None):
    """What is decided of the step."""
    selector = Selector(
        Config(steps=(step,)), stage, changes, lambda: ("a", "b"), lambda _: {"file"}, {}, message=message
    )
    return selector.decide(data_graph([step]))[step.name]


def test_a_hook_becomes_a_step_before_the_others() -> None:
    """Which may need it, and it may need them."""
    config = parsed(
        {
            "pre-commit": True,
            "timeout": "9s",
            "exclude": ["vendor"],
            "env": {"A": "1"},
            "pre-commit-hooks": {"tool": {"needs": ["own"], "cpus": 2, "stage-fixed": True}},
            "steps": {"own": {"run": "x"}, "after": {"run": "x", "needs": ["tool"]}},
        },
        TOOL,
    )
    tool, *rest = config.steps
    assert [step.name for step in rest] == ["own", "after"]
    assert tool.run == ("tool", "-x", "{files}")
    assert (tool.timeout, tool.exclude, tool.env, tool.cpus) == (9.0, ("vendor",), {"A": "1"}, 2)
    assert tool.modifies
    assert tool.stage_fixed
    assert tool.git_env
    assert tool.batch == "auto"
    assert (tool.needs, tool.stages) == (("own",), ("pre-commit",))


def test_some_hooks_only() -> None:
    """By id or alias; hookflow itself is never one."""
    other = Hook(id="tool", alias="Other tool", command=("tool",))
    itself = Hook(id="hookflow", entry="hookflow hook pre-commit", command=("hookflow", "hook", "pre-commit"))
    assert [step.name for step in parsed({"pre-commit": True}, TOOL, other, TOOL, itself).steps] == [
        "tool",
        "Other-tool",
        "tool-2",
    ]
    assert [step.name for step in parsed({"pre-commit": ["Other tool"]}, TOOL, other).steps] == ["Other-tool"]


def test_names_that_do_not_exist_and_names_that_exist_twice() -> None:
    """Are said together."""
    table = {
        "pre-commit": ["tol"],
        "pre-commit-hooks": {"toool": {"modifies": False}, "tool": {"modfies": False}},
        "steps": {"x": {"run": "x"}},
    }
    assert problems(table, TOOL) == [
        "pre-commit-hooks.tool.modfies: unknown key; did you mean modifies?",
        "pre-commit: unknown hook 'tol'; did you mean tool?",
        "pre-commit-hooks.toool: unknown hook; did you mean tool?",
    ]
    twice = {"pre-commit": True, "steps": {"tool": {"run": "x"}}}
    assert problems(twice, TOOL) == ["steps.tool: a hook of pre-commit's has this name; give one another"]


def test_what_only_pre_commit_can_start_runs_alone() -> None:
    """By pre-commit, in the run's stage."""
    (step,) = parsed({"pre-commit": True}, Hook(id="box", language="docker_image", command=None)).steps
    assert step.alone
    assert isinstance(step.run, str)
    assert 'python -m pre_commit run box --hook-stage "$HOOKFLOW_STAGE"' in step.run


def test_who_may_write() -> None:
    """Everyone who is not known not to; a table says otherwise."""
    ruff = Hook(id="ruff", source="https://github.com/astral-sh/ruff-pre-commit", command=("ruff",), args=("--fix",))
    reads = Hook(id="ruff", source="git@github.com:Astral-sh/ruff-pre-commit.git", command=("ruff",))
    grep = Hook(id="grep", language="pygrep", command=("grep",))
    steps = parsed(
        {"pre-commit": True, "pre-commit-hooks": {"tool": {"modifies": False}}}, TOOL, ruff, reads, grep
    ).steps
    assert [step.modifies for step in steps] == [False, True, False, False]
    assert known_hooks.known("https://example.org/x/ruff-pre-commit", "python", "ruff") is known_hooks.UNKNOWN


def test_what_is_replayed() -> None:
    """A hook that may look at git gets git's variables, and its result is not told by files."""
    whitespace = Hook(id="trailing-whitespace", source="https://github.com/pre-commit/pre-commit-hooks", command=("x",))
    steps = parsed({"pre-commit": True}, TOOL, whitespace).steps
    assert [(step.cache, step.git_env) for step in steps] == [(False, True), (None, False)]
    (step,) = parsed({"pre-commit": True, "pre-commit-hooks": {"tool": {"cache": True}}}, TOOL).steps
    assert (step.cache, step.git_env) == (True, False)


def test_deleted_files_do_not_make_a_hook_run() -> None:
    """Nor does another stage's file."""
    step = precommit.step("tool", TOOL, Hooks((TOOL,)), {}, {})
    assert not decided(step, Change("a", deleted=True)).run
    assert decided(step, Change("a"), Change("b", deleted=True)).files == ("a",)
    assert not decided(step, Change("a"), stage="post-commit").run
    assert not decided(step, Change("a"), stage="commit-msg").run
    assert decided(step, Change("a"), stage="commit-msg", message="M").files == ("M",)


def test_a_hook_that_always_runs_does_so_without_files() -> None:
    """And then it may touch anything."""
    always = Hook(id="tool", command=("tool",), always_run=True)
    decision = decided(precommit.step("tool", always, Hooks((always,)), {}, {}))
    assert (decision.run, decision.files, decision.touched) == (True, (), None)


def test_a_hook_that_is_given_no_files_may_touch_any() -> None:
    """So it is ordered with whoever is given some."""
    blind = Hook(id="blind", command=("x",), files=(r"\.md$",), pass_filenames=False)
    given_some = Hook(id="given", command=("x",), files=(r"\.py$",), language="pygrep")
    config = parsed({"pre-commit": True}, blind, given_some)
    selector = Selector(config, "pre-commit", [Change("a.md"), Change("b.py")], lambda: (), lambda _: {"file"}, {})
    data = data_graph(config.steps)
    graph = full_graph(data, selector.touched(selector.decide(data)))
    assert [(edge.before, edge.after) for edge in graph.edges] == [("blind", "given")]

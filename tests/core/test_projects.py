"""Tables of a root and of its projects, joined to one configuration."""

from typing import Any

import pytest

from hookflow.core import projects
from hookflow.core.config import Config, Member, Step
from hookflow.core.errors import ConfigurationError, Problem
from hookflow.core.projects import Found
from hookflow.core.validation import parse

STEP = {"run": "true"}


def joined(root: dict[str, Any], *, unmatched: tuple[str, ...] = (), **tables: Any) -> Config:
    """The configuration of a root and of projects; ``__`` in a name is a slash."""
    found = Found({name.replace("__", "/"): table for name, table in tables.items()}, unmatched)
    return parse({"projects": ["*"], **root}, find_projects=lambda _: found)


def problems(root: dict[str, Any], **tables: Any) -> list[Problem]:
    """What is wrong with them."""
    with pytest.raises(ConfigurationError) as caught:
        joined(root, **tables)
    return list(caught.value.problems)


def test_a_step_of_a_project_is_a_step_like_any_other() -> None:
    """Named in full, with everything that it says of places written from the root."""
    table = {
        "run": "x",
        "needs": ["b", ":format", "libs/core:build"],
        "files": ["*.py", "!/old.py"],
        "exclude": ["gen/**"],
        "inputs": ["//libs/core/dist/**", "data/*"],
        "outputs": ["out/"],
        "cwd": "sub",
        "files-regex": ["^a"],
    }
    config = joined(
        {"steps": {"format": STEP}, "exclude": ["vendor/**"]},
        libs__core={"steps": {"build": STEP}},
        services__api={"exclude": ["*.txt"], "steps": {"a": table, "b": STEP}},
    )
    assert [step.name for step in config.steps] == ["format", "libs/core:build", "services/api:a", "services/api:b"]
    assert config.step("services/api:a") == Step(
        name="services/api:a",
        project="services/api",
        run="x",
        needs=("services/api:b", "format", "libs/core:build"),
        files=("services/api/**/*.py", "!services/api/old.py"),
        exclude=("vendor/**", "services/api/**/*.txt", "services/api/gen/**"),
        inputs=("/libs/core/dist/**", "services/api/data/*"),
        outputs=("services/api/**/out/",),
        cwd="services/api/sub",
        files_regex=("^a",),
    )
    other = config.step("services/api:b")
    assert (other.files, other.cwd, other.names_files) == (("services/api/**",), "services/api", False)
    assert config.step("services/api:a").names_files


def test_defaults_of_the_root_are_the_projects_unless_they_say_otherwise() -> None:
    """Timeout, stages, variables and file sets."""
    root = {
        "timeout": 5,
        "stages": ["manual"],
        "env": {"A": "1", "B": "1"},
        "file-sets": {"code": ["*.py"], "docs": ["*.md"]},
    }
    own = {
        "timeout": 7,
        "env": {"B": "2"},
        "file-sets": {"docs": ["doc/**"]},
        "steps": {"x": {"run": "x", "files": ["@code", "@docs"], "env": {"C": "3"}}},
    }
    config = joined(root, a=own, b={"steps": {"x": STEP}})
    one, two = config.steps
    assert (one.timeout, one.stages, one.env) == (7.0, ("manual",), {"A": "1", "B": "2", "C": "3"})
    assert one.files == ("a/**/*.py", "a/doc/**")
    assert (two.timeout, two.stages, two.env) == (5.0, ("manual",), {"A": "1", "B": "1"})


def test_what_a_project_says_of_itself() -> None:
    """Its virtual environment, what is linked, and whether results of its steps are kept."""
    config = joined(
        {"link": ["env"]},
        a={"venv": "env", "link": ["env"], "cache": False, "steps": {"x": STEP, "y": {"run": "y", "cache": True}}},
        b={"steps": {"x": STEP}},
    )
    assert config.members == {"a": Member(venv="env"), "b": Member()}
    assert config.link == ("env", "a/env", "b/.venv", "b/node_modules")
    assert [step.cache for step in config.steps] == [False, True, None]
    assert config.cache


def test_resources_are_the_same_thing_for_all() -> None:
    """Declared anywhere, and used anywhere; not declared in two ways."""
    using = {"steps": {"x": {"run": "x", "uses": ["db"]}}}
    config = joined(
        {}, a={"resources": {"db": {"slots": 2}}, **using}, b=using, c={"resources": {"db": {"slots": 2}}, **using}
    )
    assert config.resources["db"].slots == 2
    (problem,) = problems({}, a={"resources": {"db": {"slots": 2}}, **using}, b={"resources": {"db": {}}, **using})
    assert (problem.project, problem.path[-1]) == ("b", "db")
    assert "a/pyproject.toml says something else" in problem.message


@pytest.mark.parametrize(
    "key",
    [
        *("parallel", "jobs", "smart-execution", "fail-fast", "global-inputs", "log-retention", "unstaged"),
        *("pre-commit", "pre-commit-hooks", "projects"),
    ],
)
def test_what_holds_for_a_run_is_the_roots_to_say(key: str) -> None:
    """Whatever its value."""
    (problem,) = problems({"steps": {"x": STEP}}, a={key: True, "steps": {"x": STEP}})
    assert problem == Problem(
        ("tool", "hookflow", key), "holds for a whole run, so it stands in the root's pyproject.toml", "a"
    )


def test_problems_know_their_file() -> None:
    """Those of all files are reported together, cycles across them in full names."""
    found = problems(
        {"steps": {"x": {"run": "x", "needs": ["a:y"]}, "z": {"rum": "x", "run": "x"}}},
        a={"steps": {"y": {"run": "x", "needs": ["b:y"]}, "w": {"run": "x", "needs": ["z", "nothing"]}}},
        b={"steps": {"y": {"run": "x", "needs": [":x"], "types": 3}}},
    )
    said = {(problem.project, problem.path[-2:]): problem.message for problem in found}
    assert said["", ("z", "rum")].startswith("unknown key")
    assert said["b", ("y", "types")].startswith("expected a list")
    assert said["", ("x", "needs")].startswith("cycle: x -> a:y -> b:y -> x")
    needs = [problem.message for problem in found if problem.path[-2:] == ("w", "needs")]
    assert needs[0] == "unknown step 'a:z'; the root's step is :z"
    assert needs[1].startswith("unknown step 'a:nothing'")


def test_a_root_needs_no_steps_of_its_own() -> None:
    """But a project does."""
    assert joined({}, a={"steps": {"x": STEP}}).steps
    (problem,) = problems({}, a={"env": {}})
    assert (problem.project, problem.path[-1]) == ("a", "steps")


def test_a_pattern_that_takes_nothing_is_a_mistake() -> None:
    """A project that is not checked would not be missed."""
    with pytest.raises(ConfigurationError) as caught:
        joined({"steps": {"x": STEP}}, unmatched=("servces/*",))
    (problem,) = caught.value.problems
    assert problem.path == projects.KEY
    assert problem.message.startswith("servces/*: no such directory has")


@pytest.mark.parametrize("directory", ["a:b", "a,b", "a\nb", "a\udcff", "a\u2028"])
def test_names_that_steps_cannot_have(directory: str) -> None:
    """Nobody could write them in a list, or on a line."""
    (problem,) = problems({}, **{directory: {"steps": {"x": STEP}}})
    assert problem.path == projects.KEY
    assert "cannot be a project" in problem.message


def test_patterns_from_the_root_are_for_projects() -> None:
    """In the root itself they would be nothing else than /; what leads up is told of them."""
    steps = {"x": {"run": "x", "files": ["//a"]}}
    assert problems({"steps": steps}, a={"steps": {"x": STEP}})[0].project == ""
    assert joined({}, a={"steps": steps}).steps[0].files == ("/a",)
    (problem,) = problems({}, a={"steps": {"x": {"run": "x", "inputs": ["../b/*"]}}})
    assert "//" in problem.message


@pytest.mark.parametrize(
    ("patterns", "directory", "taken"),
    [
        (["services/*"], "services/api", True),
        (["services/*"], "services/api/x", False),
        (["services/*"], "services", False),
        (["services/*"], "services/.hidden", False),
        (["services/.*"], "services/.hidden", True),
        (["*/*", "!services/old"], "services/old", False),
        (["*/*", "!services/*", "services/a?[i]"], "services/api", True),
        (["a"], "b", False),
    ],
)
def test_directories_that_patterns_take(patterns: list[str], directory: str, taken: bool) -> None:
    """A star stays within a name, the last pattern decides."""
    assert projects.takes(patterns, directory) is taken


@pytest.mark.parametrize("wrong", ["", "!", "/a", "!/a", ".", "./a", "a/../b", "a//b", "**", "a/**", "a\n", "a\0"])
def test_patterns_that_are_none(wrong: str) -> None:
    """Nothing below the root is named so."""
    (problem,) = problems({"projects": [wrong], "steps": {"x": STEP}})
    assert problem.path == projects.KEY

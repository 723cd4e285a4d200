"""The environment variables that a step gets."""

import subprocess

import pytest

from hookflow.core import environment
from hookflow.core.config import Step


def test_gits_own_variables_are_known() -> None:
    """All that the installed git lists."""
    listed = subprocess.check_output(["git", "rev-parse", "--local-env-vars"], text=True).split()
    assert set(listed) <= environment.GIT_LOCAL_VARIABLES


def test_the_environment_of_a_step() -> None:
    """Its configuration wins over what is inherited, our own names over both."""
    around = environment.Surroundings(
        inherited={"PATH": "/own/bin:/usr/bin", "GIT_DIR": "x", "A": "1", "VIRTUAL_ENV": "/own", "HOOKFLOW": "9"},
        run="r",
        stage="pre-push",
        venv="/v",
        venv_programs="/v/bin",
        own_venv_programs="/own/bin",
        push={"HOOKFLOW_TO_REF": "t"},
        colour=True,
    )
    found = environment.step_environment(Step(name="s", run="x", env={"A": "2"}), around)
    assert found["PATH"] == "/v/bin:/usr/bin"
    assert (found["A"], found["VIRTUAL_ENV"], found["HOOKFLOW"]) == ("2", "/v", "1")
    assert (found["HOOKFLOW_STEP"], found["HOOKFLOW_RUN"], found["HOOKFLOW_STAGE"]) == ("s", "r", "pre-push")
    assert (found["HOOKFLOW_TO_REF"], found["FORCE_COLOR"]) == ("t", "1")
    assert "GIT_DIR" not in found
    assert "GIT_DIR" in environment.step_environment(Step(name="s", run="x", git_env=True), around)


def surroundings(inherited: dict[str, str], **keys) -> environment.Surroundings:
    """A run's surroundings over an inherited environment."""
    return environment.Surroundings(inherited=inherited, run="r", stage="pre-commit", **keys)


STEP = Step(name="s", run="x")


def test_nothing_else_is_touched() -> None:
    """A step inherits what a person has set, and hookflow's own environment stays as it was."""
    inherited = {
        "PATH": "/bin",
        "LANG": "C",
        "HOME": "/h",
        "VIRTUAL_ENV": "/mine",
        "PYTHONHOME": "/p",
        "GIT_PAGER": "x",
    }
    before = dict(inherited)
    found = environment.step_environment(STEP, surroundings(inherited))
    assert {name: found[name] for name in inherited} == inherited == before
    assert found.keys() - inherited.keys() == {"HOOKFLOW", "HOOKFLOW_STEP", "HOOKFLOW_RUN", "HOOKFLOW_STAGE"}


@pytest.mark.parametrize("name", sorted(environment.GIT_LOCAL_VARIABLES))
def test_gits_variables_reach_a_step_only_on_request(name) -> None:
    """A test suite that makes repositories must not write into ours; what the step sets itself is its own."""
    around = surroundings({name: "x"})
    assert name not in environment.step_environment(STEP, around)
    assert environment.step_environment(Step(name="s", run="x", git_env=True), around)[name] == "x"
    assert environment.step_environment(Step(name="s", run="x", env={name: "y"}), around)[name] == "y"


def test_a_virtual_environment_goes_first_on_the_path() -> None:
    """With what activating it would set and unset."""
    around = surroundings({"PATH": "/bin:/v/bin", "PYTHONHOME": "/p"}, venv="/v", venv_programs="/v/bin")
    found = environment.step_environment(STEP, around)
    assert (found["PATH"], found["VIRTUAL_ENV"]) == ("/v/bin:/bin:/v/bin", "/v")
    assert "PYTHONHOME" not in found


def test_the_environment_that_holds_hookflow_is_taken_off_the_path() -> None:
    """Wherever it stands there, with or without a slash at its end."""
    around = surroundings({"PATH": "/a:/own/bin/:/b:/own/bin", "VIRTUAL_ENV": "/own"}, own_venv_programs="/own/bin")
    found = environment.step_environment(STEP, around)
    assert found["PATH"] == "/a:/b"
    assert "VIRTUAL_ENV" not in found


def test_empty_entries_of_the_path_are_dropped() -> None:
    """They would mean the working directory, whose programs nobody asked for."""
    assert environment.step_environment(STEP, surroundings({"PATH": ":/a::/b:"}))["PATH"] == "/a:/b"


@pytest.mark.parametrize(
    ("inherited", "colour", "forced"),
    [({}, True, True), ({}, False, False), ({"NO_COLOR": "1"}, True, False)],
)
def test_colours_are_asked_for_where_they_are_seen(inherited, colour, forced) -> None:
    """Unless a person wants none."""
    found = environment.step_environment(STEP, surroundings(inherited, colour=colour))
    assert (found.get("FORCE_COLOR") == found.get("CLICOLOR_FORCE") == "1") is forced


def test_no_setting_changes_what_hookflow_says_of_itself() -> None:
    """The step's name and run are what they are."""
    mine = {"HOOKFLOW": "0", "HOOKFLOW_STEP": "t", "HOOKFLOW_RUN": "q", "HOOKFLOW_STAGE": "manual"}
    found = environment.step_environment(Step(name="s", run="x", env=mine), surroundings(mine))
    assert {name: found[name] for name in mine} == {
        "HOOKFLOW": "1",
        "HOOKFLOW_STEP": "s",
        "HOOKFLOW_RUN": "r",
        "HOOKFLOW_STAGE": "pre-commit",
    }

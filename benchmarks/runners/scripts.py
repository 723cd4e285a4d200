"""Runners of scripts: poe of pyproject.toml's, turbo and wireit of package.json's."""

import json
import shlex
from typing import Any

from benchmarks.installed import Programs
from benchmarks.work import Setup, Step, Work

_QUIET = {"TURBO_TELEMETRY_DISABLED": "1", "DO_NOT_TRACK": "1", "NPM_CONFIG_UPDATE_NOTIFIER": "false"}


def poe(work: Work, programs: Programs) -> Setup:
    """Groups at once, one group after another."""
    lines = ["[tool.poe.tasks]"]
    lines += [f"{json.dumps(step.name)} = {json.dumps(shlex.join(step.command))}" for step in work.steps]
    groups = [_poe_group(level) for level in work.levels()]
    lines.append(f"[tool.poe.tasks.all-of-them]\nsequence = [{', '.join(groups)}]")
    return Setup([str(programs.paths["poe"]), "-q", "all-of-them"], {"pyproject.toml": "\n".join([*lines, ""])})


def _poe_group(level: list[Step]) -> str:
    names = json.dumps([step.name for step in level])
    return json.dumps(level[0].name) if len(level) == 1 else f"{{ parallel = {names} }}"


def turbo(work: Work, programs: Programs) -> Setup:
    """A repository of one package; each of its steps is started through npm, as turbo does it."""
    tasks = {step.name: {"dependsOn": [*step.needs], **_turbo_inputs(work)} for step in work.steps}
    options = ["--no-daemon", f"--concurrency={work.jobs}", "--env-mode=loose", "--output-logs=errors-only"]
    names = [step.name for step in work.steps]
    command = [str(programs.paths["turbo"]), "run", *names, *options, *([] if work.may_replay else ["--force"])]
    return Setup(command, {"turbo.json": json.dumps({"tasks": tasks}), **_package(work)}, _QUIET)


def _turbo_inputs(work: Work) -> dict[str, Any]:
    return {"inputs": [f"{work.input_folder}/**"]} if work.input_folder else {}


def wireit(work: Work, programs: Programs) -> Setup:
    """Started through npm, as its documentation says."""
    del programs  # npm finds it on PATH
    parallel = {"WIREIT_PARALLEL": str(work.jobs), "WIREIT_LOGGER": "quiet"}
    return Setup(["npm", "run", "--silent", _wireit_name("all")], _package(work), {**_QUIET, **parallel})


def _wireit_name(name: str) -> str:
    return f"wireit-{name}"


def _package(work: Work) -> dict[str, str]:
    """The package.json of both: turbo runs the scripts themselves, wireit others that stand for them."""
    scripts = {step.name: shlex.join(step.command) for step in work.steps}
    wired = {_wireit_name(step.name): _wired(step, work) for step in work.steps}
    wired[_wireit_name("all")] = {"dependencies": [*wired]}
    content = {
        "name": "benchmark",
        "version": "1.0.0",
        "private": True,
        "packageManager": "npm@10.0.0",
        "scripts": scripts | dict.fromkeys(wired, "wireit"),
        "wireit": wired,
    }
    return {"package.json": json.dumps(content)}


def _wired(step: Step, work: Work) -> dict[str, Any]:
    """Without `files` a script is never fresh, so it always runs."""
    script: dict[str, Any] = {"command": shlex.join(step.command)}
    script["dependencies"] = [_wireit_name(name) for name in step.needs]
    if work.may_replay:
        script |= {"files": [f"{work.input_folder or '.'}/**"], "output": [], "packageLocks": []}
    return script

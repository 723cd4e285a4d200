"""Runners of git hooks. JSON is YAML, so theirs is written as JSON."""

import json
import shlex
from typing import Any

from benchmarks.installed import Programs
from benchmarks.work import Setup, Step, Work


def hookflow(work: Work, programs: Programs) -> Setup:
    """This project, called as its git hook calls it."""
    lines = ["[tool.hookflow]", "parallel = true", f"jobs = {work.jobs}"]
    for step in work.steps:
        key = "modifies = true\nstage-fixed = true\n" if step.writes else ""
        lines.append(
            f"[tool.hookflow.steps.{step.name}]\n"
            f"run = {json.dumps([*step.command, *(['{files}'] if step.takes_files else [])])}\n"
            f"needs = {json.dumps([*step.needs])}\n" + (f'files = ["*{step.suffix}"]\n' if step.suffix else "") + key
        )
    scope = "--all-files" if work.all_files else "--staged"
    command = [str(programs.paths["hookflow"]), "-P", "-m", "hookflow", "run", scope]
    # --refresh: no result is taken from the cache, but each is stored, as the first time.
    return Setup([*command, *([] if work.may_replay else ["--refresh"])], {"pyproject.toml": "\n".join(lines)})


def lefthook(work: Work, programs: Programs) -> Setup:
    """Everything at once; where there is an order, groups at once, one group after another."""
    levels = work.levels()
    if not work.is_graph:
        hook: dict[str, Any] = {"parallel": True, "jobs": [_lefthook_job(step) for step in work.steps]}
    else:
        hook = {"piped": True, "jobs": [_lefthook_group(level) for level in levels]}
    command = [str(programs.paths["lefthook"]), "run", "pre-commit", *(["--all-files"] if work.all_files else [])]
    return Setup(command, {"lefthook.yml": json.dumps({"pre-commit": hook})})


def _lefthook_group(level: list[Step]) -> dict[str, Any]:
    if len(level) == 1:
        return _lefthook_job(level[0])
    return {"group": {"parallel": True, "jobs": [_lefthook_job(step) for step in level]}}


def _lefthook_job(step: Step) -> dict[str, Any]:
    command = shlex.join(step.command) + (" {staged_files}" if step.takes_files else "")
    job: dict[str, Any] = {"name": step.name, "run": command}
    return job | ({"glob": f"*{step.suffix}"} if step.suffix else {}) | ({"stage_fixed": True} if step.writes else {})


def pre_commit(work: Work, programs: Programs) -> Setup:
    """One hook after another; the files of one hook are spread over the CPUs."""
    hooks = [_hook(step) for step in work.steps]
    content = json.dumps({"repos": [{"repo": "local", "hooks": hooks}]})
    command = [str(programs.paths["pre-commit"]), "run", *(["--all-files"] if work.all_files else [])]
    return Setup(command, {".pre-commit-config.yaml": content})


def prek(work: Work, programs: Programs) -> Setup:
    """Hooks of the same priority at once, one priority after another."""
    lines = []
    for priority, level in enumerate(work.levels()):
        for step in level:
            pairs = {**_hook(step), "priority": priority}
            lines.append("{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in pairs.items()) + " }")
    content = '[[repos]]\nrepo = "local"\nhooks = [\n  ' + ",\n  ".join(lines) + ",\n]\n"
    command = [str(programs.paths["prek"]), "run", *(["--all-files"] if work.all_files else [])]
    return Setup(command, {"prek.toml": content}, {"PREK_CONCURRENT_HOOKS": str(work.jobs)})


def _hook(step: Step) -> dict[str, Any]:
    hook: dict[str, Any] = {"id": step.name, "name": step.name, "entry": shlex.join(step.command)}
    hook |= {"language": "system", "pass_filenames": step.takes_files}
    return hook | ({"files": step.suffix.replace(".", r"\.") + "$"} if step.suffix else {})


def lint_staged(work: Work, programs: Programs) -> Setup:
    """Globs at once, and it always passes files. A glob is a key: those that are alike are told apart by a list."""
    tasks = {f"*{{{step.suffix},.no{number}}}": shlex.join(step.command) for number, step in enumerate(work.steps)}
    command = [str(programs.paths["lint-staged"]), "--concurrent", str(work.jobs)]
    return Setup(command, {".lintstagedrc.json": json.dumps(tasks)})

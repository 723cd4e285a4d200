"""Builders: runners of graphs that know nothing of git."""

import shlex
from typing import Any

from benchmarks.installed import Programs
from benchmarks.work import Setup, Step, Work


def ninja(work: Work, programs: Programs) -> Setup:
    """A step without a file that it makes runs every time; one that may be replayed makes a stamp."""
    lines = ["rule run", "  command = $words"]
    if work.inputs:
        lines.append(f"build inputs: phony {' '.join(work.inputs)}")
    for step in work.steps:
        words = shlex.join(step.command) + (f" && touch .stamps/{step.name}" if work.may_replay else "")
        after = " ".join(f".stamps/{name}" for name in step.needs)
        lines.append(f"build .stamps/{step.name}: run{' inputs' if work.inputs else ''} | {after}\n  words = {words}")
    command = [str(programs.paths["ninja"]), f"-j{work.jobs}"]
    return Setup(command, {"build.ninja": "\n".join([*lines, ""])})


def make(work: Work, programs: Programs) -> Setup:
    """The same, for make, with stamps of its own."""
    names = " ".join(f".made/{step.name}" for step in work.steps)
    # All inputs decide one stamp, and that one the others, so that make looks at each of them once.
    lines = [f"all: {names}", "" if work.may_replay else f".PHONY: {names}"]
    lines += [f".made/inputs: {' '.join(work.inputs)}\n\ttouch $@"] if work.inputs else []
    lines += [_make_rule(step, work) for step in work.steps]
    files = {"Makefile": "\n".join([*lines, ""]), ".made/.kept": ""}  # ninja makes such folders, make does not
    return Setup([str(programs.paths["make"]), "-s", f"-j{work.jobs}"], files)


def _make_rule(step: Step, work: Work) -> str:
    after = [*([".made/inputs"] if work.inputs else []), *(f".made/{name}" for name in step.needs)]
    stamped = " && touch $@" if work.may_replay else ""
    return f".made/{step.name}: {' '.join(after)}\n\t{shlex.join(step.command)}{stamped}"


def doit(work: Work, programs: Programs) -> Setup:
    """Its tasks in threads, which it starts faster than processes."""
    tasks = [_doit_task(step, work) for step in work.steps]
    content = f"INPUTS = {[*work.inputs]!r}\nTASKS = {tasks!r}\n" + _DODO
    parallel = ["-n", str(work.jobs), "-P", "thread"] if work.jobs > 1 else []
    return Setup([str(programs.paths["doit"]), "run", *parallel], {"dodo.py": content})


def _doit_task(step: Step, work: Work) -> dict[str, Any]:
    task: dict[str, Any] = {"name": step.name, "actions": [[*step.command]]}
    task["task_dep"] = [f"step:{name}" for name in step.needs]
    return task | ({"replay": True} if work.may_replay else {})


_DODO = """

def task_step():
    for task in TASKS:
        yield {**task, "file_dep": INPUTS} if task.pop("replay", False) else task
"""

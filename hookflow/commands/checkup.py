"""What ``hookflow doctor`` looks at in a repository: hooks, work tree, locks, virtual environment, git's settings."""

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Literal

from hookflow.adapters import githooks, locks
from hookflow.adapters.git_command import GitCommand, GitError
from hookflow.adapters.lockfile import Holder
from hookflow.adapters.repository import Repository
from hookflow.core import display, porcelain
from hookflow.core.config import GIT_HOOKS, Config, Resource
from hookflow.core.errors import HookflowError
from hookflow.core.structs import Struct

_PATIENCE = 10.0  # seconds for an interpreter to start
_OFF = {"", "false", "no", "off", "0"}
_SETTINGS = {
    "core.fsmonitor": "hookflow's own git calls do not use it",
    "diff.external": "hookflow's own git calls do not run it",
    "core.autocrlf": "line ends in the work tree differ from those in commits; steps see the work tree's",
}

Level = Literal["ok", "note", "PROBLEM"]


class Finding(Struct, frozen=True):
    """What came of one check; only a PROBLEM keeps hookflow from working."""

    level: Level
    check: str
    text: str


ok = partial(Finding, "ok")
note = partial(Finding, "note")
problem = partial(Finding, "PROBLEM")


def hooks(found: Repository, config: Config) -> Iterator[Finding]:
    """Are the hooks in place that the configuration uses, and do they call a hookflow that is there?"""
    setting = found.hooks_path_setting()
    if setting is not None:
        yield note("core.hooksPath", f"{setting}: git looks for hooks there, and `hookflow install` puts them there")
    for stage in dict.fromkeys(stage for step in config.steps for stage in step.stages):
        if stage in GIT_HOOKS:
            yield _hook(found.hooks_dir / stage, stage)


def _hook(place: Path, stage: str) -> Finding:
    check = f"hook {stage}"
    if not githooks.is_ours(place):
        if os.path.lexists(place):
            return note(check, f"{place} is not hookflow's; `hookflow install` keeps it, and runs it first")
        return note(check, "not installed; `hookflow install` does it")
    text = place.read_text(encoding="utf-8", errors="replace")
    python = _interpreter(text)
    if python is None or text != githooks.script(stage, python):
        return problem(check, f"{place} is another version's, or was edited; run `hookflow install`")
    if not os.access(place, os.X_OK):
        return problem(check, f"{place} is not executable, so git passes it over; run `hookflow install`")
    if not _runs(python, "-P", "-c", "import hookflow.cli"):
        return problem(check, f"it calls {python}, which does not run hookflow (any more); run `hookflow install`")
    return ok(check, f"installed, calls {python}")


def _interpreter(script: str) -> str | None:
    """The interpreter that an installed hook names; None where it names none."""
    named = re.search(r"^python=(.*)$", script, re.MULTILINE)
    try:
        words = shlex.split(named[1]) if named else []
    except ValueError:  # quotes that do not close
        return None
    return words[0] if len(words) == 1 else None


def _runs(python: str | Path, *arguments: str) -> bool:
    """Whether an interpreter is there and comes to a good end."""
    try:
        done = subprocess.run(
            [python, *arguments], capture_output=True, stdin=subprocess.DEVNULL, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def work_tree(found: Repository) -> Iterator[Finding]:
    """What has a run, or git, left that is in the way?"""
    lock = _tree_lock(found.git_dir)
    yield lock
    yield _hidden(found.git_dir, goes_on=lock.level == "note")
    yield _index(found)


def _tree_lock(git_dir: Path) -> Finding:
    """Who has the work tree? A note where someone has."""
    try:
        busy = locks.TreeLock(git_dir).in_use()
    except HookflowError as error:
        return problem("work tree lock", str(error))
    return ok("work tree lock", "free") if busy is None else note("work tree lock", f"held by {_named(busy.holders)}")


def _hidden(git_dir: Path, *, goes_on: bool) -> Finding:
    found = _leftovers(git_dir)
    if not found:
        return ok("hidden changes", "none")
    shown = ", ".join(map(str, found))
    if goes_on:
        return note("hidden changes", f"in {shown}: a run goes on, and puts them back at its end")
    return problem("hidden changes", f"an interrupted run left them in {shown}; `hookflow recover` puts them back")


def _leftovers(git_dir: Path) -> list[Path]:
    """The directories in which a run keeps a journal of what it has hidden."""
    return sorted(journal.parent for journal in (git_dir / "hookflow" / "hidden").glob("*/journal.json"))


def _index(found: Repository) -> Finding:
    try:
        listed = GitCommand(found.root).ask("ls-files", "--unmerged", "-z")
    except GitError as error:
        return problem("index", f"git cannot read it: {error}")
    unmerged = {entry.partition("\t")[2] for entry in porcelain.names(listed)}
    if unmerged:
        shown = display.count(len(unmerged), "unmerged path")
        return note("index", f"{shown}: resolve the conflicts and `git add` them before a run")
    lock = found.git_dir / "index.lock"
    if os.path.lexists(lock):
        return note("index", f"{lock} is there: if no git is at work here, one was interrupted; remove the file")
    return ok("index", "nothing unmerged, not locked")


def resources(found: Repository, config: Config) -> Iterator[Finding]:
    """Who holds what other runs compete for?"""
    for resource in config.resources.values():
        if resource.scope != "run":
            yield _resource(found, resource)


def _resource(found: Repository, resource: Resource) -> Finding:
    check = f"resource {resource.name}"
    try:
        shared = resource.scope == "repository"
        directory = locks.repository_directory(found.common_dir) if shared else locks.machine_directory()
        used = locks.slots_in_use(directory, resource.name, resource.slots)
    except HookflowError as error:
        return problem(check, str(error))
    if not used:
        return ok(check, f"free ({display.count(resource.slots, 'slot')})")
    known = tuple(dict.fromkeys(holder for holder in used if holder is not None))
    return note(check, f"{len(used)} of {display.count(resource.slots, 'slot')} held by {_named(known)}")


def _named(holders: tuple[Holder, ...]) -> str:
    return ", ".join(f"run {holder.run} (process {holder.pid})" for holder in holders) or "a run that has left no name"


def virtual_environment(root: Path, config: Config) -> Finding:
    """Is the virtual environment there that steps are to use, and does its interpreter run?"""
    check = "venv"
    if config.venv is False:
        return ok(check, "none wanted (venv = false)")
    try:
        path = root / (".venv" if config.venv == "auto" else Path(str(config.venv)).expanduser())
    except RuntimeError:
        return problem(check, f"{config.venv}: whose home directory that is, is not known; write the path out")
    python = path / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if _runs(python, "-I", "-c", ""):  # as a step gets it: PYTHONHOME of our own is not for it
        return ok(check, f"{path}: its programs come first on PATH")
    if os.path.lexists(path):
        return problem(check, f"{python} does not run; make the virtual environment anew, or say venv = false")
    if config.venv == "auto":
        return note(check, "no .venv in the repository: steps find their programs on PATH")
    return problem(check, f"{path}: there is no such virtual environment; make it, or change venv")


def settings(git: GitCommand) -> Iterator[Finding]:
    """What in git's configuration changes what is run or compared?"""
    for name, meaning in _SETTINGS.items():
        value = _setting(git, name)
        if value.lower() not in _OFF:
            yield note(name, f"{value}: {meaning}")
    drivers = sorted(git.filter_drivers)
    if drivers:
        meaning = "hookflow's own git calls do not run them, and files under a filter are not hidden"
        yield note("filter drivers", f"{', '.join(drivers)}: {meaning}")


def _setting(git: GitCommand, name: str) -> str:
    """A value of the configuration's files, "" where there is none; what our own command lines set is passed over."""
    try:
        fields = porcelain.text(git.ask("config", "-z", "--show-scope", "--get-all", name)).split("\0")
    except GitError:
        return ""
    # Not by way of `names`: a value may be empty.
    values = [value for scope, value in zip(fields[0::2], fields[1::2], strict=False) if scope != "command"]
    return values[-1] if values else ""

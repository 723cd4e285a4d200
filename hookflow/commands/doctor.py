"""``hookflow doctor``: what on this machine would keep hookflow from working, a line for each thing looked at."""

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import hookflow
from hookflow.adapters import machine, runs
from hookflow.adapters.git_command import GitCommand, GitError
from hookflow.adapters.repository import Repository
from hookflow.commands import checkup, preparation
from hookflow.commands.checkup import Finding, note, ok, problem
from hookflow.commands.options import Place
from hookflow.core import display, porcelain
from hookflow.core.config import Config
from hookflow.core.errors import ConfigurationError, HookflowError

_LEAST_GIT = (2, 31)  # rev-parse --path-format
_LEAST_SPACE = 100 << 20  # bytes; below, logs and the cache may not fit
_LEAST_FILES = 64  # open at once: a few per step that runs
_BROKEN = 3


def doctor(place: Place) -> int:
    """Print a line a check; returns 3 if one of them found a problem, else 0."""
    findings = list(_findings(place))
    encoding = _encoding()
    for line in display.columns((found.check, found.level, _one_line(found.text)) for found in findings):
        print(line.encode(encoding, "backslashreplace").decode(encoding))
    return _BROKEN if any(found.level == "PROBLEM" for found in findings) else 0


def _findings(place: Place) -> Iterator[Finding]:
    yield ok("hookflow", f"{hookflow.__version__}, Python {platform.python_version()} ({sys.executable})")
    git = _git(place.directory)
    yield git
    if git.level == "PROBLEM":
        yield note("repository", "not looked at: that needs git")
    else:
        yield from _around_repository(place)
    yield from _machine()


def _around_repository(place: Place) -> Iterator[Finding]:
    chosen = os.environ.get("HOOKFLOW_STATE_DIR")
    try:
        found = Repository(place.directory)
    except HookflowError as error:
        yield problem("repository", str(error))
        if chosen:
            yield from _state(Path(chosen).absolute())
        return
    yield ok("repository", f"{found.root} (git directory {found.git_dir})")
    config, finding = _configuration(place)
    yield finding
    yield from checkup.hooks(found, config)
    yield from _state(runs.state_directory(found.common_dir, chosen))
    yield from checkup.work_tree(found)
    yield from checkup.resources(found, config)
    yield checkup.virtual_environment(found.root, config)
    yield from checkup.settings(GitCommand(found.root))


def _git(directory: Path) -> Finding:
    """Is there a git, and is it new enough?"""
    try:
        said = porcelain.text(GitCommand(directory).ask("version")).strip()
    except (HookflowError, GitError) as error:
        return problem("git", str(error))
    number = re.search(r"(\d+)\.(\d+)", said)
    if number is None:
        return note("git", f"{said}: no version that hookflow can read")
    if (int(number[1]), int(number[2])) < _LEAST_GIT:
        return problem(
            "git", f"{said} ({shutil.which('git')}) is too old; install {_LEAST_GIT[0]}.{_LEAST_GIT[1]} or newer"
        )
    return ok("git", f"{said.removeprefix('git version ')} ({shutil.which('git')})")


def _configuration(place: Place) -> tuple[Config, Finding]:
    """The configuration, or in its place the defaults; and what there is to say of it."""
    try:
        project = preparation.open_project(place)
    except ConfigurationError as error:
        count, first = len(error.problems), error.lines[0]
        more = f"{display.count(count, 'error')}; `hookflow validate` shows them; the first: " if count > 1 else ""
        return Config(), problem("configuration", more + first)
    return project.config, ok("configuration", f"{project.file}: {display.count(len(project.config.steps), 'step')}")


def _state(state: Path) -> Iterator[Finding]:
    """Can state be written (by writing, where it would be made if it is not there), and is there room?"""
    try:
        existing = next(path for path in (state, *state.parents) if path.exists())
        with tempfile.TemporaryFile(dir=existing) as file:
            file.write(b"hookflow")
            file.flush()
        free = shutil.disk_usage(existing).free
    except OSError as error:
        why = f"cannot be written ({error.strerror}), so there are no logs and no cache"
        yield problem("state directory", f"{state} {why}; set HOOKFLOW_STATE_DIR to a directory that can")
        return
    yield ok("state directory", f"{state} can be written")
    shown = f"{free >> 20:,} MiB free"
    if free < _LEAST_SPACE:
        yield note("disk space", f"{shown} at {existing}: logs and cached results may not fit; make room")
    else:
        yield ok("disk space", shown)


def _machine() -> Iterator[Finding]:
    usable, there = machine.usable_cpus(), os.cpu_count()
    yield ok("CPUs", f"{usable} of {there} (affinity, or a cgroup's quota)" if usable != there else f"{usable}")
    yield ok("arguments", f"{machine.argument_room(os.environ) >> 10:,} KiB of file names for one process")
    yield _open_files()
    if not os.environ.get("HOME"):
        yield note("home", "HOME is not set: git does not see your own settings, nor programs your caches")
    yield _terminal()


def _open_files() -> Finding:
    most = os.sysconf("SC_OPEN_MAX")
    if 0 <= most < _LEAST_FILES:
        return note("open files", f"at most {most}: too few for many steps at once; `ulimit -n` raises it")
    return ok("open files", f"at most {most:,}" if most >= 0 else "no limit")


def _terminal() -> Finding:
    encoding = _encoding()
    if encoding.lower().replace("-", "") == "utf8":
        return ok("encoding", encoding)
    return note("encoding", f"{encoding}: what it has no letters for is shown as escapes; a UTF-8 locale shows it")


def _encoding() -> str:
    return sys.stdout.encoding or "ascii"


def _one_line(text: str) -> str:
    return display.printable(" ".join(line.strip() for line in text.splitlines()))

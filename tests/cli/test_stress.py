"""Killed at any moment, alone or two at once, a run leaves the work tree and the index as they were.

`HOOKFLOW_TEST_KILLS` says how often (200 takes less than two minutes); `HOOKFLOW_TEST_SEED` which moments.
"""

import os
import random
import shutil
import signal
import stat
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from project import HOOKFLOW, Project

KILLS = int(os.environ.get("HOOKFLOW_TEST_KILLS", "24"))
SEED = int(os.environ.get("HOOKFLOW_TEST_SEED", "20261125"))

Tree = dict[bytes, tuple[int, bytes]]


def tree(project: Project) -> Tree:
    """Every file of the work tree with type, mode and content; the index, the stash, refs and HEAD."""
    found: Tree = {}
    for directory, names, files in os.walk(os.fsencode(project.path)):
        if b".git" in names:
            names.remove(b".git")
        links = [name for name in names if (Path(os.fsdecode(directory)) / os.fsdecode(name)).is_symlink()]
        for name in [*files, *links]:
            path = Path(os.fsdecode(directory), os.fsdecode(name))
            with suppress(FileNotFoundError):  # a guardian may be at work
                mode = path.lstat().st_mode
                content = os.fsencode(path.readlink()) if stat.S_ISLNK(mode) else path.read_bytes()
                found[os.fsencode(path)] = (mode, content)
    for about in (("ls-files", "-s", "-z"), ("stash", "list"), ("show-ref",), ("symbolic-ref", "HEAD")):
        found[" ".join(about).encode()] = (0, project.git(*about, check=False).encode("utf-8", "surrogateescape"))
    return found


@pytest.fixture
def messy(project: Project) -> Project:
    """Partially staged, renamed, deleted, binary and odd-named files, and two steps that take a moment."""
    project.configure(
        "parallel = true\ncache = false\n"
        '[steps.read]\nrun = "cat {files} > /dev/null; sleep 0.1 & wait"\nfiles = ["*"]\n'
        '[steps.write]\nrun = "sleep 0.05; echo out > .git/out"\nfiles = ["*"]'
    )
    names = ["plain", "a b", " lead", "trail ", "new\nline", 'quo"te', "$(touch x)", "-dash", "sub/deep/file", "日本"]
    for name in names:
        project.write(name, f"committed {name}\n" * 30)
    (project.path / os.fsdecode(b"not-\xff-utf8")).write_bytes(b"committed\n")
    project.write("binary", bytes(range(256)) * 40)
    for name in ("gone", "old", "mode", "link"):
        project.write(name, f"{name}\n" * 5)
    project.commit()
    for name in names[:6]:
        project.write(name, f"staged {name}\n" * 30)
    project.git("add", "-A")
    project.git("mv", "old", "renamed")
    for name in names[2:]:
        project.write(name, f"unstaged {name}\n" * 30)
    (project.path / os.fsdecode(b"not-\xff-utf8")).write_bytes(b"unstaged\n")
    project.write("binary", bytes(reversed(range(256))) * 40, mode=0o700)
    (project.path / "gone").unlink()
    shutil.rmtree(project.path / "sub")
    (project.path / "mode").chmod(0o755)
    (project.path / "link").unlink()
    (project.path / "link").symlink_to("plain")
    project.write("renamed", "renamed and edited\n")
    project.write("untracked", "untracked\n")
    return project


def start(project: Project) -> subprocess.Popen[bytes]:
    """A run of what is staged."""
    return subprocess.Popen(
        [*HOOKFLOW, "run", "--staged"],
        cwd=project.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def guardian_of(pid: int) -> list[int]:
    """The children of a run that are sessions of their own and hookflow themselves: its guardian."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit():
                fields = (entry / "stat").read_bytes().rpartition(b")")[2].split()
                if int(fields[1]) == pid and b"hookflow" in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
        except OSError:
            continue
    return found


def wait_until_back(project: Project, before: Tree) -> None:
    """Within two seconds, by the guardian; it may still be at work when the runner has gone."""
    end = time.monotonic() + 2
    while tree(project) != before and time.monotonic() < end:
        time.sleep(0.02)


@pytest.mark.timeout(300)
def test_killed_at_random_moments_everything_is_back(messy: Project) -> None:
    """By the guardian within two seconds; where that is killed too, by the next command."""
    chance = random.Random(SEED)
    before = tree(messy)
    hidden = messy.path / ".git" / "hookflow" / "hidden"
    hidden_once = 0
    for number in range(KILLS):
        run = start(messy)
        if number % 2:  # a moment at which something is surely hidden, or just not any more
            end = time.monotonic() + 10
            while not any(hidden.glob("*/journal.json")) and run.poll() is None and time.monotonic() < end:
                time.sleep(0.002)
        time.sleep(chance.uniform(0.0, 0.1) if number % 2 else chance.uniform(0.05, 0.6))
        with_guardian = number % 4 == 3
        victims = guardian_of(run.pid) if with_guardian else []
        for pid in (run.pid, *victims):
            try:
                os.kill(pid, chance.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM]) if pid == run.pid else 9)
            except ProcessLookupError:
                continue
        run.wait(timeout=20)
        hidden_once += any(hidden.glob("*/journal.json"))
        if with_guardian:
            messy.hookflow("recover")
        wait_until_back(messy, before)
        assert tree(messy) == before, f"kill {number} of seed {SEED}"
        assert not (messy.path / ".git" / "index.lock").exists()
    assert hidden_once > 0, "no kill came while anything was hidden"
    assert messy.hookflow("run", "--staged").code == 0
    assert tree(messy) == before


@pytest.mark.timeout(300)
def test_two_runs_at_once_and_one_is_killed(messy: Project) -> None:
    """The other goes on, and both leave everything as it was."""
    chance = random.Random(SEED + 1)
    before = tree(messy)
    for number in range(max(4, KILLS // 8)):
        runs = [start(messy), start(messy)]
        time.sleep(chance.uniform(0.1, 0.8))
        runs[0].kill()
        codes = [run.wait(timeout=30) for run in runs]
        wait_until_back(messy, before)
        assert tree(messy) == before, f"kill {number} of seed {SEED}"
        assert codes[1] == 0

"""What else must survive: large outputs, many files, no room, odd repositories, shared resources."""

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from project import HOOKFLOW, Project

MEGABYTE = 1024 * 1024


MEASURING = """
import os, subprocess, sys
run = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(run.pid, 0)
print(os.waitstatus_to_exitcode(status), usage.ru_maxrss * 1024)
"""


def measured(project: Project, *arguments: str) -> tuple[int, float, int]:
    """Exit code, seconds and the peak memory in bytes of hookflow alone (its steps are its children's children).

    On Linux ru_maxrss of a process begins with what its parent had when it was forked, so a small one is between.
    """
    began = time.monotonic()
    told = subprocess.run(
        [sys.executable, "-c", MEASURING, *HOOKFLOW, *arguments],
        cwd=project.path,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    code, memory = told.stdout.split()
    return int(code), time.monotonic() - began, int(memory)


@pytest.mark.slow
@pytest.mark.parametrize("code", [0, 1])
def test_an_output_of_a_gibibyte_costs_no_memory(project: Project, code: int) -> None:
    """The log is complete, and a failure shows its end."""
    project.configure(
        f"[steps.loud]\nrun = \"head -c 1073741824 /dev/zero | tr '\\\\0' x; echo; echo end; exit {code}\""
    )
    project.write("x")
    exit_code, _, memory = measured(project, "run")
    assert exit_code == code
    assert memory < 100 * MEGABYTE
    log = project.state / "latest" / "loud.log"
    assert log.stat().st_size == 1073741824 + len("\nend\n")
    with log.open("rb") as file:
        file.seek(-6, os.SEEK_END)
        assert file.read() == b"x\nend\n"
    log.unlink()


def test_one_endless_line_and_binary_are_shown_capped(project: Project) -> None:
    """Whatever a step prints, the screen gets a short and harmless text."""
    project.configure('[steps.loud]\nrun = "head -c 20000000 /dev/urandom; false"')
    project.write("x")
    done = project.hookflow("run")
    assert done.code == 1
    assert len(done.out) < 300_000
    assert "\x1b" not in done.out
    assert (project.state / "latest" / "loud.log").stat().st_size == 20_000_000


def test_a_step_that_reads_gets_the_end_of_the_file(project: Project) -> None:
    """And one that asks the terminal an error; neither hangs."""
    project.configure('[steps.reads]\nrun = "cat; read x; true"\n[steps.asks]\nrun = "read x < /dev/tty"')
    project.write("x")
    done = project.run("setsid", "-w", *HOOKFLOW, "run")
    assert done.code == 1
    assert project.outcomes() == {"reads": "passed", "asks": "failed"}


@pytest.mark.slow
def test_two_hundred_thousand_files_are_each_passed_once(project: Project) -> None:
    """Split at the system's limit on arguments."""
    project.configure('[steps.show]\nrun = ["printf", "%s\\\\n", "{files}"]\nfiles = ["*.txt"]')
    for directory in range(200):
        (project.path / f"d{directory}").mkdir()
        for number in range(1000):
            (project.path / f"d{directory}" / f"file-{number}.txt").touch()
    code, _, memory = measured(project, "run")
    assert code == 0
    assert memory < 250 * MEGABYTE
    lines = project.log("show").split()
    assert len(lines) == len(set(lines)) == 200_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    place = tmp_path / "small"
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("mounting a small file system takes root")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], check=False)
    if done.returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_full_disk_refuses_clearly_or_does_without(small_disk: Path) -> None:
    """What is staged is too large to be put in place: nothing is changed, and it is said."""
    project = Project.create(small_disk / "project")
    project.configure('[steps.a]\nrun = "true"')
    project.write("big", os.urandom(200_000))
    project.commit()
    project.write("big", b"unstaged")
    project.write("x", "x")
    project.git("add", "x")
    filler = small_disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(b"x" * 4096):
            pass
    done = project.hookflow("run", "--staged")
    assert done.code == 3
    assert "Traceback" not in done.text
    assert (project.path / "big").read_bytes() == b"unstaged"
    filler.unlink()
    assert project.hookflow("run", "--staged").code == 0
    assert (project.path / "big").read_bytes() == b"unstaged"


def test_a_read_only_disk_is_done_without(small_disk: Path) -> None:
    """No lock, no logs, no state: steps run, a failure is shown, and it is said once."""
    project = Project.create(small_disk / "project")
    project.configure('[steps.a]\nrun = "echo shown; false"')
    project.write("x")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    done = project.hookflow("run")
    assert done.code == 1
    assert "shown" in done.out
    assert "log of a" not in done.out
    assert done.err.count("hookflow:") == done.err.count("Read-only file system") == 1


def test_without_home_and_with_a_home_that_cannot_be_written(project: Project) -> None:
    """Neither is needed."""
    project.configure('[resources]\nr = { scope = "machine" }\n[steps.a]\nrun = "true"\nuses = ["r"]')
    project.write("x")
    command = ["env", "-u", "HOME", *HOOKFLOW, "run"]
    assert project.run(*command).code == 0
    assert project.hookflow("run", HOME="/proc/nowhere").code == 0


def test_a_repository_of_someone_else_is_refused_with_a_reason(project: Project) -> None:
    """Git says dubious ownership; so do we, once."""
    if os.geteuid() != 0:
        pytest.skip("giving a directory to another user takes root")
    project.configure('[steps.a]\nrun = "true"')
    for path in (project.path, project.path / ".git"):
        os.chown(path, 65534, 65534)
    done = project.hookflow("run")
    assert (done.code, "dubious ownership" in done.err, "Traceback" in done.err) == (3, True, False)


def test_sparse_and_overlooked_files_keep_the_users_content(project: Project) -> None:
    """skip-worktree, assume-unchanged and a sparse checkout, with something else to hide."""
    project.configure('[steps.a]\nrun = "true"')
    for name in ("in/file", "out/file", "assumed", "skipped", "plain"):
        project.write(name, "committed\n")
    project.commit()
    project.git("sparse-checkout", "set", "in")
    project.git("update-index", "--assume-unchanged", "assumed")
    project.git("update-index", "--skip-worktree", "skipped")
    for name in ("assumed", "skipped", "plain"):
        project.write(name, "local\n")
    project.write("in/file", "staged\n")
    project.git("add", "in/file")
    before = {
        path: path.read_bytes() for path in project.path.rglob("*") if path.is_file() and ".git" not in path.parts
    }
    flags = project.git("ls-files", "-v")
    assert project.hookflow("run", "--staged").code == 0
    after = {path: path.read_bytes() for path in project.path.rglob("*") if path.is_file() and ".git" not in path.parts}
    assert after == before
    assert project.git("ls-files", "-v") == flags


def test_a_dirty_submodule_is_left_alone(project: Project, tmp_path: Path) -> None:
    """Its work tree is its own business."""
    library = Project.create(tmp_path / "library")
    library.write("lib.py", "committed\n")
    library.commit()
    project.configure('[steps.a]\nrun = "cat lib/lib.py"')
    project.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(library.path), "lib")
    project.commit()
    project.write("lib/lib.py", "dirty\n")
    project.write("x", "staged\n")
    project.git("add", "x")
    project.write("x", "unstaged\n")
    assert project.hookflow("run", "--staged").code == 0
    assert project.log("a") == b"dirty\n"
    assert (project.path / "lib/lib.py").read_text() == "dirty\n"
    assert (project.path / "x").read_text() == "unstaged\n"


@pytest.mark.parametrize("scope", ["repository", "machine"])
def test_a_resource_is_shared_with_other_runs(project: Project, scope: str, tmp_path: Path) -> None:
    """Never at once, whoever runs; the second says for whom it waits."""
    until = f"while [ ! -e {tmp_path}/go ]; do sleep 0.02; done"
    step = f'run = "mkdir {tmp_path}/lock && {until} && rmdir {tmp_path}/lock"\nuses = ["database"]'
    project.configure(f'[resources]\ndatabase = {{ scope = "{scope}" }}\n[steps.a]\n{step}')
    project.write("x")
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    said = tmp_path / "said"
    first = subprocess.Popen([*HOOKFLOW, "run"], cwd=project.path, stdout=subprocess.DEVNULL, env=environment)
    while not (tmp_path / "lock").exists():
        time.sleep(0.01)
    with said.open("w") as err:
        second = subprocess.Popen(
            [*HOOKFLOW, "run"], cwd=project.path, stdout=subprocess.DEVNULL, stderr=err, env=environment
        )
    while "waits for database, held by run" not in said.read_text():
        assert second.poll() is None
        time.sleep(0.01)
    (tmp_path / "go").touch()
    assert (first.wait(timeout=10), second.wait(timeout=10)) == (0, 0)
    assert said.read_text().count("waits for database") == 1
    assert f"process {first.pid}" in said.read_text()


def test_a_dead_holder_keeps_nothing(project: Project) -> None:
    """SIGKILL frees its slot at once."""
    project.configure(
        '[resources]\ndatabase = { scope = "repository" }\n[steps.a]\n'
        'run = "touch .git/a; sleep 60"\nuses = ["database"]'
    )
    project.write("x")
    first = subprocess.Popen([*HOOKFLOW, "run"], cwd=project.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not (project.path / ".git" / "a").exists():
        time.sleep(0.01)
    first.kill()
    first.wait()
    project.configure('[resources]\ndatabase = { scope = "repository" }\n[steps.a]\nrun = "true"\nuses = ["database"]')
    assert project.hookflow("run").code == 0


def test_steps_that_name_resources_in_opposite_order_do_not_wait_for_each_other(project: Project) -> None:
    """All or none is taken, so there is no deadlock."""
    resources = '[resources]\none = { scope = "repository" }\ntwo = { scope = "repository" }\n'
    steps = "".join(
        f'[steps.s{number}]\nrun = "sleep 0.05"\nuses = {uses}\n'
        for number, uses in enumerate(['["one", "two"]', '["two", "one"]'] * 3)
    )
    project.configure(resources + steps)
    project.write("x")
    runs = [
        subprocess.Popen(
            [*HOOKFLOW, "run", "-j", "4"], cwd=project.path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(3)
    ]
    assert [run.wait(timeout=40) for run in runs] == [0, 0, 0]


def state_of(pid: int) -> str:
    """A process's state letter (proc(5))."""
    return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0].decode()


def test_ctrl_z_stops_the_steps_too_and_costs_no_time_out(project: Project) -> None:
    """They are in sessions of their own, where the terminal does not reach them."""
    project.configure('[steps.a]\nrun = "echo $$ > .git/pid; exec sleep 1"\ntimeout = "2s"')
    project.write("x")
    run = subprocess.Popen([*HOOKFLOW, "run"], cwd=project.path, stdout=subprocess.DEVNULL, start_new_session=True)
    place = project.path / ".git" / "pid"
    while not place.exists() or not place.read_text().strip():
        time.sleep(0.01)
    run.send_signal(signal.SIGTSTP)
    for pid in (run.pid, int(place.read_text())):
        while state_of(pid) != "T":
            time.sleep(0.01)
    time.sleep(2.2)
    run.send_signal(signal.SIGCONT)
    assert run.wait(timeout=10) == 0
    assert project.outcomes() == {"a": "passed"}


def test_an_inherited_ignored_interrupt_is_heeded_all_the_same(project: Project) -> None:
    """A shell starts background jobs so; a person who sends the signal means it, and steps can be ended."""
    project.configure('[steps.a]\nrun = "touch .git/a; sleep 60"')
    project.write("x")
    code = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); os.execv(sys.argv[1], sys.argv[1:])"
    run = subprocess.Popen(
        [sys.executable, "-c", code, *HOOKFLOW, "run"],
        cwd=project.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not (project.path / ".git" / "a").exists():
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    assert run.wait(timeout=10) == 130


def test_a_limit_on_memory_of_files_is_no_defect(project: Project) -> None:
    """A step's log that may not grow any more ends the step, not the run."""
    project.configure('[steps.loud]\nrun = "head -c 3000000 /dev/zero"\n[steps.quiet]\nrun = "true"')
    project.write("x")
    limit = (1_000_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1])
    run = subprocess.run(
        [*HOOKFLOW, "run"], cwd=project.path, capture_output=True, check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit),
    )  # fmt: skip
    assert run.returncode == 1
    assert project.outcomes() == {"loud": "failed", "quiet": "passed"}

"""The live view of real runs, in a terminal of their own."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from project import HOOKFLOW, Project
from terminals import Terminal, terminal

# Steps that go on until the test lets them.
STEPS = """parallel = true
jobs = 2
[steps.quick]
run = "echo quick"
[steps.slow]
run = "printf 'at work \\\\033[2J\\\\n'; until test -e go; do sleep 0.05; done"
[steps.bad]
run = "until test -e fail; do sleep 0.05; done; echo trouble; exit 3"
[steps.after]
run = "true"
needs = ["bad"]
[steps.none]
run = "true"
files = ["*.none"]
"""


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal of a usual kind."""
    monkeypatch.setenv("TERM", "xterm-256color")
    with terminal(90, 24) as found:
        yield found


@pytest.fixture
def steps(project: Project) -> Project:
    """A project with those steps, and something to check."""
    project.configure(STEPS)
    project.write("x")
    project.write(".gitignore", "/go\n/fail\n")
    return project


def run(project: Project, shown: Terminal, *arguments: str, **options):
    """Start `hookflow run` in the terminal."""
    return shown.start(*HOOKFLOW, "run", *arguments, cwd=project.path, **options)


def test_a_run_from_its_start_to_its_end(steps: Project, shown: Terminal) -> None:
    """What runs is drawn, what ended stays, failures come last with what to do; nothing else stays."""
    program = run(steps, shown)
    shown.wait_shows("running    slow", "running    bad", "waiting    after  for bad", "2 of 5 done")
    assert shown.shows("at work")
    steps.write("fail")
    shown.wait_shows("blocked    after", "4 of 5 done")
    steps.write("go")
    assert shown.wait_exit(program) == 1
    stayed = shown.everything()
    log = steps.finished()["bad"]["log"]
    assert [line.split()[:2] for line in stayed[:4]] == [
        ["passed", "quick"],
        ["failed", "bad"],
        ["blocked", "after"],
        ["passed", "slow"],
    ]
    assert stayed[4:8] == [
        "--- bad: exit code 3 ---",
        "trouble",
        "--- run it again: hookflow run --changed bad",
        f"--- log of bad: {os.path.relpath(log, steps.path)}",
    ]
    assert stayed[8].startswith("failed: 1 skipped, 2 passed, 1 failed, 1 blocked in ")
    assert len(stayed) == 9 or "".join(stayed[9:]).endswith(" s")
    assert b"\x1b[2J" not in shown.raw


def test_results_go_to_a_file_while_the_terminal_shows_the_run(steps: Project, shown: Terminal) -> None:
    """With --output live; else there are plain lines where one of both is no terminal."""
    steps.write("fail")
    with (steps.path.parent / "out").open("wb") as out:
        program = run(steps, shown, "--output", "live", stdout=out)
        shown.wait_shows("running    slow")
        steps.write("go")
        assert shown.wait_exit(program) == 1
        assert shown.everything() == []
        program = run(steps, shown, stdout=out)
        assert shown.wait_exit(program) == 1
        assert shown.everything() == []


@pytest.mark.parametrize(
    ("columns", "environment", "arguments"),
    [
        (39, {}, ("--output", "live")),
        (90, {"TERM": "dumb"}, ("--output", "live")),
        (90, {"CI": "true"}, ()),
        (90, {}, ("--output", "plain")),
    ],
)
def test_plain_lines_where_nothing_can_be_drawn(
    steps: Project, shown: Terminal, columns: int, environment: dict[str, str], arguments: tuple[str, ...]
) -> None:
    """Narrow, dumb, read later, or asked for."""
    shown.resize(columns, 24)
    steps.write("fail")
    program = run(steps, shown, *arguments, env={**os.environ, "NO_COLOR": "1", **environment})
    shown.wait(lambda: any(line.startswith("blocked") for line in shown.everything()))
    steps.write("go")
    assert shown.wait_exit(program) == 1
    assert b"\x1b" not in shown.raw


def test_no_colour_and_yet_alive(steps: Project, shown: Terminal) -> None:
    """NO_COLOR is about colours, not about the cursor."""
    steps.write("fail")
    program = run(steps, shown, env={**os.environ, "NO_COLOR": "1"})
    shown.wait_shows("running    slow")
    steps.write("go")
    shown.wait_exit(program)
    assert b"m\x1b" not in shown.raw
    assert b"\x1b[0m" not in shown.raw


def test_ctrl_c_leaves_a_clean_terminal(steps: Project, shown: Terminal) -> None:
    """The picture is gone, and the cursor is there."""
    program = run(steps, shown)
    shown.wait_shows("running    slow")
    shown.type(b"\x03")
    assert shown.wait_exit(program) == 130
    assert not any(line.startswith(("running", "waiting")) for line in shown.everything())
    assert any(line.startswith("interrupted: ") for line in shown.everything())
    assert shown.raw.rstrip().count(b"\x1b[?25l") == shown.raw.count(b"\x1b[?25h")


def test_ctrl_z_and_back(steps: Project, shown: Terminal) -> None:
    """Stopped, nothing is left on the screen; it is drawn again after SIGCONT."""
    program = run(steps, shown)
    shown.wait_shows("running    slow")
    pid = program.pid  # setsid has become hookflow
    os.kill(pid, signal.SIGTSTP)
    shown.wait(lambda: _state(pid) == "T")
    assert not shown.shows("running")
    os.kill(pid, signal.SIGCONT)
    shown.wait_shows("running    slow")
    for name in ("go", "fail"):
        steps.write(name)
    assert shown.wait_exit(program) == 1


def _state(pid: int) -> str:
    """The state of a process, as proc(5) has it."""
    return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]


def test_who_waits_for_another_run_says_for_whom(project: Project, shown: Terminal) -> None:
    """And no word of it stays."""
    project.configure(
        'jobs = 2\n[resources.db]\nscope = "repository"\n'
        '[steps.hold]\nrun = "touch held; until test -e go; do sleep 0.05; done"\nuses = ["db"]'
    )
    project.write("x")
    first = run(project, shown, "--output", "quiet", stdout=-3, stderr=-3)
    shown.wait((project.path / "held").exists)
    second = run(project, shown)
    shown.wait_shows("waiting    hold  for db, held by run ")
    project.write("go")
    for program in (first, second):
        assert shown.wait_exit(program) == 0
    assert [line.split()[0] for line in shown.everything()[:2]] == ["passed", "passed:"]


def test_an_interactive_step_is_not_drawn_over(project: Project, shown: Terminal) -> None:
    """What it asks and what is typed stand on the screen as without us."""
    project.configure(
        'parallel = true\n[steps.first]\nrun = "until test -e go; do sleep 0.05; done"\n'
        '[steps.ask]\nrun = "printf \'sure? \'; read answer; test \\"$answer\\" = yes"\ninteractive = true'
    )
    project.write("x")
    program = run(project, shown)
    shown.wait_shows("running    first", "waiting    ask    to run alone")
    project.write("go")
    shown.wait_shows("sure?")
    shown.type(b"yes\n")
    assert shown.wait_exit(program) == 0
    stayed = shown.everything()
    assert [line.split()[:2] for line in stayed[:3]] == [["passed", "first"], ["sure?", "yes"], ["passed", "ask"]]


def test_a_commit_in_a_terminal_is_drawn(steps: Project, shown: Terminal) -> None:
    """Git leaves the terminal to its hooks."""
    steps.hookflow("install")
    steps.git("add", "-A")
    steps.write("fail")
    program = shown.start("git", "commit", "-q", "-m", "x", cwd=steps.path)
    shown.wait_shows("running    slow")
    steps.write("go")
    assert shown.wait_exit(program) == 1
    assert "--- run it again: hookflow run --staged bad" in shown.everything()


@pytest.mark.parametrize(
    ("arguments", "directory", "expected"),
    [
        (("--all-files",), ".", "hookflow run bad"),
        (("--files", "sub/y"), ".", "hookflow run --files sub/y -- bad"),
        (("--files", "y"), "sub", "hookflow run --files y -- bad"),
        (("--stage", "manual", "--all-files"), ".", "hookflow run --stage manual bad"),
        (("--staged", "--no-smart-execution"), ".", "hookflow run --no-smart-execution --staged bad"),
        (("--fix", "--all-files"), ".", "hookflow run --fix bad"),
    ],
)
def test_the_line_that_runs_a_step_again(
    project: Project, arguments: tuple[str, ...], directory: str, expected: str
) -> None:
    """It fails in the same way."""
    project.configure('[steps.bad]\nrun = "exit 3"\nfix = "true"\nstages = ["pre-commit", "manual"]')
    project.write("sub/y")
    project.commit()
    done = project.hookflow("run", *arguments, cwd=project.path / directory)
    line = next(line for line in done.out.splitlines() if line.startswith("--- run it again: "))
    assert line == f"--- run it again: {expected}"
    again = project.run("sh", "-c", expected, cwd=project.path / directory)
    assert (again.code, project.outcomes()) == (1, {"bad": "failed"}), again.text


def test_the_line_leads_back_from_elsewhere(project: Project) -> None:
    """To another directory, and another configuration."""
    project.configure('[steps.bad]\nrun = "exit 3"')
    project.commit()
    other = project.path.parent / "elsewhere.toml"
    other.write_bytes((project.path / "pyproject.toml").read_bytes())
    root = project.path.resolve()
    away = project.hookflow("-C", str(project.path), "run", "--all-files", cwd=project.path.parent)
    assert f"--- run it again: hookflow -C {root} run bad" in away.out
    named = project.hookflow("--config", str(other), "run", "--all-files")
    assert f"--- run it again: hookflow --config {other} run bad" in named.out


def test_rich_is_loaded_only_for_what_is_drawn(project: Project) -> None:
    """A piped run is spared it."""
    project.configure('[steps.a]\nrun = "true"')
    project.write("x")
    code = "import sys; from hookflow.cli import main; main(['run']); print('rich' in sys.modules)"
    assert project.run(sys.executable, "-P", "-c", code).out.splitlines()[-1] == "False"


def test_a_verbose_hook_shows_its_output(
    project: Project, shown: Terminal, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After its result, when the picture has gone; that of others that passed is not shown."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "home"))
    hook = {"language": "system", "pass_filenames": False, "always_run": True}
    hooks = [
        {"id": "talks", "name": "talks", "entry": "sh -c 'echo loud; until test -e go; do sleep 0.05; done'", **hook},
        {"id": "quiet", "name": "quiet", "entry": "echo silent", **hook},
    ]
    hooks[0]["verbose"] = True
    project.write(".pre-commit-config.yaml", json.dumps({"repos": [{"repo": "local", "hooks": hooks}]}))
    project.configure("pre-commit = true\nparallel = true\njobs = 2")
    program = run(project, shown, "--all-files")
    shown.wait_shows("running    talks")
    project.write("go")
    assert shown.wait_exit(program) == 0
    stayed = shown.everything()
    at = stayed.index("--- talks ---")
    assert stayed[at + 1] == "loud"
    assert any(line.startswith("passed     talks") for line in stayed[:at])
    assert "silent" not in stayed

"""Traps that other caches fell into: each could replay a lie, or write where it must not."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from project import HOOKFLOW, Project

OUTPUT = """\
global-inputs = []
[steps.s]
run = "mkdir -p out/deep; cat a.txt > out/deep/made; chmod 750 out/deep/made; echo said"
files = ["*.txt"]
outputs = ["out/**"]
[steps.reads]
run = "cat out/deep/made"
files = ["*.txt"]
inputs = ["out/deep/*"]
"""


def run(project: Project, *arguments: str, code: int = 0, **environment: str) -> dict[str, str]:
    """Run on all files; the outcomes."""
    done = project.hookflow("run", "--all-files", *arguments, **environment)
    assert done.code == code, done.text
    assert "defect" not in done.text
    return project.outcomes()


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Look until it holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def forge(project: Project, statement: str, *values: object) -> int:
    """Change the index behind hookflow's back; how many rows it was."""
    with closing(sqlite3.connect(project.state / "store.sqlite3")) as connection, connection:
        return connection.execute(statement, values).rowcount


def blobs(project: Project) -> list[Path]:
    """Every blob."""
    return [place for place in (project.state / "blobs").rglob("*") if place.is_file()]


@pytest.fixture
def made(project: Project) -> Project:
    """A step that makes a file, and one that reads it; both have passed."""
    project.configure(OUTPUT)
    project.write("a.txt", "content\n")
    project.write(".gitignore", "out/\n")
    project.commit()
    assert run(project) == {"s": "passed", "reads": "passed"}
    return project


def the_output(project: Project) -> str:
    """Content and permissions of what the step makes."""
    place = project.path / "out" / "deep" / "made"
    return f"{place.read_text()}{place.stat().st_mode & 0o777:o}"


def test_outputs_are_put_back_before_they_are_read(made: Project) -> None:
    """Whole, with their permissions, and a reader that has to run sees them."""
    (made.path / "out" / "deep" / "made").unlink()
    (made.path / "out" / "deep").rmdir()
    text = (made.path / "pyproject.toml").read_text()
    made.write("pyproject.toml", text.replace("cat out/deep/made", "cat  out/deep/made"))
    assert run(made) == {"s": "cached", "reads": "passed"}
    assert made.log("reads") == b"content\n"
    assert the_output(made) == "content\n750"


def test_an_output_that_was_changed_is_put_right_and_a_version_kept_by_git_is_not(made: Project) -> None:
    """What is tracked may be someone's work: the step has to run then, and decides itself."""
    made.write("out/deep/made", "edited\n")
    assert run(made) == {"s": "cached", "reads": "cached"}
    assert the_output(made) == "content\n750"
    made.write("out/deep/made", "my work\n")
    made.git("add", "-f", "out/deep/made")
    plan = made.hookflow("plan", "--all-files")
    assert plan.code == 0
    assert (made.path / "out" / "deep" / "made").read_text() == "my work\n"
    assert run(made)["s"] == "passed"


@pytest.mark.parametrize("harm", ["missing", "empty", "changed"])
def test_a_blob_that_is_wrong_is_a_miss(made: Project, harm: str) -> None:
    """Of the log and of the output: the step runs, and everything is right again."""
    (made.path / "out" / "deep" / "made").unlink()
    for place in blobs(made):
        if harm == "missing":
            place.unlink()
        else:
            place.write_bytes(b"" if harm == "empty" else b"forged")
    assert run(made)["s"] == "passed"  # which puts the other's log in place again: it is the same content
    assert the_output(made) == "content\n750"
    assert run(made) == {"s": "cached", "reads": "cached"}
    assert made.log("s") == b"said\n"


@pytest.mark.parametrize(
    "path",
    [
        "../escaped",
        "{outside}/escaped",
        "out/../../escaped",
        ".git/hooks/pre-commit",
        "out/.GIT/x",
        "a.txt",
        "out/link/x",
    ],
)
def test_a_forged_entry_writes_nothing(made: Project, tmp_path: Path, path: str) -> None:
    """Above, elsewhere, in git's directory, through a link, or on a file that is not declared: a miss."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (made.path / "out" / "link").symlink_to(outside)
    text = (made.path / "pyproject.toml").read_text()
    made.write("pyproject.toml", text.replace('"out/**"', '"out/deep/**", "out/link/**"'))
    (made.path / "out" / "link").unlink()
    run(made)
    (made.path / "out" / "link").symlink_to(outside)
    digest = next(place.parent.name + place.name for place in blobs(made) if place.read_bytes() == b"content\n")
    entry = [{"path": path.format(outside=outside), "mode": 0o755, "blob": digest}]
    assert forge(made, "UPDATE results SET outputs = ? WHERE step = 's'", json.dumps(entry))
    before = (made.path / "a.txt").read_text()
    done = made.hookflow("run", "--all-files", "s")
    assert "defect" not in done.text
    assert made.outcomes()["s"] == "passed"
    assert list(outside.iterdir()) == []
    assert not (tmp_path / "escaped").exists()
    assert not (made.path / ".git" / "hooks" / "pre-commit").exists()
    assert (made.path / "a.txt").read_text() == before


def test_a_pass_is_found_under_another_name_of_the_step(project: Project, tmp_path: Path) -> None:
    """With its outputs: a name decides nothing, and the old one is not in the configuration any more."""
    other = tmp_path / "other.toml"
    project.configure('[steps.old]\nrun = "echo x > made"\noutputs = ["made"]\nfiles = ["*.txt"]')
    project.write("a.txt", "")
    project.write(".gitignore", "made\n")
    project.commit()
    text = (project.path / "pyproject.toml").read_text()
    other.write_text(text)
    assert run(project, "--config", str(other)) == {"old": "passed"}
    other.write_text(text.replace("steps.old", "steps.new"))
    (project.path / "made").unlink()
    assert run(project, "--config", str(other)) == {"new": "cached"}
    assert (project.path / "made").read_text() == "x\n"


def test_a_fixer_whose_work_is_reverted_runs_again(project: Project) -> None:
    """Its run changed what it read, so its pass is not one of the old content."""
    project.configure("""\
[steps.mend]
run = "sed -i s/bad/good/ {files}"
modifies = true
stage-fixed = true
[steps.check]
run = "grep -q bad {files} && exit 1; sed -i s/bad/good/ {files}"
fix = "sed -i s/bad/good/ {files}"
stages = ["manual"]
""")
    project.write("a.txt", "bad\n")
    project.commit()
    for _ in range(2):
        project.write("a.txt", "bad\n")
        project.hookflow("run", "--files", "a.txt")
        assert project.outcomes()["mend"] in {"passed", "failed"}
        assert (project.path / "a.txt").read_text() == "good\n"
    project.hookflow("run", "--files", "a.txt")
    assert project.outcomes() == {"mend": "passed"}
    project.hookflow("run", "--files", "a.txt")
    assert project.outcomes() == {"mend": "cached"}
    project.write("a.txt", "bad\n")
    project.hookflow("run", "--files", "a.txt")
    assert (project.path / "a.txt").read_text() == "good\n"


def test_a_step_that_changes_its_own_inputs_stores_nothing_and_it_is_said(project: Project) -> None:
    """A change that was not declared, which the next run has to see."""
    project.configure('[steps.s]\nrun = "date +%N > data.txt"\nfiles = ["*.txt"]')
    project.write("data.txt", "x")
    project.commit()
    done = project.hookflow("run", "--all-files")
    assert done.code == 0
    assert "its pass is not kept: changed since it began: data.txt" in done.text
    assert run(project) == {"s": "passed"}


def test_an_input_that_is_edited_during_the_run_stores_nothing(project: Project) -> None:
    """Neither the old content nor the new one has passed."""
    project.configure("[steps.s]\nrun = 'cat a.txt; touch .git/began; while ! test -e .git/go; do sleep 0.01; done'")
    project.write("a.txt", "one\n")
    project.commit()
    running = subprocess.Popen([*HOOKFLOW, "run", "--all-files"], cwd=project.path, stderr=subprocess.PIPE, text=True)
    wait_until((project.path / ".git" / "began").exists)
    project.write("a.txt", "two\n")
    project.write(".git/go")
    _, err = running.communicate(timeout=60)
    assert running.returncode == 0
    assert project.outcomes() == {"s": "passed"}
    assert "not kept: changed since it began: a.txt" in err
    assert run(project) == {"s": "passed"}
    assert project.log("s") == b"two\n"
    project.write("a.txt", "one\n")
    assert run(project) == {"s": "passed"}


def test_two_runs_store_the_same_key_at_once(project: Project) -> None:
    """Both pass, and the result is there once and whole."""
    project.configure('[steps.s]\nrun = "echo said; echo x > made"\noutputs = ["made"]')
    project.write(".gitignore", "made\n")
    project.commit()
    command = [*HOOKFLOW, "run", "--all-files", "--refresh"]
    both = [subprocess.Popen(command, cwd=project.path, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for _ in "ab"]
    texts = [each.communicate(timeout=60)[0] for each in both]
    assert [each.returncode for each in both] == [0, 0], texts
    assert run(project) == {"s": "cached"}
    assert "1 results" in project.hookflow("cache", "stats").out


def test_a_run_that_is_killed_near_its_end_leaves_a_store_that_tells_the_truth(project: Project) -> None:
    """Whenever it was: the next run is right, and its results are kept."""
    project.configure(
        "".join(f'[steps.s{n}]\nrun = "cat a.txt; cat a.txt > made{n}"\noutputs = ["made{n}"]\n' for n in range(4))
    )
    project.write(".gitignore", "made*\n")
    project.write("a.txt", "0\n")
    project.commit()
    rng = random.Random(4)
    for turn in range(1, 5):
        project.write("a.txt", f"{turn}\n")
        running = subprocess.Popen([*HOOKFLOW, "run", "--all-files", "--output", "quiet"], cwd=project.path)
        last = project.path / "made3"
        wait_until(lambda last=last, turn=turn: last.exists() and last.read_text() == f"{turn}\n")
        time.sleep(rng.random() * 0.1)  # anywhere from here to its end
        running.send_signal(signal.SIGKILL)
        running.wait()
        for number in range(4):
            (project.path / f"made{number}").unlink(missing_ok=True)
        done = project.hookflow("run", "--all-files")
        assert done.code == 0, done.text
        assert "broken" not in done.text
        assert set(project.outcomes().values()) <= {"passed", "cached"}
        assert {(project.path / f"made{n}").read_text() for n in range(4)} == {f"{turn}\n"}
        assert {project.log(f"s{n}") for n in range(4)} == {f"{turn}\n".encode()}
    assert set(run(project).values()) == {"cached"}


@pytest.mark.parametrize("harm", ["half an entry", "garbage", "truncated"])
def test_a_broken_store_is_set_aside_and_said_once(made: Project, harm: str) -> None:
    """The steps run, and are known again afterwards."""
    index = made.state / "store.sqlite3"
    with closing(sqlite3.connect(index)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if harm == "half an entry":
        assert forge(made, "UPDATE results SET outputs = substr(outputs, 1, 20), log = substr(log, 1, 20)")
    else:
        index.write_bytes(b"garbage" * 500 if harm == "garbage" else index.read_bytes()[:5000])
    done = made.hookflow("run", "--all-files")
    assert made.outcomes() == {"s": "passed", "reads": "passed"}
    assert done.text.count("set aside") == (0 if harm == "half an entry" else 1)
    done = made.hookflow("run", "--all-files")
    assert made.outcomes() == {"s": "cached", "reads": "cached"}
    assert "set aside" not in done.text


@pytest.mark.parametrize("what", ["state", "blobs", "index"])
def test_where_nothing_can_be_kept_the_run_goes_on(project: Project, tmp_path: Path, what: str) -> None:
    """And says so at most once."""
    project.configure('[steps.s]\nrun = "echo said"\n[steps.t]\nrun = "echo x > made"\noutputs = ["made"]')
    project.write(".gitignore", "made\n")
    project.commit()
    state = tmp_path / "state"
    if what == "state":
        state.write_text("a file")
    else:
        state.mkdir()
        (state / "blobs").write_text("a file")
    if what == "index":
        (state / "store.sqlite3").mkdir()
        (state / "store.broken").write_text("in the way")
    for _ in range(2):
        done = project.hookflow("run", "--all-files", HOOKFLOW_STATE_DIR=str(state))
        assert done.code == 0, done.text
        assert "2 passed" in done.out
        assert "Traceback" not in done.text
        assert "defect" not in done.text
        assert sum("cache" in line for line in done.err.splitlines()) == (0 if what == "blobs" else 1)


@pytest.mark.parametrize("options", [["-a"], ["a.txt"], ["--only", "a.txt"]])
def test_a_commit_is_keyed_on_what_it_commits(project: Project, options: list[str]) -> None:
    """Also with an index of its own: neither what is staged beside it nor what is in the work tree counts."""
    project.configure('global-inputs = []\n[steps.s]\nrun = "! grep BAD *.txt"\nfiles = ["*.txt"]')
    for name in ("a.txt", "b.txt"):
        project.write(name, "good\n")
    project.commit()
    assert project.hookflow("install").code == 0
    assert run(project) == {"s": "passed"}
    project.write("a.txt", "better\n")
    project.git("add", "a.txt")
    project.git("commit", "-q", "-m", "x", "--no-verify")
    assert run(project) == {"s": "passed"}
    project.write("a.txt", "BAD\n")
    assert project.run("git", "commit", "-q", "-m", "x", *options).code == 1
    project.write("a.txt", "good\n")  # which has passed, with the same b.txt
    assert project.run("git", "commit", "-q", "-m", "x", *options).code == 0
    assert project.outcomes() == {"s": "cached"}


def test_a_partly_staged_commit_is_keyed_on_what_is_staged(project: Project) -> None:
    """What is hidden has no say, whether it is good or bad."""
    project.configure('[steps.s]\nrun = "! grep BAD a.txt"\nfiles = ["*.txt"]')
    project.write("a.txt", "good\n")
    project.commit()
    assert project.hookflow("install").code == 0
    assert run(project) == {"s": "passed"}
    project.write("a.txt", "BAD\n")
    project.git("add", "a.txt")
    project.write("a.txt", "good\n")
    assert project.run("git", "commit", "-q", "-m", "x").code == 1
    project.write("a.txt", "new\n")
    project.git("add", "a.txt")
    project.write("a.txt", "BAD and unstaged\n")
    project.write("announced.txt", "only its name is staged\n")
    project.git("add", "-N", "announced.txt")
    done = project.run("git", "commit", "-q", "-m", "x")
    assert done.code == 0, done.text
    assert "not kept" not in done.text
    assert project.outcomes() == {"s": "passed"}
    project.git("reset", "-q", "--soft", "HEAD~1")
    project.git("commit", "-q", "-m", "y")
    assert project.outcomes() == {"s": "cached"}
    assert project.hookflow("run", "--all-files").code == 1


def test_line_endings_that_git_does_not_see_decide(project: Project) -> None:
    """A step reads the bytes of the work tree."""
    project.configure('[steps.s]\nrun = "! grep -q $(printf \'\\\\r\') a.txt"\nfiles = ["*.txt"]')
    project.write(".gitattributes", "* text=auto\n")
    project.write("a.txt", "one\n")
    project.commit()
    assert run(project) == {"s": "passed"}
    project.write("a.txt", "one\r\n")
    assert project.git("diff", "--raw") == ""
    assert run(project, code=1) == {"s": "failed"}


def test_ignored_inputs_of_each_step_count(project: Project) -> None:
    """Of two steps without files that declare different ones, and not what a step makes itself."""
    project.configure("""\
[steps.other]
run = "true"
[steps.s]
run = "cat build/in.json; date +%N > build/out.json"
inputs = ["build/*.json"]
outputs = ["build/out.json"]
""")
    project.write(".gitignore", "build/\n")
    project.write("build/in.json", "1\n")
    project.commit()
    assert run(project) == {"other": "passed", "s": "passed"}
    assert run(project) == {"other": "cached", "s": "cached"}
    project.write("build/in.json", "2\n")
    assert run(project) == {"other": "cached", "s": "passed"}


def test_another_repository_inside_is_never_guessed(project: Project) -> None:
    """What a step reads in it is not known; steps that do not concern it are cached."""
    project.configure('[steps.all]\nrun = "true"\n[steps.py]\nrun = "true"\nfiles = ["*.py"]')
    project.write("a.py", "")
    project.commit()
    Project.create(project.path / "nested").write("x", "")
    assert run(project) == {"all": "passed", "py": "passed"}
    assert run(project) == {"all": "passed", "py": "cached"}
    assert "another repository in it" in project.hookflow("plan", "--all-files").out


def test_a_step_that_waits_sees_what_the_one_before_it_made_of_the_files(project: Project) -> None:
    """A fix that runs first makes the content one that passed, or another one."""
    project.configure("""\
[steps.mend]
run = "sed -i s/bad/good/ a.txt"
modifies = true
files = ["a.txt"]
[steps.s]
run = "cat a.txt"
files = ["*.txt"]
""")
    project.write("a.txt", "good\n")
    project.commit()
    run(project)
    project.write("a.txt", "bad\n")
    project.hookflow("run", "--all-files")
    assert project.outcomes()["s"] in {"cached", "blocked"}
    project.write("a.txt", "other bad\n")
    project.hookflow("run", "--all-files")
    assert (project.path / "a.txt").read_text() == "other good\n"
    assert os.environ.get("CI") is None

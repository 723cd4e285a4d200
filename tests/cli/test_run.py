"""`hookflow run` from the outside."""

import json
import os
from pathlib import Path

import pytest
from project import Project


def test_a_step_runs_on_its_changed_files_only(project: Project) -> None:
    """{files} are the step's, of what changed."""
    project.configure('[steps.show]\nrun = ["printf", "%s|", "{files}"]\nfiles = ["*.py"]')
    project.write("old.py")
    project.commit()
    project.write("new.py")
    project.write("notes.md")
    assert project.hookflow("run").code == 0
    assert project.log("show") == b"new.py|"


def test_steps_whose_files_did_not_change_are_skipped_with_the_reason(project: Project) -> None:
    """Smart execution, and how to turn it off."""
    project.configure('[steps.py]\nrun = "true"\nfiles = ["*.py"]\n[steps.md]\nrun = "true"\nfiles = ["*.md"]')
    project.commit()
    project.write("notes.md")
    assert project.hookflow("run").code == 0
    assert project.outcomes() == {"py": "skipped", "md": "passed"}
    assert project.finished()["py"]["reason"] == "none of its files changed"
    assert project.hookflow("run", "--no-smart-execution").code == 0
    assert project.outcomes() == {"py": "passed", "md": "cached"}


def test_a_changed_input_makes_a_step_run_on_all_its_files(project: Project) -> None:
    """The reason names the input."""
    keys = 'run = ["printf", "%s|", "{files}"]\nfiles = ["*.py"]\ninputs = ["data/*.json"]'
    project.configure(f"[steps.check]\n{keys}")
    project.write("a.py")
    project.write("b.py")
    project.commit()
    project.write("data/x.json", "{}")
    project.hookflow("run")
    assert project.log("check") == b"a.py|b.py|"
    assert project.finished()["check"]["reason"] is None


def test_a_deletion_makes_a_step_run_but_is_not_passed(project: Project) -> None:
    """With {files} and nothing left to pass, it is skipped."""
    project.configure(
        '[steps.whole]\nrun = "echo ran"\nfiles = ["*.py"]\n[steps.each]\nrun = "cat {files}"\nfiles = ["*.py"]'
    )
    project.write("a.py")
    project.commit()
    (project.path / "a.py").unlink()
    assert project.hookflow("run").code == 0
    assert project.outcomes() == {"whole": "passed", "each": "skipped"}
    assert project.finished()["each"]["reason"] == "no file is left to pass to it"


def test_types_exclusions_and_file_sets_select_files(project: Project) -> None:
    """All of them are and-ed."""
    project.configure(
        'exclude = ["vendor/**"]\n[file-sets]\ngenerated = ["*_pb2.py"]\n'
        '[steps.show]\nrun = ["printf", "%s|", "{files}"]\ntypes = ["python"]\nexclude = ["@generated"]'
    )
    for name in ("a.py", "b_pb2.py", "vendor/c.py", "d.md"):
        project.write(name)
    project.write("tool", "#!/usr/bin/env python3\n", mode=0o755)
    project.hookflow("run")
    assert project.log("show") == b"a.py|tool|"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--staged"], b"staged.py|"),
        (["--changed"], b"staged.py|unstaged.py|untracked.py|"),
        (["--all-files"], b"kept.py|staged.py|unstaged.py|"),
        (["--files", "kept.py", "untracked.py"], b"kept.py|untracked.py|"),
        (["--from-ref", "HEAD~1", "--to-ref", "HEAD"], b"unstaged.py|"),
        (["--from-ref", "HEAD~1"], b"unstaged.py|"),
        ([], b"staged.py|unstaged.py|untracked.py|"),
        (["show"], b"kept.py|staged.py|unstaged.py|"),
        (["show", "--staged"], b"staged.py|"),
    ],
)
def test_scopes(project: Project, options: list[str], expected: bytes) -> None:
    """What a run looks at; named steps without a scope take all of their files."""
    project.configure('[steps.show]\nrun = ["printf", "%s|", "{files}"]\nfiles = ["*.py"]')
    project.write("kept.py")
    project.commit()
    project.write("unstaged.py")
    project.commit()
    project.write("staged.py")
    project.git("add", "-A")
    project.write("unstaged.py", "x")
    project.write("untracked.py")
    assert project.hookflow("run", *options).code == 0
    shown = project.log("show")
    assert sorted(shown.split(b"|")) == sorted(expected.split(b"|"))


def test_files_from_a_list_of_any_names(project: Project) -> None:
    """NUL-separated, from a file or standard input, relative to the working directory."""
    project.configure('[steps.show]\nrun = ["printf", "%s|", "{files}"]')
    project.write("sub/a b\n.py")
    project.write("top.py")
    names = "a b\n.py\0../top.py\0"
    assert project.hookflow("run", "--files-from", "-", stdin=names, cwd=project.path / "sub").code == 0
    assert project.log("show") == b"sub/a b\n.py|top.py|"
    project.write("list", names)
    assert project.hookflow("run", "--files-from", "../list", cwd=project.path / "sub").code == 0
    assert project.log("show") == b"sub/a b\n.py|top.py|"


def test_odd_names_are_passed_once_each_and_never_executed(project: Project) -> None:
    """Through a shell and without one; a name that begins with a dash is no option."""
    project.configure(
        '[steps.shell]\nrun = "printf \'%s\\\\0\' {files}"\nfiles = ["d/**", "-*"]\n'
        '[steps.list]\nrun = ["printf", "%s\\\\0", "{files}"]\nfiles = ["d/**", "-*"]'
    )
    names = ["d/a b", "d/new\nline", 'd/quo"te', "d/it's", "d/$(touch owned)", "d/;touch owned", "d/trail ", "-rf"]
    for name in names:
        project.write(name)
    raw = os.fsencode(project.path) + b"/d/\xff"
    Path(os.fsdecode(raw)).write_bytes(b"")
    assert project.hookflow("run").code == 0
    expected = sorted([*(name.encode() for name in names[:-1]), b"./-rf", b"d/\xff"])
    for step in ("shell", "list"):
        assert sorted(project.log(step).split(b"\0")[:-1]) == expected
    assert not (project.path / "owned").exists()


def test_files_are_named_from_the_working_directory_of_the_step(project: Project) -> None:
    """So that a step with cwd finds them."""
    project.configure('[steps.show]\nrun = "cat {files}"\ncwd = "sub"')
    project.write("sub/in.txt", "in ")
    project.write("out.txt", "out ")
    assert project.hookflow("run", "--files", "sub/in.txt", "out.txt").code == 0
    assert project.log("show") == b"in out "


def test_a_failure_gives_1_with_the_output_last_and_the_log_named(project: Project) -> None:
    """Every other step has run."""
    project.configure('[steps.bad]\nrun = "echo some trouble; exit 3"\n[steps.good]\nrun = "echo fine"')
    project.write("x")
    done = project.hookflow("run")
    assert done.code == 1
    lines = done.out.splitlines()
    assert lines.index("some trouble") > [line.startswith("passed") for line in lines].index(True)
    assert "fine" not in lines
    assert ".git/hookflow/runs/" in done.out
    assert project.finished()["bad"]["exit_code"] == 3
    assert project.finished()["bad"]["blocking"] is True


def test_what_needs_a_failed_step_is_blocked_and_the_rest_goes_on(project: Project) -> None:
    """Unless fail-fast asks for the end."""
    project.configure(
        '[steps.a]\nrun = "false"\n[steps.b]\nrun = "true"\nneeds = ["a"]\n'
        '[steps.c]\nrun = "true"\nneeds = ["b"]\n[steps.d]\nrun = "true"'
    )
    project.write("x")
    assert project.hookflow("run").code == 1
    assert project.outcomes() == {"a": "failed", "b": "blocked", "c": "blocked", "d": "passed"}
    assert project.finished()["c"]["reason"] == "a failed before it"
    assert project.hookflow("run", "--fail-fast", "--no-cache").code == 1
    assert project.outcomes() == {"a": "failed", "b": "blocked", "c": "blocked", "d": "cancelled"}


def test_a_step_that_may_fail_is_reported_and_blocks_nothing(project: Project) -> None:
    """allow-failure."""
    project.configure('[steps.a]\nrun = "false"\nallow-failure = true\n[steps.b]\nrun = "true"\nneeds = ["a"]')
    project.write("x")
    assert project.hookflow("run").code == 0
    assert project.outcomes() == {"a": "failed", "b": "passed"}
    assert project.finished()["a"]["blocking"] is False


def test_sequential_is_the_default_and_parallel_is_opted_into(project: Project) -> None:
    """The peak of each run tells; --jobs implies --parallel."""
    project.configure('[steps.a]\nrun = "sleep 0.2"\n[steps.b]\nrun = "sleep 0.2"')
    project.write("x")
    peaks = {}
    for options in ((), ("--parallel",), ("-j", "2"), ("-j2", "--no-parallel"), ("-j", "1")):
        assert project.hookflow("run", "--no-cache", *options, HOOKFLOW_JOBS="" if options else "4").code == 0
        peaks[options] = project.events()[-1]["peak"]
    assert peaks == {(): 1, ("--parallel",): 2, ("-j", "2"): 2, ("-j2", "--no-parallel"): 1, ("-j", "1"): 1}


def test_named_steps_run_with_what_they_need(project: Project) -> None:
    """--only leaves that out; a step of another stage can be named."""
    project.configure(
        '[steps.a]\nrun = "true"\nstages = ["manual", "pre-commit"]\n[steps.b]\nrun = "true"\nneeds = ["a"]\n'
        '[steps.c]\nrun = "true"\n[steps.deploy]\nrun = "true"\nneeds = ["a"]\nstages = ["manual"]'
    )
    project.commit()
    assert project.hookflow("run", "b").code == 0
    assert list(project.outcomes()) == ["a", "b"]
    assert project.hookflow("run", "b", "--only").code == 0
    assert list(project.outcomes()) == ["b"]
    assert project.hookflow("run", "deploy").code == 0
    assert list(project.outcomes()) == ["a", "deploy"]
    assert project.hookflow("run", "--stage", "manual", "--all-files").code == 0
    assert list(project.outcomes()) == ["a", "deploy"]


def test_steps_can_be_left_out(project: Project) -> None:
    """--skip and pre-commit's SKIP, where unknown names are others' business."""
    project.configure('[steps.a]\nrun = "false"\n[steps.b]\nrun = "true"\nneeds = ["a"]')
    project.write("x")
    assert project.hookflow("run", "--skip", "a").code == 0
    assert project.finished()["a"]["reason"] == "left out by --skip"
    assert project.hookflow("run", SKIP="flake8,a").code == 0
    assert project.outcomes() == {"a": "skipped", "b": "cached"}
    assert project.hookflow("run", "--skip", "c").code == 2


def test_always_run_runs_without_a_change(project: Project) -> None:
    """Even if nothing matches."""
    project.configure('[steps.a]\nrun = "true"\nfiles = ["*.py"]\nalways-run = true')
    project.commit()
    assert project.hookflow("run").code == 0
    assert project.outcomes() == {"a": "passed"}


def test_what_a_step_makes_lets_its_reader_run_after_it(project: Project) -> None:
    """Outputs against inputs: an edge, and the reader runs because the maker did."""
    project.configure(
        '[steps.read]\nrun = "cat build/out.txt"\nfiles = ["*.md"]\ninputs = ["build/*.txt"]\n'
        '[steps.make]\nrun = "mkdir -p build; echo made > build/out.txt"\nfiles = ["*.c"]\noutputs = ["build/out.txt"]'
    )
    project.write("x.md")
    project.commit()
    project.write("x.c")
    assert project.hookflow("run", "--parallel").code == 0
    assert project.outcomes() == {"make": "passed", "read": "passed"}
    assert project.log("read") == b"made\n"


def test_a_run_on_nothing_passes_at_once(project: Project) -> None:
    """And says that nothing changed."""
    project.configure('[steps.a]\nrun = "true"')
    project.commit()
    done = project.hookflow("run")
    assert done.code == 0
    assert project.finished()["a"]["reason"] == "nothing changed"


def test_the_environment_of_a_step(project: Project) -> None:
    """Hookflow's own variables, the configuration's, the virtual environment's; none of git's."""
    project.configure(
        '[env]\nA = "1"\nB = "top"\n[steps.show]\nrun = "env"\nenv = { B = "step" }\n'
        '[steps.git]\nrun = "env"\ngit-env = true'
    )
    (project.path / ".venv" / "bin").mkdir(parents=True)
    project.write("x")
    git_dir = str(project.path / ".git")
    assert project.hookflow("run", GIT_DIR=git_dir, GIT_INDEX_FILE=f"{git_dir}/index", VIRTUAL_ENV="/other").code == 0
    shown = dict(line.split("=", 1) for line in project.log("show").decode().splitlines() if "=" in line)
    run = project.events()[0]["run"]
    assert (shown["A"], shown["B"], shown["HOOKFLOW"]) == ("1", "step", "1")
    assert (shown["HOOKFLOW_STEP"], shown["HOOKFLOW_STAGE"], shown["HOOKFLOW_RUN"]) == ("show", "pre-commit", run)
    assert shown["VIRTUAL_ENV"] == str(project.path / ".venv")
    assert shown["PATH"].startswith(str(project.path / ".venv" / "bin") + ":")
    assert not {"GIT_DIR", "GIT_INDEX_FILE", "GIT_PYTHON_REFRESH"} & shown.keys()
    assert f"GIT_DIR={git_dir}" in project.log("git").decode().splitlines()


def test_colours_are_wanted_only_where_they_are_seen(project: Project) -> None:
    """FORCE_COLOR and NO_COLOR."""
    project.configure('[steps.show]\nrun = "echo colour=$CLICOLOR_FORCE"')
    project.write("x")
    for environment, expected in (({}, b"colour=\n"), ({"FORCE_COLOR": "1"}, b"colour=1\n")):
        project.hookflow("run", "--no-cache", **environment)
        assert project.log("show") == expected


def test_a_batch_is_split_over_processes(project: Project) -> None:
    """A number of files for each, one log in order."""
    project.configure('[steps.show]\nrun = ["echo", "{files}"]\nfiles = ["f*"]\nbatch = 2')
    for number in range(5):
        project.write(f"f{number}")
    assert project.hookflow("run", "-j", "3").code == 0
    assert project.log("show") == b"f0 f1\nf2 f3\nf4\n"
    assert not list((project.state / "latest").resolve().glob("*part*"))


def test_more_files_than_the_system_takes_are_each_passed_once(project: Project) -> None:
    """The limit on arguments is the system's."""
    project.configure("[steps.show]\nrun = \"printf '%s\\\\n' {files}\"")
    names = [f"{'long-name-' * 20}{number}" for number in range(15_000)]
    project.write("names", "\0".join(names))
    for name in names:
        (project.path / name).touch()
    assert project.hookflow("run", "--files-from", "names").code == 0
    assert sorted(project.log("show").decode().split()) == sorted(names)


def test_events_go_to_a_file_as_they_happen(project: Project) -> None:
    """The contract's keys, one object a line."""
    project.configure('[steps.a]\nrun = ["echo", "{files}"]\n[steps.b]\nrun = "exit 4"\nneeds = ["a"]')
    project.write("x y")
    assert project.hookflow("run", "--files", "x y", "--events", "out.jsonl").code == 1
    events = [json.loads(line) for line in (project.path / "out.jsonl").read_text().splitlines()]
    assert [event["event"] for event in events] == [
        "run-started", "step-started", "step-finished", "step-started", "step-finished", "run-finished",
    ]  # fmt: skip
    assert events[0].items() >= {"schema": 1, "stage": "pre-commit", "scope": "files", "files": 1, "jobs": 1}.items()
    assert events[0].items() >= {"steps": ["a", "b"], "parallel": False}.items()
    assert events[1].items() >= {"step": "a", "attempt": 1, "command": "echo 'x y'", "files": 1}.items()
    keys = {"event", "time", "step", "outcome", "reason", "exit_code", "seconds", "log", "modified", "blocking"}
    assert events[2].keys() == keys
    assert events[5].items() >= {"outcome": "failed", "exit_code": 1, "counts": {"passed": 1, "failed": 1}}.items()
    assert events[5]["critical_path"] == ["a", "b"]
    assert 0 < events[5]["bound_seconds"] <= events[5]["seconds"]


def test_logs_and_events_are_for_their_owner_only(project: Project) -> None:
    """Directories 0700, files 0600, and `latest` is a link."""
    project.configure('[steps.a]\nrun = "true"')
    project.write("x")
    project.hookflow("run")
    run = (project.state / "latest").resolve()
    assert (project.state / "latest").is_symlink()
    assert run.parent == project.state / "runs"
    for directory in (project.state, run.parent, run):
        assert directory.stat().st_mode & 0o777 == 0o700
    names = ("a.log", "events.jsonl", "graph.json")
    assert {path.name: path.stat().st_mode & 0o777 for path in run.iterdir()} == dict.fromkeys(names, 0o600)


def test_only_the_newest_runs_are_kept(project: Project) -> None:
    """log-retention."""
    project.configure('log-retention = 2\n[steps.a]\nrun = "true"')
    for _ in range(4):
        project.hookflow("run")
    kept = [path.name for path in (project.state / "runs").iterdir()]
    assert len(kept) == 2
    assert project.events()[0]["run"] in kept


def test_the_state_directory_can_be_elsewhere(project: Project, tmp_path: Path) -> None:
    """HOOKFLOW_STATE_DIR."""
    project.configure('[steps.a]\nrun = "true"')
    project.hookflow("run", HOOKFLOW_STATE_DIR=str(tmp_path / "state"))
    assert (tmp_path / "state" / "latest" / "events.jsonl").exists()
    assert not (project.state / "runs").exists()


def test_a_state_directory_that_cannot_be_written_is_done_without(project: Project, tmp_path: Path) -> None:
    """Once said; failures are still shown."""
    (tmp_path / "file").touch()
    project.configure('[steps.a]\nrun = "echo shown; false"\n[steps.b]\nrun = "true"')
    project.write("x")
    done = project.hookflow("run", HOOKFLOW_STATE_DIR=str(tmp_path / "file"))
    assert done.code == 1
    assert "shown" in done.out
    assert done.err.count("keeps no logs") == 1


def test_output_levels(project: Project) -> None:
    """Quiet says what went wrong, verbose shows what passed too."""
    project.configure(
        '[steps.a]\nrun = "echo text of a"\n[steps.b]\nrun = "echo text of b; exit $CODE"\ncache-env = ["CODE"]'
    )
    project.write("x")
    assert project.hookflow("run", "--output", "quiet", CODE="0").text == ""
    quiet = project.hookflow("run", "--output", "quiet", CODE="1")
    assert "text of b" in quiet.out
    assert "passed" not in quiet.out.splitlines()[0]
    verbose = project.hookflow("run", "--output", "verbose", CODE="0")
    assert "text of a" in verbose.out
    assert "text of b" in verbose.out


def test_control_sequences_of_steps_do_not_reach_the_screen(project: Project) -> None:
    """The log keeps them."""
    project.configure("[steps.a]\nrun = \"printf '\\\\033[31mred\\\\033[2J\\\\033]0;title\\\\007 end\\\\n'; false\"")
    project.write("x")
    done = project.hookflow("run")
    assert "\x1b" not in done.out
    assert "red end" in done.out
    assert project.log("a") == b"\x1b[31mred\x1b[2J\x1b]0;title\x07 end\n"


def test_a_reader_that_goes_away_stops_nothing(project: Project) -> None:
    """`hookflow run | head -1`: the run ends properly."""
    steps = "\n".join(f'[steps.s{number}]\nrun = "true"' for number in range(30))
    project.configure(f'{steps}\n[steps.last]\nrun = "sleep 0.3; touch done; false"')
    project.write("x")
    command = "python -P -m hookflow run | head -1; exit ${PIPESTATUS[0]}"
    done = project.run("bash", "-c", command)
    assert done.code == 1
    assert done.err == ""
    assert (project.path / "done").exists()


def test_a_language_of_plain_ascii_is_enough(project: Project) -> None:
    """LANG=C, with names that ASCII has not."""
    project.configure('[steps."größe"]\nrun = "echo ü; false"')
    project.write("x")
    done = project.hookflow("run", LC_ALL="C", LANG="C", PYTHONUTF8="0", PYTHONCOERCECLOCALE="0")
    assert done.code == 1
    assert "Traceback" not in done.err
    assert "run-finished" in project.events()[-1]["event"]

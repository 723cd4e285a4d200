"""The result cache from the outside: what is replayed, what is not, and what is kept."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from project import HOOKFLOW, Project

COUNT = "echo x >> .git/count-$HOOKFLOW_STEP"


def runs(project: Project, step: str = "s") -> int:
    """How often a step's command has really been run."""
    try:
        return (project.path / ".git" / f"count-{step}").read_text().count("x")
    except FileNotFoundError:
        return 0


def run(project: Project, *arguments: str, code: int = 0, **environment: str) -> dict[str, str]:
    """Run on all files; the outcomes."""
    done = project.hookflow("run", "--all-files", *arguments, **environment)
    assert done.code == code, done.text
    assert "Traceback" not in done.text
    return project.outcomes()


def again(project: Project, *arguments: str, step: str = "s", **environment: str) -> str:
    """The outcome of one step in another run."""
    return run(project, *arguments, **environment)[step]


@pytest.fixture
def cached(project: Project) -> Project:
    """A step that has passed, on a few files."""
    project.configure(f"""\
global-inputs = ["*.toml", "settings.cfg"]
cache = true
[env]
COMMON = "1"
[steps.s]
run = "{COUNT}; echo said; cat a.py"
files = ["*.py"]
inputs = ["data/*.json", "build/*.json"]
exclude = ["generated.py"]
cache-env = ["TOKEN"]
env = {{ OWN = "1" }}
""")
    for name in ("a.py", "sub/b.py", "generated.py", "data/x.json", "settings.cfg", "other.md"):
        project.write(name, f"{name}\n")
    project.write(".gitignore", "build/\n")
    project.write("build/y.json", "y\n")
    project.commit()
    assert again(project) == "passed"
    return project


def test_what_passed_is_replayed_with_what_it_printed(cached: Project) -> None:
    """Nothing is run, and the log is the one of the pass."""
    done = cached.hookflow("run", "--all-files", "--output", "verbose")
    assert cached.outcomes() == {"s": "cached"}
    assert runs(cached) == 1
    assert cached.log("s") == b"said\na.py\n"
    finished = cached.finished()["s"]
    assert finished["reason"].startswith("the same content passed before")
    assert finished["log"].endswith("s.log")
    assert finished["seconds"] == 0
    assert "step-started" not in {event["event"] for event in cached.events()}
    assert done.code == 0
    assert cached.hookflow("logs", "s").out == "said\na.py\n"


def test_a_file_that_does_not_decide_does_not_matter(cached: Project) -> None:
    """Nor one that is excluded."""
    cached.write("other.md", "changed\n")
    cached.write("generated.py", "changed\n")
    cached.write("build/y.txt", "changed\n")
    assert again(cached) == "cached"


def _link_instead(project: Project) -> None:
    (project.path / "sub" / "b.py").unlink()
    (project.path / "sub" / "b.py").symlink_to("b")


def _swap(project: Project) -> None:
    one, other = project.path / "a.py", project.path / "sub" / "b.py"
    text = one.read_text()
    one.write_text(other.read_text())
    other.write_text(text)


CHANGES: dict[str, Callable[[Project], object]] = {
    "a file": lambda project: project.write("a.py", "changed\n"),
    "a file below": lambda project: project.write("sub/b.py", "changed\n"),
    "an input": lambda project: project.write("data/x.json", "changed\n"),
    "an ignored input": lambda project: project.write("build/y.json", "changed\n"),
    "a global input": lambda project: project.write("settings.cfg", "changed\n"),
    "a new file": lambda project: project.write("new.py"),
    "a new input": lambda project: project.write("data/new.json"),
    "a new ignored input": lambda project: project.write("build/new.json"),
    "a deleted file": lambda project: (project.path / "sub" / "b.py").unlink(),
    "a deleted input": lambda project: (project.path / "data" / "x.json").unlink(),
    "a deleted ignored input": lambda project: (project.path / "build" / "y.json").unlink(),
    "a mode": lambda project: (project.path / "sub" / "b.py").chmod(0o755),
    "a renamed file": lambda project: project.git("mv", "sub/b.py", "sub/c.py"),
    "swapped contents": _swap,
    "a link": _link_instead,
}


def act(project: Project, *arguments: str) -> str:
    """What would become of the step."""
    done = project.hookflow("plan", "--all-files", "--format", "json", *arguments)
    return json.loads(done.out)["steps"][0]["act"]


def test_whatever_decides_makes_it_run(cached: Project) -> None:
    """Each change alone; and what passed before is still known when everything is as it was."""
    found = {}
    for what, change in CHANGES.items():
        change(cached)
        found[what] = act(cached)
        cached.git("reset", "-q", "--hard")
        cached.git("clean", "-qfd")
        shutil.rmtree(cached.path / "build")
        cached.write("build/y.json", "y\n")
    assert found == dict.fromkeys(CHANGES, "run")
    assert again(cached) == "cached"


TABLES = [
    ('exclude = ["generated.py"]', 'exclude = ["generated.py"]\noutputs = ["made"]'),
    ('OWN = "1"', 'OWN = "2"'),
    ('OWN = "1"', 'OWN = ""'),
    ('{ OWN = "1" }', "{}"),
    ('COMMON = "1"', 'COMMON = "2"'),
    ('"TOKEN"', '"TOKEN", "UNSET"'),
    ("echo said", "echo  said"),
    ('files = ["*.py"]', 'files = ["*.py", "*.md"]'),
    ('exclude = ["generated.py"]', ""),
]


def test_another_table_makes_it_run(cached: Project, tmp_path: Path) -> None:
    """Although the configuration is elsewhere, and not among the files that decide."""
    text = (cached.path / "pyproject.toml").read_text()
    other = tmp_path / "other.toml"
    other.write_text(text)
    found = [act(cached, "--config", str(other))]
    for old, new in TABLES:
        assert old in text
        other.write_text(text.replace(old, new))
        found.append(act(cached, "--config", str(other)))
    assert found == ["cached", *["run"] * len(TABLES)]


def test_an_unset_variable_is_another_than_any_value(cached: Project) -> None:
    """An empty one too."""
    assert [again(cached, TOKEN=value) for value in ("", "x", "unset", "")] == ["passed", "passed", "passed", "cached"]
    assert [again(cached), again(cached, OTHER="x")] == ["cached", "cached"]


def test_an_undeclared_variable_is_not_noticed_and_verifying_names_the_step(project: Project) -> None:
    """The key cannot know of it; --verify-cache fails, says why, and takes the pass back."""
    project.configure('[steps.s]\nrun = \'test "$MODE" != bad\'\n[steps.good]\nrun = "true"')
    project.commit()
    assert run(project) == {"s": "passed", "good": "passed"}
    assert run(project, MODE="bad") == {"s": "cached", "good": "cached"}
    assert run(project, "--verify-cache", MODE="bad", code=1) == {"s": "failed", "good": "passed"}
    reason = project.finished()["s"]["reason"]
    assert "passed on the same content" in reason
    assert "not declared" in reason
    assert run(project, MODE="bad", code=1) == {"s": "failed", "good": "cached"}


def test_verifying_names_per_file_steps_too(project: Project) -> None:
    """And takes back what was known of their files."""
    project.configure("[steps.s]\nrun = 'test \"$MODE\" != bad || ! echo {files}'\nper-file = true")
    project.write("a", "")
    project.commit()
    assert again(project) == "passed"
    assert again(project, MODE="bad") == "cached"
    assert run(project, "--verify-cache", MODE="bad", code=1)["s"] == "failed"
    assert "passed on the same content" in project.finished()["s"]["reason"]
    assert run(project, MODE="bad", code=1)["s"] == "failed"


def test_verifying_finds_outputs_that_are_not_deterministic(project: Project) -> None:
    """The step passes, but makes something else each time."""
    project.configure(f'[steps.s]\nrun = "{COUNT}; cat .git/count-s > made"\noutputs = ["made"]')
    project.write(".gitignore", "made\n")
    project.commit()
    assert again(project) == "passed"
    assert again(project) == "cached"
    assert run(project, "--verify-cache", code=1)["s"] == "failed"
    assert "other outputs" in project.finished()["s"]["reason"]
    assert again(project) == "passed"


def test_verifying_what_is_right_passes_and_keeps_it(cached: Project) -> None:
    """The step is run, and known afterwards."""
    assert again(cached, "--verify-cache") == "passed"
    assert runs(cached) == 2
    assert again(cached) == "cached"


@pytest.mark.parametrize("option", ["--refresh", "--no-cache"])
def test_the_cache_can_be_passed_over(cached: Project, option: str) -> None:
    """The step runs although its content passed."""
    assert again(cached, option) == "passed"
    assert runs(cached) == 2
    assert again(cached) == "cached"


def test_refresh_keeps_results_and_no_cache_does_not(project: Project) -> None:
    """Of a step that has not passed before."""
    project.configure('[steps.s]\nrun = "true"')
    project.commit()
    assert again(project, "--no-cache") == "passed"
    assert again(project, "--refresh") == "passed"
    assert again(project) == "cached"


def test_a_failure_where_a_pass_was_known_takes_it_back(project: Project) -> None:
    """Who refreshes and sees a failure is not told of the old pass in the next run."""
    project.configure("""\
[steps.s]
run = 'test "$MODE" != bad'
[steps.f]
run = 'test "$MODE" != bad || ! echo {files}'
per-file = true
""")
    project.commit()
    assert run(project) == {"s": "passed", "f": "passed"}
    assert run(project, "--refresh", MODE="bad", code=1) == {"s": "failed", "f": "failed"}
    assert run(project, MODE="bad", code=1) == {"s": "failed", "f": "failed"}


@pytest.mark.parametrize("where", ["run", "step"])
def test_cache_false_means_never(project: Project, where: str) -> None:
    """For all steps, or one."""
    project.configure(("cache = false\n" if where == "run" else "") + '[steps.s]\nrun = "true"')
    if where == "step":
        project.configure('[steps.s]\nrun = "true"\ncache = false')
    project.commit()
    assert [again(project), again(project)] == ["passed", "passed"]
    assert again(project, "--cache") == "passed"


def test_only_passes_are_kept(project: Project) -> None:
    """Never a failure, a time-out or a signal."""
    project.configure("""\
[steps.fails]
run = "exit 1"
[steps.killed]
run = "kill -9 $$"
[steps.slow]
run = "sleep 20"
timeout = 0.2
[steps.allowed]
run = "exit 1"
allow-failure = true
[steps.missing]
run = ["no-such-program-anywhere"]
""")
    project.commit()
    expected = dict.fromkeys(["fails", "killed", "slow", "allowed", "missing"], "failed") | {"slow": "timed-out"}
    assert run(project, "-j", "5", code=1) == expected
    assert run(project, "-j", "5", code=1) == expected
    assert "0 results" in project.hookflow("cache", "stats").out


def test_what_files_do_not_tell_is_not_kept(project: Project) -> None:
    """Whatever the step says; one that always runs is kept if it says so."""
    project.configure("""\
[steps.always]
run = "true"
always-run = true
[steps.stdin]
run = "true"
stdin = true
[steps.git]
run = "true"
git-env = true
cache = true
[steps.kept]
run = "true"
always-run = true
cache = true
""")
    project.commit()
    first, second = run(project), run(project)
    assert set(first.values()) == {"passed"}
    assert second == first | {"kept": "cached"}


def test_a_message_is_checked_each_time(project: Project) -> None:
    """Stages whose subject is not files, with and without {args}."""
    project.configure(f"""\
[steps.given]
run = "{COUNT}; cat {{args}}"
stages = ["commit-msg"]
[steps.reads]
run = "{COUNT}; cat .git/COMMIT_EDITMSG"
stages = ["commit-msg"]
""")
    project.commit()
    for turn in (1, 2):
        project.write(".git/COMMIT_EDITMSG", "x")
        assert project.hookflow("hook", "commit-msg", ".git/COMMIT_EDITMSG").code == 0
        assert project.outcomes() == {"given": "passed", "reads": "passed"}
        assert project.hookflow("run", "reads").code == 0  # by hand, as if it were about files
        assert project.outcomes() == {"reads": "passed"}
        assert runs(project, "given") == turn


def test_swapped_arguments_are_not_the_same(project: Project) -> None:
    """In a text and in a list."""
    project.configure('[steps.s]\nrun = "echo --from a --to b"\n[steps.t]\nrun = ["echo", "--from", "a", "--to", "b"]')
    project.write("a", "")
    project.commit()
    outside = project.path.parent / "other.toml"
    text = (project.path / "pyproject.toml").read_text()
    outside.write_text(text)
    assert set(run(project, "--config", str(outside)).values()) == {"passed"}
    assert set(run(project, "--config", str(outside)).values()) == {"cached"}
    swapped = text.replace("--from a --to b", "--from b --to a").replace('"a", "--to", "b"', '"b", "--to", "a"')
    outside.write_text(swapped)
    assert set(run(project, "--config", str(outside)).values()) == {"passed"}
    assert project.log("s") == project.log("t") == b"--from b --to a\n"


def test_the_files_that_are_passed_decide(project: Project) -> None:
    """A pass on one file is none on two."""
    project.configure('[steps.s]\nrun = "echo {files}"\nfiles = ["*.py"]')
    project.write("a.py", "")
    project.write("b.py", "")
    project.commit()
    for files, outcome in [("a.py", "passed"), ("a.py", "cached"), ("b.py", "passed"), ("a.py b.py", "passed")]:
        assert project.hookflow("run", "--files", *files.split()).code == 0
        assert project.outcomes() == {"s": outcome}
    assert again(project) == "cached"


def test_another_version_of_a_tool_makes_it_run(project: Project, tmp_path: Path) -> None:
    """A program on PATH, a package beside it in a virtual environment, scripts of the project."""
    commands = {
        "path": "lint-it",
        "venv": "check-it",
        "script": "sh ./lint.sh",
        "no-slash": "sh check.sh",
        "untracked": "sh ./new.sh",
    }
    project.configure("".join(f'[steps.{name}]\nrun = "{run}"\nfiles = ["*.txt"]\n' for name, run in commands.items()))
    project.write("a.txt", "")
    project.write("lint.sh", "exit 0\n")
    project.write("check.sh", "exit 0\n")
    project.commit()
    project.write("new.sh", "exit 0\n")
    venv = tmp_path / "venv"
    packages = venv / "lib" / "python3.11" / "site-packages"
    (packages / "check-1.dist-info").mkdir(parents=True)
    (venv / "pyvenv.cfg").write_text("")
    for place in (tmp_path / "bin" / "lint-it", venv / "bin" / "check-it"):
        place.parent.mkdir()
        place.write_text("#!/bin/sh\n")
        place.chmod(0o755)
    path = os.pathsep.join([str(tmp_path / "bin"), str(venv / "bin"), os.environ["PATH"]])
    assert run(project, PATH=path) == dict.fromkeys(commands, "passed")
    assert run(project, PATH=path) == dict.fromkeys(commands, "cached")
    (tmp_path / "bin" / "lint-it").write_text("#!/bin/sh\n# version 2\n")
    (packages / "check-1.dist-info").rename(packages / "check-2.dist-info")
    for name in ("lint.sh", "check.sh", "new.sh"):
        project.write(name, "exit 0 # version 2\n")
    assert run(project, PATH=path) == dict.fromkeys(commands, "passed")


def test_a_lock_file_makes_it_run(project: Project) -> None:
    """Even where no file decides but the step's own."""
    names = ["uv.lock", "requirements-dev.txt", "package-lock.json", "node_modules/.package-lock.json"]
    project.configure('global-inputs = []\n[steps.s]\nrun = "true"\nfiles = ["*.py"]')
    project.write("a.py", "")
    project.write(".gitignore", "node_modules/\n*.lock\n")
    for name in names:
        project.write(name, "1")
    project.commit()
    found = [again(project), again(project)]
    for name in names:
        project.write(name, "22")
        found.append(again(project))
    assert found == ["passed", "cached", "passed", "passed", "passed", "passed"]


def test_what_a_step_needs_decides(project: Project, tmp_path: Path) -> None:
    """Another command, other files, or other outputs of a step that it depends on, however far away."""
    outside = tmp_path / "other.toml"

    def configure(first: str) -> None:
        project.configure(f"""\
global-inputs = []
[steps.one]
run = "{first}"
files = ["*.one"]
[steps.two]
run = "true"
files = ["*.two"]
needs = ["one"]
[steps.three]
run = "true"
files = ["*.three"]
needs = ["two"]
[steps.alone]
run = "true"
files = ["*.three"]
""")
        outside.write_text((project.path / "pyproject.toml").read_text())
        (project.path / "pyproject.toml").unlink()

    for name in ("a.one", "a.two", "a.three"):
        project.write(name, "1")
    project.commit()
    configure("true")
    chain = ("one", "two", "three", "alone")
    options = ("--config", str(outside))
    assert run(project, *options) == dict.fromkeys(chain, "passed")
    assert run(project, *options) == dict.fromkeys(chain, "cached")
    configure("true #")
    assert run(project, *options) == dict.fromkeys(chain, "passed") | {"alone": "cached"}
    project.write("a.one", "2")
    assert run(project, *options) == dict.fromkeys(chain, "passed") | {"alone": "cached"}
    project.write("a.two", "2")
    assert run(project, *options) == dict.fromkeys(chain, "cached") | {"two": "passed", "three": "passed"}


def test_it_is_the_same_however_steps_are_run(project: Project) -> None:
    """One after another or at once: what passed one way is known the other way."""
    needs = {number: [f"s{number - 1}"] if number % 3 else [] for number in range(6)}
    project.configure("".join(f'[steps.s{n}]\nrun = "{COUNT}"\nneeds = {before}\n' for n, before in needs.items()))
    project.commit()
    ways = [("-j", "4"), ("-j", "1"), ("--no-parallel",), ("-j", "4")]
    assert [set(run(project, *how).values()) for how in ways] == [{"passed"}, *[{"cached"}] * 3]
    assert [runs(project, f"s{n}") for n in range(6)] == [1] * 6


def test_linked_work_trees_share_results(cached: Project, tmp_path: Path) -> None:
    """The same content there has passed here."""
    other = tmp_path / "linked"
    cached.git("worktree", "add", "-q", str(other))
    (other / "build").mkdir()
    (other / "build" / "y.json").write_text("y\n")
    done = subprocess.run([*HOOKFLOW, "run", "--all-files"], cwd=other, capture_output=True, text=True, check=True)
    assert "cached" in done.stdout
    assert cached.outcomes() == {"s": "cached"}
    (other / "a.py").write_text("other\n")
    subprocess.run([*HOOKFLOW, "run", "--all-files"], cwd=other, capture_output=True, check=True)
    assert cached.outcomes() == {"s": "passed"}


def test_a_push_reuses_what_the_commit_has_passed(project: Project, tmp_path: Path) -> None:
    """A step of both stages that is given no files."""
    project.configure(f'[steps.s]\nrun = "{COUNT}"\nfiles = ["*.py"]\nstages = ["pre-commit", "pre-push"]')
    project.commit()
    assert project.hookflow("install", "pre-commit", "pre-push").code == 0
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "remote")], check=True)
    project.git("remote", "add", "origin", str(tmp_path / "remote"))
    project.write("a.py", "")
    project.git("add", "-A")
    project.git("commit", "-q", "-m", "x")
    assert project.outcomes() == {"s": "passed"}
    project.git("push", "-q", "origin", "main")
    assert project.events()[0]["stage"] == "pre-push"
    assert project.outcomes() == {"s": "cached"}
    assert runs(project) == 1


class TestPerFile:
    """``per-file``: only what has not passed is given."""

    @pytest.fixture
    def each(self, project: Project) -> Project:
        """A step that notes what it is given; BAD does not pass."""
        project.configure("""\
global-inputs = ["*.cfg"]
[steps.s]
run = "printf '%s ' {files}; ! grep -q BAD {files}"
files = ["*.py"]
inputs = ["rules"]
per-file = true
""")
        for name in ("a.py", "b.py", "c.py"):
            project.write(name, f"{name}\n")
        project.write("rules", "")
        project.write("x.cfg", "")
        project.commit()
        assert self.given(project) == "a.py b.py c.py"
        return project

    def given(self, project: Project, *arguments: str, code: int = 0) -> str:
        """What the step got in a run on all files; nothing where it was not run."""
        found = run(project, *arguments, code=code)["s"]
        return "" if found == "cached" else project.log("s").decode().strip()

    def test_only_what_has_not_passed_is_given(self, each: Project) -> None:
        """By name, content and mode."""
        assert self.given(each) == ""
        each.write("b.py", "changed\n")
        assert self.given(each) == "b.py"
        each.write("d.py", "a.py\n")
        each.git("add", "d.py")
        (each.path / "c.py").chmod(0o755)
        assert self.given(each) == "c.py d.py"
        each.git("mv", "a.py", "e.py")
        assert self.given(each) == "e.py"
        (each.path / "b.py").unlink()
        assert self.given(each) == ""
        each.write("b.py", "b.py\n")
        assert self.given(each) == ""

    def test_a_failure_says_nothing_of_any_file(self, each: Project) -> None:
        """Not even of the good ones that were given along with it."""
        each.write("a.py", "BAD\n")
        each.write("b.py", "new\n")
        assert self.given(each, code=1) == "a.py b.py"
        assert self.given(each, code=1) == "a.py b.py"
        each.write("a.py", "a.py\n")
        assert self.given(each) == "b.py"

    def test_what_decides_for_all_files_makes_all_of_them_new(self, each: Project) -> None:
        """An input, a global input, a lock file, the command."""
        text = (each.path / "pyproject.toml").read_text()
        for name in ("rules", "x.cfg", "uv.lock", "pyproject.toml"):
            each.write(name, text.replace("-q BAD", "-q WORSE") if name == "pyproject.toml" else "changed")
            assert self.given(each) == "a.py b.py c.py"
        assert self.given(each) == ""

    def test_all_are_given_where_that_is_asked_for(self, each: Project) -> None:
        """To refresh, to verify, or without the cache."""
        for option in ("--refresh", "--verify-cache", "--no-cache"):
            assert self.given(each, option) == "a.py b.py c.py"


@pytest.mark.parametrize("name", ["clear", "prune"])
def test_the_cache_is_emptied_and_shrunk(cached: Project, name: str) -> None:
    """And the next run knows what is left."""
    assert "1 results of 1 step" in cached.hookflow("cache", "stats").out
    options = ["--size", "0"] if name == "prune" else []
    done = cached.hookflow("cache", name, *options)
    assert done.code == 0, done.text
    assert again(cached) == "passed"

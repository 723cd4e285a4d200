"""A wrong configuration: file and line, what was expected, all of it at once, and nothing runs."""

import pytest
from project import Project


def test_all_problems_of_a_file_are_reported_together(project: Project) -> None:
    """Each with its line, in the order of the file."""
    project.write(
        "pyproject.toml",
        """\
[project]
name = "x"

[tool.hookflow]
parallel = "yes"
paralel = true
stages = ["precommit"]
env = { A = 1 }

[tool.hookflow.steps.lint]
run = "touch ran"
need = ["x"]
timeout = "soon"

[tool.hookflow.steps."two words"]
run = ["x", "a{files}"]

[tool.hookflow.steps.empty]
types = ["pyton"]
needs = ["lnt"]
uses = ["database"]
""",
    )
    done = project.hookflow("run")
    assert done.code == 2
    assert done.out == ""
    assert done.err.splitlines() == [
        "pyproject.toml:5: [tool.hookflow] parallel: expected true or false, found a string",
        "pyproject.toml:6: [tool.hookflow] paralel: unknown key; did you mean parallel?",
        (
            "pyproject.toml:7: [tool.hookflow] stages: unknown stage 'precommit'; stages are git hook names and "
            '"manual"; did you mean pre-commit?'
        ),
        "pyproject.toml:8: [tool.hookflow] env: A: expected a string, found an integer",
        "pyproject.toml:12: [tool.hookflow.steps.lint] need: unknown key; did you mean needs?",
        (
            "pyproject.toml:13: [tool.hookflow.steps.lint] timeout: expec"
            'ted a duration such as "90s", "5m", "1h", or '
            "seconds, found 'soon'"
        ),
        (
            'pyproject.toml:15: [tool.hookflow.steps] "two words": a step\'s name is letters and digits of any script, '
            "'-', '_' and '.'; free text goes into description"
        ),
        (
            'pyproject.toml:16: [tool.hookflow.steps."two words"] run: {f'
            "iles} must be an entry of its own in a list, "
            "not part of 'a{files}'"
        ),
        (
            "pyproject.toml:18: [tool.hookflow.steps.empty] run: missing; expected a command (a string, or a list of "
            "strings)"
        ),
        "pyproject.toml:19: [tool.hookflow.steps.empty] types: unknown file type 'pyton'; did you mean python?",
        "pyproject.toml:20: [tool.hookflow.steps.empty] needs: unknown step 'lnt'; did you mean lint?",
        "pyproject.toml:21: [tool.hookflow.steps.empty] uses: unknown resource 'database'",
    ]
    assert not (project.path / "ran").exists()
    assert not (project.state / "runs").exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"[tool.hookflow\n", "pyproject.toml:1: not valid TOML"),
        (b"[tool.x]\n\n[tool.x]\n", "pyproject.toml:3: not valid TOML"),
        (b"\xff\xfe\x00", "pyproject.toml: is not UTF-8 text (byte 0)"),
        (b"", "pyproject.toml: has no [tool.hookflow] table; `hookflow init` writes one"),
        (b"[tool]\nhookflow = 3\n", "pyproject.toml:2: [tool] hookflow: expected a table"),
        (b"tool = 3\n", "pyproject.toml: has no [tool.hookflow] table"),
        (b"[tool.hookflow]\n", "pyproject.toml:1: [tool.hookflow] steps: missing; expected at least one"),
        (None, "pyproject.toml: there is no such file"),
    ],
)
def test_an_unusable_file_is_named(project: Project, content: bytes | None, expected: str) -> None:
    """Syntax, a table twice, binary, empty, missing."""
    if content is not None:
        project.write("pyproject.toml", content)
    for command in ("run", "validate", "graph"):
        done = project.hookflow(command)
        assert done.code == 2
        assert done.err.startswith(expected)
        assert "Traceback" not in done.err


def test_several_problems_on_one_line_are_all_reported(project: Project) -> None:
    """In the order in which they were found."""
    project.write("pyproject.toml", '[tool.hookflow.steps]\na = { run = "x", needs = ["b", "c"], uses = ["d"] }\n')
    done = project.hookflow("validate")
    assert (done.code, done.err.count("pyproject.toml:2: ")) == (2, 3)


def test_a_cycle_is_reported_as_its_path(project: Project) -> None:
    """With the line where it can be mended."""
    project.configure(
        '[steps.a]\nrun = "x"\nneeds = ["c"]\n[steps.b]\nrun = "x"\nneeds = ["a"]\n[steps.c]\nrun = "x"\nneeds = ["b"]'
    )
    done = project.hookflow("validate")
    assert done.code == 2
    assert "pyproject.toml:4: [tool.hookflow.steps.a] needs: cycle: a -> c -> b -> a" in done.err


def test_a_wrong_configuration_blocks_the_commit(project: Project) -> None:
    """Nothing gets in because a check could not be read."""
    project.configure('[steps.a]\nrun = "true"')
    project.hookflow("install")
    project.configure('[steps.a]\nrum = "true"')
    project.git("add", "-A")
    done = project.run("git", "commit", "-m", "x")
    assert done.code != 0
    assert "rum: unknown key; did you mean run?" in done.err
    assert project.run("git", "rev-parse", "-q", "--verify", "HEAD").code != 0


def test_the_nearest_table_going_up_is_the_one(project: Project) -> None:
    """A pyproject.toml without one on the way is passed by; paths stay relative to the root."""
    project.configure('[steps.top]\nrun = "pwd"')
    project.write("package/pyproject.toml", "[project]\nname = 'x'\n")
    assert project.hookflow("run", cwd=project.path / "package").code == 0
    assert project.log("top").decode().strip() == str(project.path)
    project.write("package/pyproject.toml", '[tool.hookflow.steps.inner]\nrun = "true"\n')
    assert project.hookflow("run", cwd=project.path / "package").code == 0
    assert list(project.outcomes()) == ["inner"]


def test_a_file_and_a_directory_can_be_named(project: Project) -> None:
    """--config and -C, before the command and after it."""
    project.write("other.toml", '[tool.hookflow.steps.other]\nrun = "true"\n')
    project.configure('[steps.usual]\nrun = "true"')
    outside = project.path.parent
    for arguments, expected in (
        (["-C", str(project.path), "run"], "usual"),
        (["run", "-C", str(project.path)], "usual"),
        (["run", "-C", str(project.path), "--config", str(project.path / "other.toml")], "other"),
        (["-C", str(project.path), "--config", str(project.path / "other.toml"), "run"], "other"),
    ):
        assert project.hookflow(*arguments, cwd=outside).code == 0
        assert list(project.outcomes()) == [expected]
    assert project.hookflow("run", "--config", "missing.toml").code == 2


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "COMMAND"),
        (["rum"], "unknown command 'rum'; did you mean run?"),
        (["run", "--paralel"], "--paralel"),
        (["run", "lnt"], "there is no step lnt; did you mean lint?"),
        (["run", "--stage", "precommit"], "unknown stage precommit"),
        (["run", "--stage", "pre-push", "lint"], "step lint does not run in stage pre-push; its stages: pre-commit"),
        (["run", "--staged", "--all-files"], "--staged and --all-files exclude each other"),
        (["run", "--to-ref", "HEAD"], "--to-ref needs --from-ref"),
        (["run", "--files", "../outside"], "../outside is outside the repository"),
        (["run", "--files-from", "nowhere"], "--files-from nowhere: No such file"),
        (["run", "-j", "many"], "expected a number, found 'many'"),
        (["run", "--from-ref", "nowhere"], "--from-ref nowhere: no such revision"),
        (["logs"], "no run has left a log here yet"),
        (["install", "pre-comit"], "pre-comit is no git hook; did you mean pre-commit?"),
    ],
)
def test_a_wrong_command_line_is_explained(project: Project, arguments: list[str], expected: str) -> None:
    """Exit 2, one message, no traceback."""
    project.configure('[steps.lint]\nrun = "true"')
    project.commit()
    done = project.hookflow(*arguments)
    assert done.code == 2
    assert expected in done.err
    assert "Traceback" not in done.err
    assert done.out == ""


def test_a_wrong_number_of_jobs_in_the_environment_is_explained(project: Project) -> None:
    """HOOKFLOW_JOBS."""
    project.configure('[steps.a]\nrun = "true"')
    done = project.hookflow("run", "--parallel", HOOKFLOW_JOBS="two")
    assert (done.code, "HOOKFLOW_JOBS=two" in done.err) == (2, True)


def test_a_broken_environment_gives_3(project: Project) -> None:
    """No repository, no git, unmerged paths."""
    project.configure('[steps.a]\nrun = "true"')
    outside = project.hookflow("run", cwd=project.path.parent)
    assert (outside.code, "not in a git repository" in outside.err) == (3, True)
    without_git = project.hookflow("run", PATH="/nowhere")
    assert (without_git.code, "git was not found" in without_git.err) == (3, True)


def test_validate_says_what_is_there(project: Project) -> None:
    """Steps and stages."""
    project.configure('[steps.a]\nrun = "true"\n[steps.b]\nrun = "true"\nstages = ["pre-push"]')
    done = project.hookflow("validate")
    assert (done.code, done.out.rstrip().endswith("2 steps in pre-commit, pre-push")) == (0, True)


def test_version_and_help(project: Project) -> None:
    """Both go to standard output."""
    assert project.hookflow("--version").out.startswith("hookflow 0.")
    for command in ([], ["run"], ["hook"], ["graph"], ["install"], ["logs"]):
        done = project.hookflow(*command, "--help")
        assert (done.code, "usage: hookflow" in done.out) == (0, True)

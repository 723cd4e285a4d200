"""Completion in real shells."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from project import Project
from shells import Fish, Terminal, any_shell

from hookflow.catalogue.whole import COMMANDS

TABLE = """\
[steps.lint]
run = "true"
[steps.tests]
run = "true"
stages = ["pre-push"]
[steps."größe"]
run = "true"
"""
# Words of a line, and what may stand in the place of the last one.
LINES = [
    ("hookflow gra", {"graph"}),
    ("hookflow ", {entry.name for entry in COMMANDS if entry.about}),
    ("hookflow --conf", {"--config"}),
    ("hookflow run --sta", {"--stage", "--staged"}),
    ("hookflow run --no-p", {"--no-parallel"}),
    ("hookflow run ", {"lint", "tests", "größe"}),
    ("hookflow run lint te", {"tests"}),
    ("hookflow run --fix -j 4 --from-ref HEAD te", {"tests"}),
    ("hookflow run --stage ", {"pre-commit", "pre-push"}),
    ("hookflow run --stage=pre-p", {"--stage=pre-push"}),
    ("hookflow run --skip lint --skip te", {"tests"}),
    ("hookflow run --output q", {"quiet"}),
    ("hookflow graph --format mer", {"mermaid"}),
    ("hookflow hook pre-p", {"pre-push"}),
    ("hookflow install pre-commit pre-p", {"pre-push"}),
    ("hookflow completion z", {"zsh"}),
    ("hookflow run --files notes.txt no", {"notes.txt"}),
    ("hookflow run --files notes.txt --skip te", {"tests"}),
    ("hookflow run --config no", {"notes.txt"}),
    ("hookflow -C sub run ", {"inner"}),
    ("hookflow run -C sub ", {"inner"}),
    ("hookflow --config other.toml run ot", {"other"}),
    ("hookflow logs te", {"tests"}),
    ("hookflow -C mono run services/api:l", {"services/api:lint"}),
    ("hookflow -C mono run ser", {"services/api:lint", "services/api:tests"}),
    ("hookflow -C mono run all services/api:tests services/api:li", {"services/api:lint"}),
    ("hookflow -C mono run --skip services/api:li", {"services/api:lint"}),
]


@pytest.fixture
def work(project: Project) -> Project:
    """A project with steps, and one inside it."""
    project.configure(TABLE)
    project.write("sub/pyproject.toml", '[tool.hookflow.steps.inner]\nrun = "true"\n')
    project.write(
        "mono/pyproject.toml", '[tool.hookflow]\nprojects = ["services/*"]\nsteps = { all = { run = "true" } }\n'
    )
    steps = '[tool.hookflow]\nsteps = { lint = { run = "true" }, tests = { run = "true" } }\n'
    project.write("services/api/pyproject.toml", steps)
    project.write("other.toml", '[tool.hookflow.steps.other]\nrun = "true"\n')
    project.write("notes.txt")
    return project


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest, work: Project, tmp_path: Path) -> Iterator[Terminal | Fish]:
    """A shell that has loaded its script."""
    if shutil.which(request.param) is None:
        pytest.skip(f"there is no {request.param} on this machine")
    done = work.hookflow("completion", request.param)
    assert (done.code, done.err) == (0, "")
    script = tmp_path / "completion"
    script.write_text(done.out, encoding="utf-8")
    with any_shell(request.param, script, work.path) as found:
        yield found


def test_words_are_completed(shell: Terminal | Fish) -> None:
    """Commands, options, choices, files, and the names of the configuration that holds."""
    found = {line: set(shell.completed(line)) for line, _ in LINES}
    assert found == dict(LINES)


def test_bash_may_take_an_equals_sign_as_part_of_a_word(work: Project, tmp_path: Path) -> None:
    """As people set it who want that."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash on this machine")
    script = tmp_path / "completion"
    script.write_text(work.hookflow("completion", "bash").out, encoding="utf-8")
    ask = (
        'source "$0"; COMP_WORDS=(hookflow run --stage=pre-); COMP_CWORD=2; _hookflow hookflow; echo "${COMPREPLY[@]}"'
    )
    done = work.run("bash", "--norc", "-c", ask, str(script))
    assert (done.out, done.err) == ("--stage=pre-commit --stage=pre-push\n", "")


def names(project: Project, kind: str, *options: str, **how: Path) -> list[str]:
    """What the hidden command says, which never fails."""
    done = project.hookflow(*options, "complete", kind, **how)
    assert (done.code, done.err) == (0, "")
    return done.out.splitlines()


def test_names_of_steps_stages_and_runs(work: Project) -> None:
    """Runs from the newest on; in linked work trees too."""
    assert names(work, "steps") == ["lint", "tests", "größe"]
    assert names(work, "stages") == ["pre-commit", "pre-push"]
    assert names(work, "runs") == []
    work.commit()
    for _ in range(2):
        assert work.hookflow("run", "--all-files").code == 0
    found = names(work, "runs")
    assert found == sorted((path.name for path in (work.state / "runs").iterdir()), reverse=True)
    assert len(found) == 2
    linked = work.path.parent / "linked"
    work.git("worktree", "add", "-q", str(linked))
    assert (names(work, "runs", cwd=linked), names(work, "steps", cwd=linked)) == (found, ["lint", "tests", "größe"])


@pytest.mark.parametrize(
    ("content", "steps", "stages"),
    [
        ("", [], []),
        ("[tool.hookflow", [], []),
        (b"\xff\xfe", [], []),
        ("tool = 3", [], []),
        ("[tool]\nhookflow = 3", [], []),
        ("[tool.hookflow]\nsteps = 3", [], []),
        ('[tool.hookflow]\nstages = ["manual", 3, "nonsense"]\nsteps = { a = 3, b = {} }', ["a", "b"], ["manual"]),
        ("[tool.hookflow]\nsteps = { a = { stages = 3 }, b = { stages = [] } }", ["a", "b"], []),
        ('[tool.hookflow.steps]\n"$(touch made)" = {}\n"a b" = {}\n"`x`" = {}\nc = {}', ["c"], ["pre-commit"]),
    ],
)
def test_names_never_fail(project: Project, content: str | bytes, steps: list[str], stages: list[str]) -> None:
    """What is wrong with a configuration is not said at a prompt, and no shell gets to see what it would run."""
    project.write("pyproject.toml", content)
    assert (names(project, "steps"), names(project, "stages")) == (steps, stages)


def test_names_where_there_is_nothing(project: Project) -> None:
    """No configuration, no repository, no such directory."""
    for kind in ("steps", "stages", "runs"):
        assert names(project, kind) == []
        assert names(project, kind, cwd=project.path.parent) == []
        assert names(project, kind, "-C", "nowhere") == []
        assert names(project, kind, "--config", "nowhere.toml") == []


def test_asking_for_names_loads_nothing_slow(work: Project) -> None:
    """Neither trio nor GitPython, and starts no process: a person waits for it."""
    code = "import sys; from hookflow.cli import main; main(['complete', sys.argv[1]]); print(*sys.modules)"
    for kind in ("steps", "stages", "runs"):
        done = work.run(sys.executable, "-P", "-c", code, kind)
        assert not {"trio", "git", "subprocess", "identify", "pathspec", "rich"} & set(done.out.split())


def test_the_command_for_scripts_is_hidden(project: Project) -> None:
    """In help, in completions, and among the offers for a mistyped one."""
    assert "complete " not in project.hookflow("--help").out
    assert "did you mean completion?" in project.hookflow("complet").err
    for shell in ("bash", "zsh", "fish"):
        assert "--before" not in project.hookflow("completion", shell).out  # an option that is hidden too

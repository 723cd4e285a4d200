"""What a person is told who mistypes, and the examples of the help."""

import re
import shlex

import pytest
from project import Project

from hookflow import arguments
from hookflow.catalogue.whole import COMMANDS
from hookflow.core.errors import UsageError


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("rum", "unknown command 'rum'; did you mean run?"),
        ("instal", "unknown command 'instal'; did you mean install?"),
        ("xyzzy", "unknown command 'xyzzy'"),
        ("--verison", "unknown option --verison; did you mean --version?"),
        ("--verison run", "unknown option --verison; did you mean --version?"),
        ("run --paralel", "unknown option --paralel; did you mean --parallel?"),
        ("run --no-smart-exec", "unknown option --no-smart-exec; did you mean --no-smart-execution?"),
        ("run --all", "unknown option --all; did you mean --all-files?"),
        ("run --job=3 lint", "unknown option --job; did you mean --jobs?"),
        ("run lint --xyzzy tests", "unknown option --xyzzy"),
        ("hook pre-commit --befo", "unknown option --befo"),
        ("--parallel run", "--parallel goes after the command, as in `hookflow run --parallel`"),
        (
            "graph --format mermad",
            "--format: expected one of text, mermaid, dot, json, found 'mermad'; did you mean mermaid?",
        ),
        ("run --output loud", "--output: expected one of auto, live, plain, github, quiet, verbose, found 'loud'"),
        ("run -j many", "-j/--jobs: expected a number, found 'many'"),
        ("run --stage", "--stage: expected one argument"),
        ("validate x", "unexpected argument 'x'"),
        ("logs lint tests", "unexpected argument 'tests'"),
    ],
)
def test_mistakes_are_answered_with_the_nearest_name(line: str, said: str) -> None:
    """If one is near; in one line, with where to read more in a second one."""
    with pytest.raises(UsageError) as caught:
        arguments.parser().parse_args(line.split())
    message, hint = str(caught.value).splitlines()
    assert message == said
    assert re.fullmatch(r"\(`hookflow( \w+)? --help` shows what there is\)", hint)


def test_a_command_must_be_named(project: Project) -> None:
    """But an option that nobody knows is told first."""
    assert project.hookflow().err.startswith("hookflow: expected a COMMAND\n")
    assert project.hookflow("--verison").err.startswith("hookflow: unknown option --verison")


def test_a_step_is_answered_with_the_nearest_one(project: Project) -> None:
    """Wherever a step is named."""
    project.configure('[steps.lint]\nrun = "true"')
    for line in ("run lnt", "run --skip lnt"):
        done = project.hookflow(*line.split())
        assert (done.code, "did you mean lint?" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("line", "operands"),
    [
        ("run a b --fix", ["a", "b"]),
        ("run --fix a b", ["a", "b"]),
        ("run a --fix b -j 2 c", ["a", "b", "c"]),
        ("run a --skip x b -- -c", ["a", "b", "-c"]),
        ("run --files x y -- a", ["a"]),
        ("run a --fix -- b", ["a", "b"]),
    ],
)
def test_operands_may_stand_between_options(line: str, operands: list[str]) -> None:
    """As in git's own commands; what follows -- is never an option."""
    assert arguments.parser().parse_args(line.split()).steps == operands


def test_arguments_of_a_hook_may_stand_between_options() -> None:
    """The first is the stage."""
    options = arguments.parser().parse_args(["hook", "pre-push", "--no-fix", "origin", "-j1", "https://example.org"])
    assert (options.stage, options.args, options.jobs) == ("pre-push", ["origin", "https://example.org"], 1)


def examples(text: str) -> list[str]:
    """The command lines under "examples:" in a help text."""
    return re.findall(r"^  (hookflow .*?)  +\S", text.partition("\nexamples:\n")[2], flags=re.MULTILINE)


@pytest.mark.parametrize("command", ["", *(entry.name for entry in COMMANDS if entry.about)])
def test_every_example_of_the_help_parses(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each help has some, of its own command."""
    with pytest.raises(SystemExit):
        arguments.parser().parse_args([*command.split(), "--help"])
    found = examples(capsys.readouterr().out)
    assert found
    for line in found:
        words = shlex.split(line)[1:]
        options = arguments.parser().parse_args(words)
        assert options.handler is next(entry.handler for entry in COMMANDS if entry.name == (command or words[0]))


def test_help_fits_a_page() -> None:
    """No line of the examples is broken by a terminal of 120 columns."""
    for entry in COMMANDS:
        assert all(len(line) + len(what) < 110 for line, what in entry.examples.items())

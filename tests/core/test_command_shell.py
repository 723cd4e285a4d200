"""Commands given to a real shell: what is accepted never runs a part of a file's name."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from hookflow.core import command
from hookflow.core.porcelain import data

HOSTILE = [
    "$(touch x)",
    ";touch x;",
    "\ntouch x\n",
    "'`touch x`'",
    '"$(touch x)"',
    "touch${IFS}x",
    "-rf",
    "a b",
    "*",
    "\udcff",
]
PARTS = st.sampled_from(
    [*"'\"\\ \n;`)|#", "$(", "<<E\n", "E\n", "x=", "{ ", "; }", "echo ", "echo ", "eval ", "sh -c ", "-e ", "-- "]
)
PLACES = st.sampled_from(["{files}", " {files}", "{files} "])


@pytest.fixture(scope="module")
def workplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty directory to run in."""
    return tmp_path_factory.mktemp("shell")


def run(script: str, names: list[str], place: Path, args: tuple[str, ...] = ()) -> bytes:
    """What a script prints when it is run on files."""
    words = [data(word) for word in command.invocation(script, names, args).arguments]
    done = subprocess.run(words, cwd=place, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=20)
    return done.stdout


@pytest.mark.parametrize(
    "script",
    [
        "printf '%s\\0' {files}",
        "printf '%s\\0' \\\n    {files}",
        "printf '%s\\0' {files} | cat",
        "true && (printf '%s\\0' {files})",
        "for name in {files}; do printf '%s\\0' \"$name\"; done",
        "if true; then printf '%s\\0' {files}; fi",
        "IFS=x; printf '%s\\0' {files}",
        "set -f\nprintf '%s\\0' {files} # {files}",
        "x='\"' # it's\nprintf '%s\\0' {files}",
        'sh -c \'printf "%s\\0" "$@"\' sh {files}',
        "x=$(printf '%s\\0' {files} | tr -d '\\0'); printf '%s\\0' {files}",
    ],
)
def test_every_shape_of_script_gets_each_name_once(script, workplace) -> None:
    """In order, as one argument each; nothing in a name is run."""
    assert command.problems(script) == []
    assert run(script, HOSTILE, workplace).split(b"\0")[:-1] == [data(command.safe_name(name)) for name in HOSTILE]
    assert list(workplace.iterdir()) == []


def test_arguments_of_git_are_as_safe(workplace) -> None:
    """They are quoted into the script, where the files are its positional parameters."""
    printed = run("printf '%s\\0' {args} {files}", ["a b"], workplace, tuple(HOSTILE))
    assert printed.split(b"\0")[:-1] == [*map(data, HOSTILE), b"a b"]
    assert list(workplace.iterdir()) == []


@given(parts=st.lists(st.one_of(PARTS, PARTS, PLACES), min_size=1, max_size=9), name=st.sampled_from(HOSTILE[:6]))
@settings(max_examples=150, deadline=None)
def test_no_accepted_script_runs_a_name(parts, name, workplace) -> None:
    """Whatever quotes, comments, here-documents, evals and shells a script is made of."""
    script = "".join(parts)
    if not command.uses(script, "{files}") or command.problems(script):
        event("refused, or without files")
        return
    event("accepted")
    run(script, [name], workplace)
    made = list(workplace.iterdir())
    for path in made:
        path.unlink()
    assert made == []


@pytest.mark.parametrize(
    "script",
    [
        "eval echo {files}",
        "x=1 eval echo {files}",
        "{ eval echo {files}; }",
        "true || command eval 'a; b' {files}",
        "eval $(echo {files})",
        "eval $(true; echo {files})",
        "eval `echo {files}`",
        "''eval {files}",
        "e\\val {files}",
        "$nothing eval {files}",
        "$(true a b) eval {files}",
        "f() { eval {files}; }; f",
        "sh -c $(echo {files})",
        "eval \\\n  {files}",
        "sh -c \\\n  {files}",
        "sh -c -e {files}",
        "env X=1 /bin/bash -o pipefail -ec -- {files}",
        ("bash", "-c", "--", "{files}"),
    ],
)
def test_what_would_read_a_name_as_a_script_is_refused(script) -> None:
    """After eval, and where a shell's -c takes its script from."""
    (problem,) = command.problems(script)
    assert "as a script" in problem


@pytest.mark.parametrize(
    "script",
    [
        "grep -w eval {files}",
        "eval 'x=1'; lint {files}",
        "x=$(eval 'echo 1') lint {files}",
        "bash lint.sh -c {files}",
        "grep -c 'sh' {files}",
        "echo ';' {files}",
        "case $x in a) lint {files};; esac",
        "lint \\\n  {files} \\\n",
        ("grep", "eval", "{files}"),
        ("python", "-c", "{files}"),
    ],
)
def test_words_that_only_look_so_are_fine(script) -> None:
    """An argument that is called eval, a shell's script with options of its own."""
    assert command.problems(script) == []


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("lint\\\n{files}", "a word of its own"),
        ("lint a\\ {files}", "a word of its own"),
        ("lint `x`{files}", "a word of its own"),
        ("x={files}", "a word of its own"),
        ("cat <{files}", "a word of its own"),
        ("echo $({files})", None),
        ("cat <<E\n# {files}\nE", "a here-document"),
        ("cat <<E\nit's\nE\nlint {files}", "a here-document"),
        ("cat <<E {files}\nE", None),
        ("echo 'a\\' {files}", None),
        ('echo "a\\" {files}', "double quotes"),
        ("echo 'a' \"'{files}'\"", "double quotes"),
    ],
)
def test_where_a_placeholder_stands_is_seen_as_a_shell_sees_it(script, said) -> None:
    """Continued lines, escaped blanks, comments that are none, quotes within quotes."""
    found = command.problems(script)
    assert said in found[0] if said else found == []


def test_an_escaped_placeholder_is_left_alone() -> None:
    """It is text, like other braces."""
    assert command.problems("echo \\{files}") == []
    assert command.invocation("echo \\{files}").arguments[2] == "echo \\{files}"

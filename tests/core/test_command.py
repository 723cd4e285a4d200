"""Commands: placeholders that are safe, exact arguments, batches."""

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookflow.core import command
from hookflow.core.config import Step
from hookflow.core.porcelain import data, text

# Any bytes but NUL, as the text that stands for them.
NAMES = st.binary(min_size=1, max_size=12).filter(lambda name: b"\0" not in name).map(text)


def received(words: command.Command, files: list[str], args: list[str]) -> list[bytes]:
    """What a program that prints its arguments NUL-terminated gets."""
    made = command.invocation(words, files, args)
    done = subprocess.run([data(word) for word in made.arguments], capture_output=True, check=True)
    return done.stdout.split(b"\0")[:-1]


@settings(max_examples=40, deadline=None)
@given(st.lists(NAMES, min_size=1, max_size=6), st.lists(NAMES, max_size=3))
def test_every_name_arrives_once_and_as_it_is(files: list[str], args: list[str]) -> None:
    """Through a shell and without one; a leading dash is made harmless, for files only."""
    expected = [data(command.safe_name(name)) for name in files]
    git_args = [data(arg) for arg in args]
    assert received("printf '%s\\0' {files}", files, args) == expected
    assert received(("printf", "%s\\0", "{files}"), files, args) == expected
    if args:
        assert received(("printf", "%s\\0", "{args}"), files, args) == git_args
        assert received("printf '%s\\0' x {args}", files, args) == [b"x", *git_args]


@pytest.mark.parametrize(
    "name", ["a b", "new\nline", "'", '"', "$(touch x)", "`x`", "-rf", "*", "~", "\\", "\udcff", "é", ";x", "#x", "a=b"]
)
def test_names_that_mean_something_to_a_shell_mean_nothing(name: str) -> None:
    """Each arrives as one argument."""
    assert received("printf '%s\\0' {files}", [name], []) == [data(command.safe_name(name))]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("echo '{files}'", "single quotes"),
        ('echo "{files}"', "double quotes"),
        ("sh -c 'echo {files}'", "single quotes"),
        ("bash -c {files}", "run as a script"),
        ("true; eval {files}", "run as a script"),
        ("echo a{files}", "a word of its own"),
        ("echo {files}.bak", "a word of its own"),
        ("echo ={args}", "a word of its own"),
        ("cat <<EOF\n{files}\nEOF", "here-document"),
        (("sh", "-c", "{files}"), "run as a script"),
        (("echo", "--x={files}"), "an entry of its own"),
        (("echo", "{files} {args}"), "an entry of its own"),
    ],
)
def test_placeholders_that_cannot_be_filled_safely_are_refused(words: command.Command, expected: str) -> None:
    """With a sentence that says what to do instead."""
    assert expected in command.problems(words)[0]


@pytest.mark.parametrize(
    "words",
    [
        "echo {files}",
        "a && b {files}; c {args} | d",
        "(cd x && y {files})",
        "echo 'it''s' {files} \"x\"",
        "echo \\' {files}",
        "echo {file} {other} ${FILES}",
        "true # '{files}",
        "sh -c 'x \"$@\"' sh {files}",
        ("sh", "-c", 'x "$@"', "sh", "{files}"),
        ("echo", "{files}", "{args}", "{}"),
    ],
)
def test_placeholders_that_stand_alone_are_fine(words: command.Command) -> None:
    """No other braces are touched."""
    assert command.problems(words) == []


def test_a_command_without_a_placeholder_gets_no_files() -> None:
    """What is not asked for is not passed."""
    assert command.invocation("echo x", ["a"]).arguments == ("sh", "-c", "echo x", "sh")
    assert command.invocation(("echo", "x"), ["a"]).arguments == ("echo", "x")


def test_what_people_are_shown_can_be_typed() -> None:
    """Quoted as a shell wants it."""
    assert command.invocation("lint {files} # {files}", ["a b", "-c"]).display == "lint 'a b' ./-c # {files}"


@given(st.lists(st.text("ab", min_size=1, max_size=9), max_size=30), st.integers(1, 7), st.integers(30, 200))
def test_batches_keep_every_name_in_order_and_the_limits(files: list[str], most: int, room: int) -> None:
    """No part is empty unless there is nothing at all."""
    parts = command.batches(files, most=most, room=room)
    assert [name for part in parts for name in part] == files
    assert all(len(part) <= most for part in parts)
    assert all(len(part) == 1 or sum(len(name) + 11 for name in part) <= room for part in parts)
    assert all(parts) or parts == [()]


@pytest.mark.parametrize(
    ("batch", "cpus", "expected"),
    [("one", 4, [5]), (2, 1, [2, 2, 1]), ("auto", 4, [2, 2, 1]), ("auto", 1, [5]), ("auto", 9, [1, 1, 1, 1, 1])],
)
def test_split_follows_batch(batch, cpus: int, expected: list[int]) -> None:
    """One process, over the CPUs, or so many files each."""
    step = Step(name="x", run="lint {files}", batch=batch)
    parts = command.split(step, step.run, list("abcde"), cpus=cpus, room=10_000)
    assert [len(part) for part in parts] == expected
    whole = Step(name="x", run="lint .", batch=batch)
    assert command.split(whole, whole.run, list("abcde"), cpus=cpus, room=10_000) == [()]


def test_useful_cpus_are_those_of_the_processes() -> None:
    """A command that is not split uses what it says."""
    assert command.useful_cpus(Step(name="x", run="l {files}", batch="auto", cpus=2), 3) == 6
    assert command.useful_cpus(Step(name="x", run="l {files}", batch=2), 5) == 3
    assert command.useful_cpus(Step(name="x", run="l {files}", cpus=2), 5) == 2
    assert command.useful_cpus(Step(name="x", run="l", batch="auto"), 5) == 1

"""The small pure modules: text, porcelain, durations, outcomes, verdicts, journals, environments."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hookflow.core import display, environment, hiding, outcome, porcelain, scopes, verdict
from hookflow.core.config import Rate, Step
from hookflow.core.durations import parse_duration, parse_rate
from hookflow.core.names import did_you_mean, nearest
from hookflow.core.outcome import Cached, Cancelled, Failed, Passed, Skipped, TimedOut


@given(st.binary())
def test_names_of_any_bytes_survive(name: bytes) -> None:
    """Text and back."""
    assert porcelain.data(porcelain.text(name)) == name


NAMES = st.binary(min_size=1, max_size=8).filter(lambda name: b"\0" not in name)


@given(st.lists(NAMES))
def test_lists_of_names_are_read(names: list[bytes]) -> None:
    """NUL-separated, with or without one at the end."""
    assert porcelain.names(b"\0".join(names)) == [porcelain.text(name) for name in names]
    assert porcelain.names(b"".join(name + b"\0" for name in names)) == [porcelain.text(name) for name in names]


def test_what_git_prints_is_read() -> None:
    """Statuses, raw differences, index entries, untracked and unmerged names."""
    assert list(porcelain.statuses(b"M\0a\0D\0b c\0")) == [("M", "a"), ("D", "b c")]
    raw = b":100644 120000 1111 0000 T\0a\tb\0:160000 160000 2222 3333 M\0sub\0"
    assert list(porcelain.raw_changes(raw)) == [
        porcelain.RawChange("T", "100644", "1111", "a\tb"),
        porcelain.RawChange("M", "160000", "2222", "sub"),
    ]
    entries = list(porcelain.index_entries(b"100644 1111 0\ta\tb\x00100755 2222 2\tc\0"))
    assert entries == [porcelain.IndexEntry("100644", "1111", "a\tb")]
    assert porcelain.index_information(entries) == b"100644 1111\ta\tb\0"
    listed = b"? new\0M 100644 1111 1\tboth\0M 100644 1111 2\tboth\0"
    assert porcelain.untracked_and_unmerged(listed) == (["new"], ["both"])


@given(st.text())
def test_nothing_that_moves_the_cursor_is_left(text: str) -> None:
    """Of any output; with colours only colours are."""
    plain = display.harmless(text)
    assert not any(ord(char) < 32 and char not in "\n\t" for char in plain)
    coloured = display.harmless(text, colours=True)
    assert all(part.split("m")[0].replace(";", "").replace(":", "").isdecimal() or part.startswith("m")
               for part in coloured.split("\x1b[")[1:])  # fmt: skip


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07x", "x"),
        ("\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("10%\r50%\r100%\n", "100%\n"),
        ("line\r\n", "line\n"),
        ("a\x08b\x00c", "abc"),
    ],
)
def test_output_is_shown_as_a_terminal_would_leave_it(text: str, shown: str) -> None:
    """Sequences taken out, of a line that was written over the last version."""
    assert display.harmless(text) == shown


@given(st.text())
def test_a_name_is_shown_on_one_line(text: str) -> None:
    """And can be encoded."""
    shown = display.printable(text)
    assert "\n" not in shown
    assert "\x1b" not in shown
    shown.encode()


@pytest.mark.parametrize(
    ("value", "shown"), [(0.004, "0.00 s"), (9.994, "9.99 s"), (12.34, "12.3 s"), (125.4, "2 min 05 s")]
)
def test_seconds_are_readable(value: float, shown: str) -> None:
    """Two digits for short times."""
    assert display.seconds(value) == shown


def test_columns_are_aligned() -> None:
    """The last one is not padded."""
    assert display.columns([("a", "bb", "c"), ("aaa", "b", "")]) == ["a    bb  c", "aaa  b"]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("1.5m", 90), ("1h", 3600), ("250ms", 0.25), (5, 5), (0.5, 0.5), ("7", 7), (" 2 s ", 2)],
)
def test_durations_are_read(text: object, seconds: float) -> None:
    """As people write them."""
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "x", "-1s", 0, "0s", True, None, float("inf"), "1d", [], "1 2"])
def test_what_is_no_duration_is_none(text: object) -> None:
    """Zero ends every step at once, so it is none either."""
    assert parse_duration(text) is None


def test_rates_are_read() -> None:
    """So many in a second, minute or hour."""
    assert parse_rate("30/min") == Rate(30, 60.0)
    assert parse_rate("2 / s") == Rate(2, 1.0)
    assert [parse_rate(text) for text in ("0/min", "x/min", "3/day", 3, "3")] == [None] * 5


def test_a_steps_life_has_ends() -> None:
    """Every state can be reached, and the outcomes have no way out."""
    reached = {"waiting"} | {state for ways in outcome.LIFE.values() for state in ways.values()}
    assert reached == set(outcome.LIFE)
    ends = {state for state, ways in outcome.LIFE.items() if not ways}
    assert ends == {"passed", "failed", "timed-out", "cached", "skipped", "blocked", "cancelled"}
    assert outcome.LIFE["waiting"][outcome.transition(Cached("x"))] == "cached"


def test_outcomes_say_whether_they_block() -> None:
    """A failure that is allowed does not."""
    assert outcome.is_blocking(Failed(1, "x"), allowed_to_fail=False)
    assert not outcome.is_blocking(Failed(1, "x"), allowed_to_fail=True)
    assert not outcome.is_blocking(Cancelled("x"), allowed_to_fail=False)
    assert [outcome.exit_code(one) for one in (Passed(), Failed(-9, "x"), Skipped("x"))] == [0, -9, None]


def test_verdicts() -> None:
    """Codes, signals, changes, notes."""
    assert verdict.from_exit_code(0) == Passed()
    assert verdict.from_exit_code(-11) == Failed(-11, "ended by SIGSEGV")
    assert verdict.from_exit_code(-64) == Failed(-64, f"ended by {verdict.signal_name(64)}")
    many = tuple(f"f{number}" for number in range(8))
    assert verdict.with_changes(Passed(), many, fixed=True, staged=True) == Passed(
        "fixed f0, f1, f2, f3, f4 and 3 more files, and staged that"
    )
    assert verdict.with_changes(TimedOut("x"), many, fixed=False, staged=False) == TimedOut("x")
    assert verdict.with_note(Failed(1, "x"), "note") == Failed(1, "x; note")
    assert verdict.with_note(Passed(), "note") == Passed("note")


PATHS = st.text("ab/.", min_size=1, max_size=8)


@given(PATHS)
def test_a_path_inside_stays_inside(path: str) -> None:
    """Whatever else is refused."""
    parts = path.split("/")
    assert hiding.is_inside(path) == (all(parts) and not {".", "..", ".git"} & set(parts))


@given(st.lists(NAMES, unique=True, max_size=4), st.integers(0, 2**63), st.booleans())
def test_journals_come_back_as_they_were_written(names: list[bytes], number: int, absent: bool) -> None:
    """Names of any bytes."""
    paths = [path for path in map(porcelain.text, names) if hiding.is_inside(path)]
    identity = hiding.Identity(number, number, number, number, 0o100644)
    files = tuple(
        hiding.HiddenFile(number=n, path=path, absent=absent, mode="100644", object_id="1", placed=identity)
        for n, path in enumerate(paths)
    )
    obstacles = tuple(hiding.Obstacle(n, path) for n, path in enumerate(paths))
    journal = hiding.Journal(run="r", pid=1, files=files, obstacles=obstacles, directories=tuple(paths))
    assert hiding.decode(hiding.encode(journal)) == journal


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"version": 2}', b'{"version": 1, "files": 3}', b"\xff"])
def test_what_is_no_journal_is_refused(content: bytes) -> None:
    """With a ValueError, whatever it is."""
    with pytest.raises(ValueError):  # noqa: PT011 (the reason differs, the refusal is the promise)
        hiding.decode(content)


def test_gits_own_variables_are_known() -> None:
    """All that the installed git lists."""
    listed = subprocess.check_output(["git", "rev-parse", "--local-env-vars"], text=True).split()
    assert set(listed) <= environment.GIT_LOCAL_VARIABLES


def test_the_environment_of_a_step() -> None:
    """Its configuration wins over what is inherited, our own names over both."""
    around = environment.Surroundings(
        inherited={"PATH": "/own/bin:/usr/bin", "GIT_DIR": "x", "A": "1", "VIRTUAL_ENV": "/own", "HOOKFLOW": "9"},
        run="r",
        stage="pre-push",
        venv="/v",
        venv_programs="/v/bin",
        own_venv_programs="/own/bin",
        push={"HOOKFLOW_TO_REF": "t"},
        colour=True,
    )
    found = environment.step_environment(Step(name="s", run="x", env={"A": "2"}), around)
    assert found["PATH"] == "/v/bin:/usr/bin"
    assert (found["A"], found["VIRTUAL_ENV"], found["HOOKFLOW"]) == ("2", "/v", "1")
    assert (found["HOOKFLOW_STEP"], found["HOOKFLOW_RUN"], found["HOOKFLOW_STAGE"]) == ("s", "r", "pre-push")
    assert (found["HOOKFLOW_TO_REF"], found["FORCE_COLOR"]) == ("t", "1")
    assert "GIT_DIR" not in found
    assert "GIT_DIR" in environment.step_environment(Step(name="s", run="x", git_env=True), around)


def test_the_nearest_name_is_offered() -> None:
    """If one is near."""
    assert nearest("need", ["needs", "files"]) == "needs"
    assert did_you_mean("xyzzy", ["needs"]) == ""


def test_what_git_tells_a_push_is_read() -> None:
    """Four words a line; a deletion has no local object."""
    (update,) = scopes.parse_updates("refs/heads/a 11 refs/heads/b 00\nnonsense\n")
    assert (update.local_ref, update.local_id, update.remote_ref) == ("refs/heads/a", "11", "refs/heads/b")
    assert scopes.is_null(update.remote_id)
    assert not scopes.is_null(update.local_id)

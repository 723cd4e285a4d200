"""Past durations to the one to expect."""

from itertools import pairwise

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hookflow.core.estimate import UNKNOWN, Past, estimates, expected_seconds

SECONDS = st.floats(0.001, 10_000.0)
FILES = st.integers(0, 5000)
PASTS = st.lists(st.builds(Past, SECONDS, FILES), min_size=1, max_size=12)
# Too few runs for a line, or runs that all had as many files: nothing that could grow with the files.
WITHOUT_LINE = st.one_of(
    st.lists(st.builds(Past, SECONDS, FILES), min_size=1, max_size=3),
    st.lists(st.builds(Past, SECONDS, st.just(4)), min_size=1, max_size=12),
)


def past(*seconds: float, files: int = 1) -> list[Past]:
    """Runs on as many files each, the newest first."""
    return [Past(each, files) for each in seconds]


def on_files(**seconds: float) -> list[Past]:
    """Runs on so many files each (``f3`` are three), the newest first."""
    return [Past(each, int(name[1:])) for name, each in seconds.items()]


def test_without_a_past_nothing_is_expected() -> None:
    """It is for the caller to say what then."""
    assert expected_seconds([], 3) is None


def test_the_newest_run_counts_most() -> None:
    """Each older run counts 0.7 of the next newer one."""
    assert expected_seconds(past(5.0), 3) == 5.0
    assert expected_seconds(past(10.0, 2.0), 3) == pytest.approx((10 + 0.7 * 2) / 1.7)
    assert expected_seconds(past(1.0, 2.0, 4.0), 3) == pytest.approx((1 + 0.7 * 2 + 0.49 * 4) / 2.19)


def test_a_change_is_followed_within_a_few_runs() -> None:
    """A step that takes 8 s instead of 1 s is expected to take most of that after five runs."""
    followed = [expected_seconds(past(*[8.0] * new, *[1.0] * 20), 1) for new in range(6)]
    assert all(earlier < later for earlier, later in pairwise(followed))
    assert followed[0] == pytest.approx(1.0)
    assert followed[5] > 6.5


def test_what_grows_with_the_files_is_expected_to_go_on() -> None:
    """Two seconds and half a second a file, from four runs on."""
    grown = on_files(f4=4.0, f1=2.5, f8=6.0, f2=3.0)
    assert expected_seconds(grown, 100) == pytest.approx(52.0)
    assert expected_seconds(grown, 0) == pytest.approx(2.0)


def test_a_line_may_be_blurred() -> None:
    """It need not explain everything."""
    blurred = on_files(f10=6.5, f30=17.5, f20=11.0, f40=20.5, f5=4.0)
    assert expected_seconds(blurred, 100) == pytest.approx(52.0, rel=0.1)


@pytest.mark.parametrize(
    "runs",
    [
        on_files(f4=4.0, f1=2.5, f8=6.0),
        past(1.0, 9.0, 2.0, 7.0, files=5),
        past(3.0, 3.0, 3.0, 3.0),
        on_files(f1=3.0, f2=3.0, f3=3.0, f4=3.0),
        on_files(f1=9.0, f2=7.0, f3=5.0, f4=3.0),
        on_files(f10=1.0, f11=11.0, f12=21.0, f13=31.0),
        on_files(f1=2.0, f2=9.0, f3=1.0, f4=8.0, f5=3.0),
    ],
    ids=["three runs", "files all the same", "all the same", "seconds all the same", "falls", "below zero", "noise"],
)
def test_where_no_line_fits_the_files_do_not_count(runs: list[Past]) -> None:
    """The weighted mean is expected, for any number of files."""
    weights = [0.7**age for age in range(len(runs))]
    mean = sum(weight * run.seconds for weight, run in zip(weights, runs, strict=True)) / sum(weights)
    assert expected_seconds(runs, 0) == expected_seconds(runs, 10_000) == pytest.approx(mean)


@given(WITHOUT_LINE, FILES)
@settings(max_examples=200, deadline=None)
def test_without_a_line_the_past_is_not_left(runs: list[Past], files: int) -> None:
    """Neither faster than the fastest run nor slower than the slowest."""
    seconds = [run.seconds for run in runs]
    assert min(seconds) * (1 - 1e-9) <= expected_seconds(runs, files) <= max(seconds) * (1 + 1e-9)


@given(PASTS, FILES, FILES)
@settings(max_examples=200, deadline=None)
def test_more_files_are_never_expected_to_take_less(runs: list[Past], files: int, more: int) -> None:
    """And nothing takes less than no time."""
    assert 0 <= expected_seconds(runs, files) <= expected_seconds(runs, files + more)


@given(PASTS, FILES, st.integers(-8, 8))
@settings(max_examples=200, deadline=None)
def test_a_machine_of_another_speed_scales_the_expectation(runs: list[Past], files: int, power: int) -> None:
    """By a power of two: what rounds stays the same, so the same line fits or none."""
    scaled = [Past(run.seconds * 2.0**power, run.files) for run in runs]
    assert expected_seconds(scaled, files) == expected_seconds(runs, files) * 2.0**power


@given(st.integers(1, 1000), st.integers(1, 1000), st.lists(FILES, min_size=4, max_size=12), FILES)
@settings(max_examples=200, deadline=None)
def test_a_straight_line_is_found(fixed: int, each: int, counts: list[int], files: int) -> None:
    """Of any slope, whatever numbers of files lie on it."""
    assume(len(set(counts)) > 1)
    runs = [Past(float(fixed + each * count), count) for count in counts]
    assert expected_seconds(runs, files) == pytest.approx(fixed + each * files, rel=1e-6)


def test_equal_runs_are_no_line() -> None:
    """Four of 14 s on 13 files each say nothing of a thousand files."""
    assert expected_seconds(past(*[14.0] * 4, files=13), 1000) == pytest.approx(14.0)


@pytest.mark.parametrize(
    "runs",
    [
        on_files(f3=0.3, f10=1.0, f50=5.0, f7=0.7, f9=0.9),
        on_files(f100=10.0, f10=0.95, f50=4.97, f20=1.95, f99=9.9),
    ],
    ids=["exactly", "nearly"],
)
def test_a_step_may_have_no_fixed_seconds(runs: list[Past]) -> None:
    """A tenth of a second a file, and nothing else."""
    assert expected_seconds(runs, 1000) == pytest.approx(100.0, rel=0.02)


def test_who_has_no_past_takes_as_long_as_the_others_on_average() -> None:
    """The mean of what is expected of them; a past of a step that does not run is not asked."""
    known = {"a": past(2.0), "b": past(6.0), "old": past(100.0), "c": []}
    assert estimates(known, {"a": 1, "new": 9, "b": 1, "c": 1}) == {"a": 2.0, "new": 4.0, "b": 6.0, "c": 4.0}


def test_without_any_past_all_are_equal() -> None:
    """Then only the graph decides."""
    assert estimates({}, {"a": 1, "b": 5}) == {"a": UNKNOWN, "b": UNKNOWN}
    assert estimates({"a": past(1.0)}, {}) == {}


@given(st.dictionaries(st.sampled_from("abcdef"), PASTS), st.dictionaries(st.sampled_from("abcdef"), FILES))
@settings(max_examples=100, deadline=None)
def test_every_step_gets_an_estimate(known: dict[str, list[Past]], files: dict[str, int]) -> None:
    """Its own where it has a past, else one among those of the others."""
    told = estimates(known, files)
    own = {name: expected_seconds(known[name], count) for name, count in files.items() if name in known}
    least, most = min(own.values(), default=UNKNOWN), max(own.values(), default=UNKNOWN)
    assert list(told) == list(files)
    for name, seconds in told.items():
        assert seconds == own.get(name, seconds)
        assert least * (1 - 1e-9) <= seconds <= most * (1 + 1e-9)

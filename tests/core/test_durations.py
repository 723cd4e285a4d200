"""Times as people write them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookflow.core.config import Rate
from hookflow.core.durations import parse_duration, parse_rate


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("1.5m", 90),
        ("1h", 3600),
        ("250ms", 0.25),
        (5, 5),
        (0.5, 0.5),
        ("7", 7),
        (" 2 s ", 2),
        ("90 m", 5400),
    ],
)
def test_durations_are_read(text: object, seconds: float) -> None:
    """As people write them."""
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "-1s",
        0,
        "0s",
        True,
        None,
        float("inf"),
        "1d",
        [],
        "1 2",
        "1e3",
        "1.s",
        "m",
        float("nan"),
        10**400,
        "9" * 400,
    ],
)
def test_what_is_no_duration_is_none(text: object) -> None:
    """Zero ends every step at once, so it is none either."""
    assert parse_duration(text) is None


def test_rates_are_read() -> None:
    """So many in a second, minute or hour."""
    assert parse_rate("30/min") == Rate(30, 60.0)
    assert parse_rate("2 / s") == parse_rate(" 2/sec ") == parse_rate("2/second") == Rate(2, 1.0)
    assert parse_rate("5/h") == parse_rate("5/hour") == Rate(5, 3600.0)
    assert [parse_rate(text) for text in ("0/min", "x/min", "3/day", 3, "3")] == [None] * 5
    assert parse_rate("9" * 5000 + "/s") is None


@given(number=st.integers(1, 10**6), unit=st.sampled_from([("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)]))
@settings(max_examples=100, deadline=None)
def test_a_unit_is_a_factor(number, unit) -> None:
    """A number without one is seconds, written as a string or not."""
    assert parse_duration(f"{number}{unit[0]}") == pytest.approx(number * unit[1])
    assert parse_duration(number) == parse_duration(str(number)) == number


@given(value=st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.lists(st.text())))
@settings(max_examples=200, deadline=None)
def test_any_value_is_a_time_or_none(value) -> None:
    """Nothing that a file can hold makes reading it fail, and every duration is a positive time."""
    seconds = parse_duration(value)
    assert seconds is None or 0 < seconds < float("inf")
    rate = parse_rate(value)
    assert rate is None or rate.count >= 1

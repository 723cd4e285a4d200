"""Figures on their way to the page."""

from benchmarks import pages, results
from benchmarks.report import left_out, race_text
from benchmarks.rounds import Race, Round
from benchmarks.tables import middle_half, number, paired_ratios, race_table

RACE = Race(
    [
        Round({"hookflow": 1.0, "slow": 2.0}),
        Round({"hookflow": 4.0, "slow": 4.0}),
        Round({"hookflow": 3.0, "slow": 4.0}),
    ]
)


def test_ratios_are_of_the_same_round() -> None:
    """Not of medians."""
    assert paired_ratios([1.0, 4.0], [2.0, 4.0]) == [0.5, 1.0]


def test_the_table_has_medians_and_ratios_the_fastest_first() -> None:
    """In milliseconds."""
    rows = race_table(RACE, notes={"slow": "waits"}).splitlines()[2:]
    assert rows == [
        "| **hookflow** | 3,000 | 2,000 - 3,500 |  |  |",
        "| slow | 4,000 | 3,000 - 4,000 | 0.75 x | waits |",
    ]


def test_a_race_without_us_has_no_ratio() -> None:
    """Hookflow may have failed."""
    assert "| a | 2,000 | 2,000 - 2,000 |  |  |" in race_table(Race([Round({"a": 2.0})]))
    assert race_table(Race([])) == "Nothing was measured.\n"


def test_numbers_have_three_digits() -> None:
    """Whatever their size."""
    assert [number(figure) for figure in (1234.5, 99.94, 9.994)] == ["1,234", "99.9", "9.99"]
    assert middle_half([1.0]) == (1.0, 1.0)


def test_a_section_says_what_was_discarded_and_who_was_left_out() -> None:
    """And when its figures are not to be trusted."""
    text = race_text("Whole process", Race(RACE.rounds, discarded=2, noisy=True, failed={"make": "no\nmakefile | `x`"}))
    assert "3 rounds, 2 discarded" in text
    assert "not to be trusted" in text
    assert "- make was left out: no makefile / 'x'" in text
    assert left_out({"a": "x" * 500}).endswith(" ...")


def test_a_section_that_is_written_anew_leaves_the_others() -> None:
    """In the order of the workloads, whatever was written first."""
    first = results.page("", {"W3": "## W3 - three\n\nold\n"})
    both = results.page(first, {"W1": "## W1 - one\n\ntext\n"})
    assert both.index("## W1") < both.index("## W3")
    anew = results.page(both, {"W3": "## W3 - three\n\nnew\n"})
    assert pages.sections(anew) == {"W1": "## W1 - one\n\ntext", "W3": "## W3 - three\n\nnew"}
    assert anew.startswith("# Side by side")


def test_a_page_without_sections_has_none() -> None:
    """Its introduction is written anew."""
    assert pages.sections("") == {}
    assert pages.sections("# Title\n\ntext\n") == {}

"""Figures to tables in Markdown: medians, and ratios that are paired round by round."""

from collections.abc import Mapping, Sequence
from statistics import median, quantiles

from benchmarks.rounds import Race

OURS = "hookflow"


def paired_ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """Of each round, ours over theirs: what disturbed both in that round goes out of the ratio."""
    return [mine / other for mine, other in zip(ours, theirs, strict=True)]


def middle_half(figures: Sequence[float]) -> tuple[float, float]:
    """The lower and the upper quartile."""
    if len(figures) == 1:
        return figures[0], figures[0]
    low, _, high = quantiles(figures, n=4, method="inclusive")
    return low, high


def race_table(race: Race, unit: str = "ms", scale: float = 1000.0, notes: Mapping[str, str] | None = None) -> str:
    """One row a contender, the fastest first.

    Args:
        race: What was measured.
        unit: What the figures are shown in.
        scale: What a figure is multiplied by to be in that unit.
        notes: More about some contenders, by name.
    """
    if not race.rounds:
        return "Nothing was measured.\n"
    names = sorted(race.rounds[0].figures, key=lambda name: median(race.figures(name)))
    rows = [_row(race, name, scale, (notes or {}).get(name, "")) for name in names]
    head = f"| | median, {unit} | middle half | {OURS} takes | |\n|---|--:|--:|--:|---|"
    return "\n".join([head, *rows, ""])


def _row(race: Race, name: str, scale: float, note: str) -> str:
    figures = race.figures(name)
    low, high = middle_half(figures)
    shown = f"**{name}**" if name == OURS else name
    cells = [shown, number(median(figures) * scale), f"{number(low * scale)} - {number(high * scale)}"]
    return f"| {' | '.join([*cells, _ratio(race, name), note])} |"


def _ratio(race: Race, name: str) -> str:
    if name == OURS or OURS not in race.rounds[0].figures:
        return ""
    return f"{median(paired_ratios(race.figures(OURS), race.figures(name))):.2f} x"


def number(figure: float) -> str:
    """Three digits that mean something, no more."""
    digits = 0 if figure >= 100 else 1 if figure >= 10 else 2  # noqa: PLR2004 (powers of ten)
    return f"{figure:,.{digits}f}"

"""Contenders measured in turn: every round runs each of them once, and no two rounds in the same order."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.machine import Moment, now, share_of_others
from benchmarks.running import CommandFailedError

MOST_OF_OTHERS = 0.08  # a round in which others took more of the machine is discarded
_TRIES = 2  # rounds begun at most, for each one wanted


@dataclass(frozen=True, slots=True)
class Contender:
    """Who is measured: a name, what is done before (not timed), and what is."""

    name: str
    measure: Callable[[], float]  # does the work once and returns the figure
    before: Callable[[], None] = lambda: None


@dataclass(frozen=True, slots=True)
class Round:
    """The figure of each contender, and the part of the machine that others took meanwhile (0 to 1)."""

    figures: Mapping[str, float]
    others: float = 0.0


@dataclass(frozen=True, slots=True)
class Race:
    """What was measured."""

    rounds: Sequence[Round]  # those that count
    discarded: int = 0
    noisy: bool = False  # the machine was never quiet for long enough: discarded rounds had to be counted
    failed: Mapping[str, str] = field(default_factory=dict)  # who was left out, and why

    def figures(self, name: str) -> list[float]:
        """Of one contender, in the order of the rounds."""
        return [each.figures[name] for each in self.rounds]


def rotated(names: Sequence[str], number: int) -> list[str]:
    """The order of a round: each contender is first once before one is first again, and neighbours change.

    Every other time around, the order is the other way, so that nobody always follows the same one.
    """
    if not names:
        return []
    turn, first = divmod(number, len(names))
    order = [*names[first:], *names[:first]]
    return order[::-1] if turn % 2 else order


def _others(before: Moment, after: Moment) -> float:
    return share_of_others(before, after, os.cpu_count() or 1)


def race(
    contenders: Sequence[Contender],
    rounds: int,
    *,
    most_of_others: float = MOST_OF_OTHERS,
    others: Callable[[Moment, Moment], float] = _others,
) -> Race:
    """Measure until so many rounds were quiet, or twice as many were begun.

    Args:
        contenders: Who takes part. One whose command fails takes no further part, and the round is begun again.
        rounds: How many rounds are to count.
        most_of_others: The part of the machine that others may take in a round that counts.
        others: What part others took between two moments.

    Returns:
        The quiet rounds; if they were fewer than asked for, the quietest, and `noisy` if those were not half.
    """
    taking_part = {each.name: each for each in contenders}
    failed: dict[str, str] = {}
    done: list[Round] = []
    while len(done) < rounds * _TRIES and sum(each.others <= most_of_others for each in done) < rounds and taking_part:
        try:
            done.append(_round([taking_part[name] for name in rotated(list(taking_part), len(done))], others))
        except _OutError as out:
            failed[out.name] = out.reason
            del taking_part[out.name]
            done = [Round(_without(each.figures, out.name), each.others) for each in done]
    return _counted(done, rounds, most_of_others, failed)


class _OutError(Exception):
    """A contender's command failed."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(reason)
        self.name = name
        self.reason = reason


def _round(order: Sequence[Contender], others: Callable[[Moment, Moment], float]) -> Round:
    figures = {}
    before = now()
    for contender in order:
        try:
            contender.before()
            figures[contender.name] = contender.measure()
        except CommandFailedError as error:
            raise _OutError(contender.name, str(error)) from error
    return Round(figures, others(before, now()))


def _without(figures: Mapping[str, float], name: str) -> dict[str, float]:
    return {key: figure for key, figure in figures.items() if key != name}


def _counted(done: Sequence[Round], rounds: int, most_of_others: float, failed: Mapping[str, str]) -> Race:
    quiet = [each for each in done if each.others <= most_of_others]
    noisy = len(quiet) < min(len(done), (rounds + 1) // 2)
    counted = sorted(done, key=lambda each: each.others)[:rounds] if noisy else quiet
    return Race(counted, discarded=len(done) - len(counted), noisy=noisy, failed=failed)

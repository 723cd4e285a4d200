"""Past durations of a step to the one to expect."""

from collections.abc import Mapping, Sequence

from hookflow.core.structs import Struct

UNKNOWN = 1.0  # seconds, where nothing at all is known: only the ratio between steps matters for an order
# The weight of the newest of the past durations (exponential smoothing, Brown 1956): the last five or so count.
_WEIGHT = 0.3
_LEAST_FOR_A_LINE = 4  # runs
_LEAST_EXPLAINED = 0.5  # of the variance (R²), for durations to count as growing with the number of files


class Past(Struct, frozen=True):
    """One time that a step ran: seconds, and how many files it was given."""

    seconds: float
    files: int


def expected_seconds(past: Sequence[Past], files: int) -> float | None:
    """The seconds to expect for so many files; None where the step has no past.

    A weighted straight line over the number of files where that explains the past well, else the exponentially
    weighted mean.

    Args:
        past: The newest first.
        files: How many files the step will be given.
    """
    if not past:
        return None
    weights = [(1 - _WEIGHT) ** age for age in range(len(past))]
    total = sum(weights)
    mean = sum(weight * each.seconds for weight, each in zip(weights, past, strict=True)) / total
    line = _line(past, weights)
    if line is None:
        return mean
    fixed, each_file = line
    return fixed + each_file * files


def _line(past: Sequence[Past], weights: Sequence[float]) -> tuple[float, float] | None:
    """Fixed seconds and seconds per file by weighted least squares; None where the past does not look like that."""
    # Numbers of files that are all the same are told by the numbers: their weighted mean may round, and then what is
    # left of the spread is noise that anything fits.
    if len(past) < _LEAST_FOR_A_LINE or len({each.files for each in past}) == 1:
        return None
    total = sum(weights)
    mean_files = sum(weight * each.files for weight, each in zip(weights, past, strict=True)) / total
    mean = sum(weight * each.seconds for weight, each in zip(weights, past, strict=True)) / total
    spread = sum(weight * (each.files - mean_files) ** 2 for weight, each in zip(weights, past, strict=True))
    variance = sum(weight * (each.seconds - mean) ** 2 for weight, each in zip(weights, past, strict=True))
    both = sum(
        weight * (each.files - mean_files) * (each.seconds - mean) for weight, each in zip(weights, past, strict=True)
    )
    if variance == 0 or both * both < _LEAST_EXPLAINED * spread * variance:
        return None
    slope = both / spread
    fixed = mean - slope * mean_files
    if slope <= 0:
        return None  # more files do not take less time: noise
    return (fixed, slope) if fixed >= 0 else _through_origin(past, weights, variance)


def _through_origin(past: Sequence[Past], weights: Sequence[float], variance: float) -> tuple[float, float] | None:
    """The same for steps without fixed seconds, whose best line may begin slightly below zero."""
    pairs = list(zip(weights, past, strict=True))
    slope = sum(w * each.files * each.seconds for w, each in pairs) / sum(w * each.files**2 for w, each in pairs)
    left = sum(w * (each.seconds - slope * each.files) ** 2 for w, each in pairs)
    return (0.0, slope) if left <= (1 - _LEAST_EXPLAINED) * variance else None


def estimates(past: Mapping[str, Sequence[Past]], files: Mapping[str, int]) -> dict[str, float]:
    """The seconds to expect for each step.

    One without a past is taken for as long as the others are on average.

    Args:
        past: Of each step, the newest first; a step may be missing.
        files: Of each step, how many files it will be given.
    """
    known = {name: expected_seconds(past.get(name, ()), count) for name, count in files.items()}
    told = [seconds for seconds in known.values() if seconds is not None]
    otherwise = sum(told) / len(told) if told else UNKNOWN
    return {name: otherwise if seconds is None else seconds for name, seconds in known.items()}

"""Times as people write them in a configuration."""

import re

from hookflow.core.config import Rate

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h)?")
_MOST = 1e15  # as good as for ever; an integer beyond may be too large for a float
_PERIODS = {
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "m": 60.0,
    "min": 60.0,
    "minute": 60.0,
    "h": 3600.0,
    "hour": 3600.0,
}
_RATE = re.compile(r"(\d{1,15})\s*/\s*([a-z]+)")

DURATION_FORM = 'a duration such as "90s", "5m", "1h", or seconds'
RATE_FORM = 'a rate such as "30/min"'


def parse_duration(value: object) -> float | None:
    """Seconds of ``"90s"``, ``"1.5m"``, ``"1h"``, ``"250ms"`` or a number; None where it is no such thing.

    Zero and negative times are no durations: a time-out of nothing would end every step at once.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        seconds = float(value) if value < _MOST else 0.0
    elif isinstance(value, str) and (match := _DURATION.fullmatch(value.strip())):
        seconds = float(match[1]) * _UNITS[match[2] or "s"]
    else:
        return None
    return seconds if 0 < seconds < float("inf") else None


def parse_rate(value: object) -> Rate | None:
    """``"30/min"`` as a `Rate`; None where it is no such thing."""
    match = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or match[2] not in _PERIODS or int(match[1]) < 1:
        return None
    return Rate(int(match[1]), _PERIODS[match[2]])

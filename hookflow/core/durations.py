"""Times as people write them in a configuration."""

import re

from hookflow.core.config import Rate

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
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
MOST = 1e15  # as good as for ever; an integer beyond may be too large for a float

# In regular expressions that ECMAScript reads too, for the schema: more than nothing, and not so many digits that
# a float could not hold them.
_TIME = r"0*[1-9][0-9]{0,99}(?:\.[0-9]+)?|0+\.0{0,99}[1-9][0-9]*"
_COUNT = "0{0,99}[1-9][0-9]{0,14}"
DURATION = rf"\s*({_TIME})\s*({'|'.join(_UNITS)})?\s*"
RATE = rf"\s*({_COUNT})\s*/\s*({'|'.join(_PERIODS)})\s*"

DURATION_FORM = 'a duration such as "90s", "5m", "1h", or seconds'
RATE_FORM = 'a rate such as "30/min"'


def parse_duration(value: object) -> float | None:
    """Seconds of ``"90s"``, ``"1.5m"``, ``"1h"``, ``"250ms"`` or a number; None where it is no such thing.

    Zero and negative times are no durations: a time-out of nothing would end every step at once.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        seconds = float(value) if value < MOST else 0.0
    elif isinstance(value, str) and (match := re.fullmatch(DURATION, value)):
        seconds = float(match[1]) * _UNITS[match[2] or "s"]
    else:
        return None
    return seconds if 0 < seconds < float("inf") else None


def parse_rate(value: object) -> Rate | None:
    """``"30/min"`` as a `Rate`; None where it is no such thing."""
    match = re.fullmatch(RATE, value) if isinstance(value, str) else None
    return Rate(int(match[1]), _PERIODS[match[2]]) if match else None

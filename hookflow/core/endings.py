"""The signals that end a run properly."""

import signal

# Not all of them exist on every system.
ENDING = tuple(
    signal.Signals(getattr(signal, name))
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    if hasattr(signal, name)
)
HANG_UP = getattr(signal, "SIGHUP", None)

"""What a run came to, in the words that every reporter for people uses."""

from hookflow.core import display
from hookflow.core.events import RunFinished


def account(event: RunFinished) -> str:
    """``2 passed, 1 failed in 3.00 s; at most 2 at once; one after another: 4.50 s``."""
    ran = "nothing ran" if not event.peak else f"at most {event.peak} at once"
    times = f"{display.seconds(event.seconds)}; {ran}"
    if event.peak:
        times += f"; one after another: {display.seconds(event.serial_seconds)}"
    counts = ", ".join(f"{number} {word}" for word, number in event.counts.items()) or "no steps"
    return f"{counts} in {times}"

"""Which CPU slot a step took, told from when it ran: nothing pins steps, so the lowest free slot stands for it."""

from collections.abc import Iterable, Mapping

from hookflow.core.structs import Struct


class Stay(Struct, frozen=True):
    """A step that ran from `start` to `end` (seconds) on `cpus` slots."""

    name: str
    start: float
    end: float
    cpus: int = 1


def lanes(stays: Iterable[Stay], jobs: int) -> Mapping[str, tuple[int, ...]]:
    """The slots of each step, from 0, the lowest first; no slot is held by two at a time.

    A step takes as many as it asks for, at most `jobs`. Where more ran at once than there are slots (a step
    that waited for its next try is drawn as one), further slots are made up.
    """
    free_from: list[float] = []
    found: dict[str, tuple[int, ...]] = {}
    for stay in sorted(stays, key=lambda stay: (stay.start, stay.end)):
        wanted = min(max(1, stay.cpus), jobs)
        free = [place for place, time in enumerate(free_from) if time <= stay.start][:wanted]
        missing = wanted - len(free)
        free += range(len(free_from), len(free_from) + missing)
        free_from += [0.0] * missing
        for place in free:
            free_from[place] = stay.end
        found[stay.name] = tuple(free)
    return found

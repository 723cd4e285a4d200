"""``hookflow cache stats|clear|prune``: the results that are kept."""

from hookflow.adapters.blobs import Blobs
from hookflow.adapters.database import Database
from hookflow.adapters.repository import Repository
from hookflow.adapters.store import BLOBS, MOST_BYTES, Store
from hookflow.commands import answering, execution
from hookflow.commands.options import Place
from hookflow.core import display
from hookflow.core.errors import BrokenEnvironmentError


def cache(place: Place, action: str, size: int | None) -> int:
    """Show, empty or shrink the cache.

    Args:
        place: Where.
        action: ``stats``, ``clear`` or ``prune``.
        size: Bytes that ``prune`` leaves; None for the usual limit.

    Raises:
        BrokenEnvironmentError: The cache cannot be used.
    """
    state = execution.state_of(Repository(place.directory))
    if action == "stats" and not (state / BLOBS).parent.is_dir():
        print(f"nothing is kept yet in {state}")
        return 0
    database = Database(state)
    try:
        if not database.usable:
            raise BrokenEnvironmentError(database.problem or f"{state} cannot be used")
        store = Store(database, Blobs(state / BLOBS))
        match action:
            case "clear":
                store.clear()
                answering.forget(state)
                print("no result is kept any more; how long steps take is still known")
            case "prune":
                removed = store.prune(MOST_BYTES if size is None else size)
                print(f"{display.count(removed, 'result')} removed, {display.size(store.size())} left")
            case _:
                _print_stats(store, state)
    finally:
        database.close()
    return 0


def _print_stats(store: Store, state: object) -> None:
    counts = store.counts()
    blobs, size = store.blobs.total()
    print(f"{counts['results']:,} results of {display.count(counts['steps'], 'step')}")
    print(f"{counts['files']:,} passes of single files")
    print(f"{counts['durations']:,} durations")
    print(f"{display.count(blobs, 'blob')}, {display.size(size)} of at most {display.size(MOST_BYTES)}")
    print(f"in {state}")

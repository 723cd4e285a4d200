"""The store: whatever is wrong with it, a run knows less, and is never told something wrong."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hookflow.adapters.blobs import Blobs
from hookflow.adapters.database import BROKEN, INDEX, Database
from hookflow.adapters.store import BLOBS, Duration, History, Store
from hookflow.adapters.tallies import Sight, Tallies
from hookflow.core.estimate import Past
from hookflow.core.fingerprint import Files, Fingerprint, Part, file_state
from hookflow.core.harmless import Tally
from hookflow.core.kept import Kept, Output

KEY, OTHER = "a" * 64, "b" * 64
SOME = Fingerprint((Part("command", "run", '"true"'),), Files({"a\n\udcff": file_state("100644", "c" * 40)}))


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A state directory."""
    return tmp_path / "state"


@pytest.fixture
def store(state: Path) -> Iterator[Store]:
    """A store in it."""
    with closing(Database(state)) as database:
        yield Store(database, Blobs(state / BLOBS))


def result(store: Store, key: str = KEY, **special) -> Kept:
    """A result with a log and an output, whose blobs are there."""
    keys = {"step": "tests", "run": "r1", "seconds": 1.5, "size": 10, **special}
    made = (Output("out/x", 0o644, store.blobs.put(b"made")),)
    return Kept(key=key, log=store.blobs.put(b"log"), outputs=made, **keys)


def again(state: Path) -> tuple[Database, Store]:
    """As another process would open it."""
    database = Database(state)
    return database, Store(database, Blobs(state / BLOBS))


def spoil(state: Path, statement: str, *values: object) -> None:
    """Change the index behind the store's back."""
    with closing(sqlite3.connect(state / INDEX)) as connection, connection:
        connection.execute(statement, values)


def test_what_was_kept_is_found_again(store: Store, state: Path) -> None:
    """By another process too, with what decided it."""
    kept = result(store)
    store.keep([(kept, SOME)], [OTHER])
    database, other = again(state)
    with closing(database):
        assert other.result(KEY) == kept
        assert other.result(OTHER) is None
        assert other.passed_files([KEY, OTHER]) == {OTHER}
        last = other.last_pass("tests")
        assert last is not None
        assert (last.run, last.key, last.fingerprint) == ("r1", KEY, SOME)
        assert other.last_pass("other") is None
        assert other.counts() == {"results": 1, "steps": 1, "files": 1, "durations": 0}
        assert database.problem is None


def test_only_the_owner_may_read_it(store: Store, state: Path) -> None:
    """Of all its files, and the directory."""
    store.keep([(result(store), SOME)])
    assert state.stat().st_mode & 0o777 == 0o700
    assert {place.stat().st_mode & 0o777 for place in state.iterdir() if place.is_file()} == {0o600}


def test_the_last_pass_of_a_step_replaces_the_one_before(store: Store) -> None:
    """Its manifest goes, unless another step has the same one."""
    other = Fingerprint(SOME.parts, Files({"b": file_state("100644", "d" * 40)}))
    store.keep([(result(store), SOME), (result(store, OTHER, step="lint"), SOME)])
    before, _ = store.blobs.total()
    store.keep([(result(store, "c" * 64), other)])
    assert store.last_pass("tests").fingerprint == other
    assert store.last_pass("lint").fingerprint == SOME
    assert store.blobs.total()[0] == before + 1
    store.keep([(result(store, "d" * 64, step="lint"), other)])
    assert store.blobs.total()[0] == before


def _truncate(place: Path) -> None:
    os.truncate(place, place.stat().st_size // 2)


def _garbage(place: Path) -> None:
    place.write_bytes(b"garbage" * 1000)


def _torn(place: Path) -> None:
    with place.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 8000)


def _foreign(place: Path) -> None:
    place.unlink()
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("CREATE TABLE results (other TEXT)")


def _other_version(place: Path) -> None:
    with closing(sqlite3.connect(place)) as connection:
        connection.execute("PRAGMA user_version = 99")


def _without_a_table(place: Path) -> None:
    with closing(sqlite3.connect(place)) as connection, connection:
        connection.execute("DROP TABLE passes")


def _link(place: Path) -> None:
    place.unlink()
    target = place.parent.parent / "target"
    target.write_text("precious")
    place.symlink_to(target)


def _pipe(place: Path) -> None:
    place.unlink()
    os.mkfifo(place)


def _directory(place: Path) -> None:
    place.unlink()
    place.mkdir()


@pytest.mark.parametrize(
    "harm", [_truncate, _garbage, _torn, _foreign, _other_version, _without_a_table, _link, _pipe, _directory]
)
def test_a_broken_index_is_set_aside_and_said_once(state: Path, harm: Callable[[Path], None]) -> None:
    """The run that notices goes on with a new one, and the next knows nothing of it."""
    database, store = again(state)
    store.keep([(result(store), SOME)])
    database.close()
    for ending in ("-wal", "-shm"):
        (state / (INDEX + ending)).unlink(missing_ok=True)
    harm(state / INDEX)
    database, store = again(state)
    with closing(database):
        store.result(KEY)
        assert "is set aside" in str(database.problem)
        assert database.usable
        assert store.result(KEY) is None
        store.keep([(result(store, OTHER), SOME)])
        assert store.result(OTHER) is not None
    assert os.path.lexists(state / BROKEN)
    database, store = again(state)
    with closing(database):
        assert store.result(OTHER) is not None
        assert database.problem is None
    if harm is _link:
        assert (state.parent / "target").read_text() == "precious"


def test_an_index_that_breaks_while_it_is_used_is_set_aside(store: Store, state: Path) -> None:
    """And nothing that was asked of it raises."""
    store.keep([(result(store, f"{number:064}"), SOME) for number in range(300)])
    database, other = again(state)
    with closing(database):
        spoil(state, "PRAGMA wal_checkpoint(TRUNCATE)")
        _torn(state / INDEX)
        database, other = again(state)
        found = [other.result(f"{number:064}") for number in range(300)]
        assert None in found
        other.keep([(result(other, OTHER), SOME)])
        assert other.result(OTHER) is not None
        database.close()


FORGED = {
    "seconds = 'x'": "seconds",
    "seconds = 9e999": "seconds",
    "log = 'x'": "log",
    "log = '../../x'": "log",
    "outputs = 'x'": "outputs",
    "outputs = '[1]'": "outputs",
    "outputs = '{}'": "outputs",
    "outputs = replace(hex(zeroblob(50000)), '00', '[')": "outputs",
    'outputs = \'[{"path": "../x", "mode": 420, "blob": "\' || key || \'"}]\'': "outputs",
    "outputs = x'ff'": "outputs",
    "outputs = cast(x'ff' AS TEXT)": "outputs",
    "run = x'00'": "run",
    "size = 'many'": "size",
}


@pytest.mark.parametrize("forged", FORGED)
def test_a_forged_row_is_no_result(store: Store, state: Path, forged: str) -> None:
    """Nor does it harm the others."""
    store.keep([(result(store), SOME), (result(store, OTHER), SOME)])
    spoil(state, f"UPDATE results SET {forged} WHERE key = ?", KEY)
    found = store.result(KEY)
    assert found is None or forged.startswith("seconds = 9e999")
    assert store.result(OTHER) is not None
    store.size()
    store.counts()
    store.prune(0)


@pytest.mark.parametrize(
    "forged",
    [
        "parts = 'x'",
        "parts = '[[1]]'",
        "files = 'x'",
        "files = '../../../x'",
        f"files = '{KEY}'",
        "run = cast(x'ff' AS TEXT)",
    ],
)
def test_a_forged_last_pass_is_not_known(store: Store, state: Path, forged: str) -> None:
    """And is replaced by the next one."""
    store.keep([(result(store), SOME)])
    spoil(state, f"UPDATE passes SET {forged}")
    last = store.last_pass("tests")
    assert last is None or not last.run.isascii()
    store.keep([(result(store), SOME)])
    assert store.last_pass("tests").fingerprint == SOME


@pytest.mark.parametrize("value", ["'x'", "9e999", "-9e999", "-1", "x'ff'"])
@pytest.mark.parametrize("column", ["seconds", "files"])
def test_forged_durations_are_not_believed(state: Path, column: str, value: str) -> None:
    """What cannot be a time or a number of files tells nothing."""
    with closing(Database(state)) as database:
        history = History(database)
        history.note([Duration("a", 1.0, 2, "passed"), Duration("b", 3.0, 4, "passed")])
        spoil(state, f"UPDATE durations SET {column} = {value} WHERE step = 'a'")
        past = history.past(["a", "b"])
        assert not past.get("a")
        assert past.get("b", [Past(3.0, 4)]) == [Past(3.0, 4)]


def test_where_nothing_can_be_kept_nothing_is_known(tmp_path: Path) -> None:
    """A state directory that cannot be made; every question has an answer."""
    (tmp_path / "file").write_text("x")
    database, store = again(tmp_path / "file" / "state")
    assert not database.usable
    assert "this run goes on without cache and history" in str(database.problem)
    assert store.result(KEY) is None
    assert store.passed_files([KEY]) == frozenset()
    assert store.last_pass("a") is None
    assert store.size() == 0
    assert store.prune(0) == 0
    store.use([KEY])
    store.forget([KEY])
    store.clear()
    assert History(database).past(["a"]) == {}


def test_what_may_only_be_read_is_read(state: Path) -> None:
    """And says that nothing more is kept."""
    database, store = again(state)
    store.keep([(result(store), SOME)])
    database.close()
    database, store = again(state)
    with closing(database):
        database.attempt(lambda connection: connection.execute("PRAGMA query_only = 1"), None)
        assert store.result(KEY) is not None
        store.keep([(result(store, OTHER), SOME)])
        assert "this run goes on without cache and history" in str(database.problem)
        assert store.result(KEY) is None


def test_a_full_disk_keeps_what_is_there(state: Path) -> None:
    """All of a run's results or none: here none."""
    database, store = again(state)
    store.keep([(result(store), SOME)])
    pages = database.attempt(lambda connection: connection.execute("PRAGMA page_count").fetchone()[0], 0)
    database.attempt(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}"), None)
    store.keep([(result(store, f"{number:064}"), SOME) for number in range(2000)])
    assert "full" in str(database.problem)
    database.close()
    database, store = again(state)
    with closing(database):
        assert database.problem is None
        assert store.counts()["results"] == 1
        assert store.result(KEY) is not None


def test_a_lock_that_is_held_for_too_long_is_not_waited_for(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run goes on without."""
    monkeypatch.setattr("hookflow.adapters.database._PATIENCE", 0.05)
    database, store = again(state)
    with closing(database), closing(sqlite3.connect(state / INDEX)) as other:
        other.execute("BEGIN IMMEDIATE")
        store.keep([(result(store), SOME)])
        assert "locked" in str(database.problem)
        other.rollback()


WORKER = """
import sys, time
from pathlib import Path
from hookflow.adapters.blobs import Blobs
from hookflow.adapters.database import Database
from hookflow.adapters.store import BLOBS, Duration, History, Store
from hookflow.core.fingerprint import Files, Fingerprint, Part, file_state
from hookflow.adapters.tallies import Sight, Tallies
from hookflow.core.kept import Kept, Output
state, number, rounds, start = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
time.sleep(max(0, start - time.time()))
database = Database(state)
assert database.problem is None, database.problem
store = Store(database, Blobs(state / BLOBS))
print("open", flush=True)
for turn in range(rounds):
    made = (Output("out", 0o644, store.blobs.put(b"%d" % turn)),)
    files = Fingerprint((Part("a", "b", "c"),), Files({"a": file_state("100644", f"{turn:040}")}))
    kept = Kept(key=f"{turn:064}", step="s", run=f"r{number}", seconds=1.0, log=store.blobs.put(b"log %d" % turn),
                outputs=made, size=1)
    store.keep([(kept, files)], [f"{number:032}{turn:032}"])
    History(database).note([Duration("s", 1.0, 1, "passed")])
    assert store.result(kept.key) is not None
    assert database.problem is None, database.problem
database.close()
"""


def worker(state: Path, number: int, rounds: int, start: float = 0.0) -> subprocess.Popen[str]:
    """Another process that keeps results."""
    arguments = [str(state), str(number), str(rounds), str(start)]
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", WORKER, *arguments], stdout=pipe, stderr=pipe, text=True)


def whole(store: Store) -> int:
    """How many results there are, each with blobs that are what they should be."""
    count = 0
    for turn in range(store.counts()["results"]):
        if (found := store.result(f"{turn:064}")) is not None:
            count += 1
            assert store.blobs.read(found.log) == b"log %d" % turn
            assert store.blobs.read(found.outputs[0].blob) == b"%d" % turn
    return count


def test_eight_processes_open_it_first_at_the_same_moment(state: Path) -> None:
    """And keep results under the same keys: all are there, and nobody noticed anything."""
    start = time.time() + 1.0
    workers = [worker(state, number, 5, start) for number in range(8)]
    ends = [each.communicate(timeout=60) for each in workers]
    assert [each.returncode for each in workers] == [0] * 8, ends
    database, store = again(state)
    with closing(database):
        assert whole(store) == 5
        assert store.counts() == {"results": 5, "steps": 1, "files": 40, "durations": 40}
        assert store.last_pass("s") is not None
    assert not (state / BROKEN).exists()


def test_a_process_that_is_killed_while_it_keeps_results_leaves_a_whole_store(state: Path) -> None:
    """Wherever it was: every result that is there is right, and the next can keep more."""
    for number in range(6):
        killed = worker(state, number, 100_000)
        assert killed.stdout.readline() == "open\n"
        time.sleep(0.01 * number)  # anywhere in between
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        database, store = again(state)
        with closing(database):
            assert database.problem is None
            assert whole(store) == store.counts()["results"]
            store.keep([(result(store), SOME)])
            assert store.result(KEY) is not None
            store.forget([KEY])


def test_the_least_recently_used_go_first(store: Store, state: Path) -> None:
    """Until little enough is left; their blobs go with them once they are old."""
    for number in range(5):
        kept = Kept(
            key=f"{number:064}", step="s", run="r", seconds=1.0, log=store.blobs.put(b"%d" % number * 10), size=10
        )
        store.keep([(kept, SOME)])
        spoil(state, "UPDATE results SET used = ? WHERE key = ?", float(number), kept.key)
    store.use([f"{0:064}"])
    for place in (state / BLOBS).rglob("*"):
        if place.is_file():
            os.utime(place, (1, 1))
    assert store.size() == 50
    assert store.prune(29) == 3
    assert [store.result(f"{number:064}") is not None for number in range(5)] == [True, False, False, False, True]
    assert store.size() == 20
    assert store.blobs.total()[0] == 3  # two logs and the manifest
    assert store.prune(29) == 0


def test_the_store_stays_bounded_by_itself(state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In bytes, and in rows where results have none."""
    monkeypatch.setattr("hookflow.adapters.store.MOST_BYTES", 100)
    monkeypatch.setattr("hookflow.adapters.store._MOST_RESULTS", 50)
    monkeypatch.setattr("hookflow.adapters.store._MOST_FILE_PASSES", 20)
    database, store = again(state)
    with closing(database):
        for number in range(30):
            store.keep([(result(store, f"{number:064}"), SOME)], [f"{number:064}"])
        assert store.size() <= 100
        assert store.result(f"{29:064}") is not None
        assert store.counts()["files"] <= 20
        for number in range(100):
            store.keep([(result(store, f"{number:064}", size=0), SOME)])
        assert store.counts()["results"] <= 50
        assert store.result(f"{99:064}") is not None


def test_clear_takes_results_and_leaves_durations(store: Store, state: Path) -> None:
    """All blobs too, and the last passes."""
    store.keep([(result(store), SOME)], [OTHER])
    database, other = again(state)
    with closing(database):
        History(database).note([Duration("tests", 2.0, 3, "passed"), Duration("tests", 9.0, 3, "failed")])
        other.clear()
        assert other.counts() == {"results": 0, "steps": 0, "files": 0, "durations": 2}
        assert other.blobs.total() == (0, 0)
        assert other.last_pass("tests") is None
        assert History(database).past(["tests"]) == {"tests": [Past(2.0, 3)]}


def test_few_durations_of_each_step_are_kept(state: Path) -> None:
    """And fewer told: the newest first, of passes only."""
    with closing(Database(state)) as database:
        history = History(database)
        for number in range(60):
            history.note([Duration("a", float(number), number, "passed")])
        history.note([Duration("b", 1.0, 1, "failed")])
        past = history.past(["a", "b", "c"])
        assert [each.seconds for each in past["a"]] == [float(number) for number in range(59, 39, -1)]
        assert past["b"] == past["c"] == []
        assert Store(database, Blobs(state)).counts()["durations"] == 51


def test_an_index_of_an_earlier_version_is_kept(store: Store, state: Path) -> None:
    """It gets the tables that it had not."""
    store.keep([(kept := result(store), SOME)])
    with closing(sqlite3.connect(state / INDEX)) as connection, connection:
        connection.execute("DROP TABLE tallies")
        connection.execute("PRAGMA user_version = 1")
    database, other = again(state)
    with closing(database):
        assert database.problem is None
        assert other.result(KEY) == kept
        sight = Sight(step="a", command="c", given="g", found=True, changed=False)
        tallies = Tallies(database)
        tallies.note([sight, sight])
        assert tallies.of([("a", "c"), ("a", "other")]) == {"a": Tally(1, 1, 0)}

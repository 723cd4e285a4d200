"""Locks between real processes: what a dead one held is free, all or nothing, never more than there are."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hookflow.adapters import locks
from hookflow.adapters.lockfile import Holder
from hookflow.core.errors import BrokenEnvironmentError

PRELUDE = """
import os, random, sys, time
from pathlib import Path
from hookflow.adapters import locks

place = Path(sys.argv[1])

def slots(wanted, run="other"):
    return locks.try_slots(dict.fromkeys(wanted, place), wanted, run=run)

def tree(exclusive, run="other"):
    return locks.TreeLock(place).try_lock(exclusive=exclusive, run=run)

def wait_taken(attempt):
    while isinstance(held := attempt(), locks.Busy):
        time.sleep(random.random() / 500)
    return held

def say(what):
    print(what, flush=True)
"""


def start(place: Path, code: str, *arguments: str) -> subprocess.Popen[str]:
    """A process that runs the code after the prelude."""
    command = [sys.executable, "-P", "-c", PRELUDE + code, str(place), *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@contextmanager
def other(place: Path, attempt: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that has taken something, and keeps it until its input ends."""
    with start(place, f"held = {attempt}; say(type(held).__name__); sys.stdin.read()") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "Held\n"
        yield process
        process.kill()


def slots(place: Path, wanted: dict[str, tuple[int, int]], run: str = "mine") -> locks.Held | locks.Busy:
    """The attempt of this process; all lock files are in one directory."""
    return locks.try_slots(dict.fromkeys(wanted, place), wanted, run=run)


def held(found: object) -> locks.Held:
    """What must have been taken."""
    assert isinstance(found, locks.Held)
    return found


def busy(found: object) -> locks.Busy:
    """What must not have been free."""
    assert isinstance(found, locks.Busy)
    return found


def test_the_one_who_waits_is_told_for_whom(tmp_path: Path) -> None:
    """Run and process of the holder, and the resource."""
    with other(tmp_path, "slots({'database': (1, 1)}, run='20260101T000000-000000abc')") as process:
        holder = Holder("20260101T000000-000000abc", process.pid)
        assert slots(tmp_path, {"database": (1, 1)}) == locks.Busy("database", (holder,))
        assert locks.slots_in_use(tmp_path, "database", 1) == (holder,)


def test_a_killed_holder_frees_its_slot_at_once(tmp_path: Path) -> None:
    """And its note speaks for nobody."""
    with other(tmp_path, "slots({'database': (1, 1)})") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert "other" in (tmp_path / "database.0").read_text()
        assert locks.slots_in_use(tmp_path, "database", 1) == ()
        held(slots(tmp_path, {"database": (1, 1)})).release()


def test_a_note_of_a_dead_process_counts_as_nobody(tmp_path: Path) -> None:
    """Also while somebody who left no note has the lock."""
    with other(tmp_path, "slots({'database': (1, 1)})") as process:
        dead = subprocess.Popen(["true"])
        dead.wait()
        for note in (f"{dead.pid} old\n", "", "99999999999 x\n", f"{process.pid} cut off", "\0\xff", "0 x\n"):
            (tmp_path / "database.0").write_text(note, encoding="latin-1")
            assert slots(tmp_path, {"database": (1, 1)}) == locks.Busy("database", ())
        assert locks.slots_in_use(tmp_path, "database", 1) == (None,)


def test_all_or_nothing(tmp_path: Path) -> None:
    """What was taken before something was not free is given back."""
    with other(tmp_path, "slots({'b': (1, 1)})"):
        assert busy(slots(tmp_path, {"a": (2, 2), "b": (1, 1)})).resource == "b"
        assert locks.slots_in_use(tmp_path, "a", 2) == ()
        held(slots(tmp_path, {"a": (2, 2)})).release()


def test_units_add_up_to_the_slots(tmp_path: Path) -> None:
    """Of three, two and one fit; two and two do not, and the holder is named once."""
    first = held(slots(tmp_path, {"ai": (2, 3)}))
    assert slots(tmp_path, {"ai": (2, 3)}) == locks.Busy("ai", (Holder("mine", os.getpid()),))
    second = held(slots(tmp_path, {"ai": (1, 3)}))
    assert len(locks.slots_in_use(tmp_path, "ai", 3)) == 3
    first.release()
    held(slots(tmp_path, {"ai": (2, 3)})).release()
    second.release()
    with pytest.raises(ValueError, match="4 units of 3 slots"):
        slots(tmp_path, {"ai": (4, 3)})


def test_release_empties_the_note_and_can_be_repeated(tmp_path: Path) -> None:
    """A second release does not close a descriptor that is someone else's by then."""
    mine = held(slots(tmp_path, {"a": (1, 1)}))
    assert (tmp_path / "a.0").read_text() == f"{os.getpid()} mine\n"
    (descriptor,) = mine.descriptors
    mine.release()
    assert (tmp_path / "a.0").read_bytes() == b""
    again = held(slots(tmp_path, {"a": (1, 1)}))
    assert again.descriptors == (descriptor,)
    mine.release()
    assert len(locks.slots_in_use(tmp_path, "a", 1)) == 1
    again.release()


def test_never_more_units_than_slots(tmp_path: Path) -> None:
    """Six processes that take one to three of three; what each appends while it holds is in the order of events."""
    code = """
log = os.open(place / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
for turn in range(40):
    units = random.randint(1, 3)
    held = wait_taken(lambda: slots({"ai": (units, 3)}))
    os.write(log, b"+%d\\n" % units)
    time.sleep(0.0005)
    os.write(log, b"-%d\\n" % units)
    held.release()
"""
    processes = [start(tmp_path, code) for _ in range(6)]
    assert [process.communicate(timeout=60) and process.returncode for process in processes] == [0] * 6
    changes = [int(line) for line in (tmp_path / "log").read_text().split()]
    assert len(changes) == 6 * 40 * 2
    used = [sum(changes[:end]) for end in range(len(changes))]
    assert max(used) == 3
    assert min(used) == 0


def test_no_deadlock_whatever_the_order(tmp_path: Path) -> None:
    """Two processes that name two resources in opposite order both come to their end, one at a time."""
    code = """
names = sys.argv[2:]
for turn in range(100):
    held = wait_taken(lambda: slots({name: (1, 1) for name in names}))
    (place / "alone").mkdir()
    (place / "alone").rmdir()
    held.release()
"""
    processes = [start(tmp_path, code, *names) for names in (("a", "b"), ("b", "a"))]
    assert [process.communicate(timeout=60) and process.returncode for process in processes] == [0, 0]


def test_a_planted_link_is_not_followed(tmp_path: Path) -> None:
    """Neither in place of a lock file nor of its directory, nor a second name of another file, nor a pipe."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    place = tmp_path / "locks"
    place.mkdir()
    lock = place / "a.0"
    for plant in (
        lambda: lock.symlink_to(victim),
        lambda: lock.symlink_to(tmp_path / "new"),
        lambda: lock.hardlink_to(victim),
        lambda: os.mkfifo(lock),
        lock.mkdir,
    ):
        plant()
        with pytest.raises(BrokenEnvironmentError, match="lock"):
            slots(place, {"a": (1, 1)})
        lock.rmdir() if lock.is_dir() else lock.unlink()
    (tmp_path / "link").symlink_to(place)
    with pytest.raises(BrokenEnvironmentError, match="not a link"):
        slots(tmp_path / "link", {"a": (1, 1)})
    assert victim.read_text() == "precious"
    assert not (tmp_path / "new").exists()


def test_an_error_gives_back_what_was_taken(tmp_path: Path) -> None:
    """No descriptor stays open behind a refusal."""
    (tmp_path / "b.0").symlink_to("nowhere")
    with pytest.raises(BrokenEnvironmentError):
        slots(tmp_path, {"a": (1, 1), "b": (1, 1)})
    assert locks.slots_in_use(tmp_path, "a", 1) == ()


def test_odd_names_stay_in_the_directory(tmp_path: Path) -> None:
    """And each is a lock of its own, for its owner only."""
    place = tmp_path / "state" / "locks"
    names = ["../../x", "/etc/x", "..", "", "a b", "a%20b", "größe", "日" * 200, "日" * 200 + "x", "\udcff", "a.0"]
    taken = [held(slots(place, {name: (1, 1)})) for name in names]
    files = list(place.iterdir())
    assert len(files) == len(names)
    assert {path.stat().st_mode & 0o777 for path in files} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in (place, place.parent)} == {0o700}
    assert [path.name for path in tmp_path.iterdir()] == ["state"]
    for one in taken:
        one.release()


def test_a_lock_file_that_was_cleaned_away_is_made_anew(tmp_path: Path) -> None:
    """And excludes as before."""
    held(slots(tmp_path, {"a": (1, 1)})).release()
    (tmp_path / "a.0").unlink()
    assert locks.slots_in_use(tmp_path, "a", 1) == ()
    again = held(slots(tmp_path, {"a": (1, 1)}))
    busy(slots(tmp_path, {"a": (1, 1)}))
    again.release()


def test_where_no_directory_can_be_made_it_says_so(tmp_path: Path) -> None:
    """With the place and the reason."""
    (tmp_path / "file").touch()
    with pytest.raises(BrokenEnvironmentError, match=r"file/locks: Not a directory"):
        slots(tmp_path / "file" / "locks", {"a": (1, 1)})


def test_a_started_program_does_not_keep_a_lock(tmp_path: Path) -> None:
    """A step may outlive the run that held the resource for it."""
    mine = held(slots(tmp_path, {"a": (1, 1)}))
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, close_fds=False):
        mine.release()
        held(slots(tmp_path, {"a": (1, 1)})).release()


def test_shared_locks_of_a_work_tree_coexist(tmp_path: Path) -> None:
    """And keep an exclusive one out, without saying who has them."""
    lock = locks.TreeLock(tmp_path)
    with other(tmp_path, "tree(exclusive=False)"):
        mine = held(lock.try_lock(exclusive=False, run="mine"))
        assert lock.try_lock(exclusive=True, run="mine") == locks.Busy("this work tree", ())
        mine.release()
        assert lock.in_use() == locks.Busy("this work tree", ())
    held(lock.try_lock(exclusive=True, run="mine")).release()
    assert lock.in_use() is None


def test_an_exclusive_lock_of_a_work_tree_keeps_all_others_out(tmp_path: Path) -> None:
    """And says who has it."""
    lock = locks.TreeLock(tmp_path)
    with other(tmp_path, "tree(exclusive=True)") as process:
        expected = locks.Busy("this work tree", (Holder("other", process.pid),))
        assert lock.try_lock(exclusive=True, run="mine") == expected
        assert lock.try_lock(exclusive=False, run="mine") == expected
        assert lock.in_use() == expected
    assert lock.path == tmp_path / "hookflow" / "worktree.lock"
    assert "other" in lock.path.read_text()
    mine = held(lock.try_lock(exclusive=False, run="mine"))
    assert lock.path.read_text() == ""
    mine.release()


def test_a_forked_guardian_keeps_the_work_tree_locked(tmp_path: Path) -> None:
    """After its parent was killed, until it lets go itself."""
    code = """
held = tree(exclusive=True)
parent = os.getpid()
if os.fork() == 0:
    say("forked")
    while os.getppid() == parent:
        time.sleep(0.005)
    say("orphaned")
    sys.stdin.readline()
    held.release()
    say("released")
sys.stdin.read()
"""
    lock = locks.TreeLock(tmp_path)
    with start(tmp_path, code) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        assert parent.stdout.readline() == "forked\n"
        assert lock.in_use() == locks.Busy("this work tree", (Holder("other", parent.pid),))
        parent.kill()
        parent.wait()
        assert parent.stdout.readline() == "orphaned\n"
        assert lock.in_use() == locks.Busy("this work tree", ())
        parent.stdin.write("\n")
        parent.stdin.flush()
        assert parent.stdout.readline() == "released\n"
        assert lock.in_use() is None


def test_a_forked_child_cannot_release_what_its_parent_holds(tmp_path: Path) -> None:
    """Neither slots nor the work tree, nor empty their notes."""
    code = """
both = [tree(exclusive=True), slots({"a": (1, 1)})]
if (child := os.fork()) == 0:
    for held in both:
        held.release()
    os._exit(0)
os.waitpid(child, 0)
say("done")
sys.stdin.read()
"""
    with start(tmp_path, code) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "done\n"
        holder = Holder("other", parent.pid)
        assert locks.TreeLock(tmp_path).in_use() == locks.Busy("this work tree", (holder,))
        assert locks.slots_in_use(tmp_path, "a", 1) == (holder,)
        parent.kill()


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory for temporary files of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_machines_directory_is_for_this_user_only(temporary: Path) -> None:
    """Made 0700, and made so again."""
    expected = temporary / f"hookflow-{os.geteuid()}" / "locks"
    assert locks.machine_directory() == expected
    expected.chmod(0o777)
    assert locks.machine_directory() == expected
    assert {path.stat().st_mode & 0o777 for path in (expected, expected.parent)} == {0o700}


def test_a_planted_directory_for_the_machines_locks_is_refused(temporary: Path) -> None:
    """A link, a file, and what belongs to someone else, each with what to do."""
    own = temporary / f"hookflow-{os.geteuid()}"
    (temporary / "elsewhere").mkdir()
    own.symlink_to(temporary / "elsewhere")
    with pytest.raises(BrokenEnvironmentError, match="not a link"):
        locks.machine_directory()
    assert list((temporary / "elsewhere").iterdir()) == []
    own.unlink()
    own.touch()
    with pytest.raises(BrokenEnvironmentError, match="has to be a directory"):
        locks.machine_directory()
    own.unlink()
    if os.geteuid() == 0:  # only root can give something away
        own.mkdir()
        os.chown(own, 1, 1)
        with pytest.raises(BrokenEnvironmentError, match=r"belongs to another user .* set TMPDIR"):
            locks.machine_directory()


def test_it_shows_whether_someone_had_the_tree_for_himself(tmp_path: Path) -> None:
    """By when the lock's file was written; who only shares it leaves no trace, or one that is taken for more."""
    lock = locks.TreeLock(tmp_path)
    first = lock.try_lock(exclusive=False, run="a")
    assert isinstance(first, locks.Held)
    written = os.fstat(first.descriptors[0]).st_mtime_ns
    first.release()
    again = lock.try_lock(exclusive=True, run="a")
    assert isinstance(again, locks.Held)
    assert again.before == written
    os.utime(lock.path, ns=(0, 0))
    again.release()
    other = lock.try_lock(exclusive=True, run="b")
    assert isinstance(other, locks.Held)
    assert other.before not in {0, written}, "the note of the one before was written, and taken away"
    other.release()

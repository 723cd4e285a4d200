"""Programs started by posix_spawn(3): found as a shell finds them, with nothing of ours but three streams."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hookflow.adapters import spawning


@pytest.fixture
def out(tmp_path: Path) -> Iterator[int]:
    """A descriptor of the file in which the output is."""
    descriptor = os.open(tmp_path / "out", os.O_RDWR | os.O_CREAT)
    yield descriptor
    os.close(descriptor)


def said(out: int, *words: str, path: str | None = None) -> bytes:
    """What a program writes; it ends with 0."""
    known = {os.fsencode(name): os.fsencode(value) for name, value in os.environ.items()}
    if path is not None:
        known[b"PATH"] = os.fsencode(path)
    stdin = os.open(os.devnull, os.O_RDONLY)
    pid = spawning.spawn([os.fsencode(word) for word in words], known, stdin, out)
    os.close(stdin)
    assert os.waitpid(pid, 0) == (pid, 0)
    os.lseek(out, 0, os.SEEK_SET)
    return os.read(out, 1 << 16)


def script(place: Path, text: str, mode: int = 0o755) -> Path:
    """A program."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(mode)
    return place


def test_a_program_has_no_descriptor_but_three(out: int) -> None:
    """Also none that this process was given so that others have it."""
    reading, writing = os.pipe()
    os.set_inheritable(writing, True)  # noqa: FBT003 (its only form)
    spawning._keep_descriptors.cache_clear()
    assert said(out, "sh", "-c", "ls /proc/self/fd | wc -l").strip() == b"4"  # and that of the list itself
    os.close(reading)
    os.close(writing)


def test_a_place_on_the_path_that_cannot_be_executed_is_passed_over(tmp_path: Path, out: int) -> None:
    """A plain file, a directory, a script whose interpreter is not there: what comes later on PATH is started."""
    script(tmp_path / "a" / "tool", "", 0o644)
    (tmp_path / "b" / "tool").mkdir(parents=True)
    script(tmp_path / "c" / "tool", "#!/no/such/interpreter\n")
    script(tmp_path / "d" / "tool", "#!/bin/sh\necho mine\n")
    path = os.pathsep.join(str(tmp_path / name) for name in "xabcd")
    assert said(out, "tool", path=path) == b"mine\n"


def test_what_kept_a_program_from_starting_is_told(tmp_path: Path, out: int) -> None:
    """What was found and refused says more than that nothing was found elsewhere."""
    script(tmp_path / "a" / "tool", "", 0o644)
    script(tmp_path / "b" / "tool", "#!/no/such/interpreter\n")
    with pytest.raises(PermissionError):
        said(out, "tool", path=f"{tmp_path}/b:{tmp_path}/a")
    with pytest.raises(FileNotFoundError):
        said(out, "missing", path=f"{tmp_path}/b:{tmp_path}/a")


def test_another_directory_needs_another_way(tmp_path: Path) -> None:
    """And so does a descriptor that one of the streams is to have."""
    assert not spawning.is_possible(str(tmp_path), 10, 11)
    assert not spawning.is_possible(str(Path.cwd()), 1, 11)
    assert spawning.is_possible(str(Path.cwd()), 10, 11)


def test_a_signal_that_was_ignored_stays_ignored(out: int) -> None:
    """A hang-up after nohup; but not what Python itself ignores."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    spawning._defaults.cache_clear()
    try:
        told = said(out, "sh", "-c", "grep SigIgn /proc/self/status")
    finally:
        signal.signal(signal.SIGHUP, before)
        spawning._defaults.cache_clear()
    inherited = {number for number in signal.valid_signals() if signal.getsignal(number) is signal.SIG_IGN}
    ignored = {signal.SIGHUP, *inherited} - {signal.SIGPIPE, signal.SIGXFSZ}  # a shell ignores some in the background
    ordinary = int(told.split()[1], 16) & 0x7FFFFFFF  # beyond are signals of the C library's own
    assert ordinary == sum(1 << (number - 1) for number in ignored)

"""Blobs: whole under their names or not there at all."""

import os
import time
from pathlib import Path

import pytest

from hookflow.adapters.blobs import Blobs

OLD = 7200  # seconds


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    """None yet."""
    return Blobs(tmp_path / "blobs")


def age(place: Path) -> None:
    """Let it be old."""
    before = time.time() - OLD
    os.utime(place, (before, before))


@pytest.mark.parametrize("content", [b"", b"x", b"\0\xff\n" * 1000])
def test_what_was_put_is_read(blobs: Blobs, content: bytes) -> None:
    """Under the same name each time, once."""
    name = blobs.put(content)
    assert blobs.put(content) == name
    assert blobs.read(name) == content
    assert blobs.total() == (1, len(content))


def test_only_the_owner_may_read_them(blobs: Blobs) -> None:
    """Logs have secrets in them."""
    place = blobs.place(blobs.put(b"x"))
    assert place.stat().st_mode & 0o777 == 0o600
    assert place.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("harm", ["missing", "empty", "truncated", "other", "directory", "link", "pipe"])
def test_what_is_not_what_its_name_says_is_not_there(blobs: Blobs, tmp_path: Path, harm: str) -> None:
    """And is mended when it is put again, but for what cannot be replaced."""
    name = blobs.put(b"content")
    place = blobs.place(name)
    place.unlink()
    match harm:
        case "empty" | "truncated" | "other":
            place.write_bytes({"empty": b"", "truncated": b"cont", "other": b"another"}[harm])
        case "directory":
            place.mkdir()
        case "link":
            (tmp_path / "same").write_bytes(b"content")
            place.symlink_to(tmp_path / "same")
        case "pipe":
            os.mkfifo(place)
        case _:
            pass
    assert blobs.read(name) is None
    if harm != "directory":
        assert blobs.put(b"content") == name
        assert blobs.read(name) == b"content"
        assert not place.is_symlink()


@pytest.mark.parametrize("name", ["", "x", "../" * 20, "/etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n", "0" * 65])
def test_what_is_no_digest_is_no_place(blobs: Blobs, name: str) -> None:
    """So no name leads elsewhere; to remove it does nothing."""
    with pytest.raises(ValueError, match="no name of a blob"):
        blobs.place(name)
    blobs.remove(name)


def test_the_end_of_a_long_file_is_kept(blobs: Blobs, tmp_path: Path) -> None:
    """With a word about the rest; nothing of an empty or a missing one."""
    log = tmp_path / "log"
    log.write_bytes(b"0123456789")
    name, size = blobs.put_end(log, most=4)
    assert blobs.read(str(name)) == b"(the first 6 bytes are not kept)\n6789"
    assert size == len(blobs.read(str(name)) or b"")
    assert blobs.put_end(log, most=10)[1] == 10
    log.write_bytes(b"")
    assert blobs.put_end(log, most=4) == (None, 0)
    assert blobs.put_end(tmp_path / "missing", most=4) == (None, 0)
    assert blobs.put_end(None, most=4) == (None, 0)


def test_old_ones_that_nobody_refers_to_go(blobs: Blobs) -> None:
    """Young ones may be about to be referred to by another run; what was half written goes when it is old."""
    used, unused, young = blobs.put(b"used"), blobs.put(b"unused"), blobs.put(b"young")
    half = blobs.place(used).with_name(".half-written")
    half.write_bytes(b"x")
    for place in (blobs.place(used), blobs.place(unused), half):
        age(place)
    blobs.remove_unused({used})
    assert [blobs.read(name) for name in (used, unused, young)] == [b"used", None, b"young"]
    assert not half.exists()
    blobs.remove_unused({used}, young_too=True)
    assert blobs.total() == (1, 4)


def test_one_that_is_put_again_is_young_again(blobs: Blobs) -> None:
    """Who cleans up at the same time leaves it."""
    name = blobs.put(b"x")
    age(blobs.place(name))
    blobs.put(b"x")
    blobs.remove_unused(set())
    assert blobs.read(name) == b"x"


def test_what_else_lies_there_does_no_harm(blobs: Blobs, tmp_path: Path) -> None:
    """Files beside the directories, and links to directories, which are not entered."""
    blobs.put(b"x")
    (tmp_path / "blobs" / "file").write_text("x")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "precious").write_text("x")
    (tmp_path / "blobs" / "ab").symlink_to(elsewhere)
    blobs.remove_unused(set(), young_too=True)
    assert (elsewhere / "precious").exists()
    assert blobs.total() == (0, 0)


def test_where_nothing_can_be_written_that_is_an_error_to_handle(tmp_path: Path) -> None:
    """An OSError, and nothing else; reading finds nothing."""
    (tmp_path / "file").write_text("x")
    blobs = Blobs(tmp_path / "file")
    with pytest.raises(OSError, match=r"."):
        blobs.put(b"x")
    assert blobs.read("0" * 64) is None
    assert blobs.total() == (0, 0)
    blobs.remove_unused(set())

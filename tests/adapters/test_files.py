"""Files that appear whole or not at all."""

import os
from pathlib import Path

import pytest

from hookflow.adapters import files


@pytest.mark.parametrize("durable", [False, True])
def test_a_file_is_replaced_whole(tmp_path: Path, durable: bool) -> None:
    """With the mode that was asked for, and nothing left beside it."""
    place = tmp_path / "file"
    place.write_text("old")
    files.write_whole(place, b"new", mode=0o640, durable=durable)
    assert place.read_bytes() == b"new"
    assert place.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [place]


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    """What it points to stays as it is."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "place").symlink_to(victim)
    files.write_whole(tmp_path / "place", b"new", mode=0o600)
    assert victim.read_text() == "precious"
    assert not (tmp_path / "place").is_symlink()


def test_what_could_not_be_written_leaves_the_old_file(tmp_path: Path) -> None:
    """And no temporary one."""
    place = tmp_path / "directory"
    place.mkdir()
    (place / "inside").touch()
    with pytest.raises(OSError, match="directory"):
        files.write_whole(place, b"new", mode=0o600)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["directory"]


def test_private_files_follow_no_link(tmp_path: Path) -> None:
    """What they would have pointed to stays as it is."""
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "link").symlink_to(victim)
    with pytest.raises(OSError, match="symbolic links"):
        files.private_text(tmp_path / "link")
    with pytest.raises(OSError, match="symbolic links"):
        files.private_append(tmp_path / "link")
    assert victim.read_text() == "precious"


def test_private_files_are_for_their_owner(tmp_path: Path) -> None:
    """0600, whatever the umask."""
    before = os.umask(0)
    try:
        files.private_text(tmp_path / "text").close()
        os.close(files.private_append(tmp_path / "log"))
    finally:
        os.umask(before)
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600, 0o600]

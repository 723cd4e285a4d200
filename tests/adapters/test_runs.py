"""The directories of runs."""

import os
from pathlib import Path

from hookflow.adapters import runs


def test_a_directory_a_run_with_a_log_a_step(tmp_path: Path) -> None:
    """Names of any script, and one that is too long for a file system."""
    directory = runs.RunDirectory(tmp_path / "state", runs.new_id())
    long = "ё" * 200
    logs = {name: directory.log(name) for name in ("lint", "größe", "日本語", long, long + "2", "Lint")}
    assert len({str(log).casefold() for log in logs.values()}) == len(logs)
    for log in logs.values():
        assert log is not None
        Path(log).write_text("x")
    assert logs["lint"] == directory.path / "lint.log"
    assert runs.log_of(directory.path, long) == logs[long]


def test_ids_sort_by_time(tmp_path: Path) -> None:
    """Also within one second."""
    ids = [runs.new_id() for _ in range(50)]
    assert ids == sorted(ids)
    for run in ids[:3]:
        runs.RunDirectory(tmp_path, run).close(keep=9)
    assert runs.list_runs(tmp_path) == ids[2::-1]


def test_a_run_that_goes_on_is_not_pruned(tmp_path: Path) -> None:
    """However old it is; one that ended, or whose process died, is."""
    first, second, third = (runs.RunDirectory(tmp_path, runs.new_id()) for _ in range(3))
    second.close(keep=9)
    third.close(keep=1)
    assert runs.list_runs(tmp_path) == [third.run, first.run]
    first.close(keep=1)
    last = runs.RunDirectory(tmp_path, runs.new_id())
    last.close(keep=1)
    assert runs.list_runs(tmp_path) == [last.run]


def test_what_is_no_run_is_left_alone(tmp_path: Path) -> None:
    """Someone's own directory, and a planted link."""
    (tmp_path / "runs" / "mine").mkdir(parents=True)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "runs" / "20200101T000000-000000abc").symlink_to(tmp_path / "elsewhere")
    runs.RunDirectory(tmp_path, runs.new_id()).close(keep=1)
    runs.RunDirectory(tmp_path, runs.new_id()).close(keep=1)
    assert (tmp_path / "runs" / "mine").is_dir()
    assert (tmp_path / "elsewhere").is_dir()


def test_latest_points_to_the_newest(tmp_path: Path) -> None:
    """And is replaced whole, whatever stood there."""
    (tmp_path / "latest").write_text("not a link")
    for _ in range(2):
        directory = runs.RunDirectory(tmp_path, runs.new_id())
        directory.publish()
        assert (tmp_path / "latest").resolve() == directory.path


def test_parts_are_joined_in_order(tmp_path: Path) -> None:
    """And taken away."""
    directory = runs.RunDirectory(tmp_path, runs.new_id())
    for place in (2, 0):
        part = directory.part("step", place)
        assert part is not None
        part.write_text(f"part {place}\n")
    directory.join("step", 3)
    assert directory.path is not None
    assert {path.name: path.read_text() for path in directory.path.iterdir()} == {"step.log": "part 0\npart 2\n"}


def test_without_a_place_a_temporary_one_is_used_and_removed(tmp_path: Path) -> None:
    """So that a failure can still be shown."""
    (tmp_path / "file").touch()
    directory = runs.RunDirectory(tmp_path / "file" / "state", runs.new_id())
    assert directory.problem is not None
    assert directory.events() is None
    log = directory.log("a")
    assert log is not None
    log.write_text("x")
    assert log.parent.stat().st_mode & 0o777 == 0o700
    directory.close(keep=1)
    assert not os.path.lexists(log.parent)


def test_whether_a_run_goes_on(tmp_path: Path) -> None:
    """From its list of events on until it closes; asking takes nothing from it."""
    directory = runs.RunDirectory(tmp_path, runs.new_id())
    assert directory.path is not None
    assert not runs.goes_on(directory.path)
    directory.events().write_text("")
    assert [runs.goes_on(directory.path) for _ in range(2)] == [True, True]
    directory.close(keep=9)
    assert [runs.goes_on(directory.path) for _ in range(2)] == [False, False]
    assert not runs.goes_on(tmp_path / "missing")

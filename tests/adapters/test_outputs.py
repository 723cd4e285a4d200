"""Outputs: found without following links, and put back nowhere else than where the step declares them."""

import os
import resource
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from hookflow.adapters import outputs
from hookflow.adapters.blobs import Blobs
from hookflow.core.kept import Output
from hookflow.core.patterns import Patterns

OUT = Patterns(["out/**"])
MOST = 1 << 20


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A work tree."""
    place = tmp_path / "root"
    place.mkdir()
    return place


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A directory beside it, with a file that must stay what it is."""
    place = tmp_path / "outside"
    (place / "sub").mkdir(parents=True)
    (place / "x").write_text("untouched")
    (place / "sub" / "x").write_text("untouched")
    return place


@pytest.fixture
def blobs(tmp_path: Path) -> Blobs:
    """Contents."""
    return Blobs(tmp_path / "blobs")


def write(root: Path, name: str, text: str = "made", mode: int = 0o644) -> Path:
    """A file in the work tree."""
    place = root / name
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(mode)
    return place


def put_back(root: Path, blobs: Blobs, *made: Output, patterns: Patterns = OUT, **options) -> bool:
    """Restore, with nothing spared unless said."""
    settings = {"writing": True, "spared": lambda _path: False, **options}
    return outputs.restore(root, made, patterns, blobs, **settings)


def tree(root: Path) -> dict[str, str]:
    """All files below a directory, with content and mode."""
    return {
        str(place.relative_to(root)): f"{place.read_text()} {place.stat().st_mode & 0o777:o}"
        for place in root.rglob("*")
        if place.is_file()
    }


def test_what_was_captured_is_put_back(root: Path, blobs: Blobs) -> None:
    """Content and permissions, in directories that are made."""
    write(root, "out/a", mode=0o640)
    write(root, "out/deep/er/b", "", mode=0o755)
    write(root, "out/new\nline \x1b[31m", "odd")
    write(root, "other", "no output")
    before = tree(root)
    made, size = outputs.capture(root, OUT, blobs, most=MOST)
    assert [each.path for each in made] == ["out/a", "out/deep/er/b", "out/new\nline \x1b[31m"]
    assert size == 7
    (root / "out").rename(root.parent / "gone")
    assert put_back(root, blobs, *made)
    assert tree(root) == before


def test_names_that_are_not_utf_8_are_put_back(root: Path, blobs: Blobs) -> None:
    """As the bytes that they were."""
    (root / "out").mkdir()
    place = root / "out" / os.fsdecode(b"\xff\xfe")
    place.write_text("x")
    made, _ = outputs.capture(root, OUT, blobs, most=MOST)
    place.unlink()
    assert put_back(root, blobs, *made)
    assert [os.fsencode(found.name) for found in (root / "out").iterdir()] == [b"\xff\xfe"]


@pytest.mark.parametrize("change", ["edited", "mode", "missing", "other file is right"])
def test_whatever_stands_there_becomes_what_was_made(root: Path, blobs: Blobs, change: str) -> None:
    """And only what differs is written."""
    place, other = write(root, "out/a"), write(root, "out/b")
    made, _ = outputs.capture(root, OUT, blobs, most=MOST)
    before, inode = tree(root), other.stat().st_ino
    if change == "mode":
        place.chmod(0o600)
    elif change == "missing":
        place.unlink()
    else:
        place.write_text("edited")
    assert not put_back(root, blobs, *made, writing=False)
    assert put_back(root, blobs, *made)
    assert tree(root) == before
    assert other.stat().st_ino == inode
    assert put_back(root, blobs, *made, writing=False)


def _link_file(root: Path, outside: Path) -> None:
    (root / "out").mkdir()
    (root / "out" / "x").symlink_to(outside / "x")


def _link_parent(root: Path, outside: Path) -> None:
    (root / "out").symlink_to(outside)


def _link_parent_inside(root: Path, outside: Path) -> None:
    del outside
    write(root, "elsewhere/x", "untouched")
    (root / "out").symlink_to("elsewhere")


def _link_to_nothing(root: Path, outside: Path) -> None:
    (root / "out").symlink_to(outside / "new")


def _file_as_parent(root: Path, outside: Path) -> None:
    del outside
    write(root, "out", "untouched")


def _directory_there(root: Path, outside: Path) -> None:
    del outside
    write(root, "out/x/inside", "untouched")


def _pipe_as_parent(root: Path, outside: Path) -> None:
    del outside
    os.mkfifo(root / "out")


@pytest.mark.parametrize(
    "plant",
    [_link_parent, _link_parent_inside, _link_to_nothing, _file_as_parent, _directory_there, _pipe_as_parent],
)
@pytest.mark.parametrize("path", ["out/x", "out/sub/x"])
def test_nothing_is_written_through_what_stands_in_the_way(
    root: Path, outside: Path, blobs: Blobs, plant: Callable[[Path, Path], None], path: str
) -> None:
    """A miss; nothing that was there is another, and nothing is left over."""
    if plant is _directory_there and path != "out/x":
        pytest.skip("is not in the way of this one")
    plant(root, outside)
    before = tree(root.parent)
    made = Output(path, 0o644, blobs.put(b"forged"))
    before |= tree(root.parent)
    assert not put_back(root, blobs, made)
    assert tree(root.parent) == before
    assert not (outside / "new").exists()


def test_a_link_in_place_of_the_file_is_replaced_and_not_followed(root: Path, outside: Path, blobs: Blobs) -> None:
    """What it led to stays."""
    _link_file(root, outside)
    assert put_back(root, blobs, Output("out/x", 0o644, blobs.put(b"made")))
    assert not (root / "out" / "x").is_symlink()
    assert tree(root) == {"out/x": "made 644"}
    assert (outside / "x").read_text() == "untouched"


def test_a_link_with_the_right_content_is_not_in_place(root: Path, outside: Path, blobs: Blobs) -> None:
    """It leads elsewhere, whatever stands there."""
    _link_file(root, outside)
    mode = (outside / "x").stat().st_mode & 0o777
    assert not put_back(root, blobs, Output("out/x", mode, blobs.put(b"untouched")), writing=False)


def test_a_link_deep_inside_is_not_followed(root: Path, outside: Path, blobs: Blobs) -> None:
    """Neither by putting back nor by finding."""
    write(root, "out/a/real")
    (root / "out" / "a" / "sub").symlink_to(outside)
    before = tree(outside)
    assert not put_back(root, blobs, Output("out/a/sub/x", 0o644, blobs.put(b"forged")))
    assert tree(outside) == before
    assert list(outputs.find(root, OUT)) == ["out/a/real", "out/a/sub"]


@pytest.mark.parametrize(
    "path",
    [
        "../outside/x",
        "/tmp/hookflow-forged",
        "out/../../outside/x",
        "out/./x",
        ".git/hooks/pre-commit",
        "out/.git/config",
        "out/.GIT/config",
        "out/git~1/config",
        "",
        "out/",
        "out/a\0b",
        "out\\x",
        "out/a\ud800",
    ],
)
def test_forged_names_are_never_written(root: Path, outside: Path, blobs: Blobs, path: str) -> None:
    """Even where the rules would take everything; and nothing of the same entry is."""
    before = tree(outside)
    good, forged = Output("out/good", 0o644, blobs.put(b"x")), Output(path, 0o644, blobs.put(b"x"))
    assert not put_back(root, blobs, good, forged, patterns=Patterns(["**", "*"]))
    assert list(root.iterdir()) == []
    assert tree(outside) == before


def test_what_the_step_does_not_declare_is_never_written(root: Path, blobs: Blobs) -> None:
    """Whatever an entry says."""
    assert not put_back(root, blobs, Output("src/a.py", 0o644, blobs.put(b"x")))
    assert not put_back(root, blobs, Output("out/a", 0o644, blobs.put(b"x")), patterns=Patterns(["out/*", "!out/a"]))
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("harm", ["missing", "truncated", "changed"])
def test_nothing_is_written_where_one_content_is_wrong(root: Path, blobs: Blobs, harm: str) -> None:
    """All of them are verified before the first one is."""
    made = [Output(f"out/{name}", 0o644, blobs.put(name.encode())) for name in "abc"]
    place = blobs.place(made[2].blob)
    if harm == "missing":
        place.unlink()
    else:
        place.write_bytes(b"" if harm == "truncated" else b"d")
    assert not put_back(root, blobs, *made)
    assert tree(root) == {}


def test_what_is_spared_is_not_written_over(root: Path, blobs: Blobs) -> None:
    """Nor is anything else then; where it is right already, it is in place."""
    write(root, "out/mine", "my work")
    made = [Output("out/a", 0o644, blobs.put(b"a")), Output("out/mine", 0o644, blobs.put(b"made"))]
    spared = lambda path: path == "out/mine"  # noqa: E731 (shorter than a function)
    before = tree(root)
    assert not put_back(root, blobs, *made, spared=spared)
    assert tree(root) == before
    write(root, "out/mine", "made")
    assert put_back(root, blobs, *made, spared=spared)


def test_a_failed_write_leaves_nothing_over(root: Path, blobs: Blobs) -> None:
    """No half-written file of another name lies in the work tree, where it would count as one."""
    (root / "out").mkdir()
    made = Output("out/big", 0o644, blobs.put(b"x" * 100_000))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, hard))
    try:
        assert not put_back(root, blobs, made)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)
    assert tree(root) == {}


def _link(root: Path) -> None:
    (root / "out" / "link").symlink_to("a")


def _pipe(root: Path) -> None:
    os.mkfifo(root / "out" / "pipe")


def _backslash(root: Path) -> None:
    write(root, "out/back\\slash")


def _big(root: Path) -> None:
    write(root, "out/big", "x" * 2000)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_link, "no plain file"),
        (_pipe, "no plain file"),
        (_backslash, "no name inside"),
        (_big, "more than 1,000 bytes"),
    ],
)
def test_what_could_not_be_put_back_is_not_kept(
    root: Path, blobs: Blobs, make: Callable[[Path], None], why: str
) -> None:
    """And the reason is told."""
    write(root, "out/a")
    make(root)
    with pytest.raises(outputs.NotKept, match=why):
        outputs.capture(root, OUT, blobs, most=1000)


def test_other_repositories_git_directories_are_left_out(root: Path, blobs: Blobs) -> None:
    """What is in them is no output of anyone's."""
    write(root, "out/module/.git/config")
    write(root, "out/module/a")
    made, _ = outputs.capture(root, OUT, blobs, most=MOST)
    assert [each.path for each in made] == ["out/module/a"]


def test_set_id_bits_are_not_kept(root: Path, blobs: Blobs) -> None:
    """Permissions are those that a person has; the rest would be forged easily."""
    write(root, "out/a", mode=0o4755)
    made, _ = outputs.capture(root, OUT, blobs, most=MOST)
    assert made[0].mode == 0o755


def test_only_directories_that_rules_name_are_walked(root: Path, outside: Path) -> None:
    """And a link among them is not entered."""
    (root / "out").symlink_to(outside)
    write(root, "other/a")
    assert list(outputs.find(root, Patterns(["out/**", "other/*"]))) == ["other/a"]
    assert list(outputs.find(root, Patterns(["nowhere/**"]))) == []

"""The journal of what is hidden."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookflow.core import hiding, porcelain

NAMES = st.binary(min_size=1, max_size=8).filter(lambda name: b"\0" not in name)
PATHS = st.text("ab/.", min_size=1, max_size=8)


@given(PATHS)
@settings(max_examples=100, deadline=None)
def test_a_path_inside_stays_inside(path: str) -> None:
    """Whatever else is refused."""
    parts = path.split("/")
    assert hiding.is_inside(path) == (all(parts) and not {".", "..", ".git"} & set(parts))


@settings(max_examples=100, deadline=None)
@given(st.lists(NAMES, unique=True, max_size=4), st.integers(0, 2**63), st.booleans())
def test_journals_come_back_as_they_were_written(names: list[bytes], number: int, absent: bool) -> None:
    """Names of any bytes."""
    paths = [path for path in map(porcelain.text, names) if hiding.is_inside(path)]
    identity = hiding.Identity(number, number, number, number, 0o100644)
    files = tuple(
        hiding.HiddenFile(number=n, path=path, absent=absent, mode="100644", object_id="1", placed=identity)
        for n, path in enumerate(paths)
    )
    obstacles = tuple(hiding.Obstacle(n, path) for n, path in enumerate(paths))
    journal = hiding.Journal(run="r", pid=1, files=files, obstacles=obstacles, directories=tuple(paths))
    assert hiding.decode(hiding.encode(journal)) == journal


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"version": 2}', b'{"version": 1, "files": 3}', b"\xff"])
def test_what_is_no_journal_is_refused(content: bytes) -> None:
    """With a ValueError, whatever it is."""
    with pytest.raises(ValueError):  # noqa: PT011 (the reason differs, the refusal is the promise)
        hiding.decode(content)


VALID = {
    "version": 1,
    "run": "r",
    "pid": 1,
    "files": [
        {
            "number": 0,
            "path": "a",
            "absent": False,
            "mode": "100644",
            "object_id": "1",
            "placed": {"device": 1, "inode": 1, "size": 1, "modified": 1, "mode": 1},
        }
    ],
    "obstacles": [{"number": 1, "path": "b"}],
    "directories": ["c"],
}


def damaged(place: tuple[str | int, ...], value: object) -> bytes:
    """A valid journal with one value replaced."""
    journal = copy.deepcopy(VALID)
    inner: Any = journal
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = value
    return json.dumps(journal).encode()


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("directories", 0), 3),
        (("directories",), "ab"),
        (("files",), {}),
        (("files", 0), "a"),
        (("files", 0, "path"), 3),
        (("files", 0, "path"), "a\0b"),
        (("files", 0, "number"), "../x"),
        (("files", 0, "number"), True),
        (("files", 0, "absent"), 1),
        (("files", 0, "placed", "inode"), "1"),
        (("obstacles", 0, "path"), None),
        (("obstacles", 0, "number"), "../x"),
        (("pid",), "x"),
        (("run",), "../x"),
        (("run",), "a/b"),
        (("run",), 3),
    ],
)
def test_a_damaged_journal_is_refused(place: tuple[str | int, ...], value: object) -> None:
    """Each value has its type, and none of them can lead a path elsewhere."""
    assert hiding.decode(json.dumps(VALID).encode()).run == "r"
    with pytest.raises(ValueError):  # noqa: PT011 (the reason differs, the refusal is the promise)
        hiding.decode(damaged(place, value))

"""The journal of what is hidden."""

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

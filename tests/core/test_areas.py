"""Whose file a path is, and for whom it decides."""

import pytest

from hookflow.core.areas import Areas, concerns


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("a.py", ""),
        ("services/a.py", ""),
        ("services/api/a.py", "services/api"),
        ("services/api/plugin/src/a.py", "services/api/plugin"),
        ("services/api-2/a.py", ""),
        ("services/api", ""),
        ("", ""),
    ],
)
def test_the_innermost_project_owns_a_file(path: str, owner: str) -> None:
    """By whole names of directories."""
    assert Areas(["services/api", "services/api/plugin"]).owner(path) == owner


def test_paths_are_split_by_owner() -> None:
    """And the same list of paths is split once."""
    areas, paths = Areas(["a", "b"]), ["a/x", "a/y", "b/x", "x"]
    assert areas.by_owner(paths) == {"": ["x"], "a": ["a/x", "a/y"], "b": ["b/x"]}
    assert areas.by_owner(paths) is areas.by_owner(paths)
    assert areas.by_owner(["b/z"]) == {"b": ["b/z"]}


@pytest.mark.parametrize(
    ("owner", "project", "expected"),
    [
        ("", "a", True),
        ("a", "", True),
        ("a", "a", True),
        ("a", "a/b", True),
        ("a/b", "a", True),
        ("a", "b", False),
        ("a", "ab", False),
        ("ab", "a", False),
        ("a/b", "a/c", False),
    ],
)
def test_what_is_around_and_inside_decides(owner: str, project: str, expected: bool) -> None:
    """What is beside does not."""
    assert concerns(owner, project) is expected

"""Expressions and tags against what pre-commit says that they mean."""

import re

from hypothesis import given
from hypothesis import strategies as st

from hookflow.core.config import Step
from hookflow.core.narrowing import Narrowing

TAGS = {"a.py": {"file", "text", "python"}, "b.sh": {"file", "text", "shell"}, "c": {"symlink"}}


def taken(**fields) -> list[str]:
    """The files of `TAGS` that a step with these fields takes."""
    narrowing = Narrowing(Step(name="x", run="x", **fields), TAGS.__getitem__)
    return [path for path in TAGS if narrowing.takes(path)]


def test_tags() -> None:
    """All of `types`, one of `types_or`, none of `exclude_types`."""
    assert taken() == ["a.py", "b.sh", "c"]
    assert taken(types=("file", "text")) == ["a.py", "b.sh"]
    assert taken(types_or=("python", "symlink")) == ["a.py", "c"]
    assert taken(types=("file",), types_or=("python", "shell"), exclude_types=("shell",)) == ["a.py"]


def test_expressions_are_searched_and_all_of_them_count() -> None:
    """Anywhere in the path."""
    assert taken(files_regex=(r"\.",)) == ["a.py", "b.sh"]
    assert taken(files_regex=(r"\.", "^b")) == ["b.sh"]
    assert taken(exclude_regex=("h$", "^c")) == ["a.py"]


def test_no_file_is_looked_at_where_no_tag_is_named() -> None:
    """To know a tag may mean to open the file."""
    opened: list[str] = []
    narrowing = Narrowing(Step(name="x", run="x", files_regex=("^a",)), lambda path: opened.append(path) or ())
    assert narrowing.takes("ab")
    Narrowing(Step(name="x", run="x", files_regex=("^a",), types=("file",)), narrowing.takes).takes("b")
    assert opened == []


@given(st.text(st.characters(exclude_categories=[]), min_size=1))
def test_any_name_is_matched_by_itself(path: str) -> None:
    """Surrogates, newlines and whatever else names may hold."""
    narrowing = Narrowing(Step(name="x", run="x", files_regex=(f"^{re.escape(path)}",)), lambda _: ())
    assert narrowing.takes(path)

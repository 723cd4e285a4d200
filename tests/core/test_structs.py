"""Records: what makes them, and what they do."""

import copy
from functools import cached_property
from typing import Generic, TypeVar

import pytest

from hookflow.core.structs import Struct, as_builtins, field, replace

Content = TypeVar("Content")


class Point(Struct, frozen=True):
    """Two of its fields have a default."""

    x: int
    y: int = 0
    tags: list[str] = field(default_factory=list)


class Named(Struct, kw_only=True):
    """Its fields can be set."""

    name: str
    size: int = 1


class Place(Point, frozen=True):
    """One more field than its base."""

    name: str = ""


class Counted(Struct, frozen=True, dict=True):
    """With something that is computed once."""

    items: tuple[int, ...]

    @cached_property
    def total(self) -> int:
        """The sum."""
        return sum(self.items)


class Box(Struct, Generic[Content], frozen=True):
    """Of anything."""

    content: Content


def test_fields_are_given_by_position_or_by_name() -> None:
    """Defaults fill what is not given, and what a factory makes is each record's own."""
    first, second = Point(1), Point(y=2, x=1)
    assert (first.x, first.y, first.tags) == (1, 0, [])
    assert (second.x, second.y) == (1, 2)
    first.tags.append("a")
    assert second.tags == []
    assert Point(1, 2, ["b"]).tags == ["b"]


@pytest.mark.parametrize(
    ("values", "others"),
    [((), {}), ((1, 2, [], 4), {}), ((1,), {"x": 1}), ((1,), {"z": 1}), ((1, 2, []), {"y": 1})],
    ids=["one is missing", "too many", "twice", "unknown", "all, and one twice"],
)
def test_what_does_not_fit_is_refused(values, others) -> None:
    """As any call with wrong arguments is."""
    with pytest.raises(TypeError, match="Point"):
        Point(*values, **others)


def test_fields_that_are_only_given_by_name() -> None:
    """By position none is taken."""
    assert Named(name="a").size == 1
    with pytest.raises(TypeError, match="at most 0 values"):
        Named("a")


def test_equal_records_are_of_one_class() -> None:
    """A record of a class that is derived is another one; equal ones have the same hash."""
    assert Point(1) == Point(1, 0) != Point(2)
    assert Point(1) != Place(1)
    assert hash(Box((1, 2))) == hash(Box((1, 2)))
    with pytest.raises(TypeError, match="unhashable"):
        hash(Named(name="a"))


def test_frozen_records_stay_as_they_are() -> None:
    """Others can be changed, but get no fields that they have not."""
    with pytest.raises(AttributeError, match="frozen"):
        Point(1).x = 2  # type: ignore[misc]
    with pytest.raises(AttributeError, match="frozen"):
        del Point(1).x
    named = Named(name="a")
    named.size = 3
    assert named.size == 3
    with pytest.raises(AttributeError):
        named.other = 1  # type: ignore[attr-defined]


def test_derived_records_have_the_fields_of_their_base_first() -> None:
    """In the order of declaration, with their defaults."""
    assert Place.__struct_fields__ == ("x", "y", "tags", "name")
    assert repr(Place(1, 2, [], "here")) == "Place(x=1, y=2, tags=[], name='here')"


def test_something_computed_once_stays_with_the_record() -> None:
    """In its ``__dict__``, where it has one."""
    counted = Counted((1, 2))
    assert counted.total is counted.total == 3
    assert not hasattr(Point(1), "__dict__")


def test_a_copy_with_other_fields() -> None:
    """Unknown fields are refused."""
    assert replace(Point(1, 2), y=3) == Point(1, 3)
    assert copy.copy(Point(1, 2)) == Point(1, 2)
    with pytest.raises(TypeError, match="z"):
        replace(Point(1), z=3)


def test_records_are_taken_apart_by_match() -> None:
    """By position too."""
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)
        case _:
            pytest.fail("no match")


def test_plain_values_of_records_at_any_depth() -> None:
    """In sequences and dictionaries; what is no record stays what it is."""
    nested = Box({"points": (Point(1),), "text": "a", "nothing": None})
    point = {"x": 1, "y": 0, "tags": []}
    assert as_builtins(nested) == {"content": {"points": (point,), "text": "a", "nothing": None}}

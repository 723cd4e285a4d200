"""Records: classes of named fields that are made when a module is imported, so to make one has to cost next to nothing.

`dataclasses` compiles source text for each class (some 0.5 ms each), and libraries of compiled records take longer to
import than most of hookflow's runs start with (`python -X importtime`); here a class is made of closures alone.
"""

import sys

TYPE_CHECKING = False  # to import `typing` for it would take longer than to make all records
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any, ClassVar, Self, TypeVar, dataclass_transform

    Made = TypeVar("Made")
    Record = TypeVar("Record", bound="Struct")
else:

    def dataclass_transform(**_told: object) -> "Callable[[Any], Any]":
        """What type checkers need to know; nothing happens."""
        return lambda found: found


_LAZY = 0x30E0000  # Python 3.14: annotations are only computed when they are asked for


class Factory:
    """A default that is made anew for each record.

    Args:
        make: Makes it.
    """

    __slots__ = ("make",)

    def __init__(self, make: "Callable[[], Any]") -> None:
        self.make = make


if TYPE_CHECKING:

    def field(*, default_factory: "Callable[[], Made]") -> "Made":
        """A field whose default is made anew for each record."""
        raise NotImplementedError

else:

    def field(*, default_factory: "Callable[[], Any]") -> Factory:
        """A field whose default is made anew for each record."""
        return Factory(default_factory)


@dataclass_transform(field_specifiers=(field,))
class _StructType(type):
    """Makes classes of records: the annotated names are the fields."""

    __struct_fields__: "tuple[str, ...]"
    __struct_defaults__: "dict[str, Any]"

    def __new__(
        cls,
        name: str,
        bases: "tuple[type, ...]",
        namespace: "dict[str, Any]",
        *,
        frozen: bool = False,
        kw_only: bool = False,
        dict: bool = False,  # noqa: A002 (as in other libraries of records)
    ) -> "_StructType":
        """A class of records.

        Args:
            name: Its name.
            bases: Its bases; the fields of the first that is one of records come first.
            namespace: Its body.
            frozen: Whether fields cannot be set; such records can be hashed.
            kw_only: Whether fields are only given by name.
            dict: Whether a record has a ``__dict__`` beside its fields, e.g. for `functools.cached_property`.
        """
        if "__slots__" in namespace:  # the root of them all
            return super().__new__(cls, name, bases, namespace)
        above = next(base for base in bases if isinstance(base, _StructType))
        own = [each for each in _annotated(namespace) if each not in above.__struct_fields__]
        defaults = {**above.__struct_defaults__}
        defaults.update((each, namespace.pop(each)) for each in _annotated(namespace) if each in namespace)
        fields = (*above.__struct_fields__, *own)
        namespace["__slots__"] = (*own, "__dict__") if dict else tuple(own)
        namespace["__struct_fields__"] = fields
        namespace["__struct_defaults__"] = defaults
        namespace["__match_args__"] = () if kw_only else fields
        if not frozen:
            namespace["__hash__"] = None
            namespace["__setattr__"] = object.__setattr__
            namespace["__delattr__"] = object.__delattr__
        made = super().__new__(cls, name, bases, namespace)
        made.__init__ = _initializer(made, fields, defaults, kw_only=kw_only)  # type: ignore[misc]
        return made


def _annotated(namespace: "Mapping[str, Any]") -> "list[str]":
    """The annotated names of a class body."""
    if "__annotations__" in namespace or sys.hexversion < _LAZY:
        return [*namespace.get("__annotations__", ())]
    from importlib import import_module  # noqa: PLC0415 (only where it is there)

    library = import_module("annotationlib")
    annotate = library.get_annotate_from_class_namespace(namespace)
    return [] if annotate is None else [*library.call_annotate_function(annotate, library.Format.STRING)]


def _initializer(
    made: type, fields: "Sequence[str]", defaults: "Mapping[str, Any]", *, kw_only: bool
) -> "Callable[..., None]":
    """The ``__init__`` of a class; the fields are set through their descriptors, which ``__setattr__`` does not see."""
    setters = [getattr(made, name).__set__ for name in fields]
    named = dict(zip(fields, setters, strict=True))
    most = 0 if kw_only else len(fields)

    def __init__(self: "Struct", *values: "Any", **others: "Any") -> None:  # noqa: N807 (it becomes one)
        if len(values) > most:
            raise TypeError(f"{made.__name__} takes at most {most} values by position, {len(values)} were given")
        for setter, value in zip(setters, values):  # noqa: B905 (fewer values: the others follow)
            setter(self, value)
        if len(values) == most and not kw_only and not others:
            return
        for name in fields[len(values) :]:
            if name in others:
                value = others.pop(name)
            elif name in defaults:
                value = defaults[name]
                value = value.make() if isinstance(value, Factory) else value
            else:
                raise TypeError(f"{made.__name__} lacks {name}")
            named[name](self, value)
        if others:
            raise TypeError(f"{made.__name__} has no field for {', '.join(others)}, or has it twice")

    return __init__


class Struct(metaclass=_StructType):
    """A record: ``class Point(Struct, frozen=True): x: int; y: int = 0``.

    Two records are equal if they are of the same class and their fields are.

    Attributes:
        __struct_fields__: The names of the fields.
        __struct_defaults__: The defaults of those that have one; a `Factory` makes it anew.
    """

    __slots__ = ()
    __struct_fields__: "ClassVar[tuple[str, ...]]" = ()
    __struct_defaults__: "ClassVar[dict[str, Any]]" = {}  # noqa: RUF012 (it is told in quotes)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self.__struct_fields__)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self.__struct_fields__)))

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__)
        return f"{type(self).__name__}({fields})"

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted")

    def __copy__(self) -> "Self":
        return replace(self)


def replace(record: "Record", **changes: "Any") -> "Record":
    """A record as another one, but for some fields.

    Raises:
        TypeError: There is no such field.
    """
    values = {name: getattr(record, name) for name in record.__struct_fields__}
    return type(record)(**{**values, **changes})


def as_builtins(value: "Any") -> "Any":
    """A value with all records in it, at any depth, as dictionaries: what JSON takes."""
    if isinstance(value, Struct):
        return {name: as_builtins(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, dict):
        return {key: as_builtins(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(map(as_builtins, value))
    return value

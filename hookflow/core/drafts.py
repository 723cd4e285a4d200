"""Steps that are to be written into a configuration, and the TOML that is written."""

import json
from collections.abc import Iterator, Mapping, Sequence

from hookflow.core.structs import Struct, field

Value = str | bool | int | Sequence[str] | Mapping[str, str]


class Draft(Struct):
    """One step to be.

    Attributes:
        name: Its name.
        fields: Its keys, as they are written, in order.
        notes: What a person should know of it, as sentences; they become comments.
        unusable: Whether it would be no valid step, so that it is only shown.
    """

    name: str
    fields: dict[str, Value] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    unusable: bool = False


def as_toml(drafts: Sequence[Draft]) -> str:
    """The tables of some steps."""
    return "\n".join("\n".join([*_lines(draft), ""]) for draft in drafts)


def _lines(draft: Draft) -> Iterator[str]:
    yield from (f"# {line}" for note in draft.notes for line in _harmless(note).splitlines() or [""])
    off = "# " if draft.unusable else ""
    yield f"{off}[tool.hookflow.steps.{key(draft.name)}]"
    for field_name, value in draft.fields.items():
        yield f"{off}{field_name} = {_value(value)}"


def _value(value: Value) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case str():
            return string(value)
        case Mapping():
            return "{ " + ", ".join(f"{key(name)} = {string(each)}" for name, each in value.items()) + " }"
        case _:
            return "[" + ", ".join(string(each) for each in value) + "]"


def string(text: str) -> str:
    """A text as a TOML string: literal where that reads better, else with JSON's escapes, which TOML shares."""
    if "\\" in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return _escaped(text)


def _escaped(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(name: str) -> str:
    """A name as a key of TOML: bare, or quoted."""
    bare = name.isascii() and all(char.isalnum() or char in "-_" for char in name) and name
    return name if bare else _escaped(name)


def _harmless(note: str) -> str:
    """Without what a comment of TOML must not have."""
    return "".join(char if char.isprintable() or char == "\n" else " " for char in note)

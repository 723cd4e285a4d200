"""The JSON Schema of ``[tool.hookflow]``, made from the keys and from the defaults of the records.

Draft-07 (https://json-schema.org/draft-07), which editors and taplo read (tried with taplo 0.9.3).
"""

from collections.abc import Mapping
from typing import Any

from hookflow.core import readers
from hookflow.core.config import Config, Resource, Step
from hookflow.core.keys import HOOK, RESOURCE, STEP, TABLES, TOP, Key
from hookflow.core.readers import Schema
from hookflow.core.structs import Factory, Struct

_HEAD = {"$schema": "http://json-schema.org/draft-07/schema#", "title": "hookflow"}
_ABOUT = """\
Checks of a project as a dependency graph. `hookflow validate` also finds what no schema can: names of steps, \
hooks, resources, file sets and file types that do not exist, expressions that are not regular, needs of another \
stage, more units than a resource has, cycles, placeholders where a shell would read them as something else, \
patterns that cannot be read, names of steps with signs that are neither letters nor digits of any script, and whole \
numbers written with a point, and what a project below the root leaves to the root."""

# Letters, digits and whatever is not ASCII: which of that is a letter is not for a regular expression of all dialects.
_NOT_IN_A_NAME = r"[\x00-\x2c\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7f]"
_LETTER = r"[^\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f]"


# Some step there must be: one of its own, a hook of pre-commit's, or a project's.
_WITH_STEPS = [
    {"required": ["steps"]},
    {"required": ["pre-commit"], "not": {"properties": {"pre-commit": {"enum": [False, []]}}}},
    {"required": ["projects"], "properties": {"projects": {"minItems": 1}}},
]


def table() -> dict[str, Any]:
    """The schema of the table ``[tool.hookflow]``."""
    return {**_HEAD, "description": _ABOUT, **_top()}


def whole_file() -> dict[str, Any]:
    """The schema of a ``pyproject.toml``, of which nothing but ``[tool.hookflow]`` is looked at."""
    tool = {"type": "object", "properties": {"hookflow": {"description": _ABOUT, **_top()}}}
    return {**_HEAD, "type": "object", "properties": {"tool": tool}}


def _top() -> Schema:
    # The top's `timeout` and `stages` are the defaults of steps, so they have those of a step.
    closed = _closed(TOP, {**_defaults(Step), **_defaults(Config)})
    return {**closed, "properties": {**closed["properties"], **_tables()}, "anyOf": _WITH_STEPS}


def _tables() -> Schema:
    kinds: dict[str, Schema] = {
        "env": readers.environment.schema,
        "file-sets": {"type": "object", "additionalProperties": readers.plain_patterns.schema},
        "resources": {"type": "object", "additionalProperties": _closed(RESOURCE, _defaults(Resource))},
        "pre-commit-hooks": {"type": "object", "additionalProperties": _closed(HOOK, {})},
        "steps": {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": _LETTER, "not": {"pattern": _NOT_IN_A_NAME}},
            "additionalProperties": _step(),
        },
    }
    return {name: {"description": about, **kinds[name]} for name, about in TABLES.items()}


def _step() -> Schema:
    defaults = {field: value for field, value in _defaults(Step).items() if field not in {"timeout", "stages"}}
    return {**_closed(STEP, defaults), "required": ["run"]}


def _closed(keys: Mapping[str, Key], defaults: Mapping[str, Any]) -> Schema:
    """A table with these keys and no other."""
    properties = {
        name: {
            "description": key.about,
            **key.read.schema,
            **({"default": defaults[key.field]} if key.field in defaults else {}),
        }
        for name, key in keys.items()
    }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _defaults(record: type[Struct]) -> dict[str, Any]:
    """The defaults of a record's fields, as JSON knows them; without those that are nothing."""
    found = {}
    for name, default in record.__struct_defaults__.items():
        made = default.make() if isinstance(default, Factory) else default
        if made is not None:
            found[name] = list(made) if isinstance(made, tuple) else made
    return found

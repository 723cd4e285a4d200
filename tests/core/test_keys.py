"""The tables of keys against the records that they fill."""

import pytest

from hookflow.core import keys
from hookflow.core.config import Config, Resource, Step


@pytest.mark.parametrize(
    ("table", "record", "besides"),
    [
        (keys.STEP, Step, {"name", "hook", "project"}),
        (keys.RESOURCE, Resource, {"name"}),
        (keys.TOP, Config, {"steps", "resources", "members"}),
    ],
)
def test_every_field_has_its_key(table, record, besides) -> None:
    """In kebab-case; the defaults for steps, ``timeout`` and ``stages``, are merged into these."""
    filled = {key.field for key in table.values()} - ({"timeout", "stages"} if record is Config else set())
    assert filled == set(record.__struct_fields__) - besides
    assert list(table) == [key.field.replace("_", "-") for key in table.values()]

"""``hookflow schema``: the JSON Schema of the configuration, for editors."""

import json

from hookflow.core import schema as schemas


def schema(*, whole: bool) -> int:
    """Print the schema of ``[tool.hookflow]``, or of the `whole` pyproject.toml, of which it is a part."""
    print(json.dumps(schemas.whole_file() if whole else schemas.table(), indent=2))
    return 0

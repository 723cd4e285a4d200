"""lefthook's configuration: found and parsed. Its YAML is read by PyYAML, which comes with pre-commit."""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hookflow.core.errors import BrokenEnvironmentError, UsageError

NAMES = tuple(
    f"{directory}{name}.{ending}"
    for directory, name in (("", "lefthook"), ("", ".lefthook"), (".config/", "lefthook"))
    for ending in ("yml", "yaml", "toml", "json")
)


def load(path: Path) -> Mapping[str, Any]:
    """What is in the file.

    Raises:
        UsageError: It cannot be read.
        BrokenEnvironmentError: It is YAML, and nothing here can read that.
    """
    try:
        found = _parse(path)
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise UsageError(f"{path} holds no configuration of lefthook's: expected a table")
    return found


def _parse(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    match path.suffix:
        case ".json":
            return json.loads(text)
        case ".toml":
            import tomli  # noqa: PLC0415 (only where it is asked for)

            return tomli.loads(text)
        case _:
            return _yaml(text)


def _yaml(text: str) -> Any:
    try:
        yaml: Any = importlib.import_module("yaml")  # an extra
    except ImportError:
        raise BrokenEnvironmentError("YAML cannot be read here: pip install 'hookflow[pre-commit]'") from None
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None

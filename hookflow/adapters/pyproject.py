"""The configuration file: found, parsed by tomli, its errors given their lines."""

from collections.abc import Callable, Collection
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hookflow.core.config import Config
from hookflow.core.errors import ConfigurationError, NoConfigurationError, Problem

if TYPE_CHECKING:
    from hookflow.core.precommit import Hooks

NAME = "pyproject.toml"


def nearest(start: Path, root: Path) -> Path | None:
    """The nearest ``pyproject.toml`` from `start` up to `root`, whatever is in it; None where there is none."""
    for directory in (start, *start.parents):
        if (directory / NAME).is_file():
            return directory / NAME
        if directory == root:
            break
    return None


def find(start: Path, root: Path) -> Path:
    """The nearest ``pyproject.toml`` with a ``[tool.hookflow]``, from `start` up to `root`.

    Raises:
        NoConfigurationError: There is none.
        ConfigurationError: One on the way cannot be read.
    """
    seen = None
    for directory in (start, *start.parents):
        path = directory / NAME
        if path.is_file():
            seen = path
            if _hookflow_table(_parse(path, root)) is not None:
                return path
        if directory == root:
            break
    where = _label(seen or root / NAME, root)
    what = "has no [tool.hookflow] table" if seen else "there is no such file"
    missing = _error(f"{where}: {what}; `hookflow init` writes one")
    raise NoConfigurationError(missing.problems, missing.lines)


def load(path: Path, root: Path, *, hooks: "Callable[[], Hooks] | None" = None) -> Config:
    """The configuration of one file; `hooks` finds pre-commit's, if they are to be steps.

    Raises:
        ConfigurationError: With every problem as ``file:line: [table] key: message``.
    """
    from hookflow.core import precommit, validation  # noqa: PLC0415 (only after an edit)

    values = _parse(path, root)
    table = _hookflow_table(values)
    if table is None:
        raise _error(f"{_label(path, root)}: has no [tool.hookflow] table; `hookflow init` writes one")
    try:
        return validation.parse(table, known_types=_known_types, hooks=hooks or (lambda: precommit.Hooks(())))
    except ConfigurationError as error:
        raise ConfigurationError(error.problems, _with_lines(error.problems, path, root)) from None


def tools(path: Path, root: Path) -> dict[str, Any]:
    """What stands under ``[tool]`` of a file.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    table = _parse(path, root).get("tool")
    return table if isinstance(table, dict) else {}


def _known_types() -> Collection[str]:
    import identify.identify  # noqa: PLC0415 (12 ms, only for who names types)

    return identify.identify.ALL_TAGS


def _hookflow_table(values: dict[str, Any]) -> Any:
    tool = values.get("tool")
    return tool.get("hookflow") if isinstance(tool, dict) else None


def _parse(path: Path, root: Path) -> dict[str, Any]:
    import tomli  # noqa: PLC0415 (only who reads a file pays for it)

    label = _label(path, root)
    try:
        return tomli.loads(path.read_bytes().decode("utf-8"))
    except OSError as error:
        raise _error(f"{label}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise _error(f"{label}: is not UTF-8 text (byte {error.start}); expected a TOML file") from None
    except tomli.TOMLDecodeError as error:
        raise _error(f"{label}:{error.lineno}: not valid TOML: {error.msg} (column {error.colno})") from None


def _error(line: str) -> ConfigurationError:
    return ConfigurationError((Problem((), line),), (line,))


def _label(path: Path, root: Path) -> str:
    """The file as a person would name it: relative to the repository where it is inside."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return str(path)


def _with_lines(problems: tuple[Problem, ...], path: Path, root: Path) -> tuple[str, ...]:
    from hookflow.adapters import positions  # noqa: PLC0415 (only after an error)

    lines = positions.key_lines(path.read_text(encoding="utf-8"))
    placed = [(positions.line_of(lines, problem.path), problem) for problem in problems]
    return tuple(
        f"{_label(path, root)}:{line}: {_sentence(problem)}" for line, problem in sorted(placed, key=itemgetter(0))
    )


def _sentence(problem: Problem) -> str:
    *table, key = problem.path
    if not table:
        return problem.message
    return f"[{'.'.join(_toml_key(part) for part in table)}] {_toml_key(key)}: {problem.message}"


def _toml_key(key: str) -> str:
    bare = key.replace("-", "").replace("_", "")
    if bare.isascii() and bare.isalnum():
        return key
    return '"' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'

"""The configuration file: found, parsed by tomli, its errors given their lines."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hookflow.core.config import Config
from hookflow.core.errors import ConfigurationError, NoConfigurationError, Problem

if TYPE_CHECKING:
    from hookflow.core import projects
    from hookflow.core.precommit import Hooks

NAME = "pyproject.toml"


def alone(start: Path, root: Path) -> Path | None:
    """The only ``pyproject.toml`` from `start` up to `root`, whatever is in it; None of none or of several."""
    found = list(_upwards(start, root))
    return found[0] if len(found) == 1 else None


def find(start: Path, root: Path) -> Path:
    """The nearest ``pyproject.toml`` with a ``[tool.hookflow]``, from `start` up to `root`.

    Of a project that one above it names with ``projects``, that one.

    Raises:
        NoConfigurationError: There is none.
        ConfigurationError: One on the way cannot be read.
    """
    seen = nearest = None
    for path in _upwards(start, root):
        seen = path
        table = _hookflow_table(_parse(path, root))
        if table is None:
            continue
        if nearest is None:
            nearest = path
        elif _takes(_patterns(table), _label(nearest.parent, root)):
            return path
    if nearest is not None:
        return nearest
    where = _label(seen or root / NAME, root)
    what = "has no [tool.hookflow] table" if seen else "there is no such file"
    missing = _error(f"{where}: {what}; `hookflow init` writes one")
    raise NoConfigurationError(missing.problems, missing.lines)


def _takes(patterns: Sequence[str], directory: str) -> bool:
    from hookflow.core import projects  # noqa: PLC0415 (only where there are several files)

    return projects.takes(patterns, directory)


def _upwards(start: Path, root: Path) -> Iterator[Path]:
    for directory in (start, *start.parents):
        if (directory / NAME).is_file():
            yield directory / NAME
        if directory == root:
            return


def _patterns(table: object) -> Sequence[str]:
    """What a table that is not checked yet has under ``projects``."""
    found = table.get("projects") if isinstance(table, dict) else None
    return [each.rstrip("/") for each in found if isinstance(each, str)] if isinstance(found, list) else []


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
        return validation.parse(
            table,
            known_types=_known_types,
            hooks=hooks or (lambda: precommit.Hooks(())),
            find_projects=partial(_find_projects, root),
        )
    except ConfigurationError as error:
        if not error.problems[0].path:
            raise  # about a project's file as a whole, which has its line
        raise ConfigurationError(error.problems, _with_lines(error.problems, path, root)) from None


def tools(path: Path, root: Path) -> dict[str, Any]:
    """What stands under ``[tool]`` of a file.

    Raises:
        ConfigurationError: The file cannot be read.
    """
    table = _parse(path, root).get("tool")
    return table if isinstance(table, dict) else {}


def _find_projects(root: Path, patterns: Sequence[str]) -> "projects.Found":
    """The tables of a repository's projects.

    Raises:
        ConfigurationError: One of the files cannot be read, or is no TOML.
    """
    from hookflow.adapters import members  # noqa: PLC0415 (only for who has projects)
    from hookflow.core import projects  # noqa: PLC0415 (the same)

    found = members.find(root, patterns)
    tables = {}
    for directory in found.files:
        table = _hookflow_table(_parse(root / directory / NAME, root))
        if table is not None:
            tables[directory] = table
    unmatched = [pattern for pattern, directories in found.matched.items() if tables.keys().isdisjoint(directories)]
    return projects.Found(tables, () if unmatched and members.is_partial(root) else unmatched)


def tables(file: Path, root: Path) -> dict[str, Any]:
    """The tables ``[tool.hookflow]``, right or wrong, of a file ("") and of the projects that it names, by directory.

    Raises:
        ConfigurationError: One cannot be read.
    """
    own = _hookflow_table(_parse(file, root))
    return {"": own, **_find_projects(root, _patterns(own)).tables}


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
    """The problems as a person reads them, file by file, in the order of lines."""
    found: list[str] = []
    for project in dict.fromkeys(["", *(problem.project for problem in problems)]):
        file = root / project / NAME if project else path
        found += _lines_of([problem for problem in problems if problem.project == project], file, root)
    return tuple(found)


def _lines_of(problems: Sequence[Problem], path: Path, root: Path) -> Iterator[str]:
    from hookflow.adapters import positions  # noqa: PLC0415 (only after an error)

    lines = positions.key_lines(path.read_text(encoding="utf-8")) if problems else {}
    placed = [(positions.line_of(lines, problem.path), problem) for problem in problems]
    for line, problem in sorted(placed, key=itemgetter(0)):
        yield f"{_label(path, root)}:{line}: {_sentence(problem)}"


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

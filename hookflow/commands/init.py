"""``hookflow init``: a starting ``[tool.hookflow]``, from what the repository shows that it uses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hookflow.adapters import files, pyproject, repository
from hookflow.commands.options import Place
from hookflow.core.errors import UsageError

_HEAD = """\
[tool.hookflow]
parallel = true

"""


def init(place: Place) -> int:
    """Append a table to pyproject.toml, which is made if need be.

    Raises:
        UsageError: There is a table already.
        ConfigurationError: pyproject.toml cannot be read.
    """
    root = repository.Repository(place.directory).root
    file = place.config or root / pyproject.NAME
    tools = pyproject.tools(file, root) if file.exists() else {}
    if "hookflow" in tools:
        raise UsageError(f"{file} has a [tool.hookflow] already; `hookflow validate` checks it")
    steps = list(_steps(root, tools))
    _append(file, _HEAD + "\n".join(text for _, text in steps))
    pyproject.load(file, root)  # what we wrote must hold
    print(f"wrote [tool.hookflow] to {file}")
    for why, text in steps:
        print(f"  {text.splitlines()[0].removeprefix('[tool.hookflow.steps.').rstrip(']')}: {why}")
    print("next: `hookflow run --all-files` tries it, `hookflow install` puts it before each commit")
    return 0


def _steps(root: Path, tools: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Why a step is there, and its table."""
    found = [*_formatters(root, tools), *_checks(root, tools), *_pre_commit(root)]
    yield from found or [
        (
            "a start, since nothing else was found",
            _table(
                "whitespace",
                'description = "no conflict markers, no blanks at the ends of lines"',
                'run = "git diff --cached --check"',
                "git-env = true",
            ),
        )
    ]


def _formatters(root: Path, tools: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if why := _shows(root, tools, "ruff", "ruff.toml", ".ruff.toml"):
        yield (
            why,
            _table(
                "format",
                'run = "ruff format --check {files}"',
                'fix = "ruff format {files}"',
                'types = ["python"]',
            ),
        )
        yield (
            why,
            _table(
                "lint",
                'run = "ruff check {files}"',
                'fix = "ruff check --fix {files}"',
                'types = ["python"]',
                "inputs = " + _list("pyproject.toml", "ruff.toml", ".ruff.toml", present_in=root),
            ),
        )
    elif why := _shows(root, tools, "black"):
        yield (
            why,
            _table(
                "format",
                'run = "black --check {files}"',
                'fix = "black {files}"',
                'types = ["python"]',
            ),
        )


def _checks(root: Path, tools: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if why := _shows(root, tools, "mypy", "mypy.ini", ".mypy.ini"):
        yield (
            why,
            _table(
                "types",
                'run = ["mypy", "."]',
                'files = ["*.py", "*.pyi"]',
                "inputs = " + _list("pyproject.toml", "mypy.ini", ".mypy.ini", present_in=root),
            ),
        )
    why = _shows(root, tools, "pytest", "pytest.ini", "conftest.py", "tests")
    if why:
        yield why, _table("tests", 'run = ["pytest", "-q"]', 'files = ["*.py", "pyproject.toml"]')


def _pre_commit(root: Path) -> Iterator[tuple[str, str]]:
    file = root / ".pre-commit-config.yaml"
    if not file.is_file() or "hookflow" in file.read_text(encoding="utf-8", errors="replace"):
        return  # a configuration that calls hookflow must not be called by it
    yield (
        f"{file.name} is there",
        _table(
            "pre-commit",
            'description = "the hooks of .pre-commit-config.yaml"',
            'run = ["pre-commit", "run", "--files", "{files}"]',
            "modifies = true",
        ),
    )


def _shows(root: Path, tools: dict[str, Any], tool: str, *files: str) -> str | None:
    """Why we think that the repository uses a tool, or None."""
    if tool in tools:
        return f"pyproject.toml has [tool.{tool}]"
    return next((f"{name} is there" for name in files if (root / name).exists()), None)


def _list(*names: str, present_in: Path) -> str:
    """A TOML list of those files that are there; pyproject.toml is there when this is read."""
    present = [name for name in names if name == pyproject.NAME or (present_in / name).exists()]
    return "[" + ", ".join(f'"{name}"' for name in present) + "]"


def _table(name: str, *lines: str) -> str:
    return "\n".join([f"[tool.hookflow.steps.{name}]", *lines, ""])


def _append(file: Path, text: str) -> None:
    """The old text and the new one, or the old file as it was; a link stays one."""
    target = file.resolve()
    old, mode = (target.read_bytes(), target.stat().st_mode & 0o777) if target.exists() else (b"", 0o644)
    gap = b"" if not old else b"\n" if old.endswith(b"\n") else b"\n\n"
    files.write_whole(target, old + gap + text.encode(), mode=mode)

"""``hookflow init``: a starting ``[tool.hookflow]``, from what the repository shows that it uses."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hookflow.adapters import files, precommit, pyproject, repository
from hookflow.commands.options import Place
from hookflow.core.errors import UsageError
from hookflow.core.precommit import step_name
from hookflow.core.structs import Struct

_HEAD = "[tool.hookflow]\nparallel = true\n"
_HOOKS = "pre-commit = true               # each hook of .pre-commit-config.yaml is a step\n"
# Of YAML, what names a hook: no package that reads it need be there.
_ID = re.compile(r"""\b(?:id|alias)["']?\s*:\s*["']?([^\s"',}]+)""")


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
    ids = _hook_ids(root)
    as_steps = ids is not None and precommit.is_there()
    steps = _steps(_Seen(root, tools, ids if ids is not None and as_steps else frozenset()))
    if ids is not None and not as_steps:
        steps.append(_one_step())
    if not steps and not as_steps:
        steps.append(_start())
    _append(file, "\n".join([_HEAD + (_HOOKS if as_steps else ""), *(table for *_, table in steps)]))
    pyproject.load(file, root)  # what we wrote must hold
    print(f"wrote [tool.hookflow] to {file}")
    if as_steps:
        print(f"  pre-commit: {precommit.CONFIGURATION} is there, and each of its hooks is a step now")
    for name, why, _ in steps:
        print(f"  {name}: {why}")
    if ids is not None and not as_steps:
        print("  each of its hooks can be a step: pip install 'hookflow[pre-commit]', then `pre-commit = true`")
    print("next: `hookflow run --all-files` tries it, `hookflow install` puts it before each commit")
    return 0


def _hook_ids(root: Path) -> frozenset[str] | None:
    """The ids of pre-commit's hooks; None where it is not used, or where it calls hookflow, which must not call it."""
    file = root / precommit.CONFIGURATION
    text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else None
    return None if text is None or "hookflow" in text else frozenset(_ID.findall(text))


class _Seen(Struct, frozen=True):
    """What a repository shows that it uses.

    Attributes:
        root: Its top.
        tools: The tables under ``[tool]`` of pyproject.toml.
        hooks: Ids of pre-commit's hooks that are steps: what is one of them need not be a step again.
    """

    root: Path
    tools: dict[str, Any]
    hooks: frozenset[str]

    def shows(self, tool: str, *files: str) -> str | None:
        """Why we think that it uses a tool that is not run yet, or None."""
        if any(hook == tool or hook.startswith(f"{tool}-") for hook in self.hooks):
            return None
        if tool in self.tools:
            return f"pyproject.toml has [tool.{tool}]"
        return next((f"{name} is there" for name in files if (self.root / name).exists()), None)


def _steps(seen: _Seen) -> list[tuple[str, str, str]]:
    """The name of each step, why it is there, and its table; no hook that is a step has its name."""
    names = set(seen.hooks)
    steps = []
    for wanted, why, *lines in (*_formatters(seen), *_checks(seen)):
        names.add(name := step_name(wanted, names))
        steps.append((name, why, _table(name, *lines)))
    return steps


def _start() -> tuple[str, str, str]:
    table = _table(
        "whitespace",
        'description = "no conflict markers, no blanks at the ends of lines"',
        'run = "git diff --cached --check"',
        "git-env = true",
    )
    return "whitespace", "a start, since nothing else was found", table


def _one_step() -> tuple[str, str, str]:
    table = _table(
        "pre-commit",
        'description = "the hooks of .pre-commit-config.yaml"',
        'run = ["pre-commit", "run", "--files", "{files}"]',
        "modifies = true",
    )
    return "pre-commit", f"{precommit.CONFIGURATION} is there", table


def _formatters(seen: _Seen) -> Iterator[tuple[str, ...]]:
    if why := seen.shows("ruff", "ruff.toml", ".ruff.toml"):
        yield (
            *("format", why),
            'run = "ruff format --check {files}"',
            'fix = "ruff format {files}"',
            'types = ["python"]',
        )
        yield (
            *("lint", why),
            'run = "ruff check {files}"',
            'fix = "ruff check --fix {files}"',
            'types = ["python"]',
            "inputs = " + _list("pyproject.toml", "ruff.toml", ".ruff.toml", present_in=seen.root),
        )
    elif why := seen.shows("black"):
        yield "format", why, 'run = "black --check {files}"', 'fix = "black {files}"', 'types = ["python"]'


def _checks(seen: _Seen) -> Iterator[tuple[str, ...]]:
    if why := seen.shows("mypy", "mypy.ini", ".mypy.ini"):
        yield (
            *("types", why),
            'run = ["mypy", "."]',
            'files = ["*.py", "*.pyi"]',
            "inputs = " + _list("pyproject.toml", "mypy.ini", ".mypy.ini", present_in=seen.root),
        )
    if why := seen.shows("pytest", "pytest.ini", "conftest.py", "tests"):
        yield "tests", why, 'run = ["pytest", "-q"]', 'files = ["*.py", "pyproject.toml"]'


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

"""What import-linter and ruff cannot say: sizes, start-up imports, POSIX only at the edges."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "hookflow"
MODULES = sorted(PACKAGE.rglob("*.py"))
MOST_LINES = 300
MOST_LINES_OF_FUNCTION = 40
POSIX_ONLY = {"fcntl", "pty", "tty", "termios", "resource", "pwd", "grp"}


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function's name and length in lines, without its docstring."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = [
                part for part in node.body if not (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
            ]
            yield node.name, (node.end_lineno or 0) - body[0].lineno + 1 if body else 0


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_modules_and_functions_stay_readable(path: Path) -> None:
    """At most 300 lines a module, 40 a function."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES
    assert {name: length for name, length in functions(path) if length > MOST_LINES_OF_FUNCTION} == {}


def test_the_median_function_is_short() -> None:
    """About eight lines."""
    lengths = sorted(length for path in MODULES for _, length in functions(path))
    assert lengths[len(lengths) // 2] <= 8


def imported(statement: str) -> set[str]:
    """The modules that a statement loads in a fresh interpreter."""
    code = f"{statement}; import sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-S", "-P", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {code}"],
                          capture_output=True, text=True, check=True)  # fmt: skip
    return set(done.stdout.split())


def test_starting_loads_nothing_slow() -> None:
    """The command line, and the parsing of it, load neither trio nor git nor rich nor tomli."""
    loaded = imported("import hookflow.cli, hookflow.arguments as a; a.parser().parse_args(['run'])")
    assert not {"trio", "git", "rich", "tomli", "pathspec", "identify", "filelock", "sqlite3"} & loaded


def test_the_core_loads_neither_trio_nor_git() -> None:
    """Nor anything that acts."""
    names = ", ".join(f"hookflow.core.{path.stem}" for path in (PACKAGE / "core").glob("*.py") if path.stem[0] != "_")
    loaded = imported(f"import {names}")
    assert not {"trio", "git", "subprocess", "tomli", "sqlite3", "filelock", "rich"} & loaded


@pytest.mark.parametrize("path", [path for path in MODULES if "adapters" not in path.parts], ids=lambda path: path.stem)
def test_posix_is_only_at_the_edges(path: Path) -> None:
    """Outside the adapters no module imports what Windows has not."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        assert not POSIX_ONLY & set(names)


def test_no_module_is_called_utils() -> None:
    """A room has a job and is named for it."""
    assert not {"util", "utils", "helpers", "common", "misc"} & {path.stem for path in MODULES}


@pytest.mark.parametrize(
    "command",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",), ("lint-imports", "--no-cache")],
    ids=lambda command: command[0] + "-" + command[-1].strip("-."),
)
def test_the_linters_are_content(command: tuple[str, ...], tmp_path: Path) -> None:
    """The same checks that the project's own hookflow steps run."""
    caches = {"RUFF_CACHE_DIR": str(tmp_path), "MYPY_CACHE_DIR": str(tmp_path)}
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", **caches}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

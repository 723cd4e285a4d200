"""``hookflow complete KIND``: names for a shell's completion, one a line; never an error, never a question to git."""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from hookflow.adapters import gitfiles
from hookflow.commands.options import Place
from hookflow.core.config import STAGES, Step
from hookflow.core.errors import HookflowError

Named = Literal["steps", "stages", "runs"]


def complete(place: Place, kind: Named) -> int:
    """Print the names that there are; nothing where there is no configuration, or one that cannot be read."""
    with contextlib.suppress(HookflowError, OSError, ValueError):
        found = list(_runs(place) if kind == "runs" else _from_steps(place, kind))
        sys.stdout.buffer.write("".join(f"{name}\n" for name in found).encode())
    return 0


def _from_steps(place: Place, kind: Named) -> Iterator[str]:
    from hookflow.core.projects import full_name  # noqa: PLC0415 (runs are found without it)
    from hookflow.core.validation import is_step_name  # noqa: PLC0415 (as above)

    named: set[str] = set()
    default: Any = Step(name="", run="").stages
    for directory, top in _tables(place).items():
        steps = top.get("steps") if isinstance(top, dict) and not _cannot_be_said(directory) else None
        known = {name: step for name, step in steps.items() if is_step_name(name)} if isinstance(steps, dict) else {}
        if kind == "steps":
            yield from (full_name(directory, name) for name in known)
            continue
        stages_here = top.get("stages", default) if isinstance(top, dict) else default
        default = default if directory else stages_here  # the root's are the projects' too
        used = [step.get("stages", stages_here) for step in known.values() if isinstance(step, dict)]
        named |= {
            each for stages in used if isinstance(stages, list | tuple) for each in stages if isinstance(each, str)
        }
    yield from (stage for stage in STAGES if stage in named)


def _cannot_be_said(directory: str) -> bool:
    """Whether a shell would read something else than a name into a project's directory."""
    return any(not (char.isalnum() or char in "-_./@+=") for char in directory)


def _tables(place: Place) -> dict[str, Any]:
    """What stands under ``[tool.hookflow]``, right or wrong, and under that of the projects."""
    from hookflow.adapters import pyproject  # noqa: PLC0415 (as above)

    directory = place.directory.resolve()
    root, _ = gitfiles.find(directory) or (Path(directory.anchor), None)
    return pyproject.tables(place.config or pyproject.find(directory, root), root)


def _runs(place: Place) -> list[str]:
    from hookflow.adapters import runs  # noqa: PLC0415 (steps are found without it)

    found = gitfiles.find(place.directory.resolve())
    chosen = os.environ.get("HOOKFLOW_STATE_DIR")
    return list(runs.list_runs(runs.state_directory(found[1], chosen))) if found else []

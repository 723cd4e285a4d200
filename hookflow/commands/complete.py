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
    from hookflow.core.validation import is_step_name  # noqa: PLC0415 (runs are found without it)

    top = _table(place)
    steps = top.get("steps")
    known = {name: step for name, step in steps.items() if is_step_name(name)} if isinstance(steps, dict) else {}
    if kind == "steps":
        yield from known
        return
    default = top.get("stages", Step(name="", run="").stages)
    used = [step.get("stages", default) for step in known.values() if isinstance(step, dict)]
    named = {stage for stages in used if isinstance(stages, list | tuple) for stage in stages if isinstance(stage, str)}
    yield from (stage for stage in STAGES if stage in named)


def _table(place: Place) -> dict[str, Any]:
    """What stands under ``[tool.hookflow]``, right or wrong."""
    from hookflow.adapters import pyproject  # noqa: PLC0415 (as above)

    directory = place.directory.resolve()
    root, _ = gitfiles.find(directory) or (Path(directory.anchor), None)
    table = pyproject.tools(place.config or pyproject.find(directory, root), root).get("hookflow")
    return table if isinstance(table, dict) else {}


def _runs(place: Place) -> list[str]:
    from hookflow.adapters import runs  # noqa: PLC0415 (steps are found without it)

    found = gitfiles.find(place.directory.resolve())
    chosen = os.environ.get("HOOKFLOW_STATE_DIR")
    return list(runs.list_runs(runs.state_directory(found[1], chosen))) if found else []

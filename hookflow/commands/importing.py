"""``hookflow import``: steps from pre-commit's or lefthook's configuration, for good."""

import sys
from collections.abc import Collection, Sequence
from pathlib import Path

from hookflow.adapters import files, lefthook, pyproject, repository
from hookflow.commands.options import Place
from hookflow.core import adopting, drafts
from hookflow.core.drafts import Draft
from hookflow.core.errors import UsageError
from hookflow.core.lefthook import Lefthook

_PRE_COMMIT = ".pre-commit-config.yaml"


def import_steps(place: Place, file: Path | None, *, write: bool) -> int:
    """Print the steps of another tool's configuration, or write them into pyproject.toml.

    Args:
        place: Where.
        file: The configuration; None for the one that is there.
        write: Whether they are to be written.

    Raises:
        UsageError: There is none, it cannot be read, or its hooks are steps already.
    """
    root = repository.Repository(place.directory).root
    target = place.config or root / pyproject.NAME
    table = pyproject.tools(target, root).get("hookflow") if target.exists() else None
    source = _source(place, root, file)
    found, lost, parallel = _read(source, root, _taken(table))
    body = drafts.as_toml(found)
    if not table:
        body = f"[tool.hookflow]\nparallel = {'true' if parallel else 'false'}\n\n{body}"
    lines = [f"# From {source.name}, by `hookflow import`.", *(f"# not mapped: {each}" for each in lost)]
    text = "\n".join([*lines, "", body])
    if not write:
        sys.stdout.write(text)
    else:
        if isinstance(table, dict) and table.get("pre-commit") and source.name == _PRE_COMMIT:
            raise UsageError(f"{target}: take `pre-commit` out of [tool.hookflow] first, or each hook would run twice")
        _append(target, text, root)
        print(f"wrote {len([each for each in found if not each.unusable])} steps to {target}")
    _say_what_was_lost(found, lost)
    return 0


def _source(place: Place, root: Path, file: Path | None) -> Path:
    if file is not None:
        source = place.directory / file
        if not source.is_file():
            raise UsageError(f"there is no {source}")
        return source
    found = next((root / name for name in (_PRE_COMMIT, *lefthook.NAMES) if (root / name).is_file()), None)
    if found is None:
        raise UsageError(f"there is neither {_PRE_COMMIT} nor lefthook.yml in {root}")
    return found


def _read(source: Path, root: Path, taken: Collection[str]) -> tuple[Sequence[Draft], Sequence[str], bool]:
    """The steps, what did not map at all, and whether they ran in parallel there."""
    if "lefthook" in source.name:
        read = Lefthook(lefthook.load(source), taken)
        return read.drafts, read.lost, read.parallel
    from hookflow.adapters import precommit  # noqa: PLC0415 (an extra)

    return adopting.drafts(precommit.hooks(root, source), taken), (), True


def _taken(table: object) -> Collection[str]:
    steps = table.get("steps") if isinstance(table, dict) else None
    return steps if isinstance(steps, dict) else ()


def _append(target: Path, text: str, root: Path) -> None:
    """The old text and the new one; if that does not hold, the old file as it was."""
    place = target.resolve()
    old, mode = (place.read_bytes(), place.stat().st_mode & 0o777) if place.exists() else (b"", 0o644)
    gap = b"" if not old else b"\n" if old.endswith(b"\n") else b"\n\n"
    files.write_whole(place, old + gap + text.encode(), mode=mode)
    try:
        pyproject.load(target, root)
    except Exception:
        files.write_whole(place, old, mode=mode)
        raise


def _say_what_was_lost(found: Sequence[Draft], lost: Sequence[str]) -> None:
    notes = [f"{draft.name}: {note}" for draft in found for note in draft.notes if note.startswith("not mapped")]
    for line in (*(f"not mapped: {each}" for each in lost), *notes):
        sys.stderr.write(f"hookflow: {line}\n")

"""The files in git's hooks directory: ours put in place and taken away, others' kept and called first."""

import os
import shlex
import sys
from pathlib import Path
from typing import Literal

from hookflow.adapters import files
from hookflow.core.errors import BrokenEnvironmentError, UsageError

KEPT = ".before-hookflow"  # what a hook that was there before is called while ours has its name
_MARK = "# Installed by hookflow; `hookflow uninstall` takes it away, and edits here are lost."

Installed = Literal["installed", "already there", "updated"]


def script(stage: str, python: str = sys.executable) -> str:
    """The text of the hook for a stage.

    It names its interpreter by absolute path: git may be started where PATH knows no hookflow. ``-P`` keeps
    the repository's own modules from standing in for ours.
    """
    return f"""#!/bin/sh
{_MARK}
python={shlex.quote(python)}
if [ ! -x "$python" ]; then
    echo "hookflow: $python is not there any more; install hookflow and run: hookflow install" >&2
    echo "hookflow: (HOOKFLOW=0 git ... leaves its checks out once)" >&2
    [ "$HOOKFLOW" = 0 ]
    exit
fi
exec "$python" -P -m hookflow hook --before "$0{KEPT}" {stage} -- "$@"
"""


def install(directory: Path, stage: str) -> Installed:
    """Put the hook of a stage in place; one that was there before is kept beside it.

    Raises:
        UsageError: Both an unknown hook and one kept before are there: neither may be lost.
        BrokenEnvironmentError: The directory cannot be written.
    """
    place, kept = directory / stage, directory / f"{stage}{KEPT}"
    text = script(stage)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        ours = is_ours(place)
        if ours and place.read_text(encoding="utf-8") == text and os.access(place, os.X_OK):
            return "already there"
        if not ours and os.path.lexists(place):
            if os.path.lexists(kept):
                raise UsageError(f"{place} is not hookflow's, and {kept} is there too; take one of them away")
            place.rename(kept)
        files.write_whole(place, text.encode(), mode=0o755)
    except OSError as error:
        raise BrokenEnvironmentError(f"{directory} cannot be written: {error.strerror}") from None
    return "updated" if ours else "installed"


def uninstall(directory: Path, stage: str) -> bool:
    """Take our hook of a stage away and put back the one before it; whether there was one of ours.

    Raises:
        BrokenEnvironmentError: The directory cannot be written.
    """
    place, kept = directory / stage, directory / f"{stage}{KEPT}"
    if not is_ours(place):
        return False
    try:
        if os.path.lexists(kept):
            kept.replace(place)
        else:
            place.unlink()
    except OSError as error:
        raise BrokenEnvironmentError(f"{directory} cannot be written: {error.strerror}") from None
    return True


def is_ours(place: Path) -> bool:
    """Whether a hook file was written by hookflow."""
    try:
        return _MARK in place.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False

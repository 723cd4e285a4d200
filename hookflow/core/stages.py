"""Stages by name: git's hooks, and ``manual``."""

from hookflow.core.config import STAGES
from hookflow.core.errors import UsageError
from hookflow.core.names import did_you_mean

DEFAULT_STAGE = "pre-commit"


def checked_stage(stage: str) -> str:
    """The stage, if there is such a one.

    Raises:
        UsageError: There is none.
    """
    if stage not in STAGES:
        raise UsageError(f'unknown stage {stage}; stages are git hook names and "manual"{did_you_mean(stage, STAGES)}')
    return stage

"""``--ci``: the scope of a build in a CI system; where its base is not known, every file, and why."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hookflow.adapters.repository import Repository
from hookflow.commands.options import Reporting
from hookflow.core import ci, scopes
from hookflow.core.ci import Build
from hookflow.core.porcelain import text
from hookflow.core.scopes import Scope
from hookflow.core.structs import Struct, replace

_EVENT = "GITHUB_EVENT_PATH"


class Found(Struct, frozen=True):
    """What a build is about.

    Attributes:
        scope: What to look at.
        reporting: Who is told, and how.
        warnings: What a person should know.
    """

    scope: Scope
    reporting: Reporting
    warnings: tuple[str, ...]


def scope(repository: Repository, reporting: Reporting) -> Found:
    """The scope of the build that the environment tells of.

    What is looked at is always what is checked out: steps see nothing else.

    Args:
        repository: Where.
        reporting: Who is told; an output that was asked for stays.
    """
    variables = {name: text(os.fsencode(value)) for name, value in os.environ.items()}
    build = ci.build(variables, _event(variables.get(_EVENT)))
    output = replace(reporting, output=build.output) if reporting.output == "auto" else reporting
    head = repository.commit("HEAD")
    warnings = []
    if build.heads and head is not None and not any(_is(head, named) for named in build.heads):
        warnings.append(f"{build.system} builds {build.heads[0]}, but {head} is checked out: looking at that")
    why = _why_not(repository, build)
    if why is None:
        return Found(scopes.Between(str(build.base), "HEAD"), output, tuple(warnings))
    return Found(scopes.AllFiles(), output, (*warnings, f"--ci: {why}: looking at every file"))


def _why_not(repository: Repository, build: Build) -> str | None:
    """Why what changed since the base is not known; None where it is."""
    if build.base is None:
        return build.source
    base, head = repository.commit(build.base), repository.commit("HEAD")
    advice = " (a shallow clone: fetch more of the history)" if repository.is_shallow() else ""
    if base is None or head is None:
        return f"{build.base} ({build.source}) is not known here{advice}"
    common = repository.merge_base(base, head)
    if common is None:
        return f"{build.base} ({build.source}) and what is checked out have no common ancestor here{advice}"
    if common == head:
        # A branch that has been merged already, or a build that is run once more: nothing would be looked at.
        return f"{build.base} ({build.source}) has everything that is checked out"
    return None


def _is(head: str, named: str) -> bool:
    """Whether a commit is the one that was named; some systems cut ids short, and Buildkite may say ``HEAD``."""
    return named == "HEAD" or head.startswith(named.lower())


def _event(path: str | None) -> Mapping[str, Any] | None:
    """The event that GitHub's runner has written to a file."""
    if not path:
        return None
    try:
        found = json.loads(Path(path).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None

"""Projects below the root of a repository: one configuration made of the root's and theirs.

A project is a directory with a ``pyproject.toml`` of its own that the root names with ``projects``. Its steps are
steps like any others when they have been placed: named in full, their patterns and directories written from the root.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

from hookflow.core.anchoring import anchored, whole
from hookflow.core.config import Config, Member, Resource, Step
from hookflow.core.errors import Problem
from hookflow.core.readers import Expected, Reader, texts
from hookflow.core.structs import Struct, field, replace

KEY = ("tool", "hookflow", "projects")
BETWEEN = ":"  # a project's directory and the name of its step
_UNSPEAKABLE = {"Cc", "Cs", "Cn", "Zl", "Zp"}  # categories of characters: controls, lone bytes, ends of lines
_ODD = r"^!?(?![\s\S])|^!?/|//|(^!?|/)\.\.?(/|(?![\s\S]))|\*\*|[\x00-\x1f\x7f]"


class Found(Struct, frozen=True):
    """What there is of the projects that a root names.

    Attributes:
        tables: What stands under ``tool.hookflow`` of each, by directory, in the order of the patterns.
        unmatched: Patterns that take no project.
    """

    tables: Mapping[str, object] = field(default_factory=dict)
    unmatched: Sequence[str] = ()


def nothing(_patterns: Sequence[str]) -> Found:
    """No projects, for who looks at one file alone."""
    return Found()


def _read_patterns(value: object) -> tuple[str, ...]:
    for pattern in (patterns := texts(value)):
        if re.search(_ODD, pattern):
            raise Expected(
                f"{pattern!r} names no directory below the root; write it as services/api, or as services/* "
                "(* stays within a name)"
            )
    return tuple(pattern.rstrip("/") for pattern in patterns)


patterns = Reader(_read_patterns, {"type": "array", "items": {"type": "string", "not": {"pattern": _ODD}}})
"""A list of directories, of which parts may be globs."""


def parts_match(glob: str, name: str) -> bool:
    """Whether a part of a pattern takes a directory of that name; of hidden ones only what is written out."""
    return fnmatchcase(name, glob) and (not name.startswith(".") or glob.startswith("."))


def takes(patterns: Iterable[str], directory: str) -> bool:
    """Whether patterns of ``projects`` take a directory; the last one that does decides, ``!`` takes back."""
    names, taken = directory.split("/"), False
    for pattern in patterns:
        globs = pattern.removeprefix("!").split("/")
        if len(globs) == len(names) and all(map(parts_match, globs, names)):
            taken = not pattern.startswith("!")
    return taken


def full_name(directory: str, name: str) -> str:
    """What a step is called everywhere but in its own project."""
    return f"{directory}{BETWEEN}{name}" if directory else name


def local_name(step: Step) -> str:
    """What a step is called in its own project."""
    return step.name.removeprefix(f"{step.project}{BETWEEN}") if step.project else step.name


def meant(directory: str, name: str) -> str:
    """The full name of the step that a project's file means: its own, ``dir:step``, or the root's ``:step``."""
    if name.startswith(BETWEEN):
        return name.removeprefix(BETWEEN)
    return name if BETWEEN in name else full_name(directory, name)


def placed(step: Step, directory: str, *, exclude: Sequence[str], cached: bool | None) -> Step:
    """A project's step as the root sees it.

    Args:
        step: As the project's file has it.
        directory: The project's.
        exclude: What the root excludes.
        cached: What the project says of all results of its steps, or None.
    """
    fields = {
        key: tuple(anchored(directory, pattern) for pattern in getattr(step, key)) for key in ("inputs", "outputs")
    }
    return replace(
        step,
        name=full_name(directory, step.name),
        project=directory,
        needs=tuple(meant(directory, need) for need in step.needs),
        files=tuple(anchored(directory, pattern) for pattern in step.files) or whole(directory),
        exclude=(*exclude, *(anchored(directory, pattern) for pattern in step.exclude)),
        cwd=directory if step.cwd == "." else f"{directory}/{step.cwd.removeprefix('./')}",
        cache=cached if step.cache is None else step.cache,
        **fields,
    )


def join(root: Config, projects: Mapping[str, Config], report: Callable[[Problem], None]) -> Config:
    """One configuration: the root's steps, then those of each project; what contradicts is reported."""
    steps = [_meaning_roots(step) for step in root.steps]
    resources, said_by = dict(root.resources), dict.fromkeys(root.resources, "")
    members, links = {}, list(root.link)
    for directory, config in projects.items():
        if (message := _name_problem(directory)) is not None:
            report(Problem(KEY, message))
        cached = None if config.cache else False
        steps += [placed(step, directory, exclude=root.exclude, cached=cached) for step in config.steps]
        members[directory] = Member(venv=config.venv)
        links += [f"{directory}/{each}" for each in config.link]
        for name, resource in config.resources.items():
            if resources.setdefault(name, resource) != resource:
                report(_contradiction(directory, resource, said_by[name]))
            said_by.setdefault(name, directory)
    return replace(root, steps=tuple(steps), resources=resources, members=members, link=tuple(links))


def _meaning_roots(step: Step) -> Step:
    if not any(need.startswith(BETWEEN) for need in step.needs):
        return step
    return replace(step, needs=tuple(meant("", need) for need in step.needs))


def _contradiction(directory: str, resource: Resource, other: str) -> Problem:
    where = f"{other}/pyproject.toml" if other else "the root's pyproject.toml"
    return Problem(
        ("tool", "hookflow", "resources", resource.name),
        f"{where} says something else of it: a resource is the same thing for all projects",
        directory,
    )


def _name_problem(directory: str) -> str | None:
    """Why steps cannot be named by a directory, or None."""
    if any(char in ":," or unicodedata.category(char) in _UNSPEAKABLE for char in directory):
        return (
            f"{directory!r} cannot be a project: steps are named by its directory, which may have no colon, comma, "
            "control character or byte that is not UTF-8"
        )
    return None

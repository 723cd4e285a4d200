"""Patterns of a project below the repository's root, as the root would write them.

A directory is ``/``-separated and relative to the root; "" is the root itself.
"""

import re

FROM_ROOT = "//"  # what a project's pattern begins with that is meant from the repository's root
_SPECIAL = re.compile(r"[*?\[\\]")
_EVERY_FILE = "**"


def anchored(directory: str, pattern: str) -> str:
    """A gitignore rule that takes below `directory` what `pattern` takes in it, and nothing elsewhere.

    Args:
        directory: The project's.
        pattern: A rule as the project wrote it; one that begins with ``//`` is from the repository's root.
    """
    taken = pattern.removeprefix("!")
    back = "!" if taken != pattern else ""
    if taken.startswith(FROM_ROOT):
        return f"{back}{taken[1:]}"
    return f"{back}{escaped(directory)}/{_inside(taken.removeprefix('/'), taken)}"


def _inside(rule: str, written: str) -> str:
    """What follows the directory: a rule that says where, or that holds at any depth."""
    if set(filter(None, rule.split("/"))) == {_EVERY_FILE}:
        return "**/*/" if rule.endswith("/") else _EVERY_FILE  # (pathspec takes `a/**/` for `a/**`)
    # A rule without a slash before its end matches at any depth.
    return rule if "/" in written.rstrip("/ ") else f"**/{rule}"


def whole(directory: str) -> tuple[str, ...]:
    """The rules that take every file of a project."""
    return (anchored(directory, _EVERY_FILE),)


def escaped(directory: str) -> str:
    """A directory as the beginning of a rule that means it literally."""
    literal = _SPECIAL.sub(r"\\\g<0>", directory)
    return f"\\{literal}" if literal.startswith(("!", "#")) else literal

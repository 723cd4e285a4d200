"""What narrows a step's files beyond its patterns: regular expressions on paths, and tags.

These are pre-commit's rules (https://pre-commit.com/#filtering-files-with-types): an expression counts where it is
found anywhere in the path.
"""

import re
from collections.abc import Callable, Collection
from functools import cache

from hookflow.core.config import Step


class Narrowing:
    """Which of the files that a step's patterns take are its files indeed.

    In a project below the root, expressions are looked for in the path from there.

    Args:
        step: The step.
        tags: `identify` tags of a path, asked for only where the step names tags and its expressions allow.

    Attributes:
        rules: What decides: two of equal rules take the same files.
        narrows: Whether there is any rule.
    """

    def __init__(self, step: Step, tags: Callable[[str], Collection[str]]) -> None:
        self._wanted = [_compiled(expression) for expression in step.files_regex]
        self._unwanted = [_compiled(expression) for expression in step.exclude_regex]
        self._types = frozenset(step.types)
        self._types_or = frozenset(step.types_or)
        self._exclude_types = frozenset(step.exclude_types)
        self._by_tags = bool(self._types or self._types_or or self._exclude_types)
        self._tags = tags
        named = (step.files_regex, step.exclude_regex, step.types, step.types_or, step.exclude_types)
        self._prefix = f"{step.project}/" if step.project else ""
        self.narrows = any(named)
        self.rules = (*named, self._prefix if self.narrows else "")

    def takes(self, path: str) -> bool:
        """Whether expressions and tags allow `path`."""
        inside = path.removeprefix(self._prefix)
        return (
            all(wanted.search(inside) for wanted in self._wanted)
            and not any(unwanted.search(inside) for unwanted in self._unwanted)
            and (not self._by_tags or self._takes_tags(frozenset(self._tags(path))))
        )

    def _takes_tags(self, tags: frozenset[str]) -> bool:
        return (
            self._types <= tags
            and (not self._types_or or bool(self._types_or & tags))
            and not self._exclude_types & tags
        )


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)

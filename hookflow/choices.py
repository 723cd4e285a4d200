"""What commands that select steps have in common: their options, and the records made of them."""

import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hookflow.commands.options import Reporting, Selection
from hookflow.core import scopes
from hookflow.core.errors import UsageError
from hookflow.core.porcelain import names, text

if TYPE_CHECKING:
    import argparse

    from hookflow.commands.options import Options


def add_selection(parser: "argparse.ArgumentParser") -> None:
    """The options of `selection`, but for ``--stage``."""
    scope = parser.add_argument_group("what to look at (one of)")
    scope.add_argument("--staged", action="store_true", help="what is staged; the default in a hook")
    scope.add_argument("--changed", action="store_true", help="staged, unstaged and untracked; the default by hand")
    scope.add_argument("--from-ref", metavar="A", help="with --to-ref: what B has that the merge base has not")
    scope.add_argument("--to-ref", metavar="B", help="the end of the range (default with --from-ref: HEAD)")
    scope.add_argument("--all-files", action="store_true", help="every tracked file")
    scope.add_argument("--files", nargs="+", metavar="F", help="these files, or all tracked ones in a directory")
    scope.add_argument("--files-from", metavar="FILE", help="names in a file, NUL-separated; - is standard input")
    how = parser.add_argument_group("how to run")
    import argparse  # noqa: PLC0415 (8 ms, only for who parses)

    both = argparse.BooleanOptionalAction
    how.add_argument("--parallel", action=both, default=None, help="run independent steps at the same time")
    how.add_argument("-j", "--jobs", type=_count, metavar="N", help="units of CPU, 0 for all; implies --parallel")
    how.add_argument("--smart-execution", action=both, default=None, help="skip steps whose files did not change")
    how.add_argument("--cache", action=both, default=None, help="replay steps whose content passed before")
    how.add_argument("--refresh", action="store_true", help="run what could be replayed, and keep the results")
    how.add_argument("--verify-cache", action="store_true", help="run what could be replayed, and compare")
    how.add_argument("--fail-fast", action=both, default=None, help="end everything at the first failure")
    how.add_argument("--fix", action=both, default=None, help="let steps mend what their check finds")
    how.add_argument("--only", action="store_true", help="the named steps without what they need")
    how.add_argument("--skip", action="append", default=[], metavar="STEP", help="leave a step out (repeatable)")


def add_reporting(parser: "argparse.ArgumentParser") -> None:
    """The options of `reporting`."""
    group = parser.add_argument_group("what to tell")
    words = ("auto", "live", "plain", "github", "quiet", "verbose")
    group.add_argument("--output", choices=words, default="auto", help="how much is shown, and how (default: auto)")
    group.add_argument("--events", type=Path, metavar="FILE", help="write what happens as JSON lines")
    group.add_argument("--junit", type=Path, metavar="FILE", help="write a JUnit report")
    group.add_argument("--trace", type=Path, metavar="FILE", help="write a trace in Chrome's format, for Perfetto")


def add_ci(parser: "argparse.ArgumentParser") -> None:
    """The option to take the scope from the environment of a CI system."""
    parser.add_argument("--ci", action="store_true", help="in CI: what its variables say that changed, else all files")


def add_failed(parser: "argparse.ArgumentParser") -> None:
    """The option to begin with what did not pass."""
    parser.add_argument("--failed", action="store_true", help="only the steps that did not pass in the last run")


def size(word: str) -> int:
    """Bytes, as people write them: ``500MB``, ``2 GiB``, ``1000000``."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(i?)B?", word, re.IGNORECASE)
    if found is None:
        import argparse  # noqa: PLC0415 (8 ms, only for who parses)

        raise argparse.ArgumentTypeError(f"expected a size such as 500MB, found {word!r}")
    power = "KMGT".index(found[2].upper()) + 1 if found[2] else 0
    return int(float(found[1]) * (1024 if found[3] else 1000) ** power)


def _count(word: str) -> int:
    if not word.isdecimal():
        import argparse  # noqa: PLC0415 (8 ms, only for who parses)

        raise argparse.ArgumentTypeError(f"expected a number, found {word!r}")
    return int(word)


def selection(options: "Options", *, steps: Sequence[str] = (), failed: bool = False) -> Selection:
    """What the options select.

    Raises:
        UsageError: Two scopes, or half a range, or a list of names that cannot be read, or options that exclude
            each other.
    """
    if sum((options.cache is False, options.refresh, options.verify_cache)) > 1:
        raise UsageError("--no-cache, --refresh and --verify-cache exclude each other")
    return Selection(
        steps=tuple(steps),
        stage=options.stage,
        scope=_scope(options),
        parallel=options.parallel,
        jobs=options.jobs,
        smart_execution=options.smart_execution,
        fail_fast=options.fail_fast,
        fix=options.fix,
        only=options.only,
        skip=tuple(options.skip),
        cache=options.cache,
        refresh=options.refresh,
        verify=options.verify_cache,
        failed=failed,
        ci=getattr(options, "ci", False),
    )


def _scope(options: "Options") -> scopes.Scope | None:
    """The one scope that was asked for.

    Raises:
        UsageError: Several were.
    """
    asked: dict[str, scopes.Scope] = {}
    if options.staged:
        asked["--staged"] = scopes.Staged()
    if options.changed:
        asked["--changed"] = scopes.Changed()
    if options.from_ref or options.to_ref:
        if not options.from_ref:
            raise UsageError("--to-ref needs --from-ref")
        asked["--from-ref"] = scopes.Between(options.from_ref, options.to_ref or "HEAD")
    if options.all_files:
        asked["--all-files"] = scopes.AllFiles()
    if options.files is not None:
        asked["--files"] = scopes.Files(tuple(text(os.fsencode(name)) for name in options.files))
    if options.files_from is not None:
        asked["--files-from"] = scopes.Files(_names_from(options.files_from))
    named = [*asked, *(["--ci"] if getattr(options, "ci", False) else [])]
    if len(named) > 1:
        raise UsageError(f"{' and '.join(named)} exclude each other: a run looks at one scope")
    return next(iter(asked.values()), None)


def _names_from(source: str) -> tuple[str, ...]:
    """The NUL-separated names in a file.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        return tuple(names(sys.stdin.buffer.read() if source == "-" else Path(source).read_bytes()))
    except OSError as error:
        raise UsageError(f"--files-from {source}: {error.strerror}") from None


def reporting(options: "Options") -> Reporting:
    """Who is told, as the options say."""
    return Reporting(output=options.output, events=options.events, junit=options.junit, trace=options.trace)

"""The reporters of a run, made from what a command line asks for and where it runs."""

import os
import secrets
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from hookflow.adapters import files, machine, runs
from hookflow.commands.options import Reporting
from hookflow.commands.preparation import Prepared
from hookflow.core import events
from hookflow.core.errors import BrokenEnvironmentError
from hookflow.reporters import jsonl, plain

Emit = Callable[[events.Event], None]

_SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"


def listeners(stack: ExitStack, directory: runs.RunDirectory, reporting: Reporting, prepared: Prepared) -> Emit:
    """What tells everyone who wants to know; their files are closed with the stack.

    Raises:
        BrokenEnvironmentError: A file that was asked for cannot be written.
    """
    told: list[Emit] = [_for_standard_output(stack, directory, reporting, prepared)]
    if (path := directory.events()) is not None:
        told.append(jsonl.JsonLines(stack.enter_context(files.private_text(path))).emit)
    if reporting.events is not None:
        stream = _opened(stack, "--events", reporting.events)
        told.append(jsonl.JsonLines(stream, logs_kept=directory.kept).emit)
    if reporting.junit is not None:
        from hookflow.reporters import junit  # noqa: PLC0415 (xml, only for who asks for it)

        told.append(junit.JUnit(_opened(stack, "--junit", reporting.junit), host=machine.host()).emit)
    if reporting.trace is not None:
        from hookflow.reporters import trace  # noqa: PLC0415 (only for who asks for it)

        told.append(trace.Trace(_opened(stack, "--trace", reporting.trace)).emit)

    def emit(event: events.Event) -> None:
        for listener in told:
            listener(event)

    return emit


def colours(stream: TextIO) -> bool:
    """Whether a stream shows colours (the conventions of no-color.org and force-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _for_standard_output(
    stack: ExitStack, directory: runs.RunDirectory, reporting: Reporting, prepared: Prepared
) -> Emit:
    match reporting.output:
        case "github":
            return _github(stack, prepared)
        case "auto" if _github_reads():
            return _github(stack, prepared)
        case "auto":
            level: plain.Level = "plain"
        case level:
            pass
    shown = colours(sys.stdout)
    talkative = {step.name for step in prepared.steps if step.hook is not None and step.hook.verbose}
    return plain.Plain(
        sys.stdout, sys.stderr, level=level, colours=shown, logs_kept=directory.kept, talkative=talkative
    ).emit


def _github_reads() -> bool:
    """Whether GitHub's runner reads our output; not where a step of another run has called us."""
    return os.environ.get("GITHUB_ACTIONS") == "true" and "HOOKFLOW_STEP" not in os.environ


def _github(stack: ExitStack, prepared: Prepared) -> Emit:
    from hookflow.reporters import github  # noqa: PLC0415 (only in CI)

    return github.GitHub(
        sys.stdout,
        token=secrets.token_hex(16),
        locate=_locator(prepared),
        draw=_drawer(prepared),
        summary=_job_summary(stack),
        colours=colours(sys.stdout),
    ).emit


def _job_summary(stack: ExitStack) -> TextIO | None:
    """The summary of GitHub's job, open at its end. Nobody asked for it, so the run goes on without."""
    name = os.environ.get(_SUMMARY_VARIABLE)
    if not name:
        return None
    try:
        return stack.enter_context(Path(name).open("a", encoding="utf-8", errors="replace"))
    except OSError as error:
        print(f"hookflow: {_SUMMARY_VARIABLE}={name}: {error.strerror}; going on without a summary", file=sys.stderr)
        return None


def _locator(prepared: Prepared) -> Callable[[str, str], str | None]:
    """Finds the file that a step's linter named, as seen from its working directory or from the root."""
    root = os.path.realpath(prepared.project.repository.root)
    directories = {step.name: step.cwd for step in prepared.steps}

    def locate(step: str, name: str) -> str | None:
        for base in dict.fromkeys((directories.get(step, "."), ".")):
            whole = os.path.normpath(os.path.join(root, base, name))  # noqa: PTH118 (links are not followed)
            path = os.path.relpath(whole, root)
            if path.partition(os.sep)[0] not in {os.pardir, ".git"} and os.path.isfile(whole):  # noqa: PTH113 (no errors)
                return path.replace(os.sep, "/")
        return None

    return locate


def _drawer(prepared: Prepared) -> Callable[[Mapping[str, str]], str | None]:
    """Draws the run's graph, unless it is too large for GitHub's pages."""
    from hookflow.core import diagrams  # noqa: PLC0415 (only in CI)

    graph, steps = prepared.frame.graph, {step.name: step for step in prepared.steps}

    def draw(outcomes: Mapping[str, str]) -> str | None:
        if len(graph.edges) > diagrams.MOST_EDGES:
            return None
        drawn = diagrams.as_mermaid(graph, steps, outcomes)
        return drawn if len(drawn) <= diagrams.MOST_TEXT else None

    return draw


def _opened(stack: ExitStack, option: str, path: Path) -> TextIO:
    try:
        return stack.enter_context(path.open("w", encoding="utf-8"))
    except OSError as error:
        raise BrokenEnvironmentError(f"{option} {path}: {error.strerror}") from None

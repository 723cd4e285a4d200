"""The reporters of a run, made from what a command line asks for and where it runs."""

import os
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from hookflow import answered
from hookflow.adapters import machine, runs
from hookflow.commands import screen, writing
from hookflow.commands.memory import Memory
from hookflow.commands.options import HookCall, Reporting
from hookflow.commands.preparation import Prepared
from hookflow.commands.screen import Voice
from hookflow.core import events

Emit = Callable[[events.Event], None]

_SUMMARY_VARIABLE = "GITHUB_STEP_SUMMARY"


def listeners(
    stack: ExitStack,
    prepared: Prepared,
    directory: runs.RunDirectory,
    asked: Reporting,
    call: HookCall,
    known: Memory,
) -> Voice:
    """What tells everyone who wants to know; their files are closed with the stack.

    Raises:
        BrokenEnvironmentError: A file that was asked for cannot be written.
    """
    if asked.output == "github" or (asked.output == "auto" and _github_reads()):
        voice = Voice(_github(stack, prepared))
    else:
        voice = screen.voice(stack, prepared, directory, asked.output, call, known)
    told = [voice.emit, *writing.written(stack, directory, asked)]
    if asked.junit is not None:
        from hookflow.reporters import junit  # noqa: PLC0415 (xml, only for who asks for it)

        told.append(junit.JUnit(writing.opened(stack, "--junit", asked.junit), host=machine.host()).emit)
    if asked.trace is not None:
        from hookflow.reporters import trace  # noqa: PLC0415 (only for who asks for it)

        told.append(trace.Trace(writing.opened(stack, "--trace", asked.trace)).emit)

    def emit(event: events.Event) -> None:
        for listener in told:
            listener(event)

    return Voice(emit, voice.aside)


def _github_reads() -> bool:
    """Whether GitHub's runner reads our output; not where a step of another run has called us."""
    return os.environ.get("GITHUB_ACTIONS") == "true" and "HOOKFLOW_STEP" not in os.environ


def _github(stack: ExitStack, prepared: Prepared) -> Emit:
    from hookflow.reporters import github  # noqa: PLC0415 (only in CI)

    return github.GitHub(
        sys.stdout,
        token=os.urandom(16).hex(),
        locate=_locator(prepared),
        draw=_drawer(prepared),
        summary=_job_summary(stack),
        colours=answered.shows_colours(sys.stdout),
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

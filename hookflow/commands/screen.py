"""Who speaks to the person at the terminal: plain lines, and before them a live view where one can be drawn."""

import os
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from hookflow import answered
from hookflow.adapters import pyproject, runs, terminal
from hookflow.commands.memory import Memory
from hookflow.commands.options import HookCall, Output
from hookflow.commands.preparation import Prepared
from hookflow.core import events, scopes
from hookflow.core.errors import HookflowError
from hookflow.core.porcelain import data, text
from hookflow.core.scopes import Scope
from hookflow.core.selection import NOT_SMART
from hookflow.core.structs import Struct
from hookflow.reporters import plain

if TYPE_CHECKING:
    from hookflow.core.again import Again
    from hookflow.core.progress import Outlook


class Voice(Struct, frozen=True):
    """What is said of a run on the terminal.

    Attributes:
        emit: Says what happens.
        aside: Within it nothing is drawn.
    """

    emit: Callable[[events.Event], None]
    aside: Callable[[], AbstractContextManager[None]] = nullcontext


def voice(
    stack: ExitStack,
    prepared: Prepared,
    directory: runs.RunDirectory,
    output: Output,
    call: HookCall,
    known: Memory,
) -> Voice:
    """The voice that was asked for, as far as the terminal allows; `stack` ends it."""
    steps = {step.name: step for step in prepared.steps}
    again = cache(partial(_again, prepared, call))  # only after a failure
    results = plain.Plain(
        sys.stdout,
        sys.stderr,
        level=_level(output),
        colours=answered.shows_colours(sys.stdout),
        logs_kept=directory.kept,
        again=lambda name: again().line(steps[name]),
        talkative={step.name for step in prepared.steps if step.hook is not None and step.hook.verbose},
    )
    if not _wants_live(output):
        return Voice(results.emit)
    from hookflow.reporters import live  # noqa: PLC0415 (only for who looks)

    view = live.Live(
        sys.stderr,
        size=partial(terminal.size, sys.stderr.fileno()),
        ours=partial(terminal.is_ours, sys.stderr.fileno()),
        outlook=outlook(prepared, known),
        results=results.emit,
        logs=directory.log,
        colours=answered.shows_colours(sys.stderr),
    )
    stack.callback(view.close)
    return Voice(view.emit, view.aside)


def outlook(prepared: Prepared, known: Memory) -> "Outlook":
    """What is known of a run before it begins."""
    from hookflow.core.progress import Outlook  # noqa: PLC0415 (only for who looks)

    interactive = frozenset(step.name for step in prepared.steps if step.interactive)
    expected = {name: known.seconds[name] for name in known.with_past}
    return Outlook(frame=prepared.frame, interactive=interactive, expected=expected)


def _level(output: Output) -> plain.Level:
    match output:
        case "auto" | "live" | "github":
            return "plain"
        case _:
            return output


def _wants_live(output: Output) -> bool:
    """Whether a live view was asked for, or goes without saying, and can be drawn."""
    if output == "auto":
        # In CI a terminal is a log that somebody reads later.
        return sys.stdout.isatty() and not os.environ.get("CI") and _can_draw(sys.stderr)
    return output == "live" and _can_draw(sys.stderr)


def _can_draw(stream: TextIO) -> bool:
    """Whether a stream is a terminal that knows control sequences and has room for a line."""
    if not stream.isatty() or os.environ.get("TERM", "") in {"", "dumb", "unknown"}:
        return False
    from hookflow.core.progress import LEAST_COLUMNS  # noqa: PLC0415 (only for who looks)

    return terminal.size(stream.fileno())[0] >= LEAST_COLUMNS


def _again(prepared: Prepared, call: HookCall) -> "Again":
    from hookflow.core.again import Again  # noqa: PLC0415 (only after a failure)

    # git names an index of its own for `commit -a` and `commit PATH`, and the plain one otherwise.
    index = Path(os.environ.get("GIT_INDEX_FILE") or "index").name
    return Again(
        place=_place(prepared),
        stage=prepared.stage,
        scope=_from_here(prepared),
        fixing=prepared.fixing,
        anyway=frozenset(name for name, decision in prepared.decisions.items() if decision.reason == NOT_SMART),
        args=call.args,
        index_gone=index != "index",
    )


def _from_here(prepared: Prepared) -> Scope:
    """The scope, its paths relative to the working directory."""
    match prepared.scope:
        case scopes.Files(paths):
            root = prepared.project.repository.root
            return scopes.Files(
                tuple(text(os.fsencode(os.path.relpath(root / os.fsdecode(data(path))))) for path in paths)
            )
        case _:
            return prepared.scope


def _place(prepared: Prepared) -> tuple[str, ...]:
    """The options that lead to the same repository and configuration from the working directory."""
    root, file = prepared.project.repository.root, prepared.project.file
    here = Path.cwd()
    inside = here == root or root in here.parents
    start = here if inside else root
    options = () if inside else ("-C", text(os.fsencode(root)))
    try:
        found = pyproject.find(start, root)
    except HookflowError:
        found = None
    return options if found == file else (*options, "--config", text(os.fsencode(file)))

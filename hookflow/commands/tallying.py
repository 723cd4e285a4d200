"""Counts in which runs steps changed nothing, and suggests from that which of them do not write."""

import hashlib
import os
from collections.abc import Iterator

from hookflow.adapters import files, filetypes
from hookflow.adapters.database import Database
from hookflow.adapters.tallies import Sight, Tallies
from hookflow.commands.preparation import Prepared
from hookflow.core import harmless
from hookflow.core.config import Step
from hookflow.core.harmless import Suggestion
from hookflow.core.outcome import Failed, Passed
from hookflow.core.porcelain import data
from hookflow.ledger import Ledger

_MOST_FILES = 1000  # of those that a step is given, by which content is told from other content


def note(database: Database, prepared: Prepared, ledger: Ledger) -> None:
    """Count this run for the steps that are taken for writers and ran on files."""
    sights = list(_sights(prepared, ledger))
    if sights:
        Tallies(database).note(sights)


def suggestions(database: Database, prepared: Prepared) -> tuple[Suggestion, ...]:
    """Which steps should say that they do not write; none where steps run one after another anyway."""
    steps = [step for step in prepared.steps if step.perhaps_harmless]
    if not prepared.parallel or not steps:
        return ()
    tallies = Tallies(database).of((step.name, _command(step)) for step in steps)
    return tuple(harmless.suggestions(steps, tallies, prepared.frame.graph, prepared.touched, filetypes.compatible))


def _sights(prepared: Prepared, ledger: Ledger) -> Iterator[Sight]:
    for step in prepared.steps:
        ended = ledger.outcomes.get(step.name)
        given = prepared.decisions[step.name].files
        if not step.perhaps_harmless or step.name not in ledger.seconds or not given:
            continue
        if isinstance(ended, Passed | Failed):
            yield Sight(
                step=step.name,
                command=_command(step),
                given=_content(prepared, given),
                found=isinstance(ended, Failed) and ended.exit_code == harmless.FOUND_SOMETHING,
                changed=bool(ledger.modified.get(step.name)),
            )


def _command(step: Step) -> str:
    return hashlib.sha256(repr(step.run).encode("utf-8", "surrogateescape")).hexdigest()


def _content(prepared: Prepared, given: tuple[str, ...]) -> str:
    """What stands for the content of files: which they are, their sizes and times."""
    root = os.fsencode(prepared.project.repository.root)
    seen = hashlib.sha256()
    for path in given[:_MOST_FILES]:
        place = root + b"/" + data(path)
        seen.update(b"%s\0%r\0" % (place, files.inode(place)))
    return seen.hexdigest()

"""The text of a section: what was measured, its table, who was left out, and where the figures are from."""

from collections.abc import Mapping
from datetime import UTC, datetime

from benchmarks import machine
from benchmarks.installed import Programs
from benchmarks.rounds import Race
from benchmarks.tables import race_table

_LONGEST_REASON = 160


def race_text(title: str, race: Race, notes: Mapping[str, str] | None = None) -> str:
    """A table under its title, and how many rounds it is of."""
    lines = [f"### {title}\n", race_table(race, notes=notes), _counted(race)]
    return "\n".join([*lines, left_out(race.failed)]).rstrip() + "\n"


def left_out(why: Mapping[str, str]) -> str:
    """Who took no part."""
    return "\n".join(f"- {name} was left out: {_short(reason)}" for name, reason in why.items())


def _short(reason: str) -> str:
    line = " ".join(reason.split()).replace("|", "/").replace("`", "'")
    return line if len(line) <= _LONGEST_REASON else f"{line[:_LONGEST_REASON]} ..."


def _counted(race: Race) -> str:
    others = max((each.others for each in race.rounds), default=0.0)
    text = f"{len(race.rounds)} rounds, {race.discarded} discarded; others took at most {others:.0%} of the machine."
    return f"{text} **The machine was not quiet: these figures are not to be trusted.**" if race.noisy else text


def from_where(programs: Programs, *, quick: bool) -> str:
    """The line at the end of a section: date, machine and versions, so that a section stands for itself."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(programs.versions.items()))
    today = datetime.now(UTC).date().isoformat()
    meaning = " Run with `--quick`, only to show that it runs: the figures mean nothing." if quick else ""
    return f"*{today}, {machine.kind()}; {versions}.{meaning}*"

"""Did a runner do what it was asked? Its steps' programs are exchanged for ones that write down that they ran."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

# A step's program: does what the real one does, and leaves a line: name, beginning, end (Unix seconds), arguments.
_RECORDER = """\
#!/bin/sh
began=$(date +%s.%N)
{program} "$@"
code=$?
echo "{name} $began $(date +%s.%N) $#" >> '{records}'
exit $code
"""


class WrongError(Exception):
    """A runner did not do what it was asked: its figures would not be comparable."""


@dataclass(frozen=True, slots=True)
class Record:
    """A program that ran."""

    name: str
    began: float
    ended: float
    arguments: int


class Tools:
    """The programs of steps: one named as each step, so that who ran when can be told."""

    def __init__(self, folder: Path) -> None:
        self.plain = folder / "tools"
        self.recording = folder / "recording"
        self._records = folder / "records"
        self.plain.mkdir(parents=True)
        self.recording.mkdir()

    def add(self, name: str, program: str) -> None:
        """A step's program, which is another one under this name.

        Args:
            name: Of the step.
            program: Found on PATH; one that does not mind its name (`true`, `sleep`).

        Raises:
            WrongError: There is none.
        """
        real = shutil.which(program)
        if real is None:
            raise WrongError(f"there is no {program} on PATH")
        (self.plain / name).symlink_to(real)
        script = self.recording / name
        script.write_text(_RECORDER.format(program=real, name=name, records=self._records), "utf-8")
        script.chmod(0o755)

    def forget(self) -> None:
        """Begin a new record."""
        self._records.unlink(missing_ok=True)

    def records(self) -> list[Record]:
        """What ran since then, in order of beginning."""
        if not self._records.exists():
            return []
        lines = (line.split() for line in self._records.read_text("utf-8").splitlines())
        return sorted((Record(name, float(a), float(z), int(n)) for name, a, z, n in lines), key=lambda it: it.began)


def check_ran(records: Iterable[Record], expected: Mapping[str, int | None]) -> None:
    """Each step ran, and was given so many arguments.

    Args:
        records: What ran.
        expected: By step, how many arguments it got in all its processes; None if it was to run once, with any.

    Raises:
        WrongError: One is missing, ran though it should not, or got more or fewer arguments.
    """
    given: Counter[str] = Counter()
    times: Counter[str] = Counter()
    for record in records:
        given[record.name] += record.arguments
        times[record.name] += 1
    if different := set(times) ^ set(expected):
        raise WrongError(f"{len(times)} of {len(expected)} steps ran; not as asked: {_some(different)}")
    if twice := [name for name, wanted in expected.items() if wanted is None and times[name] != 1]:
        raise WrongError(f"ran more than once: {_some(twice)}")
    if wrong := [name for name, wanted in expected.items() if wanted is not None and given[name] != wanted]:
        raise WrongError(f"got {given[wrong[0]]} arguments instead of {expected[wrong[0]]}: {_some(wrong)}")


def check_order(records: Sequence[Record], needs: Mapping[str, Iterable[str]]) -> None:
    """No step began before all that it needs had ended.

    Raises:
        WrongError: One did.
    """
    ended = {record.name: record.ended for record in records}
    for record in records:
        if early := [name for name in needs.get(record.name, ()) if ended.get(name, record.began) > record.began]:
            raise WrongError(f"{record.name} began before {_some(early)} had ended")


def most_at_once(records: Iterable[Record]) -> int:
    """How many ran at the same time, at most."""
    changes = sorted([(it.began, 1) for it in records] + [(it.ended, -1) for it in records])
    most = running = 0
    for _, change in changes:
        running += change
        most = max(most, running)
    return most


def _some(names: Iterable[str], most: int = 5) -> str:
    few = sorted(names)
    return ", ".join(few[:most]) + (" ..." if len(few) > most else "")

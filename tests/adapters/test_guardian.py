"""What the guardian knows of a runner's processes: what is there now, and nothing that has gone."""

import os
import signal
from pathlib import Path

from hookflow.adapters import process
from hookflow.adapters.guardian import Groups
from hookflow.core.launch import Launch, NotStarted

RUN = "20260101T000000-000000abc"


def started(known: Groups, tmp_path: Path, *arguments: str) -> process.Process:
    """A process of a run that the groups were told of."""
    known.expect()
    found = process.start(
        Launch(arguments=arguments, cwd=tmp_path, environment={**os.environ, "HOOKFLOW_RUN": RUN}),
    )
    known.take(found)
    assert isinstance(found, process.Process)
    return found


def seen_by_a_child(known: Groups) -> list[int]:
    """The groups as a forked process sees them."""
    reading, writing = os.pipe()
    if (child := os.fork()) == 0:
        os.write(writing, " ".join(map(str, known.all(RUN))).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as told:
        return [int(number) for number in told.read().split()]


def end(running: process.Process) -> None:
    """Kill it, and see that it is gone."""
    running.kill()
    running.reap()
    assert running.left_over() == 0


def test_a_forked_process_sees_what_runs(tmp_path: Path) -> None:
    """Also what was started after it was forked is in the memory that both share; what has gone is not."""
    known = Groups()
    first, second = started(known, tmp_path, "sleep", "60"), started(known, tmp_path, "sleep", "60")
    try:
        assert sorted(seen_by_a_child(known)) == sorted([first.pid, second.pid])
        end(first)
        assert seen_by_a_child(known) == [second.pid]
    finally:
        end(second)
    assert seen_by_a_child(known) == []


def test_places_are_used_again(tmp_path: Path) -> None:
    """As many processes as there are places at once, and any number one after the other."""
    known = Groups(most=1)
    for _ in range(3):
        running = started(known, tmp_path, "sleep", "60")
        assert known.all("another run") == [running.pid]
        end(running)


def test_what_is_not_known_by_number_is_found(tmp_path: Path) -> None:
    """One process more than there are places, by what its environment says."""
    known = Groups(most=1)
    running = [started(known, tmp_path, "sleep", "60") for _ in range(2)]
    try:
        assert sorted(known.all(RUN)) == sorted(each.pid for each in running)
    finally:
        for each in running:
            end(each)


def test_what_could_not_be_started_is_not_looked_for() -> None:
    """There is no process then."""
    known = Groups()
    known.expect()
    known.take(NotStarted("it was not found"))
    assert known.all(RUN) == []


def test_a_group_stays_while_any_process_is_in_it(tmp_path: Path) -> None:
    """Whatever became of the first one."""
    known = Groups()
    running = started(known, tmp_path, "sh", "-c", "sleep 60 & exit 0")
    running.reap()
    assert running.left_over() == 1
    assert known.all(RUN) == [running.pid]
    os.killpg(running.pid, signal.SIGKILL)
    while running.left_over():
        pass
    assert known.all(RUN) == []

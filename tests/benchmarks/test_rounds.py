"""Contenders in turn; what disturbs is discarded."""

from pathlib import Path

import pytest

from benchmarks import rounds
from benchmarks.machine import Moment, busy_seconds, share_of_others
from benchmarks.rounds import Contender, Race, Round, race, rotated
from benchmarks.running import CommandFailedError, run


def test_everybody_is_first_once_before_anybody_is_again() -> None:
    """And everybody takes part in each round."""
    names = ["a", "b", "c"]
    orders = [rotated(names, number) for number in range(6)]
    assert [order[0] for order in orders[:3]] == names
    assert all(sorted(order) == names for order in orders)
    assert len({tuple(order) for order in orders}) == 6


def test_nobody_to_rotate() -> None:
    """No contender, no order."""
    assert rotated([], 3) == []


def test_the_machines_time_is_what_is_neither_idle_nor_waiting() -> None:
    """User, nice, system, irq, softirq and steal of the first line."""
    assert busy_seconds("cpu  100 20 30 9999 888 4 5 6 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n", 100) == 1.65


@pytest.mark.parametrize(
    ("machine_seconds", "ours", "share"), [(2.0, 2.0, 0.0), (3.0, 2.0, 0.25), (1.9, 2.0, 0.0), (9.0, 0.0, 1.0)]
)
def test_others_took_what_was_not_ours(machine_seconds: float, ours: float, share: float) -> None:
    """Of two CPUs for two seconds; ticks are coarse, so it may seem to be less than nothing."""
    assert share_of_others(Moment(0, 10, 5), Moment(2, 10 + machine_seconds, 5 + ours), 2) == pytest.approx(share)


def test_rounds_are_held_until_enough_were_quiet() -> None:
    """Those in which others worked do not count."""
    shares = iter([0.5, 0.01, 0.02, 0.3, 0.0])
    held = iter(range(100))
    result = race([Contender("a", lambda: float(next(held)))], 3, others=lambda *_: next(shares))
    assert result.figures("a") == [1.0, 2.0, 4.0]
    assert result.discarded == 2
    assert not result.noisy


def test_a_machine_that_is_never_quiet_is_said_to_be_noisy() -> None:
    """The quietest rounds are shown all the same."""
    shares = iter([0.5, 0.4, 0.3, 0.2])
    result = race([Contender("a", lambda: 1.0)], 2, others=lambda *_: next(shares))
    assert result.noisy
    assert [each.others for each in result.rounds] == [0.2, 0.3]
    assert result.discarded == 2


def test_who_fails_is_out_and_the_others_go_on() -> None:
    """The reason is kept."""

    def fail() -> float:
        raise CommandFailedError("exit code 1: no")

    result = race([Contender("a", lambda: 1.0), Contender("b", fail)], 2, most_of_others=1.0)
    assert result.failed == {"b": "exit code 1: no"}
    assert [dict(each.figures) for each in result.rounds] == [{"a": 1.0}, {"a": 1.0}]


def test_nobody_left_is_no_race() -> None:
    """It ends, and has no rounds."""
    assert race([], 2) == Race([])
    assert rounds.MOST_OF_OTHERS == 0.08
    assert Round({}).others == 0.0


def test_a_command_is_measured_from_its_start_to_its_end(tmp_path: Path) -> None:
    """It sleeps for 0.1 s, and no command takes less than it sleeps."""
    took = run(["sleep", "0.1"], tmp_path, {"PATH": "/usr/bin:/bin"}, tmp_path / "log")
    assert took.seconds >= 0.1


def test_a_command_that_fails_says_how_and_what_it_said_last(tmp_path: Path) -> None:
    """Unless that exit code is a good one; one that is not there fails, too."""
    environment = {"PATH": "/usr/bin:/bin"}
    command = ["sh", "-c", "echo reason; exit 3"]
    with pytest.raises(CommandFailedError, match="exit code 3: reason"):
        run(command, tmp_path, environment, tmp_path / "log")
    assert run(command, tmp_path, environment, tmp_path / "log", codes=(0, 3)).seconds > 0
    with pytest.raises(CommandFailedError, match="No such file"):
        run([str(tmp_path / "none")], tmp_path, environment, tmp_path / "log")

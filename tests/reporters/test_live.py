"""The live view, on a terminal: what a person sees, and what stays."""

import io
import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from terminals import Terminal, terminal

from hookflow.core import events
from hookflow.core.graph import Graph
from hookflow.core.outcome import Failed, Outcome, Passed, Skipped
from hookflow.core.progress import Outlook
from hookflow.core.schedule import Task
from hookflow.core.structs import replace
from hookflow.core.summary import Frame
from hookflow.reporters.live import Live, last_line
from hookflow.reporters.plain import Plain


def outlook(*nodes: str, special: dict[str, Task] | None = None, **keys) -> Outlook:
    """What is known of a run of steps without edges."""
    known = {name: (special or {}).get(name, Task(name=name)) for name in nodes}
    return Outlook(frame=Frame(graph=Graph(nodes), tasks=known, jobs=2, resources={}), **keys)


def run_started(*steps: str) -> events.RunStarted:
    """A run's start."""
    return events.RunStarted(
        time=0.0, run="r", stage="pre-commit", scope="staged", files=1, steps=steps, jobs=2, parallel=True
    )


def started(step: str, attempt: int = 1) -> events.StepStarted:
    """A step's start."""
    return events.StepStarted(time=0.0, step=step, attempt=attempt, command=step, files=0)


def finished(step: str, outcome: Outcome | None = None, log: str | None = None) -> events.StepFinished:
    """A step's end."""
    result = outcome or Passed()
    seconds = 0.0 if isinstance(result, Skipped) else 1.5
    blocking = isinstance(result, Failed)
    return events.StepFinished(
        time=0.0, step=step, outcome=result, seconds=seconds, log=log, modified=(), blocking=blocking
    )


def warned(message: str, step: str, *, waits: bool = True) -> events.Warned:
    """A warning."""
    return events.Warned(time=0.0, message=message, step=step, waits=waits)


RUN_FINISHED = events.RunFinished(
    time=0.0, outcome="passed", exit_code=0, seconds=3.0, counts={"passed": 2}, critical_path=(),
    bound_seconds=1.0, serial_seconds=3.0, peak=2,
)  # fmt: skip


@dataclass
class Stage:
    """A live view on a terminal, with a clock that the test sets."""

    terminal: Terminal
    logs: Path
    now: float = 0.0
    ours: bool = True
    colours: bool = False
    encoding: str = "utf-8"
    views: list[Live] = field(default_factory=list)

    def view(self, known: Outlook) -> Live:
        """A view whose results go to the same terminal."""
        stream = open(os.dup(self.terminal.slave), "w", encoding=self.encoding)  # noqa: PTH123, SIM115
        view = Live(
            stream,
            size=lambda: tuple(os.get_terminal_size(self.terminal.slave)),
            ours=lambda: self.ours,
            outlook=known,
            results=Plain(stream, stream).emit,
            logs=lambda step: self.logs / f"{step}.log",
            colours=self.colours,
            now=lambda: self.now,
        )
        self.views.append(view)
        return view

    def play(self, known: Outlook, *happened: events.Event) -> Live:
        """A view after some events."""
        view = self.view(known)
        for event in (run_started(*known.frame.graph.nodes), *happened):
            view.emit(event)
        return view

    def drawn_anew(self) -> Callable[[], bool]:
        """Whether the clock's new time is on the screen: everything before it has been drawn."""
        self.now += 60.0
        shown = f"in {int(self.now) // 60} min"
        return lambda: self.terminal.shows(shown)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A terminal of 80 columns and 24 lines."""
    with terminal() as shown:
        stage = Stage(shown, tmp_path)
        yield stage
        for view in stage.views:
            view.close()
            view._stream.close() if view._stream else None


def drawing() -> list[threading.Thread]:
    """The threads that draw."""
    return [thread for thread in threading.enumerate() if thread.name == "live view"]


def test_what_runs_and_what_waits(stage: Stage) -> None:
    """A line each, with times, the last line of output and what is waited for; then what is left."""
    (stage.logs / "lint.log").write_text("one\ntwo\n\n")
    stage.now = 3.0
    known = outlook("lint", "types", "docs", "deploy", expected={"lint": 5.0, "types": 6.0, "docs": 2.0, "deploy": 4.0})
    held = warned("waits for database, held by run r, process 7", "deploy")
    stage.play(known, started("lint"), started("types", 2), held)
    stage.terminal.wait_shows("0 of 4 done")
    assert stage.terminal.lines() == [
        "running    lint         3 s of 5 s  two",
        "running    types        3 s of 6 s  (try 2)",
        "waiting    docs    for CPUs",
        "waiting    deploy  for database, held by run r, process 7",
        "0 of 4 done in 3 s; about 5 s left",
    ]


def test_nothing_stays_but_lines_of_steps_that_ended(stage: Stage) -> None:
    """Those with something to say; and the cursor is where the next line goes."""
    view = stage.play(outlook("a", "b", "c"), started("a"), finished("c", Skipped("nothing changed")))
    stage.terminal.wait_shows("running    a")
    view.emit(finished("a"))
    assert stage.terminal.lines()[0] == "passed     a    1.50 s"
    view.emit(started("b"))
    stage.terminal.wait_shows("running    b", "2 of 3 done")
    for event in (finished("b"), RUN_FINISHED):
        view.emit(event)
    assert stage.terminal.everything() == [
        "passed     a    1.50 s",
        "passed     b    1.50 s",
        "passed: 2 passed in 3.00 s; at most 2 at once; one after another: 3.00 s",
    ]
    assert (stage.terminal.screen.cursor.x, stage.terminal.screen.cursor.y) == (0, 3)
    assert drawing() == []


def test_the_cursor_is_never_left_hidden(stage: Stage) -> None:
    """Whatever writes next or kills us: each picture shows it again, and lines wrap again."""
    stage.play(outlook("a"), started("a"))
    stage.terminal.wait_shows("running    a")
    stage.terminal.wait(stage.drawn_anew())
    stage.terminal.wait(lambda: bool(stage.terminal.lines()) and stage.terminal.raw.endswith(b"\x1b[?7h\x1b[?25h"))
    assert stage.terminal.raw.count(b"\x1b[?25l") == stage.terminal.raw.count(b"\x1b[?25h") > 1


def test_what_steps_print_is_harmless(stage: Stage) -> None:
    """No sequence of theirs reaches the terminal; of a line written over, the last version counts."""
    (stage.logs / "a.log").write_bytes(b"x\n\x1b]0;title\x07\x1b[2J10%\r\x1b[31m90%\x1b[0m\tdone \xff\n\x1b[H\r\n")
    stage.play(outlook("a"), started("a"))
    stage.terminal.wait_shows("90%     done \N{REPLACEMENT CHARACTER}")
    assert b"title" not in stage.terminal.raw
    assert b"\x1b[31m" not in stage.terminal.raw
    assert b"\x1b[2J" not in stage.terminal.raw


def test_colours_only_where_they_are_shown(stage: Stage) -> None:
    """Else no sequence but those that move the cursor."""
    stage.play(outlook("a"), started("a"))
    stage.terminal.wait_shows("running    a")
    assert b"m" not in stage.terminal.raw.replace(b"more", b"")
    stage.colours = True
    stage.play(outlook("b"), started("b"))
    stage.terminal.wait_shows("running    b")
    assert b"\x1b[36mrunning" in stage.terminal.raw


def test_a_narrow_terminal_shows_nothing_until_it_is_wide_again(stage: Stage) -> None:
    """And every picture fits into the one that is there."""
    (stage.logs / "a.log").write_text("word " * 50)
    view = stage.play(outlook("a"), started("a"))
    stage.terminal.wait_shows("word word")
    assert max(map(len, stage.terminal.lines())) == 79
    stage.terminal.resize(50, 24)
    stage.terminal.wait(lambda: stage.terminal.lines()[0].endswith("…") and len(stage.terminal.lines()[0]) == 49)
    stage.terminal.resize(39, 24)
    stage.terminal.wait(lambda: stage.terminal.lines() == [])
    stage.terminal.resize(150, 24)
    stage.terminal.wait(lambda: bool(stage.terminal.lines()) and len(stage.terminal.lines()[0]) == 99)
    view.close()
    assert stage.terminal.everything() == []


def test_more_than_there_is_room_for_is_counted(stage: Stage) -> None:
    """What runs comes first; the picture never scrolls."""
    stage.terminal.resize(80, 6)
    names = [f"step-{number}" for number in range(9)]
    view = stage.play(outlook(*names), *map(started, names))
    stage.terminal.wait_shows("0 of 9 done")
    assert [line[:17] for line in stage.terminal.lines()] == [
        "running    step-0",
        "running    step-1",
        "running    step-2",
        "           and 6 ",
        "0 of 9 done in <1",
    ]
    view.close()
    assert stage.terminal.everything() == []


def test_those_that_wait_for_the_same_share_a_line(stage: Stage) -> None:
    """As many are named as there is room for."""
    names = ["a", *(f"number-{number}" for number in range(9))]
    stage.play(outlook(*names), started("a"))
    stage.terminal.wait_shows("waiting    number-0, number-1 +7  for CPUs")


def test_names_of_any_characters(stage: Stage) -> None:
    """Wide ones keep the columns, long ones are cut, and what cannot be shown is escaped."""
    stage.play(outlook("検査", "x" * 60, "t\udcff\n"), *map(started, ("検査", "x" * 60, "t\udcff\n")))
    stage.terminal.wait_shows("0 of 3 done")
    wide, long, odd, _ = stage.terminal.lines()
    assert wide.startswith("running    検査  ")
    assert "x" * 25 + "…" in long
    assert "t\\xff\\n" in odd
    assert long.index("<1 s") == odd.index("<1 s")


def test_a_terminal_of_plain_ascii(stage: Stage) -> None:
    """What it cannot show is a question mark, and no error."""
    stage.encoding = "ascii"
    stage.play(outlook("größe"), started("größe"))
    stage.terminal.wait_shows("running    gr??e")


def test_a_wait_is_drawn_and_a_retry_stays(stage: Stage) -> None:
    """Who waits for another run's resource will say how it ended; that a step failed once is worth a line."""
    view = stage.play(outlook("a", "b"), warned("waits for db, held by another run", "a"))
    stage.terminal.wait_shows("waiting    a  for db, held by another run")
    for event in (started("a"), started("b"), warned("exit code 1; trying again in 2 s", "b")):
        view.emit(event)
    view.emit(warned("left 1 background process behind", "a", waits=False))
    stage.terminal.wait_shows("running    a", "waiting    b  exit code 1; trying again in 2 s")
    view.close()
    assert stage.terminal.everything() == [
        "hookflow: b: exit code 1; trying again in 2 s",
        "hookflow: a: left 1 background process behind",
    ]


def test_an_interactive_step_has_the_terminal_to_itself(stage: Stage) -> None:
    """From the end of what ran before it to its own."""
    known = replace(
        outlook("a", "ask", "b", special={"ask": Task(name="ask", alone=True)}), interactive=frozenset({"ask"})
    )
    view = stage.play(known, started("a"))
    stage.terminal.wait_shows("waiting    ask  to run alone")
    view.emit(finished("a"))
    before = stage.terminal.everything()
    view.emit(started("ask"))
    os.write(stage.terminal.slave, b"really? ")
    stage.now += 60
    stage.terminal.wait(lambda: stage.terminal.shows("really?"))
    view.emit(finished("ask"))
    view.emit(started("b"))
    stage.terminal.wait_shows("running    b")
    view.close()
    assert before == ["passed     a      1.50 s"]
    assert stage.terminal.everything() == [*before, "really? passed     ask    1.50 s"]


def test_nothing_is_drawn_while_the_run_is_stopped_or_in_the_background(stage: Stage) -> None:
    """Results still are said there."""
    view = stage.play(outlook("a", "b"), started("a"), started("b"))
    stage.terminal.wait_shows("running    b")
    with view.aside():
        stage.ours = False
        assert stage.terminal.lines() == []
    view.emit(finished("a"))
    assert stage.terminal.lines() == ["passed     a    1.50 s"]
    stage.ours = True
    stage.terminal.wait_shows("running    b")


def test_nothing_is_drawn_where_nothing_ran(stage: Stage) -> None:
    """Nor is a thread started."""
    stage.play(outlook("a"), finished("a", Skipped("nothing changed")), RUN_FINISHED)
    assert len(stage.terminal.everything()) == 1
    assert b"\x1b" not in stage.terminal.raw


def test_failures_come_last(stage: Stage) -> None:
    """With the end of their output, under what was said before."""
    log = stage.logs / "bad.log"
    log.write_text("trouble\n")
    view = stage.play(outlook("bad", "a"), started("bad"), started("a"))
    stage.terminal.wait_shows("trouble")
    for event in (finished("bad", Failed(1, "exit code 1"), str(log)), finished("a"), RUN_FINISHED):
        view.emit(event)
    shown = stage.terminal.everything()
    assert shown[:4] == [
        "failed     bad    1.50 s  exit code 1",
        "passed     a      1.50 s",
        "--- bad: exit code 1 ---",
        "trouble",
    ]


class Gone(io.StringIO):
    """A terminal that was closed."""

    encoding = "utf-8"
    writes = 0

    def write(self, _text: str) -> int:
        """Refuse."""
        self.writes += 1
        raise OSError(5, "Input/output error")


def test_a_terminal_that_has_gone_does_no_harm() -> None:
    """It is written to once."""
    stream, seen = Gone(), []
    view = Live(
        stream, size=lambda: (80, 24), ours=lambda: True, outlook=outlook("a"), results=seen.append,
        logs=lambda _step: None,
    )  # fmt: skip
    for event in (run_started("a"), started("a")):
        view.emit(event)
    with terminal() as clock:
        clock.wait(lambda: stream.writes > 0)
    view.emit(finished("a"))
    view.emit(RUN_FINISHED)
    assert stream.writes == 1
    assert len(seen) == 4


def test_the_last_line_of_a_log(tmp_path: Path) -> None:
    """Of any size; nothing where there is none."""
    log = tmp_path / "log"
    assert last_line(log) == ""
    log.write_bytes(b"")
    assert last_line(log) == ""
    log.write_bytes(b"x" * 100_000 + b"\n" * 50 + b"\xe2\x82")
    assert last_line(log).endswith("\N{REPLACEMENT CHARACTER}")
    log.write_bytes(b"first\n" + b"y" * 100_000)
    assert set(last_line(log)) == {"y"}


def test_of_a_step_that_is_split_the_newest_output_counts(stage: Stage) -> None:
    """Its processes have logs of their own while they run."""
    for age, name in enumerate(("a.log", "a.part-0", "a.part-1")):
        (stage.logs / name).write_text(f"{name}\n")
        os.utime(stage.logs / name, (age, age))
    stage.play(outlook("a", special={"a": Task(name="a", most_cpus=4)}), started("a"))
    stage.terminal.wait_shows("a.part-1")
    os.utime(stage.logs / "a.part-0", (9, 9))
    stage.terminal.wait_shows("a.part-0")

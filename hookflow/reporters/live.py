"""What runs now, drawn over and over at the end of a terminal; nothing of it stays.

The cursor rests on the first cell of what is drawn. So taking it away is "erase from here to the end", which
holds also after the terminal was resized and has wrapped the lines anew, and what is printed next goes over it.
"""

import io
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, TextIO, assert_never

from hookflow.core import display, events
from hookflow.core.outcome import Skipped
from hookflow.core.progress import LEAST_COLUMNS, Outlook, Progress, Running, View, Waiting

if TYPE_CHECKING:
    from rich.text import Text


_MOST_COLUMNS = 100  # of a picture: what is short is not wrapped when a wide terminal becomes narrower
_PERIOD = 0.125  # seconds between two pictures
_TAIL_BYTES = 4096  # of a log, in which its last line is looked for
# ECMA-48 and the DEC private modes that every terminal in use knows: the cursor is out of sight only while
# a picture is written, so that it is back however the program ends, and no line wraps meanwhile.
_BEGIN, _END = "\x1b[?25l\x1b[?7l\r", "\x1b[?7h\x1b[?25h"
_ERASE_LINE, _ERASE_REST = "\x1b[K", "\x1b[J"
# The rest from the second cell on: from the first one of a screen, tmux does not erase but scrolls everything
# into its history.
_ERASE = f"\r{_ERASE_LINE}\x1b[C{_ERASE_REST}\r"
_STYLES = {"running": "cyan", "waiting": "yellow"}

Logs = Callable[[str], PurePath | None]


class Live:
    """Draws on a terminal what runs and waits, and lets another reporter print what stays.

    Args:
        stream: A terminal.
        size: Its columns and lines now.
        ours: Whether we may write on it now: not while another process group has it.
        outlook: What is known of the run.
        results: Prints what stays; it is called when the picture is away.
        logs: The log of a step; asked when the step has been started.
        colours: Whether the terminal shows colours.
        now: Unix seconds.
    """

    def __init__(
        self,
        stream: TextIO,
        *,
        size: Callable[[], tuple[int, int]],
        ours: Callable[[], bool],
        outlook: Outlook,
        results: Callable[[events.Event], None],
        logs: Logs,
        colours: bool = False,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._stream: TextIO | None = stream
        self._size = size
        self._ours = ours
        self._results = results
        self._progress = Progress(outlook)
        self._logs = logs
        self._picture = _Picture(outlook, colours=colours)
        self._now = now
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._aside = False
        self._drawn: tuple[tuple[int, int], str] | None = None

    def emit(self, event: events.Event) -> None:
        """Take note of it, and let it be printed if it is to stay."""
        if isinstance(event, events.RunFinished):
            self.close()
        with self._lock:
            stays = self._stays(event)
            self._progress.feed(event)
            if isinstance(event, events.StepStarted) and (log := self._logs(event.step)) is not None:
                self._picture.logs[event.step] = Path(log)
            drawn = self._drawn is not None
            if stays:
                self._erase()
                self._results(event)
            if drawn and not self._stopped.is_set():
                self._draw()
        if isinstance(event, events.StepStarted | events.Warned):
            self._begin(event)

    def close(self) -> None:
        """Take the picture away for good; nothing happens the second time."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=1)  # it may be held up by a terminal that was told to stop (Ctrl-S)
        with self._lock:
            self._erase()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Nothing is drawn within it."""
        with self._lock:
            self._erase()
            self._aside = True
        try:
            yield
        finally:
            self._aside = False

    def _stays(self, event: events.Event) -> bool:
        match event:
            case events.StepFinished():
                return not isinstance(event.outcome, Skipped)
            case events.Warned(waits=True, step=str(step)):
                # That it waits is drawn while it does; that it failed before (a retry) is to stay.
                return self._progress.runs(step)
            case events.RunStarted() | events.StepStarted() | events.RunFinished() | events.Warned():
                return True
            case _:
                assert_never(event)

    def _begin(self, event: events.StepStarted | events.Warned) -> None:
        """Draw from here on. Not before: until then the program forks, and may have nothing to do at all."""
        wanted = isinstance(event, events.StepStarted) or event.waits
        if wanted and self._thread is None and not self._stopped.is_set():
            self._thread = threading.Thread(target=self._keep_drawing, name="live view", daemon=True)
            self._thread.start()

    def _keep_drawing(self) -> None:
        while not self._stopped.wait(_PERIOD):
            with self._lock:
                if not self._stopped.is_set():
                    self._draw()

    def _draw(self) -> None:
        """A new picture, if it differs from the one that is there."""
        if self._aside or not self._ours():
            return
        size = self._size()
        view = self._progress.at(self._now())
        text = ""
        if size[0] >= LEAST_COLUMNS and view.terminal_free:
            text = self._picture.text(view, *size)
        if not text:
            self._erase()
        elif (size, text) != self._drawn:
            lines = text.split("\n")
            up = f"\x1b[{len(lines) - 1}A" if len(lines) > 1 else ""
            # Lines that a terminal has wrapped when it became narrower would still belong together for it.
            before = _ERASE if self._drawn is not None and self._drawn[0] != size else ""
            body = "\r\n".join(line + _ERASE_LINE for line in lines)
            self._write(f"{_BEGIN}{before}{body}{_ERASE_REST}\r{up}{_END}")
            self._drawn = size, text

    def _erase(self) -> None:
        if self._drawn is not None:
            self._drawn = None
            self._write(_ERASE)

    def _write(self, text: str) -> None:
        """Write, as far as the stream's encoding goes; a terminal that has gone gets nothing more."""
        if self._stream is None:
            return
        encoding = self._stream.encoding or "ascii"
        try:
            self._stream.write(text.encode(encoding, "replace").decode(encoding))
            self._stream.flush()
        except (OSError, ValueError):
            self._stream = None


class _Picture:
    """Lines of text for a view; `logs` are those of the steps that were started."""

    def __init__(self, outlook: Outlook, *, colours: bool) -> None:
        tasks = outlook.frame.tasks
        self._names = max((len(display.printable(name)) for name in tasks), default=0)
        self._split = {name for name, task in tasks.items() if task.most_cpus > task.cpus}
        self.logs: dict[str, Path] = {}
        self._colours = colours

    def text(self, view: View, columns: int, lines: int) -> str:
        """All lines, none of them wider or more of them than the terminal has room for; styled."""
        columns = min(columns, _MOST_COLUMNS)
        rows = [self._running(step, columns) for step in view.running] + self._waiting(view.waiting, columns)
        room = max(lines - 2, 1)  # a line for what is left, and one of what was there before
        if len(rows) > room:
            cut = len(rows) - room + 1
            rows = [*rows[: room - 1], self._row("", f"and {display.count(cut, 'more line')}", "", columns)]
        return self._rendered([*rows, self._summary(view)], columns - 1)

    def _running(self, step: Running, columns: int) -> "Text":
        times = f"{display.coarse(step.elapsed):>8}"
        if step.expected is not None:
            times += f" of {display.coarse(step.expected)}"
        again = f"  (try {step.attempt})" if step.attempt > 1 else ""
        row = self._row("running", step.step, f"{times}{again}", columns)
        return row.append(f"  {self._last_line(step.step)}", "dim")

    def _waiting(self, waiting: Sequence[Waiting], columns: int) -> "list[Text]":
        """A line for each thing that is waited for."""
        together: dict[str, list[str]] = {}
        for step in waiting:
            if step.reason is not None:
                together.setdefault(step.reason, []).append(step.step)
        return [
            self._row("waiting", _fitting(names, columns // 3), display.printable(reason), columns)
            for reason, names in together.items()
        ]

    def _row(self, word: str, name: str, rest: str, columns: int) -> "Text":
        """A line like those of steps that ended, so that columns stay where they are."""
        from rich.cells import cell_len, set_cell_size  # noqa: PLC0415 (only once something is drawn)
        from rich.text import Text  # noqa: PLC0415

        shown = display.printable(name)
        width = min(max(self._names, cell_len(shown)), columns // 3)
        cut = shown if cell_len(shown) <= width else set_cell_size(shown, width - 1) + "…"
        return Text.assemble((word.ljust(9), _STYLES.get(word, "")), f"  {set_cell_size(cut, width)}  {rest}")

    def _summary(self, view: View) -> "Text":
        from rich.text import Text  # noqa: PLC0415

        left = view.seconds_left
        soon = f"; about {display.coarse(left)} left" if left is not None and left >= 1 else ""
        return Text(f"{view.done} of {view.total} done in {display.coarse(view.elapsed)}{soon}", "bold")

    def _rendered(self, rows: "Sequence[Text]", width: int) -> str:
        from rich.console import Console  # noqa: PLC0415

        console = Console(
            file=io.StringIO(),
            width=width,
            height=len(rows),
            force_terminal=True,
            color_system="standard" if self._colours else None,
            no_color=not self._colours,
            legacy_windows=False,
        )
        with console.capture() as capture:
            for row in rows:
                row.truncate(width, overflow="ellipsis")
                console.print(row, no_wrap=True)
        return "\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n"))

    def _last_line(self, step: str) -> str:
        log = self.logs.get(step)
        if log is None:
            return ""
        return last_line(_newest(log) if step in self._split else log)


def last_line(log: Path) -> str:
    """The last line of a log that shows anything, as text that cannot move the cursor; "" where there is none."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _TAIL_BYTES))
            text = file.read(_TAIL_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
    shown = (display.harmless(line).expandtabs().strip() for line in reversed(text.split("\n")))
    return next(filter(None, shown), "")


def _newest(log: Path) -> Path:
    """Of a log and those of the processes that a step was split into, the one that was written to last."""
    candidates = [log]
    try:
        with os.scandir(log.parent) as entries:
            candidates += [Path(entry) for entry in entries if entry.name.startswith(f"{log.stem}.part-")]
        return max(candidates, key=lambda path: path.stat().st_mtime if path.exists() else 0.0)
    except OSError:
        return log


def _fitting(names: Sequence[str], width: int) -> str:
    """As many of the names as there is room for, at least one, and the number of the others."""
    for shown in range(len(names), 1, -1):
        more = f" +{len(names) - shown}" if shown < len(names) else ""
        if len(text := ", ".join(names[:shown]) + more) <= width:
            return text
    return names[0] if len(names) == 1 else f"{names[0]} +{len(names) - 1}"

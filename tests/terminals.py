"""A terminal for a test: a pseudo-terminal, and pyte as what a person would see on it."""

import fcntl
import os
import select
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyte


@dataclass
class Terminal:
    """Both ends of a pseudo-terminal, and its screen.

    Attributes:
        master: The end that is looked at.
        slave: The end that programs write to.
        screen: What is on it; lines that scrolled up are kept.
        raw: Everything that was written.
    """

    master: int
    slave: int
    screen: pyte.HistoryScreen
    raw: bytes = b""
    _stream: pyte.ByteStream = field(init=False)

    def __post_init__(self) -> None:
        self._stream = pyte.ByteStream(self.screen)
        self.resize(self.screen.columns, self.screen.lines)

    def resize(self, columns: int, lines: int) -> None:
        """Another size; the programs in it are told. pyte cuts lines where others wrap them."""
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.screen.resize(lines, columns)

    def read(self) -> None:
        """Take what was written so far."""
        while select.select([self.master], [], [], 0)[0]:
            new = os.read(self.master, 1 << 16)
            self.raw += new
            self._stream.feed(new)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)

    def lines(self) -> list[str]:
        """The lines on the screen that are not empty."""
        self.read()
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def everything(self) -> list[str]:
        """Those, and what scrolled up before."""
        self.read()
        scrolled = ("".join(line[place].data for place in sorted(line)).rstrip() for line in self.screen.history.top)
        return [*filter(None, scrolled), *self.lines()]

    def shows(self, text: str) -> bool:
        """Whether a line on the screen has it."""
        return any(text in line for line in self.lines())

    def wait(self, condition: Callable[[], bool], seconds: float = 20) -> None:
        """Look until it holds."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "\n".join(["waited too long; the screen shows:", *self.everything()])
            time.sleep(0.02)

    def wait_shows(self, *texts: str) -> None:
        """Until all of them are on the screen."""
        self.wait(lambda: all(self.shows(text) for text in texts))

    def wait_exit(self, program: "subprocess.Popen[bytes]") -> int:
        """Read until the program has ended; its exit code."""
        self.wait(lambda: self.read() or program.poll() is not None)
        self.read()
        return program.returncode

    def start(self, *command: str, **options) -> "subprocess.Popen[bytes]":
        """A program in the foreground of the terminal, in a session of its own."""
        streams = {"stdin": self.slave, "stdout": self.slave, "stderr": self.slave, **options}
        return subprocess.Popen(["setsid", "--ctty", "--wait", *command], **streams)


@contextmanager
def terminal(columns: int = 80, lines: int = 24) -> Iterator[Terminal]:
    """A terminal that ends with the test."""
    master, slave = os.openpty()
    try:
        yield Terminal(master, slave, pyte.HistoryScreen(columns, lines, history=1000))
    finally:
        os.close(master)
        os.close(slave)

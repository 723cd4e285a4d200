"""What a terminal says of itself."""

import os
import subprocess
import sys

from terminals import terminal

from hookflow.adapters.terminal import is_ours, size


def test_its_size_now() -> None:
    """Zeros where it is none."""
    with terminal(100, 30) as shown:
        assert size(shown.slave) == (100, 30)
        shown.resize(60, 20)
        assert size(shown.slave) == (60, 20)
    reader, writer = os.pipe()
    assert size(writer) == (0, 0)
    os.close(reader)
    os.close(writer)


def test_one_that_does_not_control_us_cannot_be_taken_from_us() -> None:
    """A terminal of another session, or none."""
    with terminal() as shown:
        assert is_ours(shown.slave)


def test_it_is_ours_in_the_foreground_only() -> None:
    """Not once we are in a process group of our own, as a job that a shell sent to the background."""
    code = (
        "import os; from hookflow.adapters.terminal import is_ours; print(is_ours(0))\n"
        "if not os.fork():\n    os.setpgid(0, 0); print(is_ours(0), flush=True)\n"
        "else:\n    os.wait()"
    )
    with terminal() as shown:
        program = shown.start(sys.executable, "-uc", code, stdout=subprocess.PIPE, text=True)
        assert program.communicate(timeout=20)[0].split() == ["True", "False"]

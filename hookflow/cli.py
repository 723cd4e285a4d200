"""The program: a command line carried out, exceptions turned into exit codes (the one place for that)."""

import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hookflow import plain_words
from hookflow.answers import Question
from hookflow.core.endings import ENDING
from hookflow.core.errors import ConfigurationError, HookflowError, Interrupted

if TYPE_CHECKING:
    from hookflow.commands.options import Options

_SIGNALLED = 128  # a shell's way of saying "ended by signal n": 128 + n
_DEFECT = 3


def main(words: Sequence[str] | None = None, asked: Question | None = None) -> int:
    """Run a command line; returns the exit code.

    Args:
        words: The command line without the program's name; that of the process where None.
        asked: What a run of it answers for whoever asks again.
    """
    try:
        options = _options([*(sys.argv[1:] if words is None else words)])
        options.asked = asked
        code = int(options.handler(options))
    except BrokenPipeError:
        code = 0  # whoever read our output has gone; that is no failure
    except KeyboardInterrupt:
        code = _SIGNALLED + signal.SIGINT
    except Interrupted as interruption:
        code = _SIGNALLED + interruption.signal
    except HookflowError as error:
        code = _explained(error)
    except Exception as error:  # noqa: BLE001 (the last resort: a person gets a sentence, not a traceback)
        code = _defect(error)
    if code > _SIGNALLED:
        # The run is ended and everything is back; another Ctrl-C must not change the exit code of that.
        for number in ENDING:
            signal.signal(number, signal.SIG_IGN)
    _flush()
    return code


def _options(words: list[str]) -> "Options":
    found = plain_words.options(words)
    if found is not None:
        return found
    from hookflow import arguments  # noqa: PLC0415 (8 ms, only for other command lines)

    return arguments.parse(words)


def _explained(error: HookflowError) -> int:
    lines = error.lines if isinstance(error, ConfigurationError) else (f"hookflow: {error}",)
    _say("\n".join(lines))
    return error.exit_code


def _defect(raised: Exception) -> int:
    import traceback  # noqa: PLC0415 (6 ms, only after a defect)

    error = raised
    while isinstance(error, ExceptionGroup):  # a nursery wraps what its children raise
        error = error.exceptions[0]
    if isinstance(error, OSError):
        about = f" ({error.filename})" if error.filename else ""
        _say(f"hookflow: the system refused: {error.strerror or error}{about}")
    else:
        frame = traceback.extract_tb(error.__traceback__)[-1]
        _say(
            f"hookflow: a defect of hookflow's own: {type(error).__name__}: {error} "
            f"({Path(frame.filename).name}:{frame.lineno}); please report it (HOOKFLOW_TRACEBACK=1 shows more)"
        )
    if os.environ.get("HOOKFLOW_TRACEBACK"):
        traceback.print_exception(raised)
    return _DEFECT


def _say(text: str) -> None:
    with contextlib.suppress(OSError, UnicodeError):  # nobody may be there to hear it; the exit code stays
        print(text.encode("utf-8", "backslashreplace").decode("utf-8"), file=sys.stderr)


def _flush() -> None:
    """Write out what is buffered; where the reader has gone, Python must not complain of it at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

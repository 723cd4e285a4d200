"""Real shells at a terminal, asked what they would complete."""

import os
import pty
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

# Each: how it starts, and what makes ^T insert all that could follow, and ^O tell the line to a file.
_INTERACTIVE = {
    "bash": (
        ["bash", "--norc", "--noprofile", "-i"],
        """set -o emacs; bind '"\\C-t": insert-completions'; source {script}
tell() {{ printf '%s\\n' "$READLINE_LINE" >{told}.new; mv {told}.new {told}; }}; bind -x '"\\C-o": tell'""",
    ),
    "zsh": (
        ["zsh", "-f", "-i"],
        """bindkey -e; autoload -Uz compinit; compinit -u -D; source {script}
zle -C all complete-word _generic; bindkey '^T' all; zstyle ':completion:all:*' completer _all_matches _complete
zstyle ':completion:all:*' insert true; zstyle ':completion:*' file-sort name
tell() {{ print -r -- "$BUFFER" >{told}.new; mv {told}.new {told} }}; zle -N tell; bindkey '^O' tell""",
    ),
}
_PROMPT = b"READY "
_PATIENCE = 30.0  # seconds until a shell that says nothing has failed


class Terminal:
    """An interactive shell in which keys are typed."""

    def __init__(self, keyboard: int, told: Path) -> None:
        self._keyboard = keyboard
        self._told = told
        self._shown = b""

    def completed(self, line: str) -> list[str]:
        """The words that the shell puts in the place of the last one of a line."""
        whole = self.line(f"{line}\x14")
        begun = line[: len(line) - len(line.rpartition(" ")[2])]
        assert whole.startswith(begun), whole
        # zsh adds an = to an option, which goes where a blank comes.
        return [word.removesuffix("=") for word in whole.removeprefix(begun).split()]

    def line(self, keys: str) -> str:
        """The line that is there when these keys were typed; it is taken away then."""
        self._told.unlink(missing_ok=True)
        os.write(self._keyboard, f"{keys}\x0f\x15".encode())
        self._wait(self._told.exists)
        return self._told.read_text(encoding="utf-8").removesuffix("\n")

    def wait_ready(self) -> None:
        """Until the shell has shown the prompt of its preparations: keys before that would be the terminal's."""
        self._wait(lambda: _PROMPT in self._shown)

    def _wait(self, condition: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE
        while not condition():
            assert time.monotonic() < end, self._shown.decode(errors="replace")
            if select.select([self._keyboard], [], [], 0.02)[0]:
                self._shown += os.read(self._keyboard, 1 << 16)


@contextmanager
def terminal(shell: str, script: Path, directory: Path) -> Iterator[Terminal]:
    """Bash or zsh in a directory, with the completion script loaded."""
    told = script.with_suffix(".told")
    command, setup = _INTERACTIVE[shell]
    prepared = script.with_suffix(".rc")
    prepared.write_text(setup.format(script=script, told=told) + "\nPS1='READY '\n", encoding="utf-8")
    keyboard, screen = pty.openpty()
    environment = {**os.environ, "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    child = subprocess.Popen(
        command, stdin=screen, stdout=screen, stderr=screen, cwd=directory, env=environment, start_new_session=True
    )
    os.close(screen)
    try:
        os.write(keyboard, f" source {prepared}\r".encode())
        found = Terminal(keyboard, told)
        found.wait_ready()
        yield found
    finally:
        child.kill()
        child.wait()
        os.close(keyboard)


class Fish:
    """fish says what it would complete without a terminal."""

    def __init__(self, script: Path, directory: Path) -> None:
        self._script = script
        self._directory = directory

    def completed(self, line: str) -> list[str]:
        """The words that fish offers for the last one of a line."""
        command = ["fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", str(self._script), line]
        done = subprocess.run(
            command,
            cwd=self._directory,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stderr == ""
        return [offer.partition("\t")[0] for offer in done.stdout.splitlines()]


@contextmanager
def any_shell(shell: str, script: Path, directory: Path) -> Iterator[Terminal | Fish]:
    """The shell, if this machine has it."""
    assert shutil.which(shell)
    if shell == "fish":
        yield Fish(script, directory)
        return
    with terminal(shell, script, directory) as found:
        yield found

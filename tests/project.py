"""A real repository for a test, and hookflow and git called in it as a person would."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HOOKFLOW = (sys.executable, "-P", "-m", "hookflow")


@dataclass(frozen=True)
class Finished:
    """What a program said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """Everything that it said."""
        return self.out + self.err


@dataclass(frozen=True)
class Project:
    """A git repository on disk."""

    path: Path

    @classmethod
    def create(cls, path: Path) -> "Project":
        """A new repository on branch main."""
        path.mkdir(parents=True)
        project = cls(path)
        project.git("init", "-q", "-b", "main")
        return project

    def write(self, name: str, text: str | bytes = "", *, mode: int | None = None) -> Path:
        """A file with this content; directories are made."""
        place = self.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode() if isinstance(text, str) else text)
        if mode is not None:
            place.chmod(mode)
        return place

    def configure(self, table: str) -> None:
        """pyproject.toml with the content of [tool.hookflow]; sub-tables as [steps.x] and the like."""
        lines = [
            line.replace("[", "[tool.hookflow.", 1) if line.startswith("[") else line for line in table.splitlines()
        ]
        self.write("pyproject.toml", "\n".join(["[tool.hookflow]", *lines, ""]))

    def git(self, *arguments: str, check: bool = True, **options: Any) -> str:
        """What a git command prints."""
        done = self.run("git", *arguments, **options)
        if check:
            assert done.code == 0, f"git {arguments}: {done.text}"
        return done.out

    def commit(self, message: str = "change", *options: str) -> None:
        """Add everything and commit it, hooks left out."""
        self.git("add", "-A")
        self.git("commit", "-q", "--no-verify", "-m", message, *options)

    def run(
        self, *command: str, cwd: Path | None = None, stdin: str = "", timeout: float = 60, **environment: str
    ) -> Finished:
        """Any program in the repository; what is not UTF-8 in its output comes back as surrogate escapes."""
        done = subprocess.run(
            command,
            cwd=cwd or self.path,
            input=stdin.encode(),
            capture_output=True,
            env={**os.environ, **environment},
            check=False,
            timeout=timeout,
        )
        out, err = (stream.decode("utf-8", "surrogateescape") for stream in (done.stdout, done.stderr))
        return Finished(done.returncode, out, err)

    def hookflow(self, *arguments: str, cwd: Path | None = None, stdin: str = "", **environment: str) -> Finished:
        """Hookflow in the repository."""
        return self.run(*HOOKFLOW, *arguments, cwd=cwd, stdin=stdin, **environment)

    @property
    def state(self) -> Path:
        """Hookflow's state directory."""
        return self.path / ".git" / "hookflow"

    def events(self) -> list[dict[str, Any]]:
        """The events of the last run."""
        text = (self.state / "latest" / "events.jsonl").read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def finished(self) -> dict[str, dict[str, Any]]:
        """The step-finished events of the last run, by step; each step has exactly one."""
        found = [event for event in self.events() if event["event"] == "step-finished"]
        by_step = {event["step"]: event for event in found}
        assert len(by_step) == len(found)
        return by_step

    def outcomes(self) -> dict[str, str]:
        """The outcome of each step of the last run."""
        return {step: event["outcome"] for step, event in self.finished().items()}

    def log(self, step: str) -> bytes:
        """The log of a step in the last run."""
        return (self.state / "latest" / f"{step}.log").read_bytes()

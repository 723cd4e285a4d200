"""The repositories that are worked on."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_IGNORED = ".turbo\n.wireit\n.stamps\n.made\n.doit.db*\n.ninja_*\n__pycache__\n.mypy_cache\n.ruff_cache\nnode_modules\n"


def environment(home: Path, *path: Path) -> dict[str, str]:
    """What every contender gets: its own home, no settings of ours, nothing of a CI or a terminal.

    Args:
        home: An empty folder.
        path: Folders that go first on PATH.
    """
    rest = os.environ["PATH"]
    person = {f"GIT_{who}_{what}": "a@b.c" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return {
        "PATH": os.pathsep.join([*map(str, path), rest]),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "NO_COLOR": "1",
        **person,
    }


@dataclass(frozen=True)
class Repository:
    """A git repository."""

    path: Path
    environment: Mapping[str, str]

    @classmethod
    def create(cls, path: Path, environment: Mapping[str, str], files: Mapping[str, str]) -> "Repository":
        """One commit, of these files (content by path)."""
        path.mkdir(parents=True)
        repository = cls(path, environment)
        repository.git("init", "-q", "-b", "main")
        repository.git("config", "gc.auto", "0")
        repository.git("config", "fastimport.unpackLimit", "0")
        # One pack, as in a clone: 50,000 files of one object each take a minute to make and to remove.
        repository.git("fast-import", "--quiet", given=_imported({".gitignore": _IGNORED, **files}))
        repository.reset()
        return repository

    def write(self, files: Mapping[str, str]) -> None:
        """Put these into the work tree."""
        for folder in {(self.path / name).parent for name in files}:
            folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (self.path / name).write_text(content, "utf-8")

    def stage(self, files: Mapping[str, str]) -> None:
        """Write these, and add what is changed to the index."""
        self.write(files)
        self.git("add", "-A")

    def git(self, *arguments: str, given: bytes = b"") -> str:
        """What git says; an error of git's is ours.

        Args:
            arguments: Of git.
            given: Its standard input.
        """
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=self.environment, input=given, capture_output=True, check=True
        )
        return done.stdout.decode()

    def reset(self) -> None:
        """To the last commit."""
        self.git("reset", "-q", "--hard")

    def tree(self) -> str:
        """What names the content of all files as they are; everything is staged afterwards."""
        self.git("add", "-A")
        return self.git("write-tree")

    def state(self) -> tuple[str, str, str]:
        """What no runner may change: the index, the work tree against it, and what nobody knows."""
        staged = self.git("ls-files", "-s")
        unstaged = self.git("diff", "--no-ext-diff")
        return staged, unstaged, self.git("ls-files", "--others", "--exclude-standard")


def _imported(files: Mapping[str, str]) -> bytes:
    """One commit of these files, as git-fast-import(1) reads it."""
    parts = [b"commit refs/heads/main\ncommitter a <a@b.c> 1700000000 +0000\ndata 4\nwork\n"]
    for name, content in files.items():
        data = content.encode()
        parts.append(b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(data), data))
    return b"".join(parts)

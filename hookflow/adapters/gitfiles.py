"""Where a repository is, read from its own files: for those who cannot wait for git to be asked."""

from pathlib import Path


def find(start: Path) -> tuple[Path, Path] | None:
    """The top of the work tree around `start` and the git directory that linked work trees share; None outside.

    gitrepository-layout(5): ``.git`` is that directory, or a file that names one, in which ``commondir`` names
    the shared one.
    """
    for root in (start, *start.parents):
        git = root / ".git"
        try:
            if git.is_dir():
                return root, git
            if git.is_file():
                return root, _common(root / git.read_text(encoding="utf-8").strip().removeprefix("gitdir: "))
        except (OSError, ValueError):
            continue
    return None


def _common(git_dir: Path) -> Path:
    named = git_dir / "commondir"
    return git_dir / named.read_text(encoding="utf-8").strip() if named.is_file() else git_dir

"""Whether a run that was interrupted has left hidden files; every run asks, and few have to put some back."""

from pathlib import Path


def hidden_directory(git_dir: Path) -> Path:
    """Where a work tree's hidden files are: in its own git directory, so that recovery always finds them."""
    return git_dir / "hookflow" / "hidden"


def leftovers(git_dir: Path) -> list[Path]:
    """The directories of runs that hid files and have not put them back, the oldest first."""
    try:
        return sorted(path for path in hidden_directory(git_dir).iterdir() if path.is_dir())
    except OSError:
        return []

"""Which programs a command names, and what tells this version of them from another."""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from hookflow.adapters.lock_names import is_lock

# Words of a shell's script, roughly: too many words do no harm, since only names of files count.
_WORD = re.compile(r"[^\s;|&()<>`$\"'=]+")
_MOST_LINKS = 40  # from one to the next; the system's own limit
INSTALLED_PACKAGES = Path("node_modules", ".package-lock.json")  # npm's note of what is really there


def words(commands: Iterable[str | Sequence[str]]) -> list[str]:
    """The words of commands that may name a program or a script, each once."""
    found: dict[str, None] = {}
    for command in commands:
        for text in [command] if isinstance(command, str) else command:
            found.update(dict.fromkeys(_WORD.findall(text)))
    return [word for word in found if word not in {".", "..", "/"} and "{" not in word]


def on_path(name: str, path: str) -> str | None:
    """The first program of that name in the directories on PATH."""
    return next((place for entry in _entries(path) if _is_program(place := f"{entry}/{name}")), None)


def programs(
    names: Iterable[str],
    path: str,
    directory: Path,
    is_script: Callable[[str], bool],
    search: Callable[[str, str], str | None] = on_path,
) -> Iterator[tuple[str, str]]:
    """The programs and scripts that words name: a path from the working directory, or the first such program on PATH.

    What is a script in the working directory counts too: ``python check.py`` reads it.

    Args:
        names: The words.
        path: PATH.
        directory: The working directory.
        is_script: Whether a file counts although it cannot be executed: something else may read it as a program.
        search: `on_path`, or what remembers what that found.
    """
    top = str(directory)
    for name in names:
        here = str(directory / name) if "/" in name else f"{top}/{name}"
        if "/" in name:
            if _is_program(here) or is_script(here):
                yield name, here
            continue
        found = search(name, path)
        if found is not None:
            yield name, found
        if is_script(here):
            yield name if found is None else f"./{name}", here


@lru_cache(maxsize=16)
def _entries(path: str) -> Sequence[str]:
    """The directories on PATH, written as `Path` writes them."""
    return [str(Path(entry)) for entry in path.split(os.pathsep) if entry]


def candidates(name: str, path: str, directory: Path) -> list[str]:
    """Every place where `programs` would look for a word, up to where it finds it, and what it finds by `identity`."""
    if "/" in name:
        places = [directory / name]
    else:
        places = [*(Path(entry) / name for entry in path.split(os.pathsep) if entry), directory / name]
    found = []
    for place in (each.absolute() for each in places):
        found.append(str(place))
        if _is_program(place):
            real = place.resolve()
            found += _links(place)
            for environment in {place.parent.parent, real.parent.parent}:
                found += [str(environment / "pyvenv.cfg"), *map(str, environment.glob("lib*/python*/site-packages"))]
            break
    return found


def _links(place: Path) -> list[str]:
    """Where a link leads, link by link to the file: each of them may come to lead elsewhere."""
    found = []
    while place.is_symlink():
        place = place.parent / place.readlink()
        found.append(str(place))
    return found


class Identities:
    """What tells programs from others, at one moment: where directories are is asked once."""

    def __init__(self) -> None:
        self._real: dict[str, str] = {}

    def identity(self, place: str) -> str:
        """Path, size and time of the last change of a program, and of what a link leads to.

        Of a program in a virtual environment also the packages that are installed there: the program itself may be a
        few lines that stay the same.
        """
        real = self._resolved(place)
        told = [_told(place), *([_told(real)] if real != place else [])]
        for candidate in (place, real):
            environment = os.path.dirname(os.path.dirname(candidate))  # noqa: PTH120 (many of them)
            if os.path.isfile(f"{environment}/pyvenv.cfg"):  # noqa: PTH113
                return "; ".join([*told, *_installed(Path(environment))])
        return "; ".join(told)

    def _resolved(self, place: str, links: int = 0) -> str:
        """Where the file is that a path leads to."""
        directory, name = os.path.split(place)
        if directory not in self._real:
            self._real[directory] = os.path.realpath(directory)
        real = f"{self._real[directory].rstrip('/')}/{name}"
        try:
            target = os.readlink(real)  # noqa: PTH115 (many of them)
        except OSError:
            return real  # no link
        if links == _MOST_LINKS:
            return os.path.realpath(place)
        return self._resolved(os.path.join(os.path.dirname(real), target), links + 1)  # noqa: PTH118, PTH120


def locks(directory: Path) -> Iterator[Path]:
    """The lock files in a directory, sorted by name."""
    try:
        names = sorted(entry.name for entry in os.scandir(directory) if is_lock(entry.name))
    except OSError:
        return
    yield from (directory / name for name in names)


def installed_packages(directory: Path) -> Mapping[str, str]:
    """What npm noted of the packages that it installed in a directory, by its path; nothing where there is none."""
    place = f"{directory}/{INSTALLED_PACKAGES.as_posix()}"
    return {INSTALLED_PACKAGES.as_posix(): _told(place)} if os.path.isfile(place) else {}  # noqa: PTH113 (each step)


def _installed(environment: Path) -> Iterator[str]:
    for packages in sorted(environment.glob("lib*/python*/site-packages")):
        for about in sorted(packages.glob("*-info")):
            yield _told(about)


def _told(place: str | Path) -> str:
    try:
        found = os.stat(place)  # noqa: PTH116 (many of them)
    except OSError:
        return f"{place} is not there"
    return f"{place} {found.st_size} {found.st_mtime_ns}"


def _is_program(place: str | Path) -> bool:
    try:
        return stat.S_ISREG(os.stat(place).st_mode) and os.access(place, os.X_OK)  # noqa: PTH116 (many of them)
    except (OSError, ValueError):
        return False

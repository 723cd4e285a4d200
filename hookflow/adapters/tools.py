"""Which programs a command names, and what tells this version of them from another."""

import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from hookflow.adapters.lock_names import is_lock

# Words of a shell's script, roughly: too many words do no harm, since only names of files count.
_WORD = re.compile(r"[^\s;|&()<>`$\"'=]+")
INSTALLED_PACKAGES = Path("node_modules", ".package-lock.json")  # npm's note of what is really there


def words(commands: Iterable[str | Sequence[str]]) -> list[str]:
    """The words of commands that may name a program or a script, each once."""
    found: dict[str, None] = {}
    for command in commands:
        for text in [command] if isinstance(command, str) else command:
            found.update(dict.fromkeys(_WORD.findall(text)))
    return [word for word in found if word not in {".", "..", "/"} and "{" not in word]


def programs(
    names: Iterable[str], path: str, directory: Path, is_script: Callable[[Path], bool]
) -> Iterator[tuple[str, Path]]:
    """The programs and scripts that words name: a path from the working directory, or the first such program on PATH.

    What is a script in the working directory counts too: ``python check.py`` reads it.

    Args:
        names: The words.
        path: PATH.
        directory: The working directory.
        is_script: Whether a file counts although it cannot be executed: something else may read it as a program.
    """
    places = [Path(entry) for entry in path.split(os.pathsep) if entry]
    for name in names:
        if "/" in name:
            if _is_program(place := directory / name) or is_script(place):
                yield name, place
            continue
        found = next((place / name for place in places if _is_program(place / name)), None)
        if found is not None:
            yield name, found
        if is_script(directory / name):
            yield name if found is None else f"./{name}", directory / name


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


def identity(place: Path) -> str:
    """Path, size and time of the last change of a program, and of what a link leads to.

    Of a program in a virtual environment also the packages that are installed there: the program itself may be a
    few lines that stay the same.
    """
    real = place.resolve()
    told = [_told(place), *([_told(real)] if real != place else [])]
    for candidate in (place, real):
        environment = candidate.parent.parent
        if (environment / "pyvenv.cfg").is_file():
            return "; ".join([*told, *_installed(environment)])
    return "; ".join(told)


def locks(directory: Path) -> Iterator[Path]:
    """The lock files in a directory, sorted by name."""
    try:
        names = sorted(entry.name for entry in os.scandir(directory) if is_lock(entry.name))
    except OSError:
        return
    yield from (directory / name for name in names)


def installed_packages(directory: Path) -> Mapping[str, str]:
    """What npm noted of the packages that it installed in a directory, by its path; nothing where there is none."""
    place = directory / INSTALLED_PACKAGES
    return {INSTALLED_PACKAGES.as_posix(): _told(place)} if place.is_file() else {}


def _installed(environment: Path) -> Iterator[str]:
    for packages in sorted(environment.glob("lib*/python*/site-packages")):
        for about in sorted(packages.glob("*-info")):
            yield _told(about)


def _told(place: Path) -> str:
    try:
        found = place.stat()
    except OSError:
        return f"{place} is not there"
    return f"{place} {found.st_size} {found.st_mtime_ns}"


def _is_program(place: Path) -> bool:
    try:
        return stat.S_ISREG(place.stat().st_mode) and os.access(place, os.X_OK)
    except (OSError, ValueError):
        return False

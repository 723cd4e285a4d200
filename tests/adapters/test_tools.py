"""Tools: which programs and scripts a command names, and that another version is another identity."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hookflow.adapters import tools


def program(place: Path, text: str = "#!/bin/sh\n", mode: int = 0o755) -> Path:
    """A program."""
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text)
    place.chmod(mode)
    return place


def named(words: list[str], path: list[Path], directory: Path, scripts: tuple[str, ...] = ()) -> dict[str, Path]:
    """The programs that words name; these files are scripts of the project."""
    known = {directory / name for name in scripts}
    joined = os.pathsep.join(map(str, path))
    found = tools.programs(words, joined, directory, lambda place: Path(place) in known)
    return {word: Path(place) for word, place in found}


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("ruff check {files}", ["ruff", "check"]),
        (("ruff", "check", "{files}"), ["ruff", "check"]),
        ("a && b || c; d | e & f", ["a", "b", "c", "d", "e", "f"]),
        ("X=1 python 'my script.py' --config=x.cfg", ["X", "1", "python", "my", "script.py", "--config", "x.cfg"]),
        ('$(which mypy) `b` "$c" <in >out', ["which", "mypy", "b", "c", "in", "out"]),
        ("cd .. && ./run /", ["cd", "&&", "./run"]),
        ("sh\n  -c\t'x'", ["sh", "-c", "x"]),
        ("a a a", ["a"]),
        ("", []),
    ],
)
def test_words_that_may_name_a_program(command, found: list[str]) -> None:
    """Roughly: too many do no harm."""
    assert tools.words([command]) == [word for word in found if word != "&&"]


def test_the_first_program_on_path_is_the_one(tmp_path: Path) -> None:
    """As a shell finds it; what cannot be executed is passed over."""
    program(tmp_path / "a" / "tool", mode=0o644)
    (tmp_path / "b" / "tool").mkdir(parents=True)
    third = program(tmp_path / "c" / "tool")
    program(tmp_path / "d" / "tool")
    path = [tmp_path / name for name in "xabcd"]
    assert named(["tool", "other"], path, tmp_path) == {"tool": third}


def test_a_path_is_one_from_the_working_directory(tmp_path: Path) -> None:
    """A program there, or a script that the project has; a name that is both is what PATH says."""
    run = program(tmp_path / "bin" / "run")
    script = program(tmp_path / "lint.py", mode=0o644)
    program(tmp_path / "deep" / "data.txt", mode=0o644)
    words = ["bin/run", "./lint.py", "deep/data.txt", "missing/x", str(run)]
    assert named(words, [], tmp_path, ("lint.py",)) == {"bin/run": run, "./lint.py": script, str(run): run}


def test_a_script_is_one_without_a_slash_too(tmp_path: Path) -> None:
    """``python check.py`` reads a file in the working directory; a program of that name may be meant as well."""
    script = program(tmp_path / "check.py", mode=0o644)
    both, other = program(tmp_path / "tool"), program(tmp_path / "bin" / "tool")
    found = list(
        tools.programs(
            ["check.py", "tool", "no.py"],
            str(tmp_path / "bin"),
            tmp_path,
            lambda place: place in {str(script), str(both)},
        )
    )
    assert found == [("check.py", str(script)), ("tool", str(other)), ("./tool", str(both))]


@pytest.mark.parametrize("word", ["a\0b", "x" * 5000, "\udcff", "~", "-"])
def test_no_word_does_harm(tmp_path: Path, word: str) -> None:
    """Whatever was written in a configuration."""
    assert named([word, f"./{word}"], [tmp_path], tmp_path) == {}


def identity(place: Path) -> str:
    """As another run sees it."""
    return tools.Identities().identity(str(place))


def _replace(place: Path) -> None:
    program(place, "#!/bin/sh\n# 2\n")


def _same_size(place: Path) -> None:
    before = place.stat()
    program(place, "#!/bin/sg\n")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns + 1))


def _remove(place: Path) -> None:
    place.unlink()


def _relink(place: Path) -> None:
    place.unlink()
    place.symlink_to(program(place.parent / "other-version"))


@pytest.mark.parametrize("change", [_replace, _same_size, _remove, _relink])
def test_another_program_is_another_identity(tmp_path: Path, change: Callable[[Path], None]) -> None:
    """By size, time and where it is."""
    place = program(tmp_path / "tool")
    before = identity(place)
    assert identity(place) == before
    change(place)
    assert identity(place) != before


def test_what_a_link_leads_to_counts(tmp_path: Path) -> None:
    """A link that stays the same may lead to a program that does not."""
    real = program(tmp_path / "versions" / "tool")
    link = tmp_path / "bin" / "tool"
    link.parent.mkdir()
    link.symlink_to(real)
    before = identity(link)
    _replace(real)
    assert identity(link) != before


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """What looks like a virtual environment, with a linter and a library."""
    place = tmp_path / "venv"
    program(place / "bin" / "lint")
    (place / "pyvenv.cfg").write_text("home = /usr\n")
    for name in ("lint-1.0.dist-info", "library-1.0.dist-info", "old.egg-info"):
        (place / "lib" / "python3.11" / "site-packages" / name).mkdir(parents=True)
    return place


def _upgrade(packages: Path) -> None:
    (packages / "library-1.0.dist-info").rename(packages / "library-1.1.dist-info")


def _reinstall(packages: Path) -> None:
    about = packages / "lint-1.0.dist-info"
    about.rmdir()
    about.mkdir()


def _install(packages: Path) -> None:
    (packages / "plugin-1.0.dist-info").mkdir()


def _uninstall(packages: Path) -> None:
    (packages / "old.egg-info").rmdir()


@pytest.mark.parametrize("change", [_upgrade, _reinstall, _install, _uninstall])
@pytest.mark.parametrize("through_link", [False, True])
def test_packages_of_a_virtual_environment_count(
    venv: Path, change: Callable[[Path], None], through_link: bool
) -> None:
    """The program itself is a few lines that stay the same."""
    place = venv / "bin" / "lint"
    if through_link:
        place = venv.parent / "bin" / "lint"
        place.parent.mkdir()
        place.symlink_to(venv / "bin" / "lint")
    before = identity(place)
    assert identity(place) == before
    change(venv / "lib" / "python3.11" / "site-packages")
    assert identity(place) != before


def test_lock_files_are_found_and_nothing_else(tmp_path: Path) -> None:
    """Sorted; a directory that is not there has none."""
    names = ["uv.lock", "poetry.lock", "requirements.txt", "requirements-dev.txt", "package-lock.json", "yarn.lock"]
    for name in (*names, "Cargo.txt", "my-requirements.txt", "uv.lock.bak", "package.json"):
        (tmp_path / name).write_text("x")
    assert [place.name for place in tools.locks(tmp_path)] == sorted(names)
    assert list(tools.locks(tmp_path / "missing")) == []
    assert list(tools.locks(tmp_path / "uv.lock")) == []


def test_npms_note_of_what_is_installed_counts(tmp_path: Path) -> None:
    """By size and time; nothing where there is none."""
    assert tools.installed_packages(tmp_path) == {}
    program(tmp_path / "node_modules" / ".package-lock.json", "{}", mode=0o644)
    before = tools.installed_packages(tmp_path)
    assert list(before) == ["node_modules/.package-lock.json"]
    program(tmp_path / "node_modules" / ".package-lock.json", "{ }", mode=0o644)
    assert tools.installed_packages(tmp_path) != before

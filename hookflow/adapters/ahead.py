"""What every run will ask git, asked before the rest of the program is imported: git works while Python imports.

An answer must not be older than the run's hold on the work tree: so the tree's lock is shared from here on, until the
run has it. Where another run has the tree, or none ever had it, nothing is asked ahead.
"""

import os

from hookflow.adapters import questions, quick_lock, spawned

_CHECKSUM = 20  # bytes at the end of an index (gitformat-index(5))


class Asked:
    """What was asked ahead.

    Attributes:
        root: The top of the work tree.
        begun: What runs and was not taken, by the words of each command.
        checksum: That of the index before it was listed.
    """

    __slots__ = ("begun", "checksum", "lock", "root")

    def __init__(self, root: str, lock: int, checksum: bytes) -> None:
        self.root = root
        self.lock = lock
        self.checksum = checksum
        self.begun: dict[tuple[str, ...], spawned.Begun] = {}

    def ask(self, arguments: tuple[str, ...], *settings: str) -> spawned.Begun:
        """Start a question, with settings that change nothing of what it prints."""
        words = ("git", "-C", self.root, *questions.QUIET, *settings, *arguments)
        begun = spawned.Begun(words, questions.environment(questions.READING), heard=False)
        self.begun[("git", *questions.QUIET, *arguments)] = begun
        return begun


_ASKED: list[Asked] = []
_PLACES: dict[str, spawned.Begun] = {}


def begin(root: str, git_dir: str, *, staged: bool) -> None:
    """Ask, for a run in a work tree that is about to begin; unless something is to be done first.

    Args:
        root: The top of the work tree.
        git_dir: Its own git directory.
        staged: Whether the run will be about what is staged.
    """
    named = os.environ.get("GIT_INDEX_FILE")
    checksum = index_checksum(os.path.join(root, named or f"{git_dir}/index"))  # noqa: PTH118 (before pathlib is)
    if checksum is None:
        return
    lock = quick_lock.shared(f"{git_dir}/hookflow/worktree.lock")
    if lock is None:
        return
    asked = Asked(root, lock, checksum)
    _ASKED.append(asked)
    try:
        # Where everything is stays the same while a run waits for its turn.
        here = os.getcwd()  # noqa: PTH109 (before pathlib is)
        words = ("git", "-C", here, *questions.QUIET, *questions.PLACES)
        _PLACES[here] = spawned.Begun(words, questions.environment(questions.READING))
        configuration = asked.ask(questions.CONFIGURATION)
        asked.ask(questions.commit("HEAD"))
        if staged:
            asked.ask((*questions.STAGED, "HEAD"))
        asked.ask(questions.INDEX)
        asked.ask(questions.UNTRACKED)
        # Where there are filters, comparing might run them, unless each is turned off.
        if b"\0filter." not in configuration.output()[1]:
            asked.ask(questions.UNSTAGED, *questions.IN_TURN)
    except OSError:
        return  # who asks for it finds out


def take(root: str) -> tuple[bytes, dict[tuple[str, ...], spawned.Begun]] | None:
    """What was asked ahead of this work tree, once: the index's checksum, and what runs, by its words."""
    found = next((asked for asked in _ASKED if asked.root == root and asked.begun), None)
    if found is None:
        return None
    begun, found.begun = found.begun, {}
    return found.checksum, begun


def places(directory: str) -> spawned.Begun | None:
    """What was asked ahead about a directory, once: see `questions.PLACES`."""
    return _PLACES.pop(directory, None)


def has_lock() -> None:
    """The run has the lock of its work tree now, or does without: let go of ours."""
    for asked in _ASKED:
        if asked.lock >= 0:
            os.close(asked.lock)
            asked.lock = -1


def end() -> None:
    """End what nobody has taken."""
    has_lock()
    for asked in _ASKED:
        for begun in asked.begun.values():
            begun.end()
        asked.begun = {}
    while _PLACES:
        _PLACES.popitem()[1].end()


def index_checksum(place: str) -> bytes | None:
    """The checksum with which an index ends; None where there is no index, or it has none."""
    try:
        with open(place, "rb") as file:  # noqa: PTH123 (before anything else is imported)
            file.seek(-_CHECKSUM, os.SEEK_END)
            found = file.read()
    except OSError:
        return None
    return found if any(found) else None

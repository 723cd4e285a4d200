"""The answer to a run that is the same as one that passed: given again as soon as it is seen that nothing changed.

This is asked before anything else is imported, so it imports next to nothing, and keeps what it needs in a form that
needs no parser: fields that end with a NUL. What has to be the same, and why that is enough, is argued in
docs/caching.md; `hookflow.commands.answering` keeps answers.
"""

import os
import sys
import time

import hookflow
from hookflow.adapters import lock_names as locks
from hookflow.adapters import spawned

DIRECTORY = "answers"
FORM = b"4"  # of what is kept; raised when that changes
NAMES = b"names"  # in the place of the checksum of an index of which only the names of changed files count
# What stands in kept texts for what is another one each time; no JSON and no line of ours has these characters.
RUN, TIME, SECONDS = "\x01run\x01", "\x01time\x01", "\x01seconds\x01"
_STATUS = (
    *("status", "--porcelain=v2", "-z", "--branch", "--no-ahead-behind"),
    *("--untracked-files=all", "--no-renames", "--ignore-submodules=all"),
)
_INDEX_END = 20  # bytes: the checksum of all of the index that is before it (gitformat-index(5))
_STAGES = ("pre-commit", "pre-merge-commit")  # of hooks, those of which what is staged is the subject
# Options by which more than an exit code and plain lines is wanted, or of which the words do not say all.
_NOT_PLAIN = ("--output", "--events", "--junit", "--trace", "--files-from", "--ci", "--failed", "-C", "--config")
_NOT_FROM_MEMORY = ("--no-cache", "--verify-cache", "--dry-run", "-h", "--help")
_FRESH = "--refresh"  # may be answered where nothing ran, and nothing was replayed
_DECIDING = ("PATH", "SKIP", "HOME", "XDG_CONFIG_HOME", "HOOKFLOW_STATE_DIR", "HOOKFLOW_JOBS")
_OF_THE_MOMENT = {"GIT_INDEX_FILE", "GIT_EDITOR", "GIT_EXEC_PATH", "GIT_PREFIX", "GIT_REFLOG_ACTION"}
# With one of these, somebody else has a word in it: a run that we are part of, pre-commit, GitHub's pages.
_NOT_ALONE = ("HOOKFLOW_WORK_TREE", "PRE_COMMIT", "GITHUB_ACTIONS", "GIT_WORK_TREE", "GIT_COMMON_DIR")


class Question:
    """A run that may be answered from memory.

    Attributes:
        key: Of all that can be told without looking at files.
        root: The top of the work tree.
        git_dir: Its own git directory.
        state: Where state is kept.
        replays: Whether results may be replayed, of which an answer may be made.
        began: When it was asked, in nanoseconds since 1970.
    """

    __slots__ = ("began", "git_dir", "key", "replays", "root", "state")

    def __init__(self, key: str, root: str, git_dir: str, state: str, *, replays: bool) -> None:
        self.key = key
        self.root = root
        self.git_dir = git_dir
        self.state = state
        self.replays = replays
        self.began = time.time_ns()

    @property
    def file(self) -> str:
        """Where its answer is kept."""
        return f"{self.state}/{DIRECTORY}/{self.key}"


def question(words: list[str]) -> Question | None:
    """The question that a command line asks; None where it is never answered from memory."""
    if not _may_be_asked(words):
        return None
    found = _find(os.getcwd())
    if found is None:
        return None
    root, git_dir, common_dir = found
    names = sorted(name for name in os.environ if name.startswith("GIT_") and name not in _OF_THE_MOMENT)
    fields = [hookflow.__version__, sys.version, sys.platform, root, os.getcwd(), *words, ""]
    fields += [f"{name}={os.environ.get(name)}" for name in (*_DECIDING, *names)]
    state = os.path.abspath(os.environ.get("HOOKFLOW_STATE_DIR") or f"{common_dir}/hookflow")
    content = b"\0".join([FORM, *map(os.fsencode, fields), *_configurations(os.getcwd(), root)])
    return Question(digest(content), root, git_dir, state, replays=_FRESH not in words)


def digest(content: bytes) -> str:
    """The SHA-256 of some bytes."""
    import hashlib  # with OpenSSL in it: not before there is something to hash

    return hashlib.sha256(content).hexdigest()


def _may_be_asked(words: list[str]) -> bool:
    if not words or words[0] not in {"run", "hook"} or not spawned.POSSIBLE or os.environ.get("HOOKFLOW") == "0":
        return False
    if any(name in os.environ for name in _NOT_ALONE):
        return False
    if any(word.partition("=")[0].startswith((*_NOT_PLAIN, *_NOT_FROM_MEMORY)) for word in words):
        return False
    return words[0] == "run" or _is_about_what_is_staged(words)


def _is_about_what_is_staged(words: list[str]) -> bool:
    """Whether a hook's words are those that `hookflow install` wrote, with no other hook to run first."""
    rest = words[1:]
    if rest[:1] == ["--before"]:
        _, before, *rest = [*rest, ""]
        if os.path.lexists(before):
            return False
    return [word for word in rest if word not in {"--", ""}] in [[stage] for stage in _STAGES]


def _find(directory: str) -> tuple[str, str, str] | None:
    """The work tree around a directory, its git directory, and the one that it shares; without asking git."""
    root = directory
    while not os.path.lexists(f"{root}/.git"):
        root, above = os.path.dirname(root), root
        if root == above:
            return None
    git_dir = common_dir = f"{root}/.git"
    if not os.path.isdir(git_dir):
        try:
            with open(git_dir, encoding="utf-8") as file:
                git_dir = os.path.join(root, file.read().removeprefix("gitdir: ").rstrip("\n"))
            with open(f"{git_dir}/commondir", encoding="utf-8") as file:
                common_dir = os.path.normpath(os.path.join(git_dir, file.read().rstrip("\n")))
        except (OSError, ValueError):
            return None  # a submodule, or something else that git knows better
    named = os.environ.get("GIT_DIR")
    if named is not None and os.path.realpath(os.path.join(root, named)) != os.path.realpath(git_dir):
        return None
    return root, git_dir, common_dir


def _configurations(directory: str, root: str) -> list[bytes]:
    """Every file that may be the configuration, with its content."""
    found = []
    while True:
        try:
            with open(f"{directory}/pyproject.toml", "rb") as file:
                found += [os.fsencode(directory), file.read()]
        except OSError:
            pass
        if directory == root:
            return found
        directory = os.path.dirname(directory)


def status(root: str, *, ignored: bool) -> list[bytes] | None:
    """The entries of ``git status``, beginning with the commit of HEAD; None where git does not tell.

    Args:
        root: The top of the work tree.
        ignored: Whether what git ignores counts too.
    """
    quiet = ("git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-C", root)
    more = ("--ignored=traditional",) if ignored else ()
    try:
        code, output, _ = spawned.output((*quiet, *_STATUS, *more), {**os.environ, "GIT_OPTIONAL_LOCKS": "0"})
    except OSError:
        return None
    entries = output.split(b"\0")
    if code or not entries[0].startswith(b"# branch.oid "):
        return None
    return [entries[0], *(each for each in entries if each and not each.startswith((b"# branch.", b"# stash")))]


def names_only(entries: list[bytes]) -> list[bytes]:
    """The entries of `status` without the commit and what tells contents: which files are not as in HEAD, and how."""
    # An ordinary entry: "1 XY sub mH mI mW hH hI path" (git-status(1)).
    split = (entry.split(b" ", 8) if entry.startswith(b"1 ") else [entry] for entry in entries[1:])
    return [b" ".join(fields[:6] + fields[8:]) for fields in split]


def index_checksum(asked: Question) -> bytes:
    """The checksum at the end of the index in use; of an index without one, that of all of it."""
    try:
        with open(index_file(asked), "rb") as file:
            file.seek(-_INDEX_END, os.SEEK_END)
            if any(end := file.read()):
                return end.hex().encode()
            file.seek(0)
            return digest(file.read()).encode()
    except OSError:
        return b""


def index_file(asked: Question) -> str:
    """The index in use."""
    named = os.environ.get("GIT_INDEX_FILE")
    return os.path.join(asked.root, named) if named else f"{asked.git_dir}/index"


def seen(root: str, path: bytes) -> bytes:
    """What tells a file from any other that may come to stand in its place; ``-`` where there is none.

    Args:
        root: What the path is relative to.
        path: Its name, or an absolute one.
    """
    try:
        found = os.lstat(os.path.join(os.fsencode(root), path))
    except OSError:
        return b"-"
    return b"%o %d %d %d %d" % (found.st_mode, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def lock_names(directory: bytes) -> bytes:
    """The names of the lock files in a directory; one that comes to it decides as one that is changed does."""
    try:
        return b"/".join(
            sorted(name for name in os.listdir(directory) if locks.is_lock(name.decode("ascii", "replace")))
        )
    except OSError:
        return b"-"


def variable(name: str) -> bytes:
    """A variable's value, not to be read back; ``-`` where it is unset."""
    value = os.environ.get(name)
    return b"-" if value is None else digest(os.fsencode(value)).encode()

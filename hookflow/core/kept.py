"""A step's result as it is kept: what it takes to replay it, read back with nothing taken on trust."""

import json
import re
import zlib

from hookflow.core.fingerprint import Files, Part, file_state
from hookflow.core.porcelain import data, names
from hookflow.core.structs import Struct, as_builtins

_DIGEST = re.compile(r"[0-9a-f]{64}")
_PERMISSIONS = 0o777
_MODE = 6  # digits


class Output(Struct, frozen=True):
    """A file that a step made.

    Attributes:
        path: Relative to the root.
        mode: Its permissions.
        blob: The SHA-256 of its content.
    """

    path: str
    mode: int
    blob: str


class Kept(Struct, frozen=True):
    """A pass.

    Attributes:
        key: The key of everything that decided it.
        step: The step's name.
        run: The run's id.
        seconds: How long it took.
        log: The SHA-256 of what it printed; None for nothing.
        outputs: The files that it made.
        size: Bytes of its log and outputs.
    """

    key: str
    step: str
    run: str
    seconds: float
    log: str | None
    outputs: tuple[Output, ...] = ()
    size: int = 0


def outputs_as_json(outputs: tuple[Output, ...]) -> str:
    """The files of a result, as they are kept."""
    return json.dumps([as_builtins(output) for output in outputs])


def outputs_from_json(text: str) -> tuple[Output, ...]:
    """The files of a result, checked.

    Raises:
        ValueError: What is kept is not what this hookflow keeps.
    """
    return tuple(_output(each) for each in _list(text))


def is_digest(value: object) -> bool:
    """Whether a value can be the name of a blob."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def _list(text: str) -> list[object]:
    try:
        value = json.loads(text)
    except RecursionError as error:  # so many brackets, one in another, were not written by us
        raise ValueError(str(error)) from error
    if not isinstance(value, list):
        raise ValueError("no list")  # noqa: TRY004 (a value of the wrong form, not a defect)
    return value


def _output(value: object) -> Output:
    match value:
        case {"path": str(path), "mode": int(mode), "blob": str(blob), **others} if not others:
            problem = path_problem(path)
            is_mode = not isinstance(mode, bool) and not mode & ~_PERMISSIONS
            if problem is None and is_mode and is_digest(blob):
                return Output(path, mode, blob)
            raise ValueError(problem or "no permissions, or no digest")
        case _:
            raise ValueError("no output")


def path_problem(path: str) -> str | None:
    """Why a file of that name is never put back, or None.

    Names that could lead out of the work tree or into git's own directory, in any spelling that some file system
    takes for it.
    """
    names = path.split("/")
    if not path or "\0" in path or "\\" in path or {"", ".", ".."} & set(names):
        return f"{path!r} is no name inside the work tree"
    if any(_is_gits(name) for name in names):
        return f"{path!r} is inside git's own directory"
    return None if _stands_for_bytes(path) else f"{path!r} is no name of a file"


def _is_gits(name: str) -> bool:
    """Whether a file system may take the name for ``.git`` (CVE-2014-9390: case, ignorable characters, short names)."""
    plain = "".join(char for char in name if char.isascii()).casefold().partition(":")[0].rstrip(". ")
    return plain == ".git" or plain.startswith("git~")


def _stands_for_bytes(path: str) -> bool:
    """JSON can hold halves of characters that no name decodes to."""
    try:
        data(path)
    except UnicodeEncodeError:
        return False
    return True


def parts_as_json(parts: tuple[Part, ...]) -> str:
    """What decided beside files, as it is kept to explain the next run."""
    return json.dumps([[part.kind, part.name, part.value] for part in parts])


def parts_from_json(text: str) -> tuple[Part, ...]:
    """What decided beside files.

    Raises:
        ValueError: What is kept is not of this form.
    """
    return tuple(_part(each) for each in _list(text))


def _part(value: object) -> Part:
    match value:
        case [str(kind), str(name), str(what)]:
            return Part(kind, name, what)
        case _:
            raise ValueError("no part")


def files_as_bytes(files: Files) -> bytes:
    """Files with what they were, small: their names, squeezed, and modes and ids as bytes, which cannot be squeezed."""
    paths = sorted(files.states)
    listed = zlib.compress(data("".join([f"{path}\0" for path in paths])), 1)
    told = b"".join([bytes.fromhex(files.states[path]) for path in paths])
    return b"%d %d\0" % (len(listed), len(told) // len(paths) if paths else 0) + listed + told


def files_from_bytes(content: bytes) -> Files:
    """Files with what they were.

    Raises:
        ValueError: What is kept is not of this form.
    """
    sizes, _, rest = content.partition(b"\0")
    listed, width = map(int, sizes.split(b" "))
    try:
        paths = names(zlib.decompress(rest[:listed]))
    except zlib.error as error:
        raise ValueError(str(error)) from error
    told = rest[listed:].hex()
    if listed < 0 or width < 0 or len(told) != len(paths) * width * 2:
        raise ValueError("not what each file was")
    states = (told[begin : begin + width * 2] for begin in range(0, len(told), max(1, width * 2)))
    return Files({path: file_state(each[:_MODE], each[_MODE:]) for path, each in zip(paths, states, strict=True)})

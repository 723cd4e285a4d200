"""What git prints with ``-z``, read: names and kinds of change, as bytes that need not be UTF-8.

Names become text with surrogate escapes for what is not UTF-8, so that every name survives the way back.
"""

from collections.abc import Iterator

from hookflow.core.structs import Struct

SUBMODULE = "160000"


def text(data: bytes) -> str:
    """Bytes of a name as text; `data` gives them back."""
    return data.decode("utf-8", "surrogateescape")


def data(text: str) -> bytes:
    """Text of a name as the bytes that the file system knows."""
    return text.encode("utf-8", "surrogateescape")


def names(output: bytes) -> list[str]:
    """The names in a NUL-separated list; a NUL at its end is no name."""
    return [text(name) for name in output.split(b"\0") if name]


def statuses(output: bytes) -> Iterator[tuple[str, str]]:
    """Letter (A, C, D, M, R, T, U, X) and name of each entry of ``--name-status -z --no-renames``."""
    fields = output.split(b"\0")
    for letter, name in zip(fields[0::2], fields[1::2], strict=False):
        yield letter[:1].decode("ascii"), text(name)


def untracked_and_unmerged(output: bytes) -> tuple[list[str], list[str]]:
    """The names in ``ls-files -t --others --unmerged -z``: untracked ones, and unmerged ones, each once."""
    untracked, unmerged = [], []
    for entry in filter(None, output.split(b"\0")):
        if entry.startswith(b"? "):
            untracked.append(text(entry[2:]))
        else:  # tag, mode, object id and stage before a tab
            unmerged.append(text(entry.partition(b"\t")[2]))
    return untracked, list(dict.fromkeys(unmerged))


class RawChange(Struct, frozen=True):
    """One entry of git's raw diff format (git-diff(1), "RAW OUTPUT FORMAT").

    Attributes:
        letter: A, D, M, T or U.
        mode: Its mode on the old side, six octal digits.
        object_id: Its object id on the old side.
        path: Its name.
    """

    letter: str
    mode: str
    object_id: str
    path: str


def raw_changes(output: bytes) -> Iterator[RawChange]:
    """The entries of ``--raw -z --no-renames --no-abbrev``."""
    fields = output.split(b"\0")
    for about, name in zip(fields[0::2], fields[1::2], strict=False):
        mode, _, object_id, _, letter = about.decode("ascii").removeprefix(":").split(" ")
        yield RawChange(letter[:1], mode, object_id, text(name))


class IndexEntry(Struct, frozen=True):
    """One entry of the index, as ``ls-files -s -z`` shows it and ``update-index --index-info`` takes it."""

    mode: str
    object_id: str
    path: str


def index_entries(output: bytes) -> Iterator[IndexEntry]:
    """The entries of ``ls-files -s -z``, of stage 0."""
    for entry in filter(None, output.split(b"\0")):
        about, _, name = entry.partition(b"\t")
        mode, object_id, stage = about.decode("ascii").split(" ")
        if stage == "0":
            yield IndexEntry(mode, object_id, text(name))


def index_information(entries: list[IndexEntry]) -> bytes:
    """What ``update-index -z --index-info`` reads to set some entries."""
    return b"".join(f"{entry.mode} {entry.object_id}\t".encode() + data(entry.path) + b"\0" for entry in entries)

"""What git prints with ``-z``, read: names and kinds of change, as bytes that need not be UTF-8.

Names become text with surrogate escapes for what is not UTF-8, so that every name survives the way back.
"""

from collections.abc import Iterator


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

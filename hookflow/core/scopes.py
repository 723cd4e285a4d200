"""What a run looks at: the closed union of its scopes."""

from hookflow.core.structs import Struct


class Staged(Struct, frozen=True):
    """What the index has that HEAD has not."""


class Changed(Struct, frozen=True):
    """Staged, unstaged and untracked files, against HEAD."""


class Between(Struct, frozen=True):
    """What `to_ref` has that its merge base with `from_ref` has not.

    Attributes:
        from_ref: The beginning; an object id of zeros for "nothing".
        to_ref: The end.
        direct: Compare the two themselves, not with their merge base: a work tree went from the one to the other.
    """

    from_ref: str
    to_ref: str
    direct: bool = False


class AllFiles(Struct, frozen=True):
    """Every tracked file."""


class Files(Struct, frozen=True):
    """Exactly these paths, relative to the repository's root."""

    paths: tuple[str, ...]


class RefUpdate(Struct, frozen=True):
    """One line of what git tells a pre-push hook (githooks(5)); an object id of zeros means "none"."""

    local_ref: str
    local_id: str
    remote_ref: str
    remote_id: str


class Pushed(Struct, frozen=True):
    """What a push brings to `remote`, over all of its refs."""

    remote: str
    updates: tuple[RefUpdate, ...]


Scope = Staged | Changed | Between | AllFiles | Files | Pushed

_WORDS: dict[type[Scope], str] = {
    Staged: "staged",
    Changed: "changed",
    Between: "from-ref",
    AllFiles: "all-files",
    Files: "files",
    Pushed: "pushed",
}


def word(scope: Scope) -> str:
    """The scope as events and people call it."""
    return _WORDS[type(scope)]


def parse_updates(text: str) -> tuple[RefUpdate, ...]:
    """The lines that git writes to a pre-push hook; what is no such line is left out.

    Only a newline ends a line (a ref's name may have other separators in it), and the first field is what the
    user pushed, which may have blanks: ``HEAD^{/fix bug}``.
    """
    lines = (line.rsplit(" ", 3) for line in text.split("\n"))
    return tuple(RefUpdate(*parts) for parts in lines if len(parts) == len(RefUpdate.__struct_fields__))


NULL = "0" * 40


def is_null(object_id: str) -> bool:
    """Whether an object id is git's "none": zeros only."""
    return not object_id.strip("0")

"""What a git hook is about: the files to look at, by what git tells the hook (githooks(5))."""

from collections.abc import Callable, Sequence

from hookflow.core import scopes
from hookflow.core.scopes import NULL, Between, Pushed, Scope, Staged

_HEAD = "HEAD"
_BEFORE = "ORIG_HEAD"  # where git keeps what HEAD was before a merge or a rebase (gitrevisions(7))


def scope(stage: str, args: Sequence[str], stdin: str, knows: Callable[[str], bool]) -> Scope:
    """What changed when a hook is called.

    Args:
        stage: The hook.
        args: git's arguments to it.
        stdin: What git wrote to its standard input.
        knows: Whether a revision names a commit that is here.
    """
    match stage, tuple(args):
        case "pre-push", _:
            return Pushed(args[0] if args else "origin", scopes.parse_updates(stdin))
        case "pre-rebase", (upstream, *branch):
            return Between(_known(upstream, knows), branch[0] if branch else _HEAD)
        case "post-checkout", (before, after, *_):
            return Between(before, after, direct=True)
        case "post-merge", _ if "1" not in args[:1]:  # a squash is left to the person to commit
            before = _known(_BEFORE, knows)
        case (("post-commit" | "post-applypatch"), _):
            before = _known("HEAD^", knows)
        case "post-rewrite", _:
            before = _rewritten(args, stdin, knows)
        case _:
            return Staged()
    return Between(before, _HEAD, direct=True)


def only_warns(stage: str) -> bool:
    """Whether the hook runs when git has done its work: a failure there cannot stop anything."""
    return stage.startswith("post-")


def _known(revision: str, knows: Callable[[str], bool]) -> str:
    """The revision; "nothing" where it is not here: every file is looked at then."""
    return revision if knows(revision) else NULL


def _rewritten(args: Sequence[str], stdin: str, knows: Callable[[str], bool]) -> str:
    """What HEAD was before commits were rewritten.

    Each line is ``OLD NEW``, in the order in which they were processed. A commit that a rebase dropped has no
    line, so the last one need not be the old tip; what git kept is.
    """
    if "rebase" in args and knows(_BEFORE):
        return _BEFORE
    lines = [line.split() for line in stdin.splitlines() if line.strip()]
    return _known(lines[-1][0], knows) if lines else NULL

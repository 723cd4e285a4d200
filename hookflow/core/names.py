"""The nearest known name to one that a person wrote."""

from collections.abc import Iterable


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that `word` was probably meant to be, or None where none is near.

    The only one that begins with it; else the most alike, by Ratcliff/Obershelp similarity as in `difflib`, which
    is imported only here: it is needed only after an error.
    """
    names = list(known)
    begun = [name for name in names if word and name.startswith(word)]
    if len(begun) == 1:
        return begun[0]
    import difflib  # noqa: PLC0415 (5 ms that only an error should pay)

    found = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``"; did you mean X?"``, or nothing where no known name is near."""
    name = nearest(word, known)
    return f"; did you mean {name}?" if name else ""

"""File types, as the `identify` library names them."""

from collections.abc import Callable
from functools import cache
from pathlib import Path


def tagger(root: Path) -> Callable[[str], frozenset[str]]:
    """A function from a path relative to `root` to its tags; links and submodules are never followed."""

    @cache
    def tags(path: str) -> frozenset[str]:
        import identify.identify  # noqa: PLC0415 (only for who names types)

        try:
            return frozenset(identify.identify.tags_from_path(str(root / path)))
        except (ValueError, OSError):
            # Deleted, or not to be read: the name still says something.
            return frozenset({"file", *identify.identify.tags_from_filename(path)})

    return tags


def compatible(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether some known kind of file carries all the tags of both lists."""
    wanted = {*first, *second} - {"file", "text", "binary", "executable", "non-executable"}
    if not wanted:
        return True
    import identify.extensions  # noqa: PLC0415
    import identify.interpreters  # noqa: PLC0415

    kinds = (
        *identify.extensions.EXTENSIONS.values(),
        *identify.extensions.EXTENSIONS_NEED_BINARY_CHECK.values(),
        *identify.extensions.NAMES.values(),
        *identify.interpreters.INTERPRETERS.values(),
        {"symlink"},
        {"directory"},
    )
    return any(wanted <= set(kind) for kind in kinds)

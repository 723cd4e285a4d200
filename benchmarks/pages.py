"""A page of sections, of which some are written anew and the others stay as they were."""

import re
from collections.abc import Mapping, Sequence

_SECTION = re.compile(r"^## (?P<key>\S+)", flags=re.MULTILINE)


def sections(page: str) -> dict[str, str]:
    """The sections of a page, by the first word of their heading; what is before the first is left out."""
    starts = [*_SECTION.finditer(page)]
    ends = [*(start.start() for start in starts[1:]), len(page)][: len(starts)]
    return {start["key"]: page[start.start() : end].rstrip() for start, end in zip(starts, ends, strict=True)}


def joined(introduction: str, kept: Mapping[str, str], written: Mapping[str, str], order: Sequence[str]) -> str:
    """The whole page: sections in this order, those written now instead of those kept."""
    known = {**kept, **written}
    return "\n\n".join([introduction.rstrip(), *(known[key] for key in order if key in known)]) + "\n"

"""Properties of overlaps: every answer agrees with how pathspec matches."""

import re

from hypothesis import event, given, settings
from hypothesis import strategies as st
from strategies import PATHS, PLAIN_PATHS, RULE_LISTS

from hookflow.core.anchoring import anchored
from hookflow.core.overlap import UNKNOWN, overlap
from hookflow.core.patterns import Patterns

EXCLUSIONS = st.one_of(st.none(), RULE_LISTS)


def literal(path: str) -> str:
    """A rule for this path from the root, its wildcards taken literally."""
    return "/" + re.sub(r"([*?\[\\])", r"\\\1", path)


def maybe(lines: list[str] | None) -> Patterns | None:
    """Rules, or none."""
    return None if lines is None else Patterns(lines)


@given(lines=RULE_LISTS, path=PATHS)
@settings(max_examples=150, deadline=None)
def test_rules_overlap_with_a_path_just_when_they_match_it(lines, path) -> None:
    """Against a single file, the search says what matching says."""
    rules, inside = Patterns(lines), Patterns([f"{literal(path)}/**"])
    event(f"matches: {rules.matches(path)}")
    found = overlap(rules, Patterns([literal(path)]), without_second=inside)
    assert found == (path if rules.matches(path) else None)


@given(first=RULE_LISTS, second=RULE_LISTS, out_first=EXCLUSIONS, out_second=EXCLUSIONS)
@settings(max_examples=150, deadline=None)
def test_a_witness_is_taken_by_both_sides(first, second, out_first, out_second) -> None:
    """The path that is shown is matched by both lists and by no exclusion."""
    found = overlap(Patterns(first), Patterns(second), without_first=maybe(out_first), without_second=maybe(out_second))
    event("none" if found is None else "unknown" if found == UNKNOWN else "witness")
    if found is not None and found != UNKNOWN:
        assert Patterns(first).matches(found)
        assert Patterns(second).matches(found)
        assert not any(Patterns(lines).matches(found) for lines in (out_first, out_second) if lines)


@given(first=RULE_LISTS, second=RULE_LISTS, excluded=EXCLUSIONS, paths=st.lists(PLAIN_PATHS, min_size=10, max_size=20))
@settings(max_examples=100, deadline=None)
def test_a_common_path_is_never_missed(first, second, excluded, paths) -> None:
    """Where both match some path, there is an overlap, no longer than it (directories named like files aside)."""
    one, other, out = Patterns(first), Patterns(second), maybe(excluded)
    common = [path for path in paths if one.matches(path) and other.matches(path) and not (out and out.matches(path))]
    event(f"common: {bool(common)}")
    if common:
        found = overlap(one, other, without_second=out)
        assert found is not None
        assert found == UNKNOWN or len(found) <= min(map(len, common))


@given(first=RULE_LISTS, second=RULE_LISTS)
@settings(max_examples=50, deadline=None)
def test_overlap_has_no_direction(first, second) -> None:
    """Which list comes first changes nothing."""
    assert overlap(Patterns(first), Patterns(second)) == overlap(Patterns(second), Patterns(first))


@given(first=RULE_LISTS, second=RULE_LISTS, excluded=EXCLUSIONS, outer=st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_directory_around_both_changes_nothing(first, second, excluded, outer) -> None:
    """But the path that is shown; whether or not something is excluded outside of it too."""

    def below(lines: list[str]) -> list[str]:
        return [anchored("s/api", line) for line in lines]

    inside = overlap(Patterns(first), Patterns(second), without_second=maybe(excluded))
    more = below(excluded or []) + ["/elsewhere/**"] * outer
    found = overlap(Patterns(below(first)), Patterns(below(second)), without_second=Patterns(more))
    event("none" if inside is None else "some")
    assert (found is None) == (inside is None)
    assert UNKNOWN in {found, inside} or found is None or len(found) == len("s/api/") + len(inside)

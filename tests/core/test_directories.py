"""A first look by directories finds what a look at everything finds."""

from hypothesis import given
from hypothesis import strategies as st

from hookflow.core.directories import Neighbours, Paths, common_directory, rules_inside
from hookflow.core.patterns import Patterns

NAMES = st.sampled_from(["a", "b", "ab", "a.b", "a-"])
DIRECTORY = st.lists(NAMES, max_size=3).map("/".join)
PATH = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
LISTS = st.lists(DIRECTORY, max_size=3)


def below(directory: str, path: str) -> bool:
    """Whether a path is in a directory."""
    return not directory or path.startswith(f"{directory}/")


@given(paths=st.lists(PATH), directories=LISTS)
def test_paths_below_directories(paths, directories) -> None:
    """All of them and no others."""
    found = set(Paths(paths).below(directories))
    assert found == {path for path in paths if any(below(directory, path) for directory in directories)}


@given(things=st.lists(LISTS, max_size=6), mine=LISTS)
def test_neighbours_are_those_with_a_directory_in_common(things, mine) -> None:
    """One of them in one of the others, or the other way round; in order."""
    expected = [
        place
        for place, theirs in enumerate(things)
        if any(below(one, f"{two}/") or below(two, f"{one}/") for one in theirs for two in mine)
    ]
    assert Neighbours(things).of(mine) == expected


@given(first=LISTS, second=LISTS, path=PATH)
def test_what_is_below_both_is_in_the_common_directory(first, second, path) -> None:
    """And there is none where nothing can be."""
    both = all(any(below(directory, path) for directory in each) for each in (first, second))
    common = common_directory(first, second)
    assert not both or (common is not None and below(common, path))


def test_rules_as_one_writes_them_inside() -> None:
    """None where one of them is about more than the directory."""
    assert rules_inside("a/b", ["a/b/*.py", "!/a/b/c/**", "a/b/**/x"]) == ("/*.py", "!/c/**", "/**/x")
    for other in ("*.py", "a/b", "a/b/", "a/bc/d", "b/a/b/x", "!a/*"):
        assert rules_inside("a/b", ["a/b/x", other]) is None


@given(path=PATH, rule=st.sampled_from(["*", "a", "a/**", "**/b", "*/a", "ab/"]))
def test_rules_inside_take_the_same(path, rule) -> None:
    """As far as they can be written inside."""
    inside = rules_inside("x/y", [f"x/y/{rule}"])
    assert inside is not None
    assert Patterns(inside).matches(path) == Patterns([f"x/y/{rule}"]).matches(f"x/y/{path}")

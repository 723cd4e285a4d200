"""What hypothesis draws: graphs, patterns and the paths that they may take."""

from functools import cache

from hypothesis import strategies as st

from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.patterns import problem

KINDS = st.sampled_from(["needs", "outputs", "writes"])

_ATOMS = st.sampled_from(["a", "b", ".", "*", "?", "[ab]", "[!a]", "[a-b]", "[]a]", "[!.]", "[.a]", "\\*"])
_SEGMENTS = st.one_of(st.just("**"), st.just("*"), st.lists(_ATOMS, min_size=1, max_size=3).map("".join))


@st.composite
def patterns(draw: st.DrawFn) -> str:
    """A well-formed gitignore rule over a small alphabet."""
    body = "/".join(draw(st.lists(_SEGMENTS, min_size=1, max_size=3)))
    rule = draw(st.sampled_from(["", "", "!"])) + draw(st.sampled_from(["", "", "/"])) + body
    return rule + draw(st.sampled_from(["", "", "/"]))


@cache
def is_well_formed(pattern: str) -> bool:
    """Whether a configuration may have it."""
    return problem(pattern) is None


RULES = patterns().filter(is_well_formed)
RULE_LISTS = st.lists(RULES, min_size=1, max_size=3)
_NAMES = st.sampled_from("abc").flatmap(lambda first: st.text("ab.*c", max_size=2).map(first.__add__))
_DIRECTORIES = st.lists(st.text("abc", min_size=1, max_size=2), max_size=3)
# Paths of any names, and paths whose directories are not named like files.
PATHS = st.lists(_NAMES, min_size=1, max_size=4).map("/".join)
PLAIN_PATHS = st.builds(lambda directories, name: "/".join([*directories, name]), _DIRECTORIES, _NAMES)


@st.composite
def edges(draw: st.DrawFn, names: list[str], *, most: int = 12) -> list[Edge]:
    """Edges that lead from earlier to later names, each with one or two reasons."""
    if len(names) < 2:
        return []
    places = st.tuples(st.integers(0, len(names) - 1), st.integers(0, len(names) - 1))
    pairs = draw(st.lists(places.filter(lambda pair: pair[0] != pair[1]), max_size=most))
    return [
        Edge(names[min(pair)], names[max(pair)], tuple(Reason(kind, kind) for kind in draw(st.sets(KINDS, min_size=1))))
        for pair in pairs
    ]


@st.composite
def graphs(draw: st.DrawFn, *, most: int = 7) -> Graph:
    """An acyclic graph whose order of declaration is not the one in which it can run."""
    names = [f"s{number}" for number in range(draw(st.integers(0, most)))]
    drawn = draw(edges(names))
    return Graph(draw(st.permutations(names)), drawn)


@st.composite
def wirings(draw: st.DrawFn) -> tuple[list[str], list[Edge]]:
    """Names and edges between any two of them, circles and loops included."""
    names = [f"s{number}" for number in range(draw(st.integers(1, 6)))]
    pairs = draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=10))
    return names, [Edge(before, after, (Reason("needs", f"{after} needs {before}"),)) for before, after in pairs]

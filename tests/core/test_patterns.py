"""Which paths a list of rules takes, held against the installed git, and which rules are refused."""

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import PATHS, RULE_LISTS, RULES

from hookflow.core.patterns import Patterns, problem


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty repository for git to match in."""
    path = tmp_path_factory.mktemp("matching")
    subprocess.run(["git", "init", "-q", path], check=True)
    return path


def ignored(repository: Path, rule: str, paths: list[str]) -> set[str]:
    """The paths that git matches with one rule."""
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "exclude").write_text(f"{rule}\n", encoding="utf-8")
    done = subprocess.run(
        ["git", "-C", repository, "check-ignore", "--no-index", "-z", "--stdin"],
        input="\0".join(paths).encode(),
        capture_output=True,
        check=False,
    )
    return set(filter(None, done.stdout.decode().split("\0")))


def is_plain(rule: str) -> bool:
    """Whether git and pathspec agree on what a rule means.

    They do not on ``**`` glued to a name (``a**/**``): git 2.39 takes that for a match of ``a`` itself.
    """
    glued = any("**" in segment and segment != "**" for segment in rule.split("/"))
    return not glued and not rule.startswith("!") and not rule.endswith("**/")


@given(
    rule=RULES.filter(is_plain),
    paths=st.lists(PATHS, min_size=15, max_size=30, unique=True),
)
@settings(max_examples=50, deadline=None)
def test_one_rule_takes_what_git_takes(repository, rule, paths) -> None:
    """A pattern means what it means in a .gitignore."""
    assert {path for path in paths if Patterns([rule]).matches(path)} == ignored(repository, rule, paths)


_ENDINGS = st.sampled_from(["*a", "*.b", "*.a.b", "*c", "**"])
_ANY_PATHS = st.one_of(PATHS, st.sampled_from(["a.b/c", "x.a.b", ".b", "c\n", "a\nb/c.b", "\udcff.b", "b.a/b"]))


@given(
    lines=st.one_of(st.lists(_ENDINGS, max_size=3), RULE_LISTS),
    paths=st.lists(_ANY_PATHS, max_size=12),
)
@settings(deadline=None)
def test_many_paths_at_once_are_those_that_match_alone(lines: list[str], paths: list[str]) -> None:
    """Also where whole lists are told by how names end, and where a name has a newline in it."""
    taken = Patterns(lines).among(paths)
    assert taken == [path for path in paths if Patterns(lines).matches(path)]
    # A rule that takes a file back leaves the others to pathspec itself: so this is what it says of each.
    by_pathspec = Patterns([*lines, "!/no/such/file"])
    assert taken == [path for path in paths if by_pathspec.matches(path)]


@pytest.mark.parametrize(
    ("lines", "taken", "left"),
    [
        (["*.py"], ["a.py", "x/y/b.py", "new\nline.py", "\udcff.py"], ["a.pyc", "py", "a.py\n"]),
        (["/a"], ["a", "a/b"], ["x/a", "ab"]),
        (["a/b"], ["a/b", "a/b/c"], ["x/a/b"]),
        (["a/"], ["a/b", "x/a/b"], ["a", "x/a"]),
        (["a/**"], ["a/b", "a/b/c"], ["a", "x/a/b"]),
        (["**/a/*.c"], ["a/x.c", "b/a/x.c"], ["a/b/x.c"]),
        (["*", "!*.md"], ["a", "b/c.py"], ["x.md", "b/x.md"]),
        (["!*.md", "*"], ["a", "x.md"], []),
        (["docs/**", "!docs/api/**"], ["docs/a"], ["docs/api/b"]),
        (["a?b"], ["axb", "a\nb"], ["a/b", "ab"]),
        (["test[!s]*.py"], ["test_.py", "test1.py"], ["test/x.py", "tests.py"]),
        (["\\#a", "\\!b"], ["#a", "!b"], ["a", "b"]),
        (["a\\ "], ["a "], ["a"]),
        (["[[]a-[--0]"], ["[a--", "[a-0"], ["a-0", "[a-/"]),
        ([], [], ["a", "a/b", ""]),
    ],
)
def test_rules_in_order(lines, taken, left) -> None:
    """The last rule that matches decides; ``!`` takes back; names may have any characters."""
    rules = Patterns(lines)
    assert [path for path in [*taken, *left] if rules.matches(path)] == taken


@pytest.mark.parametrize(
    "pattern", ["*.py", "a/**/b", "!vendor/**", "[a-c]*", "[]a]", "\\#a", "a\\ ", "...", "a..b", "é"]
)
def test_well_formed_rules_have_no_problem(pattern) -> None:
    """What git and pathspec both read is accepted."""
    assert problem(pattern) is None


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ("", "matches nothing"),
        ("   ", "matches nothing"),
        ("!", "matches nothing"),
        ("# all", "comment"),
        ("./a", "never matches"),
        ("../a", "never matches"),
        ("a/../b", "never matches"),
        ("!./a", "never matches"),
        ("a//b", "never matches"),
        ("//", "never matches"),
        ("a\x1ab", "U+001A"),
        ("[[:alpha:]]", "not supported"),
        ("[a", "not a gitignore pattern"),
        ("[z-a]", "not a gitignore pattern"),
        ("a\\", "not a gitignore pattern"),
        ("/", "not a gitignore pattern"),
    ],
)
def test_a_rule_that_can_match_nothing_is_refused(pattern, said) -> None:
    """What git would silently ignore was meant, so a person is told, with the pattern as it was written."""
    found = problem(pattern)
    assert found is not None
    assert said in found
    assert repr(pattern) in found


@given(pattern=st.text("ab*?[]!^-\\/. #{}()|&~$+\n", max_size=8))
@settings(max_examples=200, deadline=None)
def test_what_is_accepted_can_be_matched(pattern) -> None:
    """No text makes matching raise, once `problem` has nothing against it."""
    if problem(pattern) is None:
        assert Patterns([pattern]).matches("a/b") in {True, False}

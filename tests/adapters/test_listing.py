"""The index as git lists it, held against what git says of single files."""

from hypothesis import given
from hypothesis import strategies as st
from project import Project

from hookflow.adapters.git_command import GitCommand
from hookflow.adapters.listing import Listing, listed, with_parents
from hookflow.core.porcelain import data

_NAMES = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=4)
_ENTRIES = st.dictionaries(
    _NAMES, st.tuples(st.sampled_from("HSMh"), st.sampled_from(["100644", "100755", "120000", "160000"])), max_size=6
)


@given(_ENTRIES, st.sampled_from([40, 64]))
def test_every_entry_is_read(entries: dict[str, tuple[str, str]], size: int) -> None:
    """Whatever the name has in it, tabs and newlines and what looks like another entry too."""
    lines = [f"{tag} {mode} {'a' * size} 0\t{name}\0" for name, (tag, mode) in entries.items()]
    found = Listing(data("".join(lines)))
    assert found.states == {name: f"{mode} {'a' * size}" for name, (_, mode) in entries.items()}
    assert found.untrusted == {name for name, (tag, _) in entries.items() if tag != "H"}
    assert found.submodules == {name for name, (_, mode) in entries.items() if mode == "160000"}
    assert found.paths == tuple(entries)


def test_files_without_a_byte_are_known(project: Project) -> None:
    """By git's id of nothing, in both formats of repositories."""
    project.write("empty")
    project.write("some", "text\n")
    project.git("add", "-A")
    assert listed(GitCommand(project.path)).empty == {"empty"}
    other = project.path.parent / "other"
    project.git("init", "-q", "--object-format=sha256", str(other))
    (other / "empty").touch()
    project.git("-C", str(other), "add", "-A")
    assert listed(GitCommand(other)).empty == {"empty"}


def test_an_index_that_is_the_same_is_read_once(project: Project) -> None:
    """Another one is seen."""
    project.write("a")
    project.git("add", "-A")
    git = GitCommand(project.path)
    first = listed(git)
    assert listed(git) is first
    project.write("b")
    project.git("add", "-A")
    assert listed(git).paths == ("a", "b")


@given(st.sets(st.lists(st.sampled_from("ab"), max_size=4).map("/".join)))
def test_directories_come_with_what_they_are_in(directories: set[str]) -> None:
    """Up to the top."""
    wanted = {""}
    for each in directories:
        names = each.split("/")
        wanted |= {"/".join(names[:count]) for count in range(len(names) + 1)}
    assert with_parents(directories) == wanted


def test_names_of_any_bytes_are_listed(project: Project) -> None:
    """As surrogate escapes, which give the bytes back."""
    project.write("a")
    (project.path / "\udcff\n").write_text("x")
    project.git("add", "-A")
    assert {data(path) for path in listed(GitCommand(project.path)).paths} == {b"a", b"\xff\n"}

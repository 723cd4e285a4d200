"""What git prints, read."""

from hypothesis import given, settings
from hypothesis import strategies as st

from hookflow.core import porcelain

NAMES = st.binary(min_size=1, max_size=8).filter(lambda name: b"\0" not in name)
FIELDS = st.tuples(st.sampled_from("ACDMRTUX"), NAMES)


@given(st.binary())
@settings(max_examples=100, deadline=None)
def test_names_of_any_bytes_survive(name: bytes) -> None:
    """Text and back."""
    assert porcelain.data(porcelain.text(name)) == name


@given(st.lists(NAMES))
@settings(max_examples=100, deadline=None)
def test_lists_of_names_are_read(names: list[bytes]) -> None:
    """NUL-separated, with or without one at the end."""
    assert porcelain.names(b"\0".join(names)) == [porcelain.text(name) for name in names]
    assert porcelain.names(b"".join(name + b"\0" for name in names)) == [porcelain.text(name) for name in names]


def test_what_git_prints_is_read() -> None:
    """Statuses, raw differences, index entries, untracked and unmerged names."""
    assert list(porcelain.statuses(b"M\0a\0D\0b c\0")) == [("M", "a"), ("D", "b c")]
    raw = b":100644 120000 1111 0000 T\0a\tb\0:160000 160000 2222 3333 M\0sub\0"
    assert list(porcelain.raw_changes(raw)) == [
        porcelain.RawChange("T", "100644", "1111", "a\tb"),
        porcelain.RawChange("M", "160000", "2222", "sub"),
    ]
    entries = list(porcelain.index_entries(b"100644 1111 0\ta\tb\x00100755 2222 2\tc\0"))
    assert entries == [porcelain.IndexEntry("100644", "1111", "a\tb")]
    assert porcelain.index_information(entries) == b"100644 1111\ta\tb\0"
    listed = b"? new\0M 100644 1111 1\tboth\0M 100644 1111 2\tboth\0"
    assert porcelain.untracked_and_unmerged(listed) == (["new"], ["both"])


@given(st.lists(FIELDS))
@settings(max_examples=100, deadline=None)
def test_every_status_is_read(fields) -> None:
    """A score after the letter is left out; names with tabs, newlines and any other bytes stay whole."""
    printed = b"".join(letter.encode() + b"100\0" + name + b"\0" for letter, name in fields)
    assert list(porcelain.statuses(printed)) == [(letter, porcelain.text(name)) for letter, name in fields]


@given(st.lists(NAMES), st.lists(NAMES, unique=True))
@settings(max_examples=100, deadline=None)
def test_untracked_and_unmerged_names_of_any_bytes(untracked, unmerged) -> None:
    """Of an unmerged file, which has an entry for each of its stages, the name comes once."""
    printed = b"".join(b"? " + name + b"\0" for name in untracked)
    printed += b"".join(b"M 100644 1a2b %d\t%s\0" % (stage, name) for name in unmerged for stage in (1, 2, 3))
    found = porcelain.untracked_and_unmerged(printed)
    assert found == (list(map(porcelain.text, untracked)), list(map(porcelain.text, unmerged)))


@given(st.lists(NAMES, unique=True))
@settings(max_examples=100, deadline=None)
def test_index_entries_survive_the_way_back(names) -> None:
    """What the index is told is what it said, but for the stage."""
    entries = [porcelain.IndexEntry("100644", "1a2b", porcelain.text(name)) for name in names]
    printed = porcelain.index_information(entries)
    shown = b"".join(b"100644 1a2b 0\t%s\0" % name for name in names)
    assert printed == shown.replace(b"2b 0\t", b"2b\t")
    assert list(porcelain.index_entries(shown)) == entries


def test_nothing_printed_is_nothing() -> None:
    """No entry at all."""
    assert porcelain.names(b"") == list(porcelain.statuses(b"")) == list(porcelain.raw_changes(b"")) == []
    assert list(porcelain.index_entries(b"")) == []
    assert porcelain.untracked_and_unmerged(b"") == ([], [])

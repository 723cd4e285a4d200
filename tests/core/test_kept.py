"""Results as they are kept: nothing that is read back is taken on trust."""

import contextlib
import json
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hookflow.core import kept
from hookflow.core.fingerprint import Files, FileState, Part, file_state
from hookflow.core.kept import Output
from hookflow.core.porcelain import text

BLOB = "0123456789abcdef" * 4
NAMES = st.binary(min_size=1, max_size=8).filter(lambda name: b"\0" not in name).map(text)
TEXTS = st.text(max_size=8)
GOOD = NAMES.filter(lambda name: kept.path_problem(name) is None)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS, st.just(BLOB)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(st.sampled_from(["path", "mode", "blob"]), TEXTS), inner, max_size=4),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/etc/passwd",
        "//etc/passwd",
        "a//b",
        "a/",
        ".",
        "..",
        "./a",
        "a/.",
        "a/..",
        "a/../b",
        "../a",
        "a/../../b",
        "a\0b",
        "..\\a",
        "\\a",
        "C:\\a",
        "a\\..\\..\\b",
    ],
)
def test_no_name_leads_out_of_the_work_tree(path: str) -> None:
    """Neither above it, nor to an absolute place, nor with another system's separator."""
    assert "no name inside the work tree" in str(kept.path_problem(path))


@pytest.mark.parametrize(
    "name",
    [
        ".git",
        ".GIT",
        ".Git",
        ".gIt",
        ".git.",
        ".git ",
        ".git. . .",
        ".git...",
        "git~1",
        "GIT~1",
        "git~2",
        "Git~10",
        ".git:stream",
        ".git::$INDEX_ALLOCATION",
        ".git ::$INDEX_ALLOCATION",
        ".git. :x",
        ".g\u200cit",
        ".\u200dg\u200eit",
        "\ufeff.git",
        ".git\u206f",
        ".g\u202ait",
        ".\udcffgit",
    ],
)
@pytest.mark.parametrize("where", ["{}", "{}/hooks/pre-commit", "sub/{}", "sub/{}/config"])
def test_no_spelling_of_gits_directory_is_taken(name: str, where: str) -> None:
    """Case, dots and blanks at the end, streams, short names, characters that a file system ignores."""
    assert kept.path_problem(where.format(name)) is not None


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "a/b.txt",
        ".gitignore",
        ".github/x",
        "git",
        "a.git",
        "...",
        "a..b/c",
        ".gitx",
        "new\nline",
        "-x",
        "é",
        "x\udcff",
    ],
)
def test_ordinary_names_are_taken(path: str) -> None:
    """Odd ones too."""
    assert kept.path_problem(path) is None


@pytest.mark.parametrize("path", ["a\ud800b", "\udfff", "a/\udc00"])
def test_what_is_no_name_of_a_file_at_all_is_not_taken(path: str) -> None:
    """JSON can hold halves of characters that stand for no byte."""
    assert kept.path_problem(path) is not None


@given(st.lists(st.builds(Output, GOOD, st.integers(0, 0o777), st.just(BLOB)), max_size=4).map(tuple))
def test_outputs_survive_the_way_through_json(outputs: tuple[Output, ...]) -> None:
    """Of any names."""
    written = kept.outputs_as_json(outputs)
    assert written.isascii()
    assert kept.outputs_from_json(written) == outputs


@given(st.lists(st.builds(Part, NAMES, NAMES, NAMES), max_size=4).map(tuple))
def test_parts_survive_the_way_through_json(parts: tuple[Part, ...]) -> None:
    """Of any names."""
    assert kept.parts_from_json(kept.parts_as_json(parts)) == parts


@given(
    st.dictionaries(NAMES, st.builds(file_state, st.sampled_from(["100644", "120000"]), st.just("a" * 40)), max_size=6)
)
def test_files_survive_the_way_through_bytes(states: dict[str, FileState]) -> None:
    """Of any names, with a newline or a blank in them too."""
    assert kept.files_from_bytes(kept.files_as_bytes(Files(states))) == Files(states)


def test_equal_files_are_equal_bytes() -> None:
    """In whatever order they were found, so that the same manifest is one blob."""
    state = file_state("100644", "a" * 40)
    assert kept.files_as_bytes(Files({"a": state, "b": state})) == kept.files_as_bytes(Files({"b": state, "a": state}))


def reads_or_refuses(read: Callable[[], object]) -> None:
    """No other exception than a ValueError comes out."""
    with contextlib.suppress(ValueError):
        read()


@given(st.one_of(JSON, st.lists(JSON, max_size=3)))
@settings(max_examples=300)
def test_forged_json_is_refused_as_a_wrong_value(value: object) -> None:
    """And what is taken is harmless."""
    written = json.dumps(value)
    reads_or_refuses(lambda: kept.parts_from_json(written))
    reads_or_refuses(lambda: kept.outputs_from_json(written))


@given(TEXTS)
def test_what_is_no_json_is_refused_as_a_wrong_value(written: str) -> None:
    """Any text."""
    reads_or_refuses(lambda: kept.parts_from_json(written))
    reads_or_refuses(lambda: kept.outputs_from_json(written))


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{}",
        "null",
        "[",
        "[" * 100_000,
        '{"a":' * 100_000,
        "[1]",
        '[["a", "b"]]',
        '[["a", "b", 1]]',
        '[["a", "b", "c", "d"]]',
        "[" + "9" * 5000 + "]",
    ],
)
def test_parts_of_another_form_are_refused(written: str) -> None:
    """Also what is nested so deep that reading it ends no ordinary way."""
    with pytest.raises(ValueError, match=r"."):
        kept.parts_from_json(written)


@pytest.mark.parametrize(
    "change",
    [
        {"path": "../x"},
        {"path": ".git/hooks/x"},
        {"path": "/x"},
        {"path": "a\ud800"},
        {"path": 1},
        {"mode": 0o4755},
        {"mode": 0o1000},
        {"mode": -1},
        {"mode": 1.5},
        {"mode": "420"},
        {"mode": True},
        {"blob": "x"},
        {"blob": BLOB.upper()},
        {"blob": BLOB + "\n"},
        {"blob": "../" * 21 + "x"},
        {"blob": None},
        {"more": 1},
    ],
)
def test_a_forged_output_is_refused(change: dict[str, object]) -> None:
    """Places, set-id bits, names of blobs that are none."""
    entry = {"path": "x", "mode": 0o644, "blob": BLOB}
    assert kept.outputs_from_json(json.dumps([entry])) == (Output("x", 0o644, BLOB),)
    with pytest.raises(ValueError, match=r"."):
        kept.outputs_from_json(json.dumps([entry | change]))


@given(st.one_of(st.binary(max_size=40), st.binary(max_size=40).map(zlib.compress)))
def test_forged_files_are_refused_as_a_wrong_value(content: bytes) -> None:
    """Garbage, compressed or not."""
    reads_or_refuses(lambda: kept.files_from_bytes(content))


def test_half_a_manifest_is_refused() -> None:
    """Wherever it was cut."""
    whole = kept.files_as_bytes(Files({f"file {number}": file_state("100644", "a" * 40) for number in range(9)}))
    for size in range(len(whole)):
        with pytest.raises(ValueError, match=r"."):
            kept.files_from_bytes(whole[:size])


@given(st.one_of(TEXTS, st.just(BLOB), st.integers(), st.none()))
def test_only_digests_are_names_of_blobs(value: object) -> None:
    """64 hexadecimal digits."""
    assert kept.is_digest(value) == (value == BLOB)

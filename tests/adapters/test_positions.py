"""On which line each key stands."""

import tomli
from hypothesis import given
from hypothesis import strategies as st

from hookflow.adapters.positions import key_lines, line_of

TEXT = '''\
# a comment with [brackets] = 1
top = 1

[a]
x = """
[not.a.table]
y = 1 ""
"""
list = [
    "]", # ]
    { inner = 1 },
    'x' ]
"quoted.key" = "text # no comment"
dotted.deep.key = { one = 1, "two words" = [ { three = 3 } ] }

[[tables]]
name = 1
[[tables]]
name = 2
[a."b \\u00e9".c]
z = 2000-01-01 00:00:00
'''


def test_every_kind_of_key_has_its_line() -> None:
    """Headers, dotted and quoted keys, inline tables; what looks like a key inside a string is none."""
    lines = key_lines(TEXT)
    assert lines[("top",)] == 2
    assert lines[("a",)] == 4
    assert lines[("a", "x")] == 5
    assert lines[("a", "list")] == 9
    assert lines[("a", "list", "inner")] == 11
    assert lines[("a", "quoted.key")] == 13
    assert lines[("a", "dotted", "deep", "key", "two words", "three")] == 14
    assert lines[("tables", "name")] == 17
    assert lines[("a", "b é", "c", "z")] == 21
    assert ("not", "a", "table") not in lines
    assert ("a", "y") not in lines


def test_a_missing_key_has_the_line_of_its_table() -> None:
    """The nearest one that is there, and 1 where there is none."""
    lines = key_lines(TEXT)
    assert line_of(lines, ("a", "dotted", "deep", "missing")) == 14
    assert line_of(lines, ("nowhere", "at", "all")) == 1


scalars = st.one_of(st.integers(-5, 5), st.booleans(), st.text("ab\"'#[]={},\\\n\té", max_size=8))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab .\"'#é", max_size=3), inner, max_size=3),
    max_leaves=8,
)


def basic(text: str) -> str:
    """A TOML basic string."""
    escapes = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}
    return '"' + "".join(escapes.get(char, char) for char in text) + '"'


def inline(value: object) -> str:
    """A value as TOML on one line."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case str():
            return basic(value)
        case list():
            return "[" + ", ".join(map(inline, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{basic(key)} = {inline(item)}" for key, item in value.items()) + "}"
        case _:
            raise AssertionError(value)


@given(st.dictionaries(st.text("abc .\"'", max_size=4), values, max_size=6))
def test_keys_are_found_in_whatever_tomli_reads(table: dict[str, object]) -> None:
    """Each top key of a file of one line a key stands on its line."""
    text = "".join(f"{basic(key)} = {inline(value)}\n" for key, value in table.items())
    assert tomli.loads(text).keys() == table.keys()
    lines = key_lines(text)
    assert [lines[(key,)] for key in table] == list(range(1, len(table) + 1))

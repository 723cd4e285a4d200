"""On which line each key of a TOML file stands; tomli gives values without places.

The text has been parsed by tomli before, so it is valid TOML: the scanner only has to tell where keys begin
and where values end.
"""

import re
from collections.abc import Iterator, Mapping

Path = tuple[str, ...]

_KEY_PART = re.compile(r"""[ \t]*(?:([A-Za-z0-9_-]+)|"((?:[^"\\]|\\.)*)"|'([^']*)')[ \t]*""")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
# A string of any of TOML's four kinds; the longest delimiters first.
_STRING = re.compile(
    r"""\"{3}(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}|'{3}.*?'{3,5}|"(?:[^"\\]|\\.)*"|'[^']*'""",
    re.DOTALL,
)
_PLAIN = re.compile(r"[^,\]}#\n]+")


def key_lines(text: str) -> Mapping[Path, int]:
    """The line (from 1) of each table and key, by its path from the top of the file.

    Of a table with several headers or dotted keys, the first mention counts.
    """
    lines: dict[Path, int] = {}
    for path, position in _Scanner(text).statements():
        line = text.count("\n", 0, position) + 1
        for length in range(1, len(path) + 1):
            lines.setdefault(path[:length], line)
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a key, or of the nearest table around it where the key is missing; 1 if there is none."""
    for length in range(len(path), 0, -1):
        if path[:length] in lines:
            return lines[path[:length]]
    return 1


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def statements(self) -> Iterator[tuple[Path, int]]:
        """Every header and key with the position at which it begins."""
        table: Path = ()
        while self._blank() < len(self._text):
            start = self._at
            if self._peek() == "[":
                self._at += 2 if self._text.startswith("[[", self._at) else 1
                table = self._key()
                self._at += 2 if self._text.startswith("]]", self._at) else 1
                yield table, start
            else:
                yield from self._assignment(table)

    def _assignment(self, table: Path) -> Iterator[tuple[Path, int]]:
        start = self._at
        path = (*table, *self._key())
        yield path, start
        self._at += len("=")
        yield from self._value(path)

    def _value(self, path: Path) -> Iterator[tuple[Path, int]]:
        self._blank()
        if match := _STRING.match(self._text, self._at):
            self._at = match.end()
        elif self._peek() == "[":
            yield from self._items("]", path)
        elif self._peek() == "{":
            yield from self._items("}", path)
        elif match := _PLAIN.match(self._text, self._at):
            self._at = match.end()
        else:  # cannot be in valid TOML; go on rather than stand still
            self._at += 1

    def _items(self, end: str, path: Path) -> Iterator[tuple[Path, int]]:
        self._at += 1
        while self._blank() < len(self._text) and self._peek() != end:
            yield from self._assignment(path) if end == "}" else self._value(path)
            self._blank()
            self._at += self._peek() == ","
        self._at += 1

    def _key(self) -> Path:
        parts: list[str] = []
        while match := _KEY_PART.match(self._text, self._at):
            bare, quoted, literal = match.groups()
            parts.append(_unescaped(quoted) if quoted is not None else bare or literal or "")
            self._at = match.end()
            if self._peek() != ".":
                break
            self._at += 1
        return tuple(parts)

    def _blank(self) -> int:
        match = _BLANK.match(self._text, self._at)
        self._at = match.end() if match else self._at
        return self._at

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]


def _unescaped(quoted: str) -> str:
    """A basic string's content, read by the parser that knows the escapes."""
    import tomli  # noqa: PLC0415 (only after an error)

    value = tomli.loads(f'key = "{quoted}"')["key"]
    return value if isinstance(value, str) else quoted

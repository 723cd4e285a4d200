"""Whether two lists of gitignore rules can both take one file, decided without any file.

Each rule becomes a small nondeterministic automaton over characters; a breadth-first search through the
product of all rules' state sets finds the shortest path name that both lists take, or that there is none
(the emptiness test for an intersection of regular languages: Hopcroft, Motwani and Ullman, section 4.3).
Two rules about the same text are few in a configuration, so the product stays small; where it does not, the
answer is the safe one, that they overlap.

To gitignore's rules every name may be a directory's, so ``*.py`` and ``*.md`` share the path ``a.md/b.py``. No
one means that: a rule whose name ends as files' names do (``*.py``, ``.coverage``) takes what is inside a
directory of such a name only where a rule says that it is one, as ``a.md/*``, ``a.md/**`` and ``a.md/`` do.
"""

import functools
import itertools
import posixpath
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from hookflow.core.directories import common_directory, rules_inside
from hookflow.core.patterns import Patterns
from hookflow.core.structs import Struct

# States that the search visits before it gives up: some 0.2 s.
_MOST_STATES = 20_000
UNKNOWN = "some file"
_NO_NAMES = frozenset({"", ".", ".."})

Accepts = Callable[[str], bool]


class _Token(Struct, frozen=True):
    """One element of a rule: a character of a set, ``*`` within a name, or ``**/`` (whole directories)."""

    kind: Literal["char", "star", "dirs"]
    chars: frozenset[str] = frozenset()
    negated: bool = False

    def takes(self, char: str) -> bool:
        return char != "/" and char not in self.chars if self.negated else char in self.chars


def overlap(
    first: Patterns,
    second: Patterns,
    *,
    without_first: Patterns | None = None,
    without_second: Patterns | None = None,
) -> str | None:
    """A path that `first` (less `without_first`) and `second` (less `without_second`) both take.

    Returns:
        The shortest such path; None where there can be none; `UNKNOWN` where the search was given up.
    """
    around = common_directory(first.directories(), second.directories())
    if around is None:
        return None
    lists = [first.lines, second.lines]
    lists += [patterns.lines for patterns in (without_first, without_second) if patterns and patterns.lines]
    # Projects that are alike are asked about once: in rules as each would write them in its own directory.
    home = posixpath.commonpath([*first.directories(), *second.directories()])
    inside = [rules_inside(home, lines) for lines in lists] if home else [None]
    known = [lines for lines in inside if lines is not None]
    if len(known) < len(lists):
        home, known = "", lists
    begun = f"{around}/"[len(home) :].lstrip("/")
    found = _shortest(tuple(known[:2]), tuple(known[2:]), begun)
    return found if not home or found in {None, UNKNOWN} else f"{home}/{found}"


@functools.lru_cache(maxsize=4096)
def _shortest(take: tuple[tuple[str, ...], ...], leave: tuple[tuple[str, ...], ...], begun: str) -> str | None:
    """The shortest path that all of some lists of rules take and none of others, of those that begin with a text."""
    wanted, excluded = ([_RuleSet(lines) for lines in lists] for lists in (take, leave))
    everyone = [*wanted, *excluded]
    alphabet = _alphabet(rule for rules in everyone for rule in rules.rules)

    def directories(states: Sequence[_State]) -> list[bool]:
        named = any(rules.name_directory(state) for rules, state in zip(wanted, states, strict=False))
        return [named] * len(wanted) + [True] * len(excluded)

    def following(states: Sequence[_State], char: str, is_directory: Sequence[bool]) -> tuple[_State, ...]:
        return tuple(
            rules.step(state, char, known) for rules, state, known in zip(everyone, states, is_directory, strict=True)
        )

    start = tuple(rules.start for rules in everyone)
    for char in begun:
        start = following(start, char, directories(start))
    waiting = deque([(start, begun)])
    seen = {(start, frozenset({""}))}
    while waiting:
        states, path = waiting.popleft()
        # A name is not empty, and ``.`` and ``..`` are none.
        is_name = path.rpartition("/")[2] not in _NO_NAMES
        if is_name and _accepted(states, wanted, excluded):
            return path
        if len(seen) > _MOST_STATES:
            return UNKNOWN
        is_directory = directories(states)
        for char in alphabet:
            if char == "/" and not is_name:
                continue
            after = following(states, char, is_directory)
            key = (after, _NO_NAMES & {(path + char).rpartition("/")[2]})
            if key not in seen and all(any(state) for state in after[: len(wanted)]):
                seen.add(key)
                waiting.append((after, path + char))
    return None


def _accepted(states: Sequence["_State"], wanted: Sequence["_RuleSet"], excluded: Sequence["_RuleSet"]) -> bool:
    takes = [rules.accepts(state) for rules, state in zip([*wanted, *excluded], states, strict=True)]
    return all(takes[: len(wanted)]) and not any(takes[len(wanted) :])


def _alphabet(rules: Iterable["_Rule"]) -> list[str]:
    """One character of each class that the rules can tell apart, letters that read well first."""
    named = {char for rule in rules for token in rule.tokens for char in token.chars}
    other = next(char for char in map(chr, itertools.chain(range(97, 123), range(0x100, 0x10000))) if char not in named)
    return [other, *sorted(named - {"/"}, key=lambda char: (not char.isalnum(), char)), "/"]


_State = tuple[int, ...]  # for each rule of a list, the set of its automaton's states as bits


class _RuleSet:
    """The rules of one list, with gitignore's way of deciding between them."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.rules = tuple(_Rule(line) for line in lines)
        self.start: _State = tuple(rule.start for rule in self.rules)
        self._known: dict[tuple[_State, str, bool], _State] = {}

    def step(self, state: _State, char: str, is_directory: bool) -> _State:
        """The state after `char`; whether a rule says that what a ``/`` ends is a directory."""
        key = (state, char, is_directory)
        if key not in self._known:
            self._known[key] = tuple(
                rule.step(bits, char, is_directory) for rule, bits in zip(self.rules, state, strict=True)
            )
        return self._known[key]

    def name_directory(self, state: _State) -> bool:
        """Whether a rule says that the path so far is a directory."""
        return any(rule.names_directory & bits for rule, bits in zip(self.rules, state, strict=True))

    def accepts(self, state: _State) -> bool:
        """The last rule that matches the file itself decides, else the last that matches a directory."""
        verdict = False
        for below_counts in (True, False):
            for rule, bits in zip(self.rules, state, strict=True):
                if bits & (rule.below_accept if below_counts else rule.file_accept):
                    verdict = rule.takes
        return verdict


class _Rule:
    """One gitignore rule as an automaton; a set of states is an integer of bits.

    Bit i stands before token i, bit n (`end`) after the last one; then come "a directory has been matched"
    and "inside that directory", and for each ``**/`` the state of being inside it.
    """

    def __init__(self, line: str) -> None:
        self.takes = not line.startswith("!")
        segments, tail = _segments(line if self.takes else line[1:])
        self.tokens = tuple(_tokens(segments))
        end = len(self.tokens)
        self._end, self._slash, self._below, self._dirs = 1 << end, 2 << end, 4 << end, end + 3
        self.file_accept = {"either": self._end, "deep": self._below, "directory": 0}[tail]
        self.below_accept = 0 if tail == "deep" else self._below
        self._is_file = self.takes and tail == "either" and _is_file_name(tuple(_name_tokens(segments[-1])))
        slashes = sum(1 << place for place, token in enumerate(self.tokens) if "/" in token.chars)
        self.names_directory = (slashes | (0 if tail == "either" else self._end)) if self.takes else 0
        self.start = self._closure(1)

    def step(self, bits: int, char: str, is_directory: bool) -> int:
        following = 0
        for place, token in enumerate(self.tokens):
            if bits >> place & 1:
                following |= self._from(place, token, char)
            if token.kind == "dirs" and bits >> (self._dirs + place) & 1:
                following |= 1 << (self._dirs + place)
                following |= 2 << place if char == "/" else 0
        if bits & self._end and char == "/" and (is_directory or not self._is_file):
            following |= self._slash
        if bits & (self._slash | self._below):
            following |= self._below
        return self._closure(following)

    def _from(self, place: int, token: _Token, char: str) -> int:
        if token.kind == "char":
            return 2 << place if token.takes(char) else 0
        if char == "/":
            return 0
        return 1 << place if token.kind == "star" else 1 << (self._dirs + place)

    def _closure(self, bits: int) -> int:
        """With what is reached without a character: ``*`` and ``**/`` may stand for nothing."""
        for place, token in enumerate(self.tokens):
            if token.kind != "char" and bits >> place & 1:
                bits |= 2 << place
        return bits


def _segments(body: str) -> tuple[list[str], Literal["either", "deep", "directory"]]:
    """A rule's path segments, begun with ``**`` where it holds at any depth, and what may follow them.

    "either" is a file or a directory with all in it; "deep" what is inside (``a/**``); "directory" the same
    where the rule is about the directory (``a/``), which weighs less than a rule about the file itself.
    """
    text = body if body.endswith("\\ ") else body.rstrip()
    directory = text.endswith("/")
    segments = [part for part in text.split("/") if part]
    if "/" not in text.rstrip("/"):
        segments = ["**", *segments]
    if all(part == "**" for part in segments):
        return ["*"] if directory else ["**", "*"], "directory" if directory else "either"
    tail: Literal["either", "deep", "directory"] = "directory" if directory else "either"
    while segments[-1] == "**":
        segments.pop()
        tail = "directory" if directory else "deep"
    return segments, tail


def _tokens(segments: Sequence[str]) -> Iterable[_Token]:
    for place, segment in enumerate(segments):
        if segment == "**":
            yield _Token("dirs")
            continue
        yield from _name_tokens(segment)
        if place < len(segments) - 1:
            yield _Token("char", frozenset("/"))


def _name_tokens(segment: str) -> Iterable[_Token]:
    position = 0
    while position < len(segment):
        char = segment[position]
        if char == "*":
            yield _Token("star")
        elif char == "?":
            yield _Token("char", frozenset(), negated=True)
        elif char == "[" and (end := _class_end(segment, position)):
            yield _class(segment[position + 1 : end])
            position = end
        else:
            position += char == "\\"
            yield _Token("char", frozenset(segment[position : position + 1]))
        position += 1


def _is_file_name(tokens: Sequence[_Token]) -> bool:
    """Whether a name has an ending, other than a version's digits: ``*.py``, ``a.[ch]``, ``.coverage``."""
    points = [place for place, token in enumerate(tokens) if token.takes(".") and not token.negated]
    ending = tokens[points[-1] + 1 :] if points else ()
    return bool(ending) and all(token.kind == "char" for token in ending) and not any(map(str.isdigit, ending[0].chars))


def _class_end(segment: str, start: int) -> int:
    """The place of the ``]`` that ends the class begun at `start`; a ``]`` first in it is a member."""
    first = start + 1 + (segment[start + 1 : start + 2] in ("!", "^"))
    return segment.find("]", first + 1)


def _class(text: str) -> _Token:
    """A class as pathspec reads it, in which a backslash is a character like others; never a slash."""
    negated = text[0] in "!^"
    members, position = set[str](), int(negated)
    while position < len(text):
        if text[position + 1 : position + 2] == "-" and position + 2 < len(text):
            low, high = ord(text[position]), ord(text[position + 2])
            members.update(map(chr, range(low, min(high, low + 0x3FF) + 1)))
            position += 2
        else:
            members.add(text[position])
        position += 1
    return _Token("char", frozenset(members - {"/"}), negated=negated)

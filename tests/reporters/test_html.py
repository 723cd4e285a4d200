"""The report's page: well formed, complete, and safe whatever a step printed or is called."""

import base64
import hashlib
import re
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stories import recorded, reported, snapshot, told

from hookflow.core.graph import Graph
from hookflow.core.outcome import Blocked, Cached, Cancelled, Failed, Outcome, Skipped, TimedOut
from hookflow.core.record import read
from hookflow.core.report import Log, make
from hookflow.core.snapshot import Snapshot
from hookflow.reporters.html import page

_VOID = {"meta", "br", "link"}
_CLOSED_BY_THEMSELVES = {"rect", "line", "path"}
HOSTILE = st.text(st.sampled_from("ab<>&\"'\\/\n\r\t\0\x1b[]0m;-=\ud800\udcff\u202e\uffff"), max_size=12)


class Reader(HTMLParser):
    """Collects what a page has, and holds its tags against one another."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One more is open."""
        assert len(attrs) == len(dict(attrs))
        self.found.append((tag, dict(attrs)))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As in SVG."""
        assert tag in _CLOSED_BY_THEMSELVES
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """The one that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Text, by the tag that it is in."""
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of each such tag."""
        return [attributes for name, attributes in self.found if name == tag]


def test_the_page_needs_nothing_else() -> None:
    """No address but those in the page itself; its policy allows its own script only."""
    text = page(reported({"a": (0.0, 1.0), "b": (1.0, 2.0)}, ["ab"]))
    read_page = Reader(text)
    assert not re.search(r"https?:|@import|url\((?!#)", text)
    assert [attributes for tag, attributes in read_page.found if {"src", "srcset", "data"} & attributes.keys()] == []
    assert {attributes["href"][0] for attributes in read_page.all("a") if attributes["href"]} == {"#"}
    (policy,) = [str(meta["content"]) for meta in read_page.all("meta") if "http-equiv" in meta]
    (script,) = read_page.texts["script"]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_links_lead_somewhere_and_ids_are_there_once() -> None:
    """Those in the pictures too."""
    read_page = Reader(page(reported({"a": (0.0, 1.0), "b": (1.0, 2.0), "c": Skipped("no files")}, ["ab", "bc"])))
    ids = Counter(attributes["id"] for _, attributes in read_page.found if "id" in attributes)
    assert set(ids.values()) == {1}
    assert {str(attributes["href"])[1:] for attributes in read_page.all("a")} <= ids.keys()
    assert {str(attributes["aria-labelledby"]) for attributes in read_page.all("section")} <= ids.keys()


def test_each_outcome_is_told_by_word_and_mark() -> None:
    """Nothing by colour alone: in the list, in the pictures, in the tables."""
    outcomes: dict[str, Outcome] = {
        "b": Failed(1, "exit code 1"),
        "c": TimedOut("its time was up"),
        "d": Cached("same"),
        "e": Skipped("no files"),
        "f": Blocked("needs b"),
        "g": Cancelled("ended"),
    }
    text = page(reported({"a": (0.0, 1.0), **outcomes}))
    words = ["passed", "failed", "timed-out", "cached", "skipped", "blocked", "cancelled"]
    for mark, word in zip("✓✗⧖↺»⊘■", words, strict=True):
        assert f'<span aria-hidden="true">{mark}</span> {word}</span> <bdi class="name">' in text
        assert f"{mark} {word}" in "".join(Reader(text).texts["text"])


def test_every_picture_has_a_name_and_a_table() -> None:
    """Steps, slots and times; edges and reasons; durations over the runs."""
    read_page = Reader(page(reported({"a": (0.0, 1.0), "b": (1.0, 4.0)}, ["ab"])))
    assert all(attributes.get("aria-label") for attributes in read_page.all("svg"))
    assert {"timeline", "edges"} <= set(read_page.texts["caption"])
    assert all(attributes.get("scope") for attributes in read_page.all("th"))
    assert "b needs a" in read_page.texts["td"]


def test_landmarks_and_headings_are_in_order() -> None:
    """One h1, no level left out."""
    read_page = Reader(page(reported({"a": (0.0, 1.0)})))
    tags = [tag for tag, _ in read_page.found]
    assert [tags.count(tag) for tag in ("header", "nav", "main", "footer", "h1")] == [1] * 5
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


@given(HOSTILE.filter(bool), HOSTILE)
def test_nothing_that_a_step_says_becomes_part_of_the_page(name: str, said: str) -> None:
    """Names, reasons, messages and output of any bytes; the page is UTF-8."""
    record = recorded({name: (0.0, 1.0, Failed(1, said)), f"{name}2": Blocked(said)}, stage=said, scope=said)
    log = Log((said, f"</pre><script>{said}</script>"), cut=True)
    graph = Snapshot(graph=Graph([name]), descriptions={name: said})
    text = page(make(record, graph, past=[record], logs={name: log}, graph_note=said))
    text.encode()
    read_page = Reader(text)
    assert len(read_page.all("script")) == 1
    assert not {"b", "img", "iframe"} & {tag for tag, _ in read_page.found}
    assert not [key for _, attributes in read_page.found for key in attributes if key.startswith("on")]


def test_output_is_shown_without_control_sequences() -> None:
    """As text; what was left out is said, with the command that prints it."""
    log = Log(("\x1b[31mred\x1b[0m <b>", "10 %\r100 %"), cut=True)
    text = page(make(recorded({"a": (0.0, 1.0)}, run="R1"), None, logs={"a": log}))
    assert 'aria-label="output of a">\nred &lt;b&gt;\n100 %</pre>' in text
    assert "<code>hookflow logs a --run R1</code> prints all" in text


@pytest.mark.parametrize(
    ("log", "words"),
    [(None, "It left no log."), (Log((), cut=False), "It printed nothing."), (Log((), cut=True), "The log is left")],
)
def test_a_step_without_output_says_so(log: Log | None, words: str) -> None:
    """Not there, empty, or too much."""
    assert words in page(make(recorded({"a": (0.0, 1.0)}), None, logs={"a": log} if log else {}))


def test_a_killed_run_says_that_it_has_no_end() -> None:
    """And shows what is known."""
    record = read(told({"a": (0.0, 1.0), "b": (0.5, 9.0)})[:-2])
    assert record is not None
    text = page(make(record, snapshot("ab")))
    assert "The run has no end on record" in text
    assert "… not finished" in Reader(text).texts["text"][-1]


def test_a_run_of_nothing_has_a_page() -> None:
    """Everything was cached; there were no steps at all."""
    for report in (reported({"a": Cached("same")}), reported({})):
        text = page(report)
        Reader(text)
        assert "Nothing ran, so nothing can be faster." in text

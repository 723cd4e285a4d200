"""The report's page in a real browser: what it shows, how it is used, and whether everybody can read it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import Chromium, program
from project import Project
from stories import recorded, snapshot

from hookflow.core.outcome import Blocked, Cached, Failed, Skipped
from hookflow.core.report import Log, make
from hookflow.reporters.html import page

# Two CPU slots, ten seconds: c waits for a slot, d for a and b.
STEPS = {
    "a": (0.0, 4.0),
    "b": (0.0, 2.0),
    "c": (2.0, 5.0, Failed(1, "exit code 1")),
    "d": (4.0, 10.0),
    "e": Blocked("needs c, which failed"),
    "f": Cached("the same content passed before"),
    "g": Skipped("none of its files changed"),
}
HOSTILE = Log(("<script>hacked = 1</script><img src=x onerror='hacked = 1'>", "the last line of d"), cut=False)
LOGS = {"a": Log(("output of a",), cut=False), "c": Log(("c went wrong",), cut=True), "d": HOSTILE}

# Of every text the colour and what lies behind it, as [r, g, b]; SVG's text lies on the soft background or the page.
CONTRASTS = """
(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const rgb = colour => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = colour => {
    const [r, g, b] = colour.map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ratio = (one, other) => {
    const [dark, bright] = [light(rgb(one)), light(rgb(other))].sort((x, y) => x - y);
    return (bright + 0.05) / (dark + 0.05);
  };
  const root = getComputedStyle(document.documentElement);
  const [paper, soft] = ["--page", "--soft"].map(name => root.getPropertyValue(name));
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (rgb(colour)[3] === 255) return colour;
    }
    return paper;
  };
  document.querySelectorAll("details").forEach(one => one.open = true);
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    if (!own || ["SCRIPT", "STYLE", "title"].includes(element.tagName)) continue;
    const style = getComputedStyle(element);
    const backs = element.namespaceURI.endsWith("svg") ? [paper, soft] : [behind(element)];
    const ink = element.namespaceURI.endsWith("svg") ? style.fill : style.color;
    found.push(...backs.map(back => ["text", element.textContent.slice(0, 40), ratio(ink, back)]));
  }
  for (const shape of document.querySelectorAll(".bar, .stripe, .busy, .box")) {
    const style = getComputedStyle(shape);
    const ink = shape.matches(".box") ? style.stroke : style.fill;
    found.push(...[paper, soft].map(back => ["shape", shape.getAttribute("class"), ratio(ink, back)]));
  }
  return found;
})()
"""
# Places on edges that lie within a box of the graph.
BEHIND = """
(() => {
  const boxes = [...document.querySelectorAll(".box")].map(box => box.getBBox());
  const inside = (p, box) => p.x > box.x + 1 && p.x < box.x + box.width - 1 && p.y > box.y && p.y < box.y + box.height;
  return [...document.querySelectorAll("path.edge")].flatMap(edge => {
    const length = edge.getTotalLength();
    const points = Array.from({length: 200}, (_, at) => edge.getPointAtLength(length * at / 199));
    return points.filter(point => boxes.some(box => inside(point, box)));
  }).length;
})()
"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    """One browser for all tests here."""
    if program() is None:
        pytest.skip("no Chromium is installed")
    with Chromium.started(tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The page of a known run."""
    record = recorded(STEPS, seconds=10.0)
    graph = snapshot(STEPS, needs=["ad", "bd", "ce", "de", "af", "fg", "ag"], writes=["cg"])
    target = tmp_path / "report.html"
    target.write_text(page(make(record, graph, past=[record] * 3, logs=LOGS)), encoding="utf-8")
    return target


@pytest.mark.parametrize("width", [1200, 360])
@pytest.mark.parametrize("dark", [False, True])
def test_it_opens_without_complaints_and_fits(browser: Chromium, file: Path, width: int, *, dark: bool) -> None:
    """It asks for nothing but itself, and is scrolled downwards only."""
    browser.open(file, width=width, dark=dark)
    assert browser.complaints() == []
    assert browser.requests() == [file.as_uri()]
    assert browser.value("document.documentElement.scrollWidth <= innerWidth")
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.value("document.documentElement.scrollWidth <= innerWidth")


def test_bars_stand_where_their_times_are(browser: Chromium, file: Path) -> None:
    """In shares of the whole; each in the band of its slot; the wait before the one that waited."""
    browser.open(file)
    found = browser.value(
        "[...document.querySelectorAll('.timeline a')].map(link => {"
        " const whole = document.querySelector('.timeline').getBoundingClientRect();"
        " const bar = link.querySelector('.bar'), box = bar.getBBox(), wait = link.querySelector('.wait');"
        " return [link.textContent, box.x / whole.width, box.width / whole.width,"
        "   bar.matches('.critical'), wait ? wait.getBBox().width / whole.width : 0]; })"
    )
    rows = {row[0].partition(":")[0]: row for row in found}
    assert {name: [round(share, 3) for share in (row[1], row[2], row[4])] for name, row in rows.items()} == {
        "a": [0, 0.4, 0],
        "b": [0, 0.2, 0],
        "c": [0.2, 0.3, 0.2],
        "d": [0.4, 0.6, 0],
    }
    assert {name: row[3] for name, row in rows.items()} == {"a": True, "b": False, "c": False, "d": True}
    heads = browser.value("[...document.querySelectorAll('.timeline > .small')].map(text => text.textContent)")
    assert [head for head in heads if "slot" in head] == ["CPU slot 1: busy 50%", "CPU slot 2: busy 100%"]


def test_labels_of_the_timeline_stay_in_the_picture(browser: Chromium, file: Path) -> None:
    """On a phone, with names of any length."""
    name = "a-name-that-is-longer-than-most-of-them-{}"
    record = recorded({name.format(place): (place * 1.0, place + 1.5) for place in range(10)}, jobs=3)
    file.write_text(page(make(record, None)), encoding="utf-8")
    browser.open(file, width=360)
    outside = browser.value(
        "[...document.querySelectorAll('.timeline text')].filter(text => { const box = text.getBBox();"
        " return box.x < -1 || box.x + box.width > document.querySelector('.timeline').clientWidth + 1; }).length"
    )
    assert outside == 0


def test_no_edge_runs_behind_a_box(browser: Chromium, file: Path) -> None:
    """Measured along each curve as it is drawn."""
    browser.open(file)
    assert browser.value("document.querySelectorAll('path.edge').length") == 8
    assert browser.value(BEHIND) == 0


def test_a_click_opens_a_log(browser: Chromium, file: Path) -> None:
    """On a step's line, on its bar, on its box in the graph; the same link twice too."""
    browser.open(file)
    log = "document.querySelector('#step-3').closest('details')"
    assert not browser.value(f"{log}.open")
    browser.click("details:has(#step-3) > summary")
    browser.wait_until(f"{log}.open")
    assert "the last line of d" in browser.value(f"{log}.innerText")
    browser.click("details:has(#step-3) > summary")
    browser.wait_until(f"!{log}.open")
    for picture, shape in (("timeline", ".bar"), ("graph", ".box"), ("graph", ".box")):
        browser.value(f"{log}.open = false")
        browser.click(f".{picture} a[href='#step-3'] {shape}")
        browser.wait_until(f"{log}.open")


def test_what_went_wrong_is_open_from_the_beginning(browser: Chromium, file: Path) -> None:
    """And nothing else of the steps."""
    browser.open(file)
    steps = "[...document.querySelectorAll('section[aria-labelledby=steps] > details')]"
    assert browser.value(f"{steps}.map(step => step.open)") == [name == "c" for name in STEPS]


def test_output_is_never_run(browser: Chromium, file: Path) -> None:
    """Whatever it looks like; it is shown as it is."""
    browser.open(file)
    assert browser.value("typeof hacked") == "undefined"
    assert "<script>hacked = 1</script>" in browser.value("document.querySelector('#step-3 pre').textContent")


def test_the_keyboard_reaches_everything(browser: Chromium, file: Path) -> None:
    """Tab shows where it is; Enter on a bar opens the log and goes there."""
    browser.open(file)
    seen = []
    for _ in range(80):
        browser.press("Tab", code=9)
        look = "(() => { const e = document.activeElement, s = getComputedStyle(e); return"
        here = browser.value(
            f"{look} [e.tagName, e.getAttribute('href'), s.outlineStyle, parseFloat(s.outlineWidth)]; }})()"
        )
        if here[0] == "BODY":
            break
        assert (here[2], here[3] >= 2) == ("solid", True), here
        seen.append(here[1])
    assert seen[0] == "#faster"
    assert {f"#step-{place}" for place in range(len(STEPS))} <= set(seen)
    browser.value("document.querySelector('.timeline a[href=\"#step-0\"]').focus()")
    browser.press("Enter", code=13, text="\r")
    browser.wait_until("document.activeElement.tagName === 'SUMMARY'")
    assert browser.value("document.activeElement.parentElement.open")
    assert browser.value("document.activeElement.parentElement.contains(document.querySelector('#step-0'))")


@pytest.mark.parametrize("dark", [False, True])
def test_contrast_suffices(browser: Chromium, file: Path, *, dark: bool) -> None:
    """WCAG 2.2: 4.5 to 1 for text, 3 to 1 for what pictures are made of."""
    browser.open(file, dark=dark)
    found = browser.value(CONTRASTS)
    assert len(found) > 100
    least = {"text": 4.5, "shape": 3.0}
    assert [entry for entry in found if entry[2] < least[entry[0]]] == []


def test_a_screen_reader_finds_its_way(browser: Chromium, file: Path) -> None:
    """Landmarks, headings, tables with names, pictures whose parts speak."""
    browser.open(file)
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
    told = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]
    roles = {role for role, _ in told}
    assert {"banner", "navigation", "main", "contentinfo", "heading", "table"} <= roles
    assert {name for role, name in told if role == "table"} == {"timeline", "edges", "history of durations"}
    links = {name for role, name in told if role == "link"}
    assert "c: failed, 3.00 s, from 2.00 s to 5.00 s, waited 2.00 s for its turn" in links
    assert "d: passed, 6.00 s, from 4.00 s to 10.0 s, on the critical path" in links
    assert not [entry for entry in told if entry[0] in {"link", "image", "region"} and not entry[1]]


def test_it_can_be_printed(browser: Chromium, file: Path) -> None:
    """Without the links to its parts."""
    browser.open(file)
    assert len(browser.call("Page.printToPDF", printBackground=False)["data"]) > 10_000
    browser.call("Emulation.setEmulatedMedia", media="print")
    assert browser.value("getComputedStyle(document.querySelector('nav')).display") == "none"
    browser.call("Emulation.setEmulatedMedia", media="")


def test_the_page_of_a_real_run_opens(browser: Chromium, project: Project) -> None:
    """Everything wired: steps, graph, log."""
    project.configure(
        'parallel = true\n[steps.a]\nrun = "echo said by a; sleep 0.3"\n[steps.b]\nrun = "false"\nneeds = ["a"]'
    )
    project.write("x")
    project.hookflow("run")
    browser.open(Path(project.hookflow("report").out.strip()))
    assert browser.complaints() == []
    assert browser.value("document.querySelectorAll('.timeline .bar').length") == 2
    assert browser.value("document.querySelectorAll('.graph .box').length") == 2
    browser.click(".timeline a[href='#step-0'] .bar")
    browser.wait_until("document.querySelector('#step-0').closest('details').open")
    assert browser.value("document.querySelector('#step-0').innerText").count("said by a") == 2
    assert json.loads(browser.value("JSON.stringify(document.title)")).startswith("failed: hookflow, pre-commit")

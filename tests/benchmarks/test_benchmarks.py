"""The benchmarks run; what they find is for their pages."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "benchmarks"


def benchmarks(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run them as a person does, from the project's root."""
    command = [sys.executable, "-m", "benchmarks", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def kept() -> dict[str, bytes]:
    """The pages of the project."""
    return {page.name: page.read_bytes() for page in PAGES.glob("*.md")}


def figures(page: str) -> dict[str, list[str]]:
    """The mean, median, ... of each order, from the first table."""
    rows = re.findall(r"^\| ([^|]+?) \| ((?:[\d.]+(?: %)?(?: \| )?)+) \|$", page, flags=re.MULTILINE)
    first: dict[str, list[str]] = {}
    for order, cells in rows:
        first.setdefault(order, cells.split(" | "))
    return first


def test_they_run_and_leave_the_projects_pages_alone(tmp_path: Path) -> None:
    """With --quick, into a directory of ours."""
    before = kept()
    done = benchmarks("scheduling", "--quick", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert [page.name for page in tmp_path.iterdir()] == ["SCHEDULING.md"]
    assert (tmp_path / "SCHEDULING.md").read_text(encoding="utf-8") in done.stdout
    assert kept() == before


def test_a_race_runs_with_whoever_is_there(tmp_path: Path) -> None:
    """Nothing is installed; who is missing is said, and left out."""
    before = kept()
    peers, out = tmp_path / "peers", tmp_path / "out"
    done = benchmarks("W1", "W5d", "--quick", "--no-install", "--peers", peers, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "turbo is left out: not installed" in done.stderr
    page = (out / "RESULTS.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\w+)", page, flags=re.MULTILINE) == ["W1", "W5d"]
    assert len(re.findall(r"^\| \*\*hookflow\*\* \| [\d.,]+ ", page, flags=re.MULTILINE)) == 3
    assert "hookflow was left out" not in page
    assert not peers.exists()
    assert kept() == before


def test_the_same_seed_gives_the_same_figures(tmp_path: Path) -> None:
    """Only the date may differ."""
    first, second = (figures(benchmarks("scheduling", "--quick").stdout) for _ in range(2))
    assert len(first) == 6
    assert first == second
    assert not list(tmp_path.iterdir())


def test_quick_figures_say_so_and_are_not_kept() -> None:
    """Without --out nothing is written."""
    before = kept()
    assert "the figures mean nothing" in benchmarks("scheduling", "--quick").stdout
    assert kept() == before


def test_an_unknown_workload_is_wrong_usage() -> None:
    """And says which there are."""
    done = benchmarks("speed")
    assert done.returncode == 2
    assert "no such workload: speed; there are scheduling, W1" in done.stderr


def test_the_kept_page_has_figures_of_a_whole_run() -> None:
    """And they are those of one: no ratio below the bound, the worst not below the mean."""
    page = (PAGES / "SCHEDULING.md").read_text(encoding="utf-8")
    assert "mean nothing" not in page
    found = figures(page)
    assert len(found) == 6
    for mean, middle, high, worst, _ in found.values():
        assert 1.0 <= float(mean) <= float(worst)
        assert 1.0 <= float(middle) <= float(high) <= float(worst)

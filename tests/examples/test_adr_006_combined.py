"""`examples/adr-006/combined.py`: its configuration, its verdicts on steps, its table, the README."""

import re
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from project import Finished, Project

from hookflow.core.graph import Edge, Graph

EXAMPLE = Path(__file__).parents[2] / "examples" / "adr-006"
README = (EXAMPLE / "README.md").read_text(encoding="utf-8")
SECTION = README.partition("## With smart execution and caching\n")[2].partition("\n## ")[0]
WAYS = ("sequential", "parallel", "smart + parallel", "caching + parallel", "all three")
# For each change and way: how many steps run and are cached, and the seconds of the ideal by the estimates.
TABLE = {
    "docs": ((15, 0, 1725), (15, 0, 930), (8, 0, 450), (9, 6, 450), (8, 0, 450)),
    "code": ((15, 0, 1725), (15, 0, 930), (8, 0, 930), (8, 7, 930), (8, 0, 930)),
    "tests": ((15, 0, 1725), (15, 0, 930), (7, 0, 780), (8, 7, 930), (7, 0, 780)),
    "full": ((15, 0, 1725), (15, 0, 930), (15, 0, 930), (15, 0, 930), (15, 0, 930)),
    "again": ((15, 0, 1725), (15, 0, 930), (15, 0, 930), (2, 13, 120), (2, 13, 120)),
}
CLAIMS = {
    **{(kind, "parallel"): "33 %" for kind in TABLE if kind != "again"},
    **{(kind, "caching + parallel"): "65 %" for kind in TABLE if kind != "again"},
    ("code", "smart + parallel"): "57 %",
    ("docs", "all three"): "90 %",
}

Row = tuple[str, str, int, int, str, str, str]  # change, way, ran, cached, ideal, saved by it, the ADR's claim


def steps(configuration: str) -> dict[str, Any]:
    """The steps of one of the example's configurations."""
    return dict(tomllib.loads((EXAMPLE / configuration).read_text(encoding="utf-8"))["tool"]["hookflow"]["steps"])


NAMES = tuple(steps("combined.toml"))
ESTIMATES = [round(float(step["run"][1]) * 1200, 6) for step in steps("combined.toml").values()]


def combined(project: Project) -> Finished:
    """The script, each run once."""
    return project.run(sys.executable, "combined.py", timeout=280)  # 35 s where little else runs


def figures(lines: Iterable[str]) -> list[Row]:
    """The table's rows, without what was measured."""
    form = re.compile(
        rf"(\w+)? +({'|'.join(map(re.escape, WAYS))}) +(\d+) +(\d+) +\d\.\d{{3}} s"
        r"(?: +-?\d+\.\d %)? +(\d\.\d{3} s)(?: +(\d+\.\d %))?(?: +(\d\d %))?"
    )
    found, kind = [], ""
    for match in filter(None, map(form.fullmatch, lines)):
        kind = match[1] or kind
        found.append((kind, match[2], int(match[3]), int(match[4]), match[5], match[6] or "", match[7] or ""))
    return found


def expected() -> list[Row]:
    """The same by `TABLE` and `CLAIMS`."""
    return [
        (
            kind,
            way,
            ran,
            cached,
            f"{seconds / 1200:.3f} s",
            saved(seconds, 1725) if way != "sequential" else "",
            CLAIMS.get((kind, way), ""),
        )
        for kind, rows in TABLE.items()
        for way, (ran, cached, seconds) in zip(WAYS, rows, strict=True)
    ]


def saved(seconds: float, whole: float) -> str:
    """How much less than the whole."""
    return f"{100 * (1 - seconds / whole):.1f} %"


def chain(*numbers: int) -> float:
    """The longest chain of these steps, by the ADR's numbers, in seconds."""
    edges = [Edge(need, name, ()) for name, step in steps("combined.toml").items() for need in step.get("needs", ())]
    seconds = {name: ESTIMATES[number] if number in numbers else 0.0 for number, name in enumerate(NAMES)}
    return Graph(NAMES, edges).critical_path(seconds)[1]


def test_the_steps_are_those_of_the_first_configuration() -> None:
    """But for what decides them: only the first and the last run always, and only these two have no own files."""
    files = {"files", "inputs", "always-run"}
    first, second = steps("pyproject.toml"), steps("combined.toml")
    assert list(first) == list(second)
    for name, step in second.items():
        assert {key: value for key, value in step.items() if key not in files} == {
            key: value for key, value in first[name].items() if key not in files
        }
    assert [name for name, step in second.items() if "always-run" in step] == ["pre-analysis", "git-finalization"]
    assert [name for name, step in second.items() if "files" not in step] == [
        "directory",
        "context",
        "git-finalization",
    ]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_combined_prints_the_table(example: Callable[[str], Project]) -> None:
    """Each step ran, was cached or was skipped as it should, since the script ends well; the ideal is exact."""
    done = combined(example("adr-006"))
    assert done.code == 0, done.text
    lines = done.out.splitlines()
    assert figures(lines) == expected()
    assert max(map(len, lines)) < 80
    assert "One run each; 60 s of an estimate are run as 50 ms." in done.out


@pytest.mark.slow
def test_combined_fails_where_a_step_is_skipped_that_should_run(example: Callable[[str], Project]) -> None:
    """It says which step, for which change, in which way, and prints no table."""
    project = example("adr-006")
    text = (project.path / "combined.toml").read_text(encoding="utf-8")
    project.write("combined.toml", text.replace('files = ["*.md"]', 'files = ["*.rst"]'))
    done = combined(project)
    assert done.code == 1
    why = "markdown-lint skipped (none of its files changed); expected was: passed"
    assert done.err == f"combined: docs, smart + parallel: {why}\n"
    assert "ideal" not in done.out


@pytest.mark.parametrize(("declared", "cached"), [(True, 6), (False, 0)])
def test_a_first_step_that_every_file_decides_makes_all_others_run(
    project: Project, *, declared: bool, cached: int
) -> None:
    """With the cache alone: its key is in theirs, as the README says."""
    shutil.copy(EXAMPLE / "combined.toml", project.path / "pyproject.toml")
    text = (project.path / "pyproject.toml").read_text(encoding="utf-8")
    without = text.replace('files = ["pyproject.toml"]\nalways-run', "always-run")
    project.write("pyproject.toml", text if declared else without)
    project.write("docs/guide.md")
    project.commit()
    assert project.hookflow("run", "--parallel", "--no-smart-execution").code == 0
    project.write("docs/guide.md", "changed\n")
    done = project.hookflow("run", "--parallel", "--no-smart-execution")
    assert done.code == 0, done.text
    assert list(project.outcomes().values()).count("cached") == cached


def test_the_readme_shows_the_table_as_it_is() -> None:
    """But for what was measured, which differs each time."""
    assert figures(SECTION.splitlines()) == expected()


def test_the_readme_lists_what_decides_each_step() -> None:
    """Every step is in its table, with its patterns."""
    rows = {row[1]: row[2] for row in re.finditer(r"^\| (\d.*?) \| (.*?) \|", SECTION, re.MULTILINE)}
    told = {name.split(" ")[1]: files for names, files in rows.items() for name in names.split(", ")}
    assert set(told) == set(NAMES)
    sets = {"@docs": ("docs/**", "*.md")}
    for name, step in steps("combined.toml").items():
        patterns = [each for pattern in step.get("files", ()) for each in sets.get(pattern, (pattern,))]
        assert all(f"`{pattern}`" in told[name] for pattern in patterns), name
        assert ("always runs" in told[name]) == ("always-run" in step)


def test_the_readme_compares_the_claims_rightly() -> None:
    """Each figure that it states beside the ADR's follows from the estimates and edges."""
    docs, code = chain(0, 1, 2, 3, 4, 10, 11, 12), chain(0, 4, 5, 6, 7, 9, 10, 11)
    least_code = chain(0, 7, 9, 10, 11)
    assert (docs, code, least_code) == (450, 930, 630)
    assert docs == chain(0, 1, 2, 10, 11) == sum(ESTIMATES[number] for number in (0, 1, 2, 10, 11))
    told = [
        f"{docs:.0f} s = {docs / 60:g} min, at most {saved(docs, 1725)}",
        f"{code:.0f} s, at most {saved(code, 1725)}",
        f"{least_code:.0f} s = {least_code / 60:g} min if it concerns neither 5 nor 6: {saved(least_code, 1725)}",
        f"{saved(least_code, 23 * 60)} of the ADR's 23 min",
        f"{chain(7, 9, 10, 11):.0f} s = 10 min are 7, 9, 10 and 11 alone",
        f"35 % of 23 min are {0.35 * 23 * 60:.0f} s",
        f"{0.1 * 23 * 60:.0f} s = 2.3 min are less than 0 and 1 alone take: {chain(0, 1):.0f} s",
        f"({sum(ESTIMATES[number] for number in (0, 1, 2, 3, 4, 10, 11, 12)):.0f} s one\n  after another)",
        f"it takes {code:.0f} s where smart execution\n  takes {chain(0, 4, 5, 6, 7, 10, 11):.0f} s",
        f"0 and 11 left, {chain(0, 11):.0f} s, which saves {saved(chain(0, 11), 1725)}",
    ]
    assert [sentence for sentence in told if sentence not in SECTION] == []

"""What the documentation says is held against what is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from project import Project

from hookflow.core import config, keys

ROOT = Path(__file__).parents[1]
CONFIGURATION = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """What stands under a heading."""
    return CONFIGURATION.partition(f"## `{heading}`\n")[2].partition("\n## ")[0]


def rows(heading: str) -> dict[str, str]:
    """The keys and defaults of the table under a heading."""
    return dict(re.findall(r"^\| `([a-z-]+)` \| .*? \| (.*?) \|", section(heading), flags=re.MULTILINE))


@pytest.mark.parametrize(
    ("heading", "known"),
    [
        ("[tool.hookflow]", keys.TOP),
        ("[tool.hookflow.resources.NAME]", keys.RESOURCE),
        ("[tool.hookflow.steps.NAME]", keys.STEP),
        ("[tool.hookflow.pre-commit-hooks.ID]", keys.HOOK),
    ],
)
def test_every_key_is_documented_and_no_other(heading: str, known: dict[str, keys.Key]) -> None:
    """docs/configuration.md against the keys themselves, which have its words, for the schema."""
    assert set(rows(heading)) == set(known)
    meanings = dict(re.findall(r"^\| `([a-z-]+)` \| .* \| (.*) \|$", section(heading), flags=re.MULTILINE))
    assert meanings == {name: key.about for name, key in known.items()}


@pytest.mark.parametrize(
    ("heading", "table"),
    [
        ("[tool.hookflow.env]", "env"),
        ("[tool.hookflow.file-sets]", "file-sets"),
        ("[tool.hookflow.resources.NAME]", "resources"),
        ("[tool.hookflow.steps.NAME]", "steps"),
        ("[tool.hookflow.pre-commit-hooks.ID]", "pre-commit-hooks"),
    ],
)
def test_tables_are_described_alike(heading: str, table: str) -> None:
    """In the documentation, and by the schema."""
    assert section(heading).strip().splitlines()[0] == keys.TABLES[table]


def test_documented_defaults_are_the_defaults() -> None:
    """Of booleans and numbers, which can be compared as text."""
    defaults = {"[tool.hookflow]": config.Config(), "[tool.hookflow.steps.NAME]": config.Step(name="x", run="x")}
    for heading, record in defaults.items():
        for key, shown in rows(heading).items():
            default = getattr(record, key.replace("-", "_"), None)
            if isinstance(default, bool | int | float) and "top's" not in shown:
                expected = str(default).lower() if isinstance(default, bool) else f"{default:g}"
                assert shown == f"`{expected}`", key


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL)


def test_configurations_in_the_readme_are_valid(project: Project) -> None:
    """Each example can be pasted."""
    found = [block for block in blocks(README, "toml") if "[tool.hookflow]" in block]
    assert found
    for block in found:
        project.write("pyproject.toml", block)
        done = project.hookflow("validate")
        assert done.code == 0, done.err


def test_options_that_are_documented_exist(project: Project) -> None:
    """Every --option in the README and docs is in some help text."""
    commands = ["", "run", "hook", "graph", "validate", "init", "install", "uninstall", "logs", "schema", "completion"]
    commands += ["report", "plan", "explain", "cache", "import"]
    helps = "".join(project.hookflow(*filter(None, [command]), "--help").out for command in commands)
    text = README + "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs").glob("*.md"))
    for line in re.findall(r"`(?:hookflow )[^`]*`|^hookflow .*$", text, flags=re.MULTILINE):
        for option in re.findall(r"--[a-z-]+", line):
            assert option in helps, line


def test_links_in_the_documentation_lead_somewhere() -> None:
    """Those to files of the project."""
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_projects_own_steps_are_valid() -> None:
    """Hookflow checks its own commits with this table."""
    command = [sys.executable, "-P", "-m", "hookflow", "validate", "--config", str(ROOT / "pyproject.toml")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "not in a git repository" in done.stderr, done.stderr


def test_messages_that_are_explained_are_ours() -> None:
    """Each message in docs/troubleshooting.md is a part of a text in the program."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "hookflow").rglob("*.py"))
    joined = re.sub(r'"\s*\n\s*f?"', "", sources)
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    messages = re.findall(r"^\| `([^`]+)` \|", page, flags=re.MULTILINE)
    assert len(messages) > 20
    assert [message for message in messages if message not in joined] == []


def test_every_page_is_in_the_table_of_contents() -> None:
    """docs/README.md lists them all."""
    contents = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in contents} == set()

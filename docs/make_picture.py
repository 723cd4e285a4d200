"""Draws `docs/run.svg`, the picture in README.md, from a real run of `examples/python-project`.

Run it where hookflow is installed: ``python docs/make_picture.py``.
"""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "python-project"
BROKEN = 'import os\n\n\ndef greet(name: str) -> str:\n    """A greeting."""\n    return "Hello, " + nane\n'


def main() -> None:
    """Make a copy of the example, break it, commit, and draw what the terminal shows."""
    with tempfile.TemporaryDirectory() as directory:
        project = Path(directory, "python-project")
        shutil.copytree(EXAMPLE, project, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        git = ["git", "-c", "user.name=you", "-c", "user.email=you@example.org"]
        environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "FORCE_COLOR": "1",
            "COLUMNS": "100",
        }

        def run(*command: str) -> str:
            done = subprocess.run(
                command, cwd=project, env=environment, text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            return done.stdout

        run(*git, "init", "-q")
        run(*git, "add", "-A")
        run(*git, "commit", "-qm", "start")
        run(sys.executable, "-m", "hookflow", "install")
        module = next(path for path in sorted(project.rglob("*.py")) if "tests" not in path.parts)
        module.write_text(module.read_text() + "\n\n" + BROKEN)
        run(*git, "add", "-A")
        draw("$ git commit -m 'Greet people'\n" + run(*git, "commit", "-m", "Greet people"))


def draw(text: str) -> None:
    """The text of a terminal as an SVG file that loads nothing from elsewhere."""
    console = Console(record=True, width=104, file=io.StringIO(), force_terminal=True)
    console.print(Text.from_ansi(text.rstrip()), soft_wrap=True)
    plain = re.sub(r"@font-face \{\{.*?\}\}\n", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    svg = console.export_svg(title="a commit that is blocked", code_format=plain)
    svg = re.sub(r"\s*<!--.*?-->", "", svg)
    (ROOT / "docs" / "run.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()

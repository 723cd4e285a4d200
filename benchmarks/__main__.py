"""Runs workloads, prints what each found, and writes it to a page beside this file.

    python -m benchmarks [WORKLOAD...] [--quick] [--out DIRECTORY]

A workload is a module with a `PAGE` and a `measure`, entered in `WORKLOADS`.
"""

import argparse
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from benchmarks import scheduling
from hookflow import __version__


class Workload(Protocol):
    """What a module must have to be run from here."""

    PAGE: str

    def measure(self, *, quick: bool) -> str:
        """Do the work and return the page that says what came of it, in Markdown.

        Args:
            quick: Only show that it runs, in a second or so; the figures mean nothing.
        """
        ...


WORKLOADS: Mapping[str, Workload] = {"scheduling": scheduling}


def main() -> None:
    """Run the named workloads, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="WORKLOAD", help=f"default: all of {', '.join(WORKLOADS)}")
    parser.add_argument("--quick", action="store_true", help="only show that they run; writes nothing without --out")
    parser.add_argument("--out", type=Path, metavar="DIRECTORY", help="where the pages go (default: benchmarks/)")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in WORKLOADS]:
        parser.error(f"no such workload: {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    # Figures that mean nothing never replace those that are kept.
    directory = options.out or (None if options.quick else Path(__file__).parent)
    for name in options.names or WORKLOADS:
        page = f"{WORKLOADS[name].measure(quick=options.quick)}\n{repeated(name, quick=options.quick)}"
        print(page)
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            (directory / WORKLOADS[name].PAGE).write_text(page, encoding="utf-8")


def repeated(name: str, *, quick: bool) -> str:
    """The end of a page: how to have it again, and where its figures are from."""
    today = datetime.now(UTC).date().isoformat()
    return (
        "## Again\n\n"
        f"```sh\npython -m benchmarks {name}   # from the project's root, with hookflow installed\n```\n\n"
        f"This page was written by it on {today}, with hookflow {__version__} and Python {platform.python_version()}.\n"
        + ("It was run with `--quick`, only to show that it runs: the figures mean nothing.\n" if quick else "")
    )


if __name__ == "__main__":
    main()

"""Runs workloads, prints what each found, and writes it to the pages beside this file.

    python -m benchmarks [WORKLOAD...] [--quick] [--rounds N] [--peers DIRECTORY] [--out DIRECTORY]

A workload with a page of its own is a module with a `PAGE` and a `measure`, entered in `PAGES`. One that is raced
against peers is a function, entered in `workloads/__init__.py`; it is a section of `RESULTS.md`.
"""

import argparse
import platform
import signal
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from benchmarks import results, scheduling
from benchmarks.installed import default_folder
from benchmarks.workloads import RACES
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


PAGES: Mapping[str, Workload] = {"scheduling": scheduling}
NAMES = (*PAGES, *RACES)


def main() -> None:
    """Run the named workloads, or all."""
    parser = _parser()
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in NAMES]:
        parser.error(f"no such workload: {', '.join(unknown)}; there are {', '.join(NAMES)}")
    # Figures that mean nothing never replace those that are kept.
    directory = options.out or (None if options.quick else Path(__file__).parent)
    chosen = options.names or NAMES
    for name in chosen:
        if name in PAGES:
            page = f"{PAGES[name].measure(quick=options.quick)}\n{repeated(name, quick=options.quick)}"
            _publish(page, PAGES[name].PAGE, directory)
    if raced := [name for name in chosen if name in RACES]:
        _race(raced, options, directory)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="WORKLOAD", help=f"default: all of {', '.join(NAMES)}")
    parser.add_argument("--quick", action="store_true", help="only show that they run; writes nothing without --out")
    parser.add_argument("--out", type=Path, metavar="DIRECTORY", help="where the pages go (default: benchmarks/)")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds that count, for every race (default: its own)")
    parser.add_argument(
        "--peers",
        type=Path,
        default=default_folder(),
        metavar="DIRECTORY",
        help="where peers are installed, once (default: a folder in the user's cache)",
    )
    parser.add_argument("--no-install", action="store_true", help="race whoever is there already")
    return parser


def _race(names: Sequence[str], options: argparse.Namespace, directory: Path | None) -> None:
    """The races, each kept as soon as it has been held."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was made is removed
    programs = results.programs(options.peers.resolve(), install=not options.no_install, say=_say)
    for name in names:
        _say(f"{name}: {RACES[name].title}")
        section = results.section(name, programs, quick=options.quick, rounds=options.rounds, say=_say)
        print(section)
        if directory is not None:
            kept = directory / results.PAGE
            before = kept.read_text("utf-8") if kept.exists() else ""
            _write(results.page(before, {name: section}), results.PAGE, directory)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _publish(page: str, name: str, directory: Path | None) -> None:
    print(page)
    if directory is not None:
        _write(page, name, directory)


def _write(page: str, name: str, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_text(page, encoding="utf-8")


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

"""The runners that are raced: how each is told to do a piece of work, as its own documentation tells it."""

from collections.abc import Callable, Mapping

from benchmarks.installed import Programs
from benchmarks.runners import graphs, hooks, scripts
from benchmarks.work import Setup, Work

Runner = Callable[[Work, Programs], Setup]
RUNNERS: Mapping[str, Runner] = {
    "hookflow": hooks.hookflow,
    "lefthook": hooks.lefthook,
    "prek": hooks.prek,
    "pre-commit": hooks.pre_commit,
    "lint-staged": hooks.lint_staged,
    "poe": scripts.poe,
    "turbo": scripts.turbo,
    "wireit": scripts.wireit,
    "doit": graphs.doit,
    "ninja": graphs.ninja,
    "make": graphs.make,
}

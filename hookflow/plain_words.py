"""Command lines of plain words and flags, as the hook and most people write them: argparse takes 8 ms to be told so.

Whatever is not as plain as that is left to `hookflow.arguments`, which says the same of all that both take.
"""

from pathlib import Path
from types import SimpleNamespace

_FLAGS = ("staged", "changed", "all_files", "refresh", "verify_cache", "only")
_EITHER = ("parallel", "smart_execution", "cache", "fail_fast", "fix")  # with a form that begins with --no-
_RUN_FLAGS = ("ci", "failed", "dry_run")
_NOTHING = ("config", "stage", "from_ref", "to_ref", "files", "files_from", "jobs", "events", "junit", "trace")


def options(words: list[str]) -> SimpleNamespace | None:
    """The options in a command line, as `hookflow.arguments.parse` finds them; None where it has to look itself."""
    if words[:1] == ["run"]:
        return _run(words[1:])
    return _hook(words[1:]) if words[:1] == ["hook"] else None


def _run(words: list[str]) -> SimpleNamespace | None:
    found = _flags([word for word in words if word.startswith("-")], _RUN_FLAGS)
    if found is None:
        return None
    from hookflow.catalogue import running  # noqa: PLC0415 (only when it is called)

    found.update(dict.fromkeys(set(_RUN_FLAGS) - set(found), False))
    steps = [word for word in words if not word.startswith("-")]
    return SimpleNamespace(**found, steps=steps, handler=running.handler("run"))


def _hook(words: list[str]) -> SimpleNamespace | None:
    """The words of an installed hook: ``[--before FILE] [--FLAG ...] STAGE [-- ARG ...]``."""
    before = None
    if words[:1] == ["--before"] and len(words) > 1 and not words[1].startswith("-"):
        before, words = Path(words[1]), words[2:]
    count = next((place for place, word in enumerate(words) if not word.startswith("-")), len(words))
    found, stage, args = _flags(words[:count], ()), words[count : count + 1], words[count + 1 :]
    if found is None or not stage or args[:1] not in ([], ["--"]) or "--" in args[1:]:
        return None
    from hookflow.catalogue import running  # noqa: PLC0415 (only when it is called)

    found["stage"] = stage[0]
    return SimpleNamespace(**found, args=args[1:], before=before, handler=running.handler("hook"))


def _flags(words: list[str], more: tuple[str, ...]) -> dict[str, object] | None:
    """What some flags set, and what is not set; None where one of them is not that plain."""
    found: dict[str, object] = dict.fromkeys(_FLAGS, False)
    found.update(dict.fromkeys((*_EITHER, *_NOTHING)))
    found.update({"skip": [], "output": "auto", "directory": Path()})
    known: dict[str, tuple[str, bool]] = {_option(name): (name, True) for name in (*_FLAGS, *_EITHER, *more)}
    known.update((_option(f"no_{name}"), (name, False)) for name in _EITHER)
    for word in words:
        if word not in known:
            return None
        name, value = known[word]
        found[name] = value
    return found


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"

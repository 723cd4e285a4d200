"""The package pre-commit: reads its configuration, installs environments, tells how a hook is started.

The only importer of pre-commit, which is an extra, and imported only where its hooks are steps. pre-commit is a
program, so it speaks through its logger and ends itself: both become what we raise.
"""

import importlib
import logging
import os
import sys
from collections.abc import Collection, Iterator, Mapping
from contextlib import chdir, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from hookflow.adapters import hook_homes
from hookflow.core.config import Sources
from hookflow.core.errors import BrokenEnvironmentError, ConfigurationError, Problem
from hookflow.core.porcelain import text
from hookflow.core.precommit import Hook, Hooks

CONFIGURATION = ".pre-commit-config.yaml"
_KEY = ("tool", "hookflow", "pre-commit")
_MANIFEST = ".pre-commit-hooks.yaml"
# What a hook's environment is made of, and where pre-commit keeps its own things.
_VARIABLES = ("PATH", "VIRTUAL_ENV", "PYTHONHOME", "PIP_DISABLE_PIP_VERSION_CHECK")
_PLACES = ("HOME", "XDG_CACHE_HOME", "PRE_COMMIT_HOME")
_FAIL = 'printf "%s\\n\\n" "$1"; shift; printf "%s\\n" "$@"; exit 1'  # what the language `fail` does


def hooks(root: Path, file: Path | None = None) -> Hooks:
    """The hooks of a repository's configuration; repositories of hooks that are not here yet are fetched.

    Args:
        root: The top of the work tree.
        file: The configuration; None for the one at the top.

    Raises:
        BrokenEnvironmentError: The package is not installed, or a repository of hooks cannot be had.
        ConfigurationError: There is no configuration, or a wrong one.
    """
    file = file or root / CONFIGURATION
    config, found, warned = _read(root, file)
    calls = (sys.executable, "-m", "pre_commit")
    with _speaking(), chdir(root):
        records = tuple(_record(config, hook, place) for place, hook in enumerate(found))
    sources = None if warned else _sources(file, found, records)
    return Hooks(records, tuple(config["default_install_hook_types"]), calls, sources)


def install(root: Path, places: Collection[int]) -> None:
    """Install the environments of some hooks, by their places, unless they are there.

    Raises:
        BrokenEnvironmentError: One cannot be installed.
    """
    _, found, _ = _read(root, root / CONFIGURATION)
    wanted = [hook for place, hook in enumerate(found) if place in places]
    with _speaking(), chdir(root):
        _module("repository").install_hook_envs(wanted, _store())


def is_there() -> bool:
    """Whether the package can be imported here."""
    try:
        importlib.import_module("pre_commit")
    except ImportError:
        return False
    return True


def _module(name: str) -> Any:
    """A module of pre-commit's.

    Raises:
        BrokenEnvironmentError: It is not there.
    """
    try:
        return importlib.import_module(f"pre_commit.{name}")
    except ImportError as error:
        raise BrokenEnvironmentError(
            f"pre-commit's hooks are to be steps, and pre-commit cannot be imported here ({error}); "
            "pip install 'hookflow[pre-commit]' brings it"
        ) from None


@cache
def _store() -> Any:
    return _module("store").Store()


@cache
def _read(root: Path, file: Path) -> tuple[Mapping[str, Any], tuple[Any, ...], bool]:
    """The configuration, all of its hooks as pre-commit has them, and whether it warned of something."""
    clientlib, repository = _module("clientlib"), _module("repository")
    if not file.is_file():
        raise _wrong(f"there is no {file.name}")
    with _speaking() as said, chdir(root):  # local hooks are read relative to the working directory
        try:
            config = clientlib.load_config(str(file))
        except clientlib.InvalidConfigError as error:
            raise _wrong(f"{file.name}: {_sentence(error)}") from None
        return config, repository.all_hooks(config, _store()), said.warned


def _wrong(message: str) -> ConfigurationError:
    return ConfigurationError((Problem(_KEY, message),))


def _sentence(error: BaseException) -> str:
    """An error of pre-commit's, which takes several lines to say where it is, in one."""
    return ": ".join(line.strip(" =>") for line in str(error).splitlines() if line.strip(" =>")).replace("::", ":")


@contextmanager
def _speaking() -> Iterator["_Said"]:
    """What pre-commit logs goes to a person; how it ends itself becomes an error."""
    logger = logging.getLogger("pre_commit")
    handler = _Said()
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    try:
        yield handler
    except (_module("errors").FatalError, _module("util").CalledProcessError) as error:
        raise BrokenEnvironmentError(f"pre-commit: {error}") from None
    except SystemExit:
        raise _wrong("; ".join(handler.errors) or "pre-commit gave up") from None
    finally:
        logger.removeHandler(handler)
        logger.level, logger.propagate = before


class _Said(logging.Handler):
    """Keeps errors, and tells a person the rest as it comes: an installation takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []
        self.warned = False

    def emit(self, record: logging.LogRecord) -> None:
        self.warned = self.warned or record.levelno >= logging.WARNING
        if record.levelno >= logging.ERROR:
            self.errors.append(record.getMessage())
        else:
            sys.stderr.write(f"hookflow: pre-commit: {record.getMessage()}\n")


def _sources(file: Path, found: Collection[Any], records: Collection[Hook]) -> Sources | None:
    """What all of this was read from; None where a language may have looked at more than we know.

    Programs on `PATH` decide what new environments are called; one that is there stays the hook's until then.
    """
    if any(hook.home is None or not hook.environment.keys() <= {*_VARIABLES} for hook in records):
        return None
    manifests = (hook.prefix.path(_MANIFEST) for hook in found if hook.src not in {"local", "meta"})
    package = Path(_module("store").__file__).parent
    homes = (place for hook in records if hook.home for place in hook_homes.signs(hook.home))
    files = (str(file), sys.executable, str(package), str(package.parent), *manifests, *homes)
    variables = _VARIABLES if any(hook.home for hook in records) else ()
    return Sources(tuple(dict.fromkeys(files)), (*variables, *_PLACES))


def _home(hook: Any) -> str | None:
    """Where its environment is, or will be: "" where it needs none, None where only pre-commit can say whether it is.

    Of what pre-commit calls healthy in one of Python's, everything shows in `hook_homes.signs`.
    """
    language = _module("all_languages").languages[hook.language]
    if language.ENVIRONMENT_DIR is None:
        return ""
    if hook.language != "python":
        return None
    place = _module("lang_base").environment_dir(hook.prefix, language.ENVIRONMENT_DIR, hook.language_version)
    return str(place)


def _record(config: Mapping[str, Any], hook: Any, place: int) -> Hook:
    everywhere = set(_module("clientlib").STAGES)
    entered = _environment(hook)
    environment, unset = entered or ({}, ())
    return Hook(
        id=hook.id,
        alias=hook.alias,
        name=hook.name,
        source=hook.src,
        revision=_revision(config, hook),
        language=hook.language,
        entry=hook.entry,
        args=tuple(hook.args),
        dependencies=tuple(hook.additional_dependencies),
        command=_command(hook) if entered is not None else None,
        files=tuple(each for each in (config["files"], hook.files) if each),
        exclude=tuple(each for each in (config["exclude"], hook.exclude) if each != "^$"),
        types=tuple(hook.types),
        types_or=tuple(hook.types_or),
        exclude_types=tuple(hook.exclude_types),
        stages=() if everywhere <= set(hook.stages) else tuple(hook.stages),
        pass_filenames=hook.pass_filenames,
        always_run=hook.always_run,
        require_serial=hook.require_serial,
        fail_fast=hook.fail_fast or config["fail_fast"],
        verbose=hook.verbose,
        environment=environment,
        unset=unset,
        place=place,
        home=_home(hook),
    )


def _revision(config: Mapping[str, Any], hook: Any) -> str:
    return next((str(repo.get("rev", "")) for repo in config["repos"] if repo["repo"] == hook.src), "")


def _command(hook: Any) -> tuple[str, ...] | None:
    """How the hook is started, without its files; None where its language has a way of its own."""
    lang_base, languages = _module("lang_base"), _module("all_languages").languages
    language = languages[hook.language]
    if language is languages["fail"]:
        return ("sh", "-c", _FAIL, "fail", hook.entry)
    if language is languages["pygrep"]:
        return (sys.executable, "-m", "pre_commit.languages.pygrep", *hook.args, hook.entry)
    if not isinstance(hook.entry, str) or not hook.entry.strip():
        return None
    called = lang_base.hook_cmd(hook.entry, hook.args)
    if hook.language in {"script", "unsupported_script"}:
        return (hook.prefix.path(called[0]), *called[1:])
    return called if language.run_hook is lang_base.basic_run_hook else None


def _environment(hook: Any) -> tuple[dict[str, str], tuple[str, ...]] | None:
    """What entering the hook's environment changes: variables that are set, and those that are taken away.

    Each language knows only how to enter it in this process; so that is done, looked at and undone. None where it
    cannot be entered now: some languages ask their own programs, which need not be here for a hook that is left out.
    """
    language = _module("all_languages").languages[hook.language]
    before = dict(os.environ)
    try:
        with language.in_env(hook.prefix, hook.language_version):
            inside = dict(os.environ)
    except Exception:  # noqa: BLE001 (a language may raise what it likes; pre-commit will say it better)
        return None
    changed = {name: value for name, value in inside.items() if before.get(name) != value}
    return {_text(name): _text(value) for name, value in changed.items()}, tuple(sorted(before.keys() - inside.keys()))


def _text(value: str) -> str:
    return text(os.fsencode(value))

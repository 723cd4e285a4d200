"""Commands that one uses before the first run: configuration, hooks, the machine, the editor."""

from pathlib import Path
from typing import TYPE_CHECKING

from hookflow.catalogue.entry import Entry, command, place

if TYPE_CHECKING:
    import argparse

    from hookflow.commands.options import Options

COMMANDS: list[Entry] = []


@command(
    COMMANDS,
    "init",
    "write a starting [tool.hookflow] from what the repository uses",
    {
        "hookflow init": "into pyproject.toml at the repository's root",
    },
)
def _init(options: "Options") -> int:
    from hookflow.commands import init

    return init.init(place(options))


def _import_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="another tool's configuration")
    parser.add_argument("--write", action="store_true", help="add the steps to pyproject.toml")


@command(
    COMMANDS,
    "import",
    "write the hooks of pre-commit's or lefthook's configuration as steps",
    {
        "hookflow import": "show the steps that .pre-commit-config.yaml or lefthook.yml would be",
        "hookflow import lefthook.yml --write": "add them to pyproject.toml",
    },
    arguments=_import_arguments,
)
def _import(options: "Options") -> int:
    from hookflow.commands import importing

    return importing.import_steps(place(options), options.file, write=options.write)


@command(
    COMMANDS,
    "validate",
    "check the configuration",
    {
        "hookflow validate": "the nearest configuration",
        "hookflow validate --config other.toml": "another file",
    },
)
def _validate(options: "Options") -> int:
    from hookflow.commands import validate

    return validate.validate(place(options))


def _install_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("stages", nargs="*", metavar="STAGE", help="git hooks")


@command(
    COMMANDS,
    "install",
    "put git hooks in place (default: the stages that the configuration uses)",
    {
        "hookflow install": "for every stage that a step has",
        "hookflow install pre-commit pre-push": "for these",
    },
    arguments=_install_arguments,
)
def _install(options: "Options") -> int:
    from hookflow.commands import install

    return install.install(place(options), tuple(options.stages))


@command(
    COMMANDS,
    "uninstall",
    "take hookflow's git hooks away",
    {
        "hookflow uninstall": "all of them",
        "hookflow uninstall pre-push": "one",
    },
    arguments=_install_arguments,
)
def _uninstall(options: "Options") -> int:
    from hookflow.commands import install

    return install.uninstall(place(options), tuple(options.stages))


@command(
    COMMANDS,
    "doctor",
    "what on this machine would keep hookflow from working",
    {
        "hookflow doctor": "what it would stumble over here",
    },
)
def _doctor(options: "Options") -> int:
    from hookflow.commands import doctor

    return doctor.doctor(place(options))


def _schema_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("--whole", action="store_true", help="for a whole pyproject.toml, not for the table alone")


@command(
    COMMANDS,
    "schema",
    "the JSON Schema of [tool.hookflow], for editors",
    {
        "hookflow schema": "of the table",
        "hookflow schema --whole": "of pyproject.toml, for taplo and editors",
    },
    arguments=_schema_arguments,
)
def _schema(options: "Options") -> int:
    from hookflow.commands import schema

    return schema.schema(whole=options.whole)


def _completion_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("shell", choices=("bash", "zsh", "fish"), metavar="SHELL", help="bash, zsh or fish")


@command(
    COMMANDS,
    "completion",
    "a script that completes command lines in a shell",
    {
        "hookflow completion bash": "in ~/.bashrc: source <(hookflow completion bash)",
        "hookflow completion zsh": "in ~/.zshrc, after compinit: source <(hookflow completion zsh)",
        "hookflow completion fish": "into ~/.config/fish/completions/hookflow.fish",
    },
    arguments=_completion_arguments,
    whole=True,
)
def _completion(options: "Options") -> int:
    from hookflow.commands import completion

    return completion.completion(options.shell, options.parser)


def _complete_arguments(parser: "argparse.ArgumentParser") -> None:
    parser.add_argument("kind", choices=("steps", "stages", "runs"))


@command(COMMANDS, "complete", "", {}, arguments=_complete_arguments)
def _complete(options: "Options") -> int:
    from hookflow.commands import complete

    return complete.complete(place(options), options.kind)

"""The completion script for zsh, with its own `_arguments`."""

import re
from collections.abc import Iterator

from hookflow.core.completion import Command, Option, Program, Value, indented, quoted

_SCRIPT = r"""#compdef hookflow
# Completion of hookflow in zsh. In ~/.zshrc, after compinit: source <(hookflow completion zsh)

_hookflow_names() {
    local -a names
    names=(${(f)"$("$program" $place complete $argv[-1] 2>/dev/null)"})
    compadd "${(@)argv[1,-2]}" -a names
}

_hookflow() {
    local program=${${(Q)words[1]}/#\~\//$HOME/} curcontext=$curcontext state state_descr line i
    local -a place commands
    typeset -A opt_args
    for ((i = 2; i < CURRENT; i++)); do
        case $words[i] in
            -C | --config) ((i + 1 < CURRENT)) && place+=($words[i] ${${(Q)words[i+1]}/#\~\//$HOME/}) ;;
            --config=*) place+=(${(Q)words[i]}) ;;
        esac
    done
    _arguments -C -S -A '-*' \
%(options)s \
        '1:COMMAND:->commands' '*::ARGUMENT:->arguments'
    case $state in
        commands)
            commands=(
%(about)s
            )
            _describe -t commands command commands
            ;;
        arguments)
            curcontext=${curcontext%%:*:*}:hookflow-$words[1]:
            case $words[1] in
%(commands)s
            esac
            ;;
    esac
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then _hookflow "$@"; else compdef _hookflow hookflow; fi
"""


def script(program: Program) -> str:
    """The whole script."""
    about = (quoted(f"{command.name}:{command.about}") for command in program.commands)
    return _SCRIPT % {
        "options": " \\\n".join(f"        {spec}" for spec in _specs(program.options)),
        "about": indented(about, 16),
        "commands": indented((line for command in program.commands for line in _case(command)), 16),
    }


def _case(command: Command) -> Iterator[str]:
    yield f"{command.name})"
    specs = [*_specs(command.options), *_operands(command.operands)]
    yield "    _arguments -S \\"
    yield from (f"        {spec} \\" for spec in specs[:-1])
    yield f"        {specs[-1]}"
    yield "    ;;"


def _specs(options: tuple[Option, ...]) -> Iterator[str]:
    for option in options:
        others = "*" if option.again else f"({' '.join(option.names)})"
        for name in option.names:
            about = re.sub(r"([\[\]\\])", r"\\\1", option.about)
            yield quoted(f"{others}{_with_value(name, option.value)}[{about}]{_value(option.value)}")


def _with_value(name: str, value: Value | None) -> str:
    """A name, with how its value may follow: after =, or at once after a letter."""
    if value is None or value.many:
        return name
    return f"{name}=" if name.startswith("--") else f"{name}+"


def _value(value: Value | None) -> str:
    if value is None:
        return ""
    return (":*-*" if value.many else "") + f":{value.title}:{_action(value)}"


def _operands(operands: tuple[Value, ...]) -> Iterator[str]:
    for place, value in enumerate(operands, 1):
        yield quoted(f"{'*' if value.many else place}:{value.title}:{_action(value)}")


def _action(value: Value) -> str:
    match value.kind:
        case "files":
            return "_files"
        case "directories":
            return "_files -/"
        case "words":
            return f"({' '.join(value.words)})"
        case "nothing":
            return " "
        case _:
            return f"_hookflow_names {value.kind}"

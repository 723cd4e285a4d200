"""The completion script for fish."""

from collections.abc import Iterator

from hookflow.core.completion import Command, Option, Program, Value

_SCRIPT = r"""# Completion of hookflow in fish: hookflow completion fish > ~/.config/fish/completions/hookflow.fish

# Sets what stands before the cursor: the command and its operands; the place that was named; whether a list is open.
function __hookflow_read
    set -g __hookflow_seen
    set -g __hookflow_place
    set -g __hookflow_list no
    set -l words (commandline -opc)
    set -e words[1]
    set -l value
    for word in $words
        if set -q value[1]
            contains -- $value -C --config; and set -a __hookflow_place $value $word
            set -e value
        else if contains -- $word %(valued)s
            set value $word
            set __hookflow_list no
        else if contains -- $word %(lists)s
            set __hookflow_list yes
        else if string match -q -- '-*' $word
            string match -q -- '--config=*' $word; and set -a __hookflow_place $word
            set __hookflow_list no
        else if test $__hookflow_list = no
            set -a __hookflow_seen $word
        end
    end
end

# Whether a command's words are completed; of its operands the one of that number, or that one and all after it.
function __hookflow_at -a command operand more
    __hookflow_read
    test "$__hookflow_seen[1]" = "$command"; or return 1
    test -n "$operand"; or return 0
    test $__hookflow_list = no; or return 1
    test (count $__hookflow_seen) -eq $operand
    or begin
        test -n "$more"; and test (count $__hookflow_seen) -gt $operand
    end
end

function __hookflow_in_list
    __hookflow_read
    test $__hookflow_list = yes
end

function __hookflow_names
    __hookflow_read
    set -l words (commandline -opc)
    $words[1] $__hookflow_place complete $argv[1] 2>/dev/null
end

complete -c hookflow -f
complete -c hookflow -n __hookflow_in_list -F
%(lines)s
"""


def script(program: Program) -> str:
    """The whole script."""
    everything = [*program.options, *(option for command in program.commands for option in command.options)]
    lines = [_line("__hookflow_at ''", *_option(option)) for option in program.options]
    for command in program.commands:
        lines.append(_line("__hookflow_at '' 0", "-a", command.name, "-d", _quoted(command.about)))
        lines += _command(command)
    return _SCRIPT % {
        "valued": _names(option for option in everything if option.value and not option.value.many),
        "lists": _names(option for option in everything if option.value and option.value.many),
        "lines": "\n".join(lines),
    }


def _names(options: Iterator[Option]) -> str:
    return " ".join(dict.fromkeys(name for option in options for name in option.names))


def _command(command: Command) -> Iterator[str]:
    for option in command.options:
        yield _line(f"__hookflow_at {command.name}", *_option(option))
    for place, value in enumerate(command.operands, 1):
        if value.kind != "nothing":
            more = " more" if value.many else ""
            yield _line(f"__hookflow_at {command.name} {place}{more}", *_value(value))


def _line(condition: str, *words: str) -> str:
    return " ".join(["complete -c hookflow -n", _quoted(condition), *words])


def _option(option: Option) -> Iterator[str]:
    for name in option.names:
        yield f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}"
    if option.value is not None:
        yield "-r" if option.value.kind == "files" else "-x"
        yield from _value(option.value)
    yield f"-d {_quoted(option.about)}"


def _value(value: Value) -> Iterator[str]:
    match value.kind:
        case "files":
            yield "-F"
        case "directories":
            yield "-a '(__fish_complete_directories)'"
        case "words":
            yield f"-a {_quoted(' '.join(value.words))}"
        case "nothing":
            pass
        case _:
            yield f"-a '(__hookflow_names {value.kind})'"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

"""The completion script for bash, 3.2 and later."""

from collections.abc import Iterator

from hookflow.core.completion import Command, Option, Program, Value, indented, quoted

_SCRIPT = r"""# Completion of hookflow in bash. In ~/.bashrc: source <(hookflow completion bash)

# What an option of a command takes: a kind of value, with a star if several may follow; nothing for a switch.
_hookflow_takes() {
    case $1 in
%(takes)s
        *) takes= ;;
    esac
}

# The options of a command, and the kinds of its operands.
_hookflow_of() {
    case $1 in
%(commands)s
        *) options= operands=() ;;
    esac
}

_hookflow_add() {
    local line
    while IFS= read -r line; do
        if [[ $line == "$current"* ]]; then COMPREPLY+=("$begun${line#"$kept"}"); fi
    done
}

# Offer what a value of a kind may be.
_hookflow_offer() {
    case $1 in
        files) compopt -o filenames 2>/dev/null; _hookflow_add < <(compgen -f -- "$current") ;;
        directories) compopt -o filenames 2>/dev/null; _hookflow_add < <(compgen -d -- "$current") ;;
        words\ *) _hookflow_add < <(printf '%%s\n' ${1#words }) ;;
        steps | stages | runs)
            _hookflow_add < <("$program" ${place[@]+"${place[@]}"} complete "$1" 2>/dev/null)
            ;;
    esac
}

# The words before the cursor; bash takes those of a step of a project for three, parted by the colon.
_hookflow_words() {
    local rest=$COMP_LINE blank word before= i
    for ((i = 0; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]} blank=${rest%%%%[![:space:]]*}
        rest=${rest#"$blank"}
        if [[ $i -gt 0 && -n $rest && -z $blank && ($word == : || $before == :) ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        rest=${rest#"$word"} before=$word
    done
}

_hookflow() {
    local program=${1/#\~\//$HOME/} begun= IFS=$' \t\n'
    local command= option= options= takes= ended= word seen=0 i current last=${COMP_WORDS[COMP_CWORD]} kept=
    local -a operands place words
    COMPREPLY=()
    _hookflow_words
    current=${words[${#words[@]} - 1]}
    if [[ $current != "$last" ]]; then kept=${current%%"${last#:}"}; fi
    if [[ $current == '=' ]]; then current=; fi
    for ((i = 1; i < ${#words[@]} - 1; i++)); do
        word=${words[i]}
        if [[ -n $takes && $word == '=' ]]; then
            continue # bash takes --option=value for three words
        elif [[ -n $takes && ($takes != \** || $word != -*) ]]; then
            case $option in -C | --config) place+=("$option" "${word/#\~\//$HOME/}") ;; esac
            if [[ $takes != \** ]]; then takes=; fi
        elif [[ -z $ended && $word == -- ]]; then
            ended=yes takes=
        elif [[ -z $ended && $word == -?* ]]; then
            option=$word
            _hookflow_takes "$command $option"
        elif [[ -z $command ]]; then
            command=$word
        else
            seen=$((seen + 1))
        fi
    done
    _hookflow_of "$command"
    if [[ -n $takes && ($takes != \** || $current != -*) ]]; then
        _hookflow_offer "${takes#\*}"
    elif [[ -z $ended && $current == --*=* ]]; then # where = does not part words
        begun=${current%%%%=*}= current=${current#*=}
        _hookflow_takes "$command ${begun%%=}"
        _hookflow_offer "${takes#\*}"
    elif [[ -z $ended && $current == -* ]]; then
        _hookflow_offer "words $options"
    elif ((seen < ${#operands[@]})); then
        _hookflow_offer "${operands[seen]#\*}"
    elif ((${#operands[@]})) && [[ ${operands[${#operands[@]} - 1]} == \** ]]; then
        _hookflow_offer "${operands[${#operands[@]} - 1]#\*}"
    fi
}

complete -F _hookflow hookflow
"""


def script(program: Program) -> str:
    """The whole script."""
    names = " ".join(command.name for command in program.commands)
    first = Value(kind="words", title="COMMAND", words=tuple(names.split()))
    commands = [Command(name="", about="", options=program.options, operands=(first,)), *program.commands]
    return _SCRIPT % {
        "takes": indented((line for command in commands for line in _takes(command)), 8),
        "commands": indented(map(_of, commands), 8),
    }


def _takes(command: Command) -> Iterator[str]:
    for option in command.options:
        if option.value is not None:
            patterns = " | ".join(quoted(f"{command.name} {name}") for name in option.names)
            yield f"{patterns}) takes={quoted(_kind(option.value))} ;;"


def _of(command: Command) -> str:
    operands = " ".join(quoted(_kind(value)) for value in command.operands)
    return f"{quoted(command.name)}) options={quoted(_names(command.options))} operands=({operands}) ;;"


def _names(options: tuple[Option, ...]) -> str:
    return " ".join(name for option in options for name in option.names)


def _kind(value: Value) -> str:
    return "*" * value.many + " ".join([value.kind, *value.words])

"""Hooks of pre-commit's as steps for good, that do without pre-commit where that can be."""

import shlex
from collections.abc import Collection, Sequence

from hookflow.core import command, precommit
from hookflow.core.config import Step
from hookflow.core.drafts import Draft, Value
from hookflow.core.precommit import Hook, Hooks

_PYTHON = "python3"
_SYSTEM = frozenset({"system", "unsupported"})
_SCRIPT = frozenset({"script", "unsupported_script"})


def drafts(found: Hooks, taken: Collection[str] = ()) -> list[Draft]:
    """The steps of all hooks, in order.

    Args:
        found: The hooks.
        taken: Names that steps have already.
    """
    names = set(taken)
    made = []
    for hook in found.hooks:
        name = precommit.step_name(hook.alias or hook.id, names)
        names.add(name)
        made.append(_draft(name, hook, found))
    return made


def _draft(name: str, hook: Hook, found: Hooks) -> Draft:
    where = hook.source if not hook.revision else f"{hook.source} at {hook.revision}"
    draft = Draft(name, notes=[f"hook {hook.id} of {where}, language {hook.language}"])
    if precommit.calls_hookflow(hook):
        draft.unusable = True
        draft.notes.append("not mapped: it is hookflow itself")
    run = _run(draft, hook)
    step = precommit.step(name, hook, found, {}, {})
    draft.fields = {"description": hook.name} if hook.name and hook.name != name else {}
    draft.fields["run"] = (*run, "{files}") if hook.pass_filenames and "{files}" not in run else run
    draft.fields |= _other_fields(step)
    draft.notes += _lost(hook)
    return draft


def _run(draft: Draft, hook: Hook) -> Sequence[str]:
    """The command without files, and a note where it does not do what pre-commit does."""
    called = _own_way(hook)
    if called is None or command.problems((*called, "{files}")):
        draft.notes.append("not mapped: only pre-commit can start it, so pre-commit is called")
        return ("pre-commit", "run", hook.alias or hook.id, "--files", "{files}")
    if hook.language == "pygrep":
        draft.notes.append("the package pre-commit must be installed: its pygrep is called")
    elif hook.language not in {*_SYSTEM, *_SCRIPT, "fail"}:
        more = f", with {' '.join(hook.dependencies)}" if hook.dependencies else ""
        draft.notes.append(f"not mapped: its environment; {called[0]} must be on PATH{more}")
    return called


def _own_way(hook: Hook) -> tuple[str, ...] | None:
    """How the hook is started without pre-commit's environments; None where it cannot be."""
    local = hook.source in {"local", "meta"}
    if hook.command is None or (hook.language in _SCRIPT and not local):
        return None
    if hook.language == "fail":
        return hook.command
    if hook.language == "pygrep":
        return (_PYTHON, *hook.command[1:])
    entry = shlex.split(hook.entry)
    if hook.language in _SCRIPT:
        return (entry[0] if "/" in entry[0] else f"./{entry[0]}", *entry[1:], *hook.args)
    if hook.source == "meta" or hook.command[: len(entry)] != tuple(entry):  # it is called with pre-commit's own Python
        return (_PYTHON, *hook.command[1:])
    return hook.command


def _other_fields(step: Step) -> dict[str, Value]:
    """The fields that are not as a step's are without a word."""
    plain = Step(name=step.name, run=step.run)
    names = (
        *("types", "types_or", "exclude_types", "files_regex", "exclude_regex"),
        *("modifies", "stages", "always_run", "git_env", "exclusive", "batch"),
    )
    fields = {name: getattr(step, name) for name in names if getattr(step, name) != getattr(plain, name)}
    if not command.uses(step.run, "{files}"):
        fields.pop("batch", None)
    return {name.replace("_", "-"): value for name, value in fields.items()}


def _lost(hook: Hook) -> list[str]:
    lost = {
        "fail_fast (fail-fast is for a whole run)": hook.fail_fast,
        "verbose (`hookflow logs` shows its output)": hook.verbose,
        "always_run without a file to pass: it is skipped then": hook.always_run and hook.pass_filenames,
    }
    return [f"not mapped: {what}" for what, holds in lost.items() if holds]

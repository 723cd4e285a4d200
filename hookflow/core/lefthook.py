"""A configuration of lefthook's (https://lefthook.dev/configuration/) as steps, and what did not map."""

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from hookflow.core import command
from hookflow.core.config import GIT_HOOKS
from hookflow.core.drafts import Draft, Value
from hookflow.core.globs import as_regex, plain_names
from hookflow.core.precommit import step_name

_FILES = re.compile(r"""(["']?)\{(staged_files|push_files|all_files|files)\}\1""")
_ARGS = re.compile(r"""(["']?)\{(0|1)\}\1""")
_OTHER = re.compile(r"\{[a-z_0-9]+\}")
_TYPES: Mapping[str, tuple[str, str]] = {
    "text": ("types", "text"),
    "binary": ("types", "binary"),
    "executable": ("types", "executable"),
    "not executable": ("exclude-types", "executable"),
    "symlink": ("types", "symlink"),
    "not symlink": ("exclude-types", "symlink"),
}
_TOP = frozenset({"min_version", "colors", "output", "no_tty", "glob_matcher", "assert_lefthook_installed"})
_OF_HOOK = frozenset({"jobs", "commands", "scripts", "parallel", "piped", "exclude", "follow"})
_OF_JOB = frozenset(
    {
        *("name", "run", "script", "runner", "args", "glob", "exclude", "root", "env", "stage_fixed", "file_types"),
        *("interactive", "use_stdin", "skip", "only", "priority", "group"),
    }
)
_INHERITED = ("exclude", "glob", "root", "env", "skip")  # by the jobs of a group
_LATE = 1 << 30  # a priority that is not given comes last


class Lefthook:
    """Reads one configuration.

    Args:
        configuration: What is in the file.
        taken: Names that steps have already.

    Attributes:
        drafts: Its jobs, commands and scripts as steps.
        lost: What did not map at all, as sentences.
        parallel: Whether steps of some hook run at once there.
    """

    def __init__(self, configuration: Mapping[str, Any], taken: Collection[str] = ()) -> None:
        self.drafts: list[Draft] = []
        self.lost: list[str] = []
        self.parallel = False
        self._taken = set(taken)
        self._doublestar = configuration.get("glob_matcher") == "doublestar"
        self._scripts = str(configuration.get("source_dir", ".lefthook")).rstrip("/")
        for key, value in configuration.items():
            if key in GIT_HOOKS and isinstance(value, dict):
                self._hook(key, value)
            elif key not in _TOP and key not in {"source_dir", "source_dir_local"}:
                self.lost.append(f"{key} (of the whole configuration)")

    def _hook(self, stage: str, hook: Mapping[str, Any]) -> None:
        self.parallel |= hook.get("parallel") is True
        self.lost += [f"{stage}: {key}" for key in hook if key not in _OF_HOOK]
        jobs = [*_listed(hook), *_commands(hook), *_scripts(hook)]
        self._jobs(stage, jobs, {"exclude": hook.get("exclude")}, piped=hook.get("piped") is True)

    def _jobs(
        self, stage: str, jobs: Sequence[Mapping[str, Any]], above: Mapping[str, Any], *, piped: bool
    ) -> list[str]:
        """The steps of some jobs; returns their names."""
        names: list[str] = []
        for job in jobs:
            usable = [draft.name for draft in self.drafts if not draft.unusable and draft.name in names]
            before = usable[-1:] if piped else []
            merged = {**{key: value for key, value in above.items() if value is not None}, **job}
            if above.get("exclude") and job.get("exclude"):
                merged["exclude"] = [*_texts(above["exclude"]), *_texts(job["exclude"])]
            group = job.get("group")
            if isinstance(group, dict):
                inherited: dict[str, Any] = {key: merged[key] for key in _INHERITED if key in merged}
                names += self._jobs(stage, _listed(group), inherited, piped=group.get("piped") is True)
                self.lost += [f"{stage}: {key} of a group" for key in group if key not in {"jobs", "piped", "parallel"}]
            else:
                names.append(self._job(stage, merged, before))
        return names

    def _job(self, stage: str, job: Mapping[str, Any], needs: Sequence[str]) -> str:
        wanted = str(job.get("name") or job.get("script") or f"{stage}-{len(self.drafts) + 1}")
        name = step_name(wanted, self._taken)
        self._taken.add(name)
        draft = Draft(name, notes=[f"lefthook, {stage}: {wanted}"])
        self._run(stage, draft, job)
        if needs:
            draft.fields["needs"] = tuple(needs)
        draft.fields |= self._files(draft, job)
        draft.fields |= _plain_fields(job)
        if stage != "pre-commit":
            draft.fields["stages"] = (stage,)
        self._conditions(draft, job)
        draft.notes += [f"not mapped: {key}" for key in job if key not in _OF_JOB and key not in {"tags", "fail_text"}]
        draft.notes += [f"not mapped: {key}" for key in ("tags", "fail_text") if key in job]
        self.drafts.append(draft)
        return name

    def _run(self, stage: str, draft: Draft, job: Mapping[str, Any]) -> None:
        run = job.get("run")
        if run is None and job.get("script"):
            runner = str(job.get("runner") or "").split()
            draft.fields["run"] = (*runner, f"{self._scripts}/{stage}/{job['script']}", "{args}")
            return
        written = str(run or "")
        script = _ARGS.sub("{args}", _FILES.sub("{files}", written))
        if "{all_files}" in written:
            draft.notes.append("not mapped: {all_files} is what changed here; `hookflow run --all-files` takes all")
        unknown = [each for each in _OTHER.findall(script) if each not in {"{files}", "{args}"}]
        problems = command.problems(script) if script.strip() else ["it has nothing to run"]
        draft.notes += [f"not mapped: the template {each}" for each in unknown]
        draft.notes += [f"not mapped: {problem}" for problem in problems]
        draft.unusable = bool(problems)
        draft.fields["run"] = script

    def _files(self, draft: Draft, job: Mapping[str, Any]) -> dict[str, Value]:
        fields: dict[str, Value] = {}
        wanted, root = _texts(job.get("glob")), str(job.get("root") or "").strip("/.")
        expressions: list[str] = []
        if (names := plain_names(wanted)) is not None:
            fields["files"] = names
        elif wanted:
            expressions.append("|".join(as_regex(glob, doublestar=self._doublestar) for glob in wanted))
        if root:
            expressions.append(f"^{re.escape(root)}/")
            fields["cwd"] = root
        if expressions:
            fields["files-regex"] = tuple(expressions)
        if (unwanted := job.get("exclude")) is not None:
            fields["exclude-regex"] = (
                (unwanted,)
                if isinstance(unwanted, str)
                else tuple(as_regex(glob, doublestar=self._doublestar) for glob in _texts(unwanted))
            )
        for kind in _texts(job.get("file_types")):
            if kind in _TYPES:
                key, tag = _TYPES[kind]
                fields[key] = (*_texts(fields.get(key)), tag)
            else:
                draft.notes.append(f"not mapped: file type {kind}")
        return fields

    def _conditions(self, draft: Draft, job: Mapping[str, Any]) -> None:
        if job.get("skip") is True:
            draft.fields["stages"] = ("manual",)
            draft.notes.append("it is always skipped there; here it runs with `--stage manual`")
        elif job.get("skip"):
            draft.notes.append(f"not mapped: skip: {job['skip']}")
        if "only" in job:
            draft.notes.append(f"not mapped: only: {job['only']}")


def _plain_fields(job: Mapping[str, Any]) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    if isinstance(job.get("env"), dict):
        fields["env"] = {str(name): str(value) for name, value in job["env"].items()}
    if job.get("stage_fixed") is True:
        fields |= {"modifies": True, "stage-fixed": True}
    if job.get("interactive") is True:
        fields["interactive"] = True
    if job.get("use_stdin") is True:
        fields["stdin"] = True
    return fields


def _listed(hook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    jobs = hook.get("jobs")
    return [job for job in jobs if isinstance(job, dict)] if isinstance(jobs, list) else []


def _commands(hook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The commands in the order in which lefthook takes them: by priority, then by name."""
    commands = hook.get("commands")
    named = [{"name": name, **(each or {})} for name, each in commands.items()] if isinstance(commands, dict) else []
    return sorted(named, key=lambda each: (each.get("priority") or _LATE, each["name"]))


def _scripts(hook: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    scripts = hook.get("scripts")
    return [{"script": name, **(each or {})} for name, each in scripts.items()] if isinstance(scripts, dict) else []


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list | tuple):
        return tuple(str(each) for each in value)
    return () if value is None else (str(value),)

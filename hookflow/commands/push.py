"""A push: each commit that it brings is checked as it is, in the user's work tree or in one of its own."""

import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from hookflow.adapters import filetypes, pushed, runs
from hookflow.adapters.index import Index
from hookflow.adapters.pushed import PushedTree
from hookflow.adapters.repository import Repository
from hookflow.commands import execution, preparation
from hookflow.commands.options import HookCall, Place, Reporting, Selection
from hookflow.commands.preparation import Project
from hookflow.commands.tree import Tree
from hookflow.core import display, pushes, scopes
from hookflow.core.config import Step
from hookflow.core.errors import HookflowError, NoConfigurationError
from hookflow.core.pushes import Part
from hookflow.core.scopes import Pushed, Scope
from hookflow.core.selection import touched_by_all
from hookflow.core.structs import Struct, replace
from hookflow.core.verdict import named

_STAGE = "pre-push"
_SIGNALLED = 128


def push(place: Place, wanted: Selection, reporting: Reporting, call: HookCall, scope: Pushed) -> int:
    """Check what a push brings, one commit after the other; returns the exit code.

    A commit whose content is what is checked out is checked there; any other in a linked work tree that is kept
    for that. What the remote has already is not checked again.
    """
    checks = _Push(place, wanted, reporting, call, scope, Repository(place.directory))
    bring = checks.parts()
    if not bring:
        return checks.in_place(scope)
    code = 0
    for part in bring:
        ended = checks.check(part)
        if ended > _SIGNALLED:
            return ended
        code = code or ended
    return code


def variables(scope: Scope, args: tuple[str, ...]) -> Mapping[str, str]:
    """What steps of pre-push are told; of several refs, the first that is not deleted."""
    inherited = os.environ
    names = dict(zip(("HOOKFLOW_REMOTE_NAME", "HOOKFLOW_REMOTE_URL"), args, strict=False))
    if "PRE_COMMIT_REMOTE_NAME" in inherited:
        names = {
            "HOOKFLOW_REMOTE_NAME": inherited["PRE_COMMIT_REMOTE_NAME"],
            "HOOKFLOW_REMOTE_URL": inherited.get("PRE_COMMIT_REMOTE_URL", ""),
        }
    match scope:
        case scopes.Between(from_ref, to_ref):
            return {**names, "HOOKFLOW_FROM_REF": from_ref, "HOOKFLOW_TO_REF": to_ref}
        case scopes.Pushed(updates=updates):
            for update in updates:
                if not scopes.is_null(update.local_id):
                    ids = {"HOOKFLOW_FROM_REF": update.remote_id, "HOOKFLOW_TO_REF": update.local_id}
                    return {**names, **ids}
        case _:
            pass
    return names


class _Push(Struct, frozen=True):
    place: Place
    wanted: Selection
    reporting: Reporting
    call: HookCall
    scope: Pushed
    repository: Repository

    def parts(self) -> list[Part]:
        """The commits that bring a change; of those that do not, the remote has everything."""
        found, other = pushes.parts(self.scope.updates, self.repository.commit)
        for update in other:
            _say(f"{update.local_ref} is no commit: nothing of it is checked")
        return [part for part in found if self.repository.changes(self._scope(part)).files]

    def check(self, part: Part) -> int:
        """Check one commit; says which refs it stops."""
        try:
            why = self._elsewhere(part)
            code = self.in_place(self._scope(part)) if why is None else self._apart(part, why)
        except HookflowError:
            _say(f"{part}: not checked, and so not pushed:")
            raise
        if code:
            _say(f"{part}: stops the push")
        return code

    def in_place(self, scope: Pushed) -> int:
        """Run the steps in the user's work tree."""
        with Tree(self.repository, runs.new_id()).held() as tree:
            project = preparation.open_project(self.place, self.repository)
            return self._run(project, tree, scope, self.wanted)

    def _scope(self, part: Part) -> Pushed:
        return replace(self.scope, updates=part.updates)

    def _elsewhere(self, part: Part) -> str | None:
        """Why the user's work tree is not what is pushed; None where it is."""
        # What an interrupted run left hidden is put back first.
        with Tree(self.repository, runs.new_id()).held():
            if self.repository.commit("HEAD") != part.commit:
                return "is not checked out"
            differs, untracked = self.repository.unlike_head()
        if differs:
            return "is not what the work tree has"
        project = preparation.open_project(self.place, self.repository)
        seen = _first_seen(project.config.of_stage(_STAGE), untracked, self.repository.root)
        return None if seen is None else f"has no {display.printable(seen)}, which is in the work tree, untracked"

    def _apart(self, part: Part, why: str) -> int:
        """Run the steps in a linked work tree of the commit."""
        state, run = execution.state_of(self.repository), runs.new_id()
        with pushed.own_place(), pushed.taken(self.repository.common_dir, state, run) as linked:
            _say(f"{part} {why}: checked in {linked.path}")
            linked.add(part.commit)
            found = Repository(linked.path)
            with Tree(found, run).held() as tree:
                tree.own()  # a killed push's steps may still be ending there
                linked.check_out(part.commit)
                try:
                    project = preparation.open_project(self._place_in(found.root), found)
                except NoConfigurationError:
                    _say(f"{part} has no [tool.hookflow]: nothing of it is checked")
                    return 0
                notes = self._furnish(linked, project)
                # A fix would be lost here: it is not in what is pushed.
                return self._run(project, tree, self._scope(part), replace(self.wanted, fix=False), notes)

    def _furnish(self, linked: PushedTree, project: Project) -> Sequence[str]:
        """Link what the configuration says; returns what a person should know about what steps will see."""
        config, root = project.config, self.repository.root
        linked_in = linked.link(config.link, root)
        notes = [
            f"{name} has a package of your work tree as editable: Python may import that, not what is pushed; "
            'PYTHONPATH in [tool.hookflow.env] (".", or "src") lets it look here first'
            for name in linked_in
            if "PYTHONPATH" not in _set_variables(project) and pushed.imports_from(root / name, root)
        ]
        repository = project.repository
        under_filter = Index(repository.root, repository.git_dir).filtered(repository.tracked())
        if under_filter:
            names = named(tuple(sorted(under_filter)))
            notes.append(f"steps see {names} as stored: a filter of git's, a program, would have to run")
        return notes

    def _place_in(self, root: Path) -> Place:
        """The same directory of the linked work tree, or the nearest above it that the commit has."""
        inside = Path()
        with suppress(ValueError):
            inside = self.place.directory.resolve().relative_to(self.repository.root.resolve())
        return replace(
            self.place, directory=next(each for each in (root / inside, *(root / inside).parents) if each.is_dir())
        )

    def _run(self, project: Project, tree: Tree, scope: Pushed, wanted: Selection, notes: Sequence[str] = ()) -> int:
        if not project.config.of_stage(_STAGE):
            return 0
        prepared = preparation.prepare(project, wanted, scope, nested=tree.nested)
        # Nothing that is added to an index now gets into what is pushed.
        prepared = replace(prepared, may_stage=False, warnings=(*prepared.warnings, *notes))
        return execution.execute(prepared, tree, self.reporting, self.call, variables(scope, self.call.args))


def _set_variables(project: Project) -> frozenset[str]:
    """The variables that the configuration sets for some step."""
    return frozenset(name for step in project.config.steps for name in step.env)


def _first_seen(steps: Sequence[Step], untracked: Sequence[str], root: Path) -> str | None:
    """The first of some files that a step may read."""
    for step in steps if untracked else ():
        touched = touched_by_all(step, filetypes.tagger(root))
        for path in untracked:
            if touched.filter.matches(path) or touched.inputs.matches(path):
                return path
    return None


def _say(text: str) -> None:
    sys.stdout.flush()
    print(f"hookflow: {display.printable(text)}", file=sys.stderr, flush=True)

"""What a CI system says about the change that it builds: its beginning and its end, from its variables.

The names are those of each system's own list of predefined variables. Nothing is looked up here: whether the
repository has those commits is another question.
"""

from collections.abc import Callable, Mapping
from typing import Any, Literal

from hookflow.core.scopes import is_null
from hookflow.core.structs import Struct

Variables = Mapping[str, str]
BASE = "HOOKFLOW_BASE"  # where a system has no variable for it, or another base is wanted
_REMOTE = "origin"  # what every one of these systems calls the remote that it clones


class Build(Struct, frozen=True, kw_only=True):
    """What is built.

    Attributes:
        system: The CI system's name; None where it is none that is known.
        base: Where the change begins: a commit, or a branch of the remote; None where that is not said.
        source: The variable or field that said so; where nothing did, why, as a sentence.
        heads: Commits of which one should be checked out; none where that is not said.
        output: What the system's log shows best.
    """

    system: str | None
    base: str | None
    source: str
    heads: tuple[str, ...] = ()
    output: Literal["github", "plain"] = "plain"


def build(variables: Variables, event: Mapping[str, Any] | None = None) -> Build:
    """What the environment says about the build.

    Args:
        variables: The environment.
        event: What stands in the file that ``GITHUB_EVENT_PATH`` names, if there is one.
    """
    found = Build(system=None, base=None, source="none of the CI systems that hookflow knows is at work here")
    for variable, read in _SYSTEMS.items():
        if variables.get(variable, ""):
            found = read(variables, event or {})
            break
    if variables.get(BASE):
        return Build(system=found.system, base=variables[BASE], source=BASE, heads=found.heads, output=found.output)
    return found


def _github(variables: Variables, event: Mapping[str, Any]) -> Build:
    """docs.github.com: "Default environment variables", "Webhook events and payloads"."""
    base, source = _github_base(variables, event)
    heads = [variables.get("GITHUB_SHA"), _text(event, "pull_request", "head", "sha")]
    return Build(system="GitHub Actions", base=base, source=source, heads=_given(*heads), output="github")


def _github_base(variables: Variables, event: Mapping[str, Any]) -> tuple[str | None, str]:
    for path in (("pull_request", "base", "sha"), ("merge_group", "base_sha"), ("before",)):
        if commit := _commit(_text(event, *path)):
            return commit, f"{'.'.join(path)} of the event"
    if branch := variables.get("GITHUB_BASE_REF"):
        return _branch(branch), "GITHUB_BASE_REF"
    default = _text(event, "repository", "default_branch")
    if variables.get("GITHUB_EVENT_NAME") == "push" and default:
        return _default(variables.get("GITHUB_REF_NAME"), default, "the default branch")
    return None, f"a build for the event {variables.get('GITHUB_EVENT_NAME') or '(unknown)'} has no base"


def _gitlab(variables: Variables, _event: Mapping[str, Any]) -> Build:
    """docs.gitlab.com: "Predefined CI/CD variables reference"."""
    base, source = _first(variables, "CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_COMMIT_BEFORE_SHA")
    if base is None:
        branch = variables.get("CI_COMMIT_BRANCH")
        base, source = _default(branch, variables.get("CI_DEFAULT_BRANCH"), "CI_DEFAULT_BRANCH")
    return Build(system="GitLab CI", base=base, source=source, heads=_given(variables.get("CI_COMMIT_SHA")))


def _azure(variables: Variables, _event: Mapping[str, Any]) -> Build:
    """learn.microsoft.com: "Use predefined variables", Azure Pipelines."""
    heads = _given(variables.get("BUILD_SOURCEVERSION"), variables.get("SYSTEM_PULLREQUEST_SOURCECOMMITID"))
    return _of_target(variables, "Azure Pipelines", "SYSTEM_PULLREQUEST_TARGETBRANCH", heads)


def _buildkite(variables: Variables, _event: Mapping[str, Any]) -> Build:
    """buildkite.com/docs: "Environment variables"."""
    name, heads = "Buildkite", _given(variables.get("BUILDKITE_COMMIT"))
    if variables.get("BUILDKITE_PULL_REQUEST_BASE_BRANCH"):
        return _of_target(variables, name, "BUILDKITE_PULL_REQUEST_BASE_BRANCH", heads)
    default = "BUILDKITE_PIPELINE_DEFAULT_BRANCH"
    base, source = _default(variables.get("BUILDKITE_BRANCH"), variables.get(default), default)
    return Build(system=name, base=base, source=source, heads=heads)


def _circleci(variables: Variables, _event: Mapping[str, Any]) -> Build:
    """circleci.com/docs: "Project values and variables". The base is a pipeline value, and no variable."""
    why = f"CircleCI has no variable for the base; set {BASE} to << pipeline.git.base_revision >>"
    return Build(system="CircleCI", base=None, source=why, heads=_given(variables.get("CIRCLE_SHA1")))


def _jenkins(variables: Variables, _event: Mapping[str, Any]) -> Build:
    """plugins.jenkins.io: "Git" and "Branch API" (multibranch pipelines)."""
    name, heads = "Jenkins", _given(variables.get("GIT_COMMIT"))
    if variables.get("CHANGE_TARGET"):
        return _of_target(variables, name, "CHANGE_TARGET", ())  # GIT_COMMIT may be that before the merge
    base, source = _first(variables, "GIT_PREVIOUS_SUCCESSFUL_COMMIT")
    return Build(system=name, base=base, source=source, heads=heads)


def _bitbucket(variables: Variables, _event: Mapping[str, Any]) -> Build:
    """support.atlassian.com: "Variables and secrets", Bitbucket Pipelines."""
    base, source = _first(variables, "BITBUCKET_PR_DESTINATION_COMMIT")
    if base is None:
        # No heads: of a pull request, what is built is a merge that Bitbucket has made.
        return _of_target(variables, "Bitbucket Pipelines", "BITBUCKET_PR_DESTINATION_BRANCH", ())
    return Build(system="Bitbucket Pipelines", base=base, source=source)


# The variable by which each one is known. GitLab's may say "false" where something stands in for GitLab.
_SYSTEMS: Mapping[str, Callable[[Variables, Mapping[str, Any]], Build]] = {
    "GITHUB_ACTIONS": _github,
    "GITLAB_CI": _gitlab,
    "TF_BUILD": _azure,
    "BUILDKITE": _buildkite,
    "CIRCLECI": _circleci,
    "JENKINS_URL": _jenkins,
    "BITBUCKET_BUILD_NUMBER": _bitbucket,
}


def _of_target(variables: Variables, system: str, target: str, heads: tuple[str, ...]) -> Build:
    """A build whose base is the branch that a variable names; without it, a build of no pull request."""
    branch = variables.get(target)
    source = target if branch else f"{target} is not set: a build of no pull request"
    return Build(system=system, base=_branch(branch) if branch else None, source=source, heads=heads)


def _default(branch: str | None, default: str | None, source: str) -> tuple[str | None, str]:
    """The default branch as the base of another branch; it has no base itself."""
    if not default or not branch:
        return None, "what was built before is not said, nor is a default branch"
    if branch == default:
        return None, f"{default} is the default branch, and what was built before is not said"
    return _branch(default), source


def _first(variables: Variables, *names: str) -> tuple[str | None, str]:
    """The first of some variables that has a commit, and its name."""
    for name in names:
        if commit := _commit(variables.get(name)):
            return commit, name
    return None, f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'} not set"


def _commit(value: str | None) -> str | None:
    """A commit; zeros are how these systems say that there is none."""
    return value if value and not is_null(value) else None


def _branch(name: str) -> str:
    return f"{_REMOTE}/{name.removeprefix('refs/heads/')}"


def _given(*values: str | None) -> tuple[str, ...]:
    return tuple(value for value in values if value)


def _text(event: Mapping[str, Any], *path: str) -> str | None:
    """A text in the event; None where it is another event's."""
    found: Any = event
    for key in path:
        found = found.get(key) if isinstance(found, Mapping) else None
    return found if isinstance(found, str) else None

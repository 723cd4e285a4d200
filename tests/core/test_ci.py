"""What recorded environments of CI systems say about the build."""

from typing import Any

import pytest

from hookflow.core import ci

ZEROS = "0" * 40
BASE, HEAD, MERGE = "b" * 40, "a" * 40, "c" * 40

GITHUB = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_SHA": HEAD, "GITHUB_BASE_REF": ""}
GITHUB_PULL = {
    **GITHUB,
    "GITHUB_EVENT_NAME": "pull_request",
    "GITHUB_BASE_REF": "main",
    "GITHUB_HEAD_REF": "topic",
    "GITHUB_REF": "refs/pull/7/merge",
    "GITHUB_SHA": MERGE,
}
GITHUB_PUSH = {**GITHUB, "GITHUB_EVENT_NAME": "push", "GITHUB_REF": "refs/heads/topic", "GITHUB_REF_NAME": "topic"}
GITLAB = {
    "CI": "true",
    "GITLAB_CI": "true",
    "CI_COMMIT_SHA": HEAD,
    "CI_COMMIT_BEFORE_SHA": ZEROS,
    "CI_DEFAULT_BRANCH": "main",
}
AZURE = {"TF_BUILD": "True", "BUILD_SOURCEVERSION": HEAD, "BUILD_REASON": "IndividualCI"}
BUILDKITE = {
    "CI": "true",
    "BUILDKITE": "true",
    "BUILDKITE_COMMIT": HEAD,
    "BUILDKITE_BRANCH": "topic",
    "BUILDKITE_PIPELINE_DEFAULT_BRANCH": "main",
    "BUILDKITE_PULL_REQUEST": "false",
    "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "",
}
CIRCLE = {"CI": "true", "CIRCLECI": "true", "CIRCLE_SHA1": HEAD, "CIRCLE_BRANCH": "topic"}
JENKINS = {"JENKINS_URL": "https://ci.example.org/", "GIT_COMMIT": HEAD, "BRANCH_NAME": "main"}
BITBUCKET = {"CI": "true", "BITBUCKET_BUILD_NUMBER": "3", "BITBUCKET_COMMIT": HEAD[:12], "BITBUCKET_BRANCH": "topic"}


@pytest.mark.parametrize(
    ("variables", "event", "base", "source"),
    [
        (GITHUB_PULL, {"before": HEAD, "pull_request": {"base": {"sha": BASE}}}, BASE, "pull_request.base.sha"),
        (GITHUB_PULL, {}, "origin/main", "GITHUB_BASE_REF"),
        (GITHUB_PUSH, {"before": BASE}, BASE, "before of the event"),
        (GITHUB_PUSH, {"before": ZEROS, "repository": {"default_branch": "main"}}, "origin/main", "default branch"),
        (
            {**GITHUB_PUSH, "GITHUB_REF_NAME": "main"},
            {"before": ZEROS, "repository": {"default_branch": "main"}},
            None,
            "main is the default branch",
        ),
        ({**GITHUB, "GITHUB_EVENT_NAME": "merge_group"}, {"merge_group": {"base_sha": BASE}}, BASE, "merge_group"),
        ({**GITHUB, "GITHUB_EVENT_NAME": "schedule"}, {"repository": {"default_branch": "main"}}, None, "schedule"),
        ({**GITLAB, "CI_MERGE_REQUEST_DIFF_BASE_SHA": BASE}, None, BASE, "CI_MERGE_REQUEST_DIFF_BASE_SHA"),
        ({**GITLAB, "CI_COMMIT_BEFORE_SHA": BASE, "CI_COMMIT_BRANCH": "main"}, None, BASE, "CI_COMMIT_BEFORE_SHA"),
        ({**GITLAB, "CI_COMMIT_BRANCH": "topic"}, None, "origin/main", "CI_DEFAULT_BRANCH"),
        ({**GITLAB, "CI_COMMIT_BRANCH": "main"}, None, None, "main is the default branch"),
        ({**GITLAB, "CI_COMMIT_TAG": "v1"}, None, None, "not said"),
        ({**GITLAB, "GITLAB_CI": "false", "CI_COMMIT_BRANCH": "topic"}, None, "origin/main", "CI_DEFAULT_BRANCH"),
        ({**AZURE, "SYSTEM_PULLREQUEST_TARGETBRANCH": "refs/heads/main"}, None, "origin/main", "TARGETBRANCH"),
        ({**AZURE, "SYSTEM_PULLREQUEST_TARGETBRANCH": "main"}, None, "origin/main", "TARGETBRANCH"),
        (AZURE, None, None, "no pull request"),
        ({**BUILDKITE, "BUILDKITE_PULL_REQUEST_BASE_BRANCH": "next"}, None, "origin/next", "BASE_BRANCH"),
        (BUILDKITE, None, "origin/main", "BUILDKITE_PIPELINE_DEFAULT_BRANCH"),
        ({**BUILDKITE, "BUILDKITE_BRANCH": "main"}, None, None, "main is the default branch"),
        (CIRCLE, None, None, "pipeline.git.base_revision"),
        ({**CIRCLE, "HOOKFLOW_BASE": BASE}, None, BASE, "HOOKFLOW_BASE"),
        ({**JENKINS, "CHANGE_ID": "7", "CHANGE_TARGET": "main"}, None, "origin/main", "CHANGE_TARGET"),
        ({**JENKINS, "GIT_PREVIOUS_SUCCESSFUL_COMMIT": BASE}, None, BASE, "GIT_PREVIOUS_SUCCESSFUL_COMMIT"),
        (JENKINS, None, None, "GIT_PREVIOUS_SUCCESSFUL_COMMIT is not set"),
        (
            {**BITBUCKET, "BITBUCKET_PR_DESTINATION_COMMIT": BASE[:12], "BITBUCKET_PR_DESTINATION_BRANCH": "main"},
            None,
            BASE[:12],
            "BITBUCKET_PR_DESTINATION_COMMIT",
        ),
        ({**BITBUCKET, "BITBUCKET_PR_DESTINATION_BRANCH": "main"}, None, "origin/main", "DESTINATION_BRANCH"),
        (BITBUCKET, None, None, "no pull request"),
        ({"CI": "true"}, None, None, "none of the CI systems"),
        ({"HOOKFLOW_BASE": "origin/main"}, None, "origin/main", "HOOKFLOW_BASE"),
    ],
)
def test_the_base_of_a_build(
    variables: dict[str, str], event: dict[str, Any] | None, base: str | None, source: str
) -> None:
    """Or a sentence that says why there is none."""
    found = ci.build(variables, event)
    assert found.base == base
    assert source in found.source


@pytest.mark.parametrize(
    ("variables", "system", "output"),
    [
        (GITHUB, "GitHub Actions", "github"),
        (GITLAB, "GitLab CI", "plain"),
        (AZURE, "Azure Pipelines", "plain"),
        (BUILDKITE, "Buildkite", "plain"),
        (CIRCLE, "CircleCI", "plain"),
        (JENKINS, "Jenkins", "plain"),
        (BITBUCKET, "Bitbucket Pipelines", "plain"),
        ({"GITHUB_ACTIONS": ""}, None, "plain"),
    ],
)
def test_each_system_is_known_and_has_its_output(variables: dict[str, str], system: str | None, output: str) -> None:
    """By a variable that it always sets."""
    found = ci.build(variables)
    assert (found.system, found.output) == (system, output)


def test_what_should_be_checked_out() -> None:
    """Of a pull request on GitHub the merge, or its last commit where the workflow says so."""
    event = {"pull_request": {"base": {"sha": BASE}, "head": {"sha": HEAD}}}
    assert ci.build(GITHUB_PULL, event).heads == (MERGE, HEAD)
    assert ci.build(GITLAB).heads == (HEAD,)
    assert ci.build({"CI": "true"}).heads == ()


@pytest.mark.parametrize("event", [{"before": None}, {"before": {"x": 1}}, {"pull_request": "x"}, {"pull_request": {}}])
def test_an_event_of_another_form_says_nothing(event: dict[str, Any]) -> None:
    """Its schema is GitHub's to change."""
    assert ci.build({**GITHUB, "GITHUB_EVENT_NAME": "push"}, event).base is None

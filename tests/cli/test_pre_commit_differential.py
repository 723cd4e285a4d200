"""pre-commit and hookflow on the same commits of generated repositories: the same verdicts, the same files.

``PRE_COMMIT_COMMITS=300 pytest -m slow -k differential`` compares that many commits; without it, some.
What may differ is said in docs/pre-commit.md, and only that is let pass here.
"""

import json
import os
import random
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from project import Finished, Project

pytestmark = pytest.mark.slow

PRE_COMMIT = (sys.executable, "-m", "pre_commit")
COMMITS = int(os.environ.get("PRE_COMMIT_COMMITS", "24"))
_PER_REPOSITORY = 6
_LINE = re.compile(
    r"^(?P<name>[a-z0-9-]+)\.{3,}(\(no files to check\))?(?P<verdict>Passed|Failed|Skipped)$", re.MULTILINE
)
_WORDS = {"passed": "Passed", "cached": "Passed", "failed": "Failed", "skipped": "Skipped"}

# Hooks of every kind, by id; a configuration takes some of them, in any order.
LOCAL = {
    "fixer": {"language": "system", "entry": "sed -i s/bad/good/", "files": r"\.txt$"},
    "breaker": {"language": "system", "entry": "sed -i s/good/fine/", "types": ["text"], "exclude": "^docs/"},
    "fixes-and-fails": {
        "language": "system",
        "entry": 'sh -c \'grep -l twice "$@" || exit 0; sed -i s/twice/once/ "$@"; exit 1\' sh',
        "types_or": ["python", "shell"],
    },
    "no-fail": {"language": "system", "entry": "sh -c '! grep -n FAIL \"$@\"' sh", "require_serial": True},
    "no-stop": {"language": "system", "entry": "test ! -e STOP", "always_run": True, "pass_filenames": False},
    "always": {"language": "system", "entry": "sh -c 'test $# -lt 4' sh", "always_run": True, "require_serial": True},
    "listing": {
        "language": "system",
        "entry": "sh -c 'git ls-files > listing.lst'",
        "files": "^docs/",
        "require_serial": True,
    },
    "regenerate": {
        "language": "system",
        "entry": "sh -c 'git ls-files docs > listing.lst'",
        "files": "^docs/",
        "pass_filenames": False,
    },
    "no-bad": {"language": "pygrep", "entry": "bad", "types": ["text"]},
    "needs-name": {"language": "pygrep", "entry": "name", "args": ["--negate"], "files": r"\.py$"},
    "no-forbidden": {"language": "fail", "entry": "do not add these", "files": r"forbidden"},
    "own-script": {"language": "script", "entry": "check.sh", "exclude_types": ["python"]},
    "missing": {"language": "system", "entry": "no-such-program-anywhere", "files": r"\.sh$"},
    "only-push": {"language": "system", "entry": "false", "stages": ["pre-push"]},
    "only-message": {"language": "system", "entry": "grep -q ticket", "stages": ["commit-msg"]},
    "links": {"language": "system", "entry": "false", "types": ["symlink"]},
}
GENERATORS = ("listing", "regenerate")
CLONED = ("their-script", "their-pygrep", "their-system")
MANIFEST = [
    {"id": "their-script", "name": "their-script", "language": "script", "entry": "their.sh", "files": r"\.(txt|md)$"},
    {"id": "their-pygrep", "name": "their-pygrep", "language": "pygrep", "entry": "FAIL", "types": ["python"]},
    {"id": "their-system", "name": "their-system", "language": "system", "entry": "sed -i s/tab/space/"},
    {"id": "their-python", "name": "their-python", "language": "python", "entry": "their-tool", "types": ["text"]},
    {"id": "their-node", "name": "their-node", "language": "node", "entry": "their-node", "types": ["text"]},
]
NAMES = ("a.txt", "b.txt", "docs/c.txt", "docs/d.md", "e.py", "f.py", "g.sh", "docs/forbidden.txt", "with space.txt")
WORDS = ("bad", "good", "twice", "tab", "FAIL", "name", "plain", "plain", "plain", "plain", "plain")
TOOL = "import sys\ndef main():\n    sys.exit(any(b'FAIL' in open(name, 'rb').read() for name in sys.argv[1:]))\n"
NODE_TOOL = """\
#!/usr/bin/env node
const fs = require("fs");
process.exit(process.argv.slice(2).some((name) => fs.readFileSync(name, "utf8").includes("FAIL")) ? 1 : 0);
"""


@pytest.fixture(scope="session")
def hooks_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installs: once for all tests of this file."""
    return tmp_path_factory.mktemp("pre-commit-home")


@pytest.fixture(scope="session")
def their_hooks(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A repository of hooks, and its revision."""
    hooks = Project(tmp_path_factory.mktemp("their-hooks"))
    identity = ("-c", "user.name=A. Tester", "-c", "user.email=tester@example.org")
    hooks.write(".pre-commit-hooks.yaml", json.dumps(MANIFEST))
    hooks.write("their.sh", '#!/bin/sh\nfor f; do case $(cat "$f") in *FAIL*) exit 3;; esac; done\n', mode=0o755)
    hooks.write("setup.py", "from setuptools import setup\nsetup(name='their', version='1', py_modules=['their'],"
                " entry_points={'console_scripts': ['their-tool = their:main']})\n")  # fmt: skip
    hooks.write("their.py", TOOL)
    hooks.write("package.json", json.dumps({"name": "their", "version": "1.0.0", "bin": {"their-node": "their.js"}}))
    hooks.write("their.js", NODE_TOOL, mode=0o755)
    for words in (["init", "-q"], ["add", "-A"], [*identity, "commit", "-q", "-m", "hooks"]):
        hooks.git(*words)
    return str(hooks.path), hooks.git("rev-parse", "HEAD").strip()


@dataclass(frozen=True)
class Case:
    """One repository, twice: what pre-commit checks, and what hookflow checks."""

    by_pre_commit: Project
    by_hookflow: Project
    home: Path
    last: frozenset[str]

    @property
    def both(self) -> tuple[Project, Project]:
        """The two."""
        return self.by_pre_commit, self.by_hookflow

    def commit(self, project: Project, message: str, **environment: str) -> Finished:
        """A real commit, with the hooks that are installed."""
        return project.run("git", "commit", "-m", message, PRE_COMMIT_HOME=str(self.home), **environment)


def configuration(chance: random.Random, source: tuple[str, str]) -> dict[str, object]:
    """Some hooks in some order, with some options."""
    ids = chance.sample(sorted(LOCAL), chance.randint(3, 8))
    local = [{"id": name, "name": name, **LOCAL[name]} for name in ids]
    for hook in local:
        if chance.random() < 0.15:
            hook["fail_fast"] = True
        if chance.random() < 0.2:
            hook["verbose"] = True
    cloned = [{"id": name} for name in chance.sample(CLONED, chance.randint(0, 2))]
    repos: list[dict[str, object]] = [{"repo": "local", "hooks": local}]
    if cloned:
        repos.insert(chance.randint(0, 1), {"repo": source[0], "rev": source[1], "hooks": cloned})
    if chance.random() < 0.3:
        repos.append({"repo": "meta", "hooks": [{"id": "identity", "name": "identity"}]})
    config: dict[str, object] = {"repos": repos, "default_install_hook_types": ["pre-commit", "commit-msg"]}
    if chance.random() < 0.7:
        config["default_stages"] = ["pre-commit"]
    if chance.random() < 0.2:
        config["fail_fast"] = True
    if chance.random() < 0.2:
        config["exclude"] = "^docs/d"
    return config


def create(path: Path, home: Path, config: dict[str, object], *, parallel: bool) -> Case:
    """The repository with its configuration, twice, with the hooks of each."""
    project = Project.create(path / "one")
    project.write(".pre-commit-config.yaml", json.dumps(config))
    project.configure(f"pre-commit = true\nvenv = false\nparallel = {str(parallel).lower()}")
    project.write("check.sh", '#!/bin/sh\n! grep -l FAIL "$@"\n', mode=0o755)
    project.write("listing.lst", "nothing\n")
    for name in NAMES[:6]:
        project.write(name, "".join(f"plain {place}\n" for place in range(30)))
    project.commit("start")
    shutil.copytree(project.path, path / "two", symlinks=True)
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    last = frozenset(hook["id"] for hook in hooks if config.get("fail_fast") or hook.get("fail_fast"))
    case = Case(project, Project(path / "two"), home, last)
    installed = case.by_pre_commit.run(*PRE_COMMIT, "install", PRE_COMMIT_HOME=str(home))
    assert installed.code == 0, installed.text
    installed = case.by_hookflow.hookflow("install", PRE_COMMIT_HOME=str(home))
    assert installed.code == 0, installed.text
    return case


def change(case: Case, chance: random.Random) -> None:
    """Some files are changed and staged; some of them, and others, are changed again without that."""
    present = [name for name in NAMES if (case.by_hookflow.path / name).exists()]
    gone = chance.sample(present, 1) if present and chance.random() < 0.15 else []
    for name in gone:
        for project in case.both:
            project.git("rm", "-qf", name)
    for name in chance.sample([name for name in NAMES if name not in gone], chance.randint(1, 4)):
        lines = _lines(chance)
        for project in case.both:
            project.write(name, lines)
            project.git("add", name)
    if chance.random() < 0.1:
        for project in case.both:
            project.write("STOP", "stop\n")
            project.git("add", "STOP")
    for name in chance.sample(NAMES, chance.choice([0, 0, 1, 2])):
        tail = f"not staged {chance.random()}\n"
        for project in case.both:
            place = project.path / name
            if place.exists():
                place.write_text(place.read_text() + tail)


def _lines(chance: random.Random) -> str:
    """Words, of which few are of any interest to hooks, in the first lines of thirty."""
    words = [chance.choice(WORDS) if chance.random() < 0.5 else "plain" for _ in range(6)]
    return "".join(f"{word} {chance.randint(0, 9)}\n" for word in words) + "plain\n" * 24


def verdicts_of_pre_commit(said: str) -> list[tuple[str, str]]:
    """Hooks and their verdicts, in the order in which they ran."""
    return [(found["name"], found["verdict"]) for found in _LINE.finditer(said)]


def verdicts_of_hookflow(project: Project, runs_before: set[Path], last: frozenset[str]) -> list[tuple[str, str]]:
    """The same of all runs since then; a failure of one of the `last` ends a run."""
    verdicts: list[tuple[str, str]] = []
    for run in sorted(set(runs(project)) - runs_before):
        events = [json.loads(line) for line in (run / "events.jsonl").read_text(encoding="utf-8").splitlines()]
        ended = {event["step"]: outcome(event) for event in events if event["event"] == "step-finished"}
        order = next(event["steps"] for event in events if event["event"] == "run-started")
        ending = [place for place, step in enumerate(order) if step in last and ended[step] == "failed"]
        if ending:  # pre-commit says nothing of what it did not come to
            order = order[: ending[0] + 1]
        verdicts += [(step, _WORDS[ended[step]]) for step in order if ended[step] != "cancelled"]
    return verdicts


def outcome(event: dict[str, object]) -> str:
    """How a step ended, but for a file that was not given to anyone: it counts against all that ran at the moment."""
    blamed = event["modified"] == ["listing.lst"] and event["exit_code"] == 0
    return "passed" if blamed and event["step"] not in GENERATORS else str(event["outcome"])


def runs(project: Project) -> list[Path]:
    """The directories of the runs so far."""
    return [path for path in (project.state / "runs").glob("*") if path.is_dir()]


def work_tree(project: Project) -> dict[str, tuple[int, bytes]]:
    """Every file with its mode and content."""
    names = project.git("ls-files", "-z", "--cached", "--others").split("\0")
    places = {name: project.path / name for name in names if name}
    return {
        name: (place.stat().st_mode, place.read_bytes()) for name, place in sorted(places.items()) if place.is_file()
    }


def compare(case: Case, message: str, environment: dict[str, str], *, exact: bool) -> str:
    """Commit on both sides; what came of it, after it was found to be the same.

    With fail-fast and parallel steps (not `exact`), only the exit code must be the same.
    """
    before = set(runs(case.by_hookflow))
    first = case.commit(case.by_pre_commit, message, **environment)
    second = case.commit(case.by_hookflow, message, **environment)
    both = f"\n--- pre-commit\n{first.text}\n--- hookflow\n{second.text}"
    assert first.code == second.code, both
    trees = [project.git("rev-parse", "HEAD^{tree}") for project in case.both]
    assert trees[0] == trees[1], both
    if exact:
        assert verdicts_of_pre_commit(first.text) == verdicts_of_hookflow(case.by_hookflow, before, case.last), both
        indexes = [project.git("ls-files", "-s") for project in case.both]
        assert indexes[0] == indexes[1], both
        if "Rolling back fixes" not in first.text:
            assert work_tree(case.by_pre_commit) == work_tree(case.by_hookflow), both
    return "committed" if first.code == 0 else "refused"


def start_over(case: Case) -> None:
    """Both as their last commit, which is the same."""
    for project in case.both:
        project.git("reset", "-q", "--hard")
        project.git("clean", "-qfd")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(-(-COMMITS // _PER_REPOSITORY)))
def test_the_same_verdicts_and_the_same_files(seed, tmp_path, hooks_home, their_hooks) -> None:
    """Over some commits of a generated repository."""
    chance = random.Random(seed)
    config = configuration(chance, their_hooks)
    parallel = chance.random() < 0.5
    case = create(tmp_path, hooks_home, config, parallel=parallel)
    exact = not (parallel and "fail_fast" in json.dumps(config))
    for _ in range(_PER_REPOSITORY):
        change(case, chance)
        names = [hook["id"] for repo in config["repos"] for hook in repo["hooks"]]
        environment = {"SKIP": chance.choice(names)} if chance.random() < 0.2 else {}
        compare(case, chance.choice(["a ticket", "nothing"]), environment, exact=exact)
        start_over(case)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["their-python", "their-node"])
def test_installed_environments(name, tmp_path, hooks_home, their_hooks) -> None:
    """pre-commit installs them, and hookflow starts what is in them."""
    if name == "their-node" and shutil.which("npm") is None:
        pytest.skip("there is no npm here")
    hooks = [{"id": name, "args": []}]
    config: dict[str, object] = {
        "repos": [{"repo": their_hooks[0], "rev": their_hooks[1], "hooks": hooks}],
        "default_stages": ["pre-commit"],
    }
    case = create(tmp_path, hooks_home, config, parallel=True)
    outcomes = []
    for word in ("plain", "FAIL", "name"):
        for project in case.both:
            project.write("a.txt", f"{word}\n")
            project.git("add", "a.txt")
        outcomes.append(compare(case, "message", {}, exact=True))
        start_over(case)
    assert outcomes == ["committed", "refused", "committed"]


def test_the_two_see_what_they_are_told(tmp_path, hooks_home) -> None:
    """A comparison that never saw a refusal, a fix or a skipped hook would prove nothing."""
    hooks = [{"id": name, "name": name, **LOCAL[name]} for name in ("fixer", "no-fail", "links")]
    config = {"repos": [{"repo": "local", "hooks": hooks}], "default_stages": ["pre-commit"]}
    case = create(tmp_path, hooks_home, config, parallel=False)
    for project in case.both:
        project.write("a.txt", "bad\n")
        project.git("add", "a.txt")
    assert compare(case, "message", {}, exact=True) == "refused"
    assert (case.by_hookflow.path / "a.txt").read_text() == "good\n"
    assert case.by_hookflow.outcomes() == {"fixer": "failed", "no-fail": "passed", "links": "skipped"}
    for project in case.both:
        project.git("add", "a.txt")
    assert compare(case, "message", {}, exact=True) == "committed"

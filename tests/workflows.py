"""A fake of GitHub's runner: carries out a workflow's job with the meanings that GitHub's documentation gives it.

Knows what a file in examples/ uses, and fails at anything else: shell steps, `if`, `env`, expressions of contexts with
``||``, and the actions for a checkout, Python, the cache and artifacts.
"""

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from project import Finished, Project

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")


@dataclass
class Cache:
    """What jobs save for later ones: never changed, found by key or by the newest of the first prefix that fits."""

    folder: Path
    keys: list[str] = field(default_factory=list)

    def save(self, key: str, path: Path) -> None:
        """Keep a directory, unless that key has one."""
        if key not in self.keys and path.is_dir():
            shutil.copytree(path, self.folder / str(len(self.keys)), symlinks=True)
            self.keys.append(key)

    def restore(self, key: str, prefixes: list[str], path: Path) -> str | None:
        """Put back what fits best; returns its key."""
        found = [known for known in self.keys if known == key]
        for prefix in prefixes:
            found = found or [known for known in self.keys if known.startswith(prefix)]
        if found:
            shutil.copytree(self.folder / str(self.keys.index(found[-1])), path, symlinks=True)
            return found[-1]
        return None


@dataclass
class Job:
    """One job of a workflow, on a machine of its own.

    Attributes:
        upstream: The repository.
        cache: Of the repository.
        github: The context ``github``, as far as the workflow asks for it.
        folder: The machine's; empty.
        hookflow: The program that stands for what ``pip install hookflow`` installs.
    """

    upstream: Project
    cache: Cache
    github: Mapping[str, Any]
    folder: Path
    hookflow: Path
    ran: list[Finished] = field(default_factory=list)
    restored: str | None = None
    artifacts: list[str] = field(default_factory=list)
    summary: str = ""

    def carry_out(self, workflow: Path) -> bool:
        """Every step in order; whether all of them succeeded."""
        job = next(iter(yaml.safe_load(workflow.read_text(encoding="utf-8"))["jobs"].values()))
        self.checkout = Project(self.folder / "work")
        self.temporary = self.folder / "temp"
        self.temporary.mkdir(parents=True)
        good = True
        for step in job["steps"]:
            condition = step.get("if", "success()")
            assert condition in {"success()", "${{ !cancelled() }}"}
            if good or condition != "success()":
                good = self._step(step) and good
        return good

    def _step(self, step: Mapping[str, Any]) -> bool:
        if "run" in step:
            return self._shell(self._text(step["run"]), {k: self._text(v) for k, v in step.get("env", {}).items()})
        given = {name: self._text(value) for name, value in step.get("with", {}).items()}
        action = re.sub(r"[/-]", "_", step["uses"].partition("@")[0].removeprefix("actions/"))
        getattr(self, f"_{action}")(given)
        return True

    def _shell(self, script: str, environment: Mapping[str, str]) -> bool:
        if script.startswith("pip install hookflow"):
            return True
        event, summary = self.temporary / "event.json", self.temporary / "summary.md"
        event.write_text(json.dumps(self.github["event"]), encoding="utf-8")
        summary.touch()
        variables = {
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(self.temporary),
            "PATH": f"{self.hookflow.parent}{os.pathsep}{os.environ['PATH']}",
        }
        names = ("event_name", "sha", "ref_name", "base_ref")
        variables |= {f"GITHUB_{name.upper()}": str(self.github[name]) for name in names}
        done = self.checkout.run("bash", "-e", "-c", script, **variables, **environment)
        self.ran.append(done)
        self.summary = summary.read_text(encoding="utf-8")
        return done.code == 0

    def _text(self, value: Any) -> str:
        return _EXPRESSION.sub(lambda found: self._value(found[1]), str(value))

    def _value(self, expression: str) -> str:
        contexts = {"github": self.github, "runner": {"temp": str(self.temporary), "os": "Linux"}}
        for name in expression.split("||"):
            value: Any = contexts
            for part in name.strip().split("."):
                value = value[part]
            if value:
                return str(value)
        return ""

    def _checkout(self, given: Mapping[str, str]) -> None:
        assert given["fetch-depth"] == "0"
        self.upstream.run("git", "clone", "-q", f"file://{self.upstream.path}", str(self.checkout.path))
        self.checkout.git("checkout", "-q", "--detach", self.github["sha"])

    def _setup_python(self, given: Mapping[str, str]) -> None:
        assert given["python-version"]

    def _cache_restore(self, given: Mapping[str, str]) -> None:
        self.restored = self.cache.restore(given["key"], given["restore-keys"].split(), Path(given["path"]))

    def _cache_save(self, given: Mapping[str, str]) -> None:
        self.cache.save(given["key"], Path(given["path"]))

    def _upload_artifact(self, given: Mapping[str, str]) -> None:
        self.artifacts += [given["path"]] if Path(given["path"]).exists() else []

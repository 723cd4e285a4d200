"""What decides, told by what it was a moment ago: the same as if it were looked at for the first time."""

from collections.abc import Callable

import pytest
from project import Project

from hookflow.adapters.contents import Contents
from hookflow.core.config import Config, Step
from hookflow.core.fingerprint import Deciding, Files

STEPS = [
    Step(name="python", run="true", files=("*.py",)),
    Step(name="all", run="true"),
    Step(name="made", run="true", files=("*.py", "*.md"), inputs=("build/*.json", "new/**"), outputs=("out.py",)),
    Step(name="some", run="true", files=("*.md",), exclude=("b.md",)),
]


@pytest.fixture
def some(project: Project) -> Project:
    """Files of three kinds, one of them changed, one not tracked, and one ignored that a step reads."""
    for name in ("a.py", "b.py", "a.md", "b.md", "notes.txt"):
        project.write(name, f"{name}\n")
    project.write(".gitignore", "build/\n")
    project.commit()
    project.write("b.py", "changed\n")
    project.write("new/x.py", "new\n")
    project.write("build/a.json", "{}\n")
    return project


def look(project: Project, earlier: Contents | None = None, *, hidden: bool = False) -> Contents:
    """The files of a project."""
    return Contents(project.path, project.path / ".git", hidden=hidden, earlier=earlier)


def found(contents: Contents) -> list[Files | None]:
    """What decides each of the steps."""
    return [contents.decided.files(Deciding(step, Config()), step.inputs) for step in STEPS]


CHANGES: list[Callable[[Project], object]] = [
    lambda project: project.write("a.py", "other\n"),
    lambda project: project.write("b.py", "b.py\n"),
    lambda project: project.write("b.py", "changed again\n"),
    lambda project: (project.path / "a.py").unlink(),
    lambda project: (project.path / "new" / "x.py").unlink(),
    lambda project: project.write("new/y.py", "new too\n"),
    lambda project: project.write("b.md", "excluded\n"),
    lambda project: project.write("out.py", "made\n"),
    lambda project: project.write("build/b.json", "{}\n"),
    lambda project: project.write("build/a.json", "[]\n"),
    lambda project: (project.path / "build" / "a.json").unlink(),
    lambda project: project.git("add", "b.py"),
    lambda project: project.git("rm", "-q", "--cached", "a.md"),
    lambda project: project.write(".gitignore", "build/\nnew/\n"),
    lambda project: project.git("update-index", "--assume-unchanged", "a.py"),
    lambda project: project.git("init", "-q", "inside"),
    lambda project: (project.path / "a.py").chmod(0o755),
]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("hidden", [False, True])
def test_a_second_look_sees_what_a_first_one_would(
    some: Project, change: Callable[[Project], object], hidden: bool
) -> None:
    """Whatever happened between the two."""
    first = look(some, hidden=hidden)
    found(first)
    change(some)
    assert found(look(some, first)) == found(look(some))


def test_what_is_the_same_is_the_same_object(some: Project) -> None:
    """So nothing of it need be told again; another change touches only the steps that it is about."""
    first = look(some)
    before = found(first)
    second = look(some, first)
    assert [one is other for one, other in zip(before, found(second), strict=True)] == [True] * 4
    some.write("a.md", "other\n")
    after = found(look(some, second))
    assert [one is other for one, other in zip(before, after, strict=True)] == [True, False, False, False]

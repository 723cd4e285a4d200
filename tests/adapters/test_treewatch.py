"""Changes by hooks of pre-commit's, in a real work tree."""

from project import Project

from hookflow.adapters.changes import ChangeWatch
from hookflow.adapters.index import Index
from hookflow.adapters.treestate import TreeState
from hookflow.adapters.treewatch import TreeWatch

FILES = {"a": ["one"], "b": ["two"], "reads": ["two"], "own": ["one"]}


def watch(project: Project) -> TreeWatch:
    """Of the hooks a, b (writers) and reads, and of the step own; each is given a file, and nobody is given rest."""
    for name in ("one", "two", "rest"):
        project.write(name, "as it was\n")
    project.commit()
    index = Index(project.path, project.path / ".git")
    inner = ChangeWatch(root=project.path, index=index, files=FILES, writers=frozenset({"a", "b", "own"}))
    return TreeWatch(inner, TreeState(project.path, index), ["a", "b", "reads"])


def test_any_tracked_file_counts(project: Project) -> None:
    """Content, mode, and that it is gone; but no new file."""
    seen = watch(project)
    seen.begin("a")
    project.write("rest", "changed\n")
    (project.path / "one").chmod(0o755)
    (project.path / "two").unlink()
    project.write("new")
    assert seen.changed("a") == ["one", "rest", "two"]


def test_what_was_changed_before_is_not_counted_again(project: Project) -> None:
    """Unless it is changed again, also back to what is staged."""
    seen = watch(project)
    project.write("one", "by a person\n")
    project.write("two", "by a person\n")
    seen.begin("a")
    project.write("two", "as it was\n")
    assert seen.changed("a") == ["two"]
    seen.begin("b")
    assert seen.changed("b") == []
    seen.begin("reads")
    project.write("one", "by a hook\n")
    assert seen.changed("reads") == ["one"]


def test_steps_that_run_at_once(project: Project) -> None:
    """A change is its who was given the file; else it is anyone's who may write."""
    seen = watch(project)
    for step in ("a", "b", "reads"):
        seen.begin(step)
    project.write("one", "x\n")
    project.write("rest", "x\n")
    assert seen.changed("a") == ["one", "rest"]
    assert seen.changed("b") == ["rest"]
    assert seen.changed("reads") == []


def test_other_steps_are_watched_as_ever(project: Project) -> None:
    """In the files that they are given."""
    seen = watch(project)
    seen.begin("own")
    project.write("one", "x\n")
    project.write("rest", "x\n")
    assert seen.changed("own") == ["one"]

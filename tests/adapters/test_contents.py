"""What files are: git's own ids of the bytes that stand in the work tree, whatever git thinks of them."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from project import Project

from hookflow.adapters import worktree
from hookflow.adapters.contents import Contents
from hookflow.adapters.index import Index
from hookflow.core.fingerprint import FileState, file_state
from hookflow.core.patterns import Patterns
from hookflow.core.porcelain import data, text

ODD_NAMES = [b"a b", b"new\nline", b"tab\t", b"\xff\xfe", b'quo"te', b"\x1b[31m", b"-dash", b" lead", b"back\\slash"]
_GIT_DIR = ".git"


def contents(project: Project, **options) -> Contents:
    """The files of a project now."""
    return Contents(project.path, project.path / _GIT_DIR, **options)


def blob_id(project: Project, content: bytes) -> str:
    """Git's id of some bytes."""
    command = ["git", "hash-object", "--stdin"]
    return subprocess.run(command, cwd=project.path, input=content, capture_output=True, check=True).stdout.decode()[
        :-1
    ]


def by_git(project: Project) -> dict[str, FileState]:
    """The index, as git lists it."""
    entries = {}
    for line in project.git("ls-files", "-s", "-z").split("\0")[:-1]:
        about, _, name = line.partition("\t")
        mode, object_id, _ = about.split(" ")
        entries[name] = file_state(mode, object_id)
    return entries


def by_bytes(project: Project, path: str) -> FileState:
    """What stands in the work tree, with the id that git-hash-object gives to its bytes."""
    place = project.path / os.fsdecode(data(path))
    if place.is_symlink():
        return file_state("120000", blob_id(project, os.fsencode(place.readlink())))
    mode = "100755" if place.stat().st_mode & 0o100 else "100644"
    return file_state(mode, blob_id(project, place.read_bytes()))


def seen(project: Project, **options) -> dict[str, FileState]:
    """All files, as they are seen."""
    found = contents(project, **options)
    return dict(found.states(found.paths))


@pytest.fixture
def some(project: Project) -> Project:
    """A program, a link, a text, a directory."""
    project.write("a.txt", "a\n")
    project.write("run", "#!/bin/sh\n", mode=0o755)
    project.write("sub/b.txt", "b\n")
    project.write("empty")
    (project.path / "link").symlink_to("sub/b.txt")
    (project.path / "nowhere").symlink_to("not/there")
    project.commit()
    return project


def test_clean_files_are_as_the_index_has_them(some: Project) -> None:
    """Ids and modes, and none of them is read."""
    found = contents(some)
    assert dict(found.states(found.paths)) == by_git(some)
    assert found.looked_at == frozenset()
    assert {path: by_bytes(some, path) for path in found.paths} == by_git(some)


@pytest.mark.parametrize("state", ["clean", "staged", "dirty", "untracked"])
def test_names_of_any_bytes_are_seen(project: Project, state: str) -> None:
    """In every state."""
    places = [project.path / os.fsdecode(name) for name in ODD_NAMES]
    for place in places:
        place.write_bytes(b"one")
    if state != "untracked":
        project.git("add", "-A")
    if state in {"clean", "dirty"}:
        project.commit()
    if state == "dirty":
        for place in places:
            place.write_bytes(b"other")
    expected = file_state("100644", blob_id(project, b"other" if state == "dirty" else b"one"))
    assert seen(project) == {text(name): expected for name in ODD_NAMES}


def _stage(project: Project) -> None:
    project.write("a.txt", "staged\n")
    project.git("add", "a.txt")


def _edit(project: Project) -> None:
    project.write("a.txt", "edited\n")


def _edit_staged(project: Project) -> None:
    _stage(project)
    _edit(project)


def _mode(project: Project) -> None:
    (project.path / "a.txt").chmod(0o755)


def _group_mode(project: Project) -> None:
    (project.path / "a.txt").chmod(0o654)  # git asks for the owner's bit only


def _new(project: Project) -> None:
    project.write("new/untracked", "new\n", mode=0o755)
    (project.path / "new-link").symlink_to("a.txt")


def _retarget(project: Project) -> None:
    (project.path / "link").unlink()
    (project.path / "link").symlink_to("a.txt")


def _link_instead(project: Project) -> None:
    (project.path / "a.txt").unlink()
    (project.path / "a.txt").symlink_to("empty")


def _file_instead(project: Project) -> None:
    (project.path / "link").unlink()
    project.write("link", "sub/b.txt")


def _intend_to_add(project: Project) -> None:
    project.write("intended", "content\n")
    project.git("add", "-N", "intended")


def _edit_empty(project: Project) -> None:
    project.write("empty", "no more\n")


def _rename(project: Project) -> None:
    project.git("mv", "a.txt", "moved.txt")


@pytest.mark.parametrize(
    "change",
    [
        _stage,
        _edit,
        _edit_staged,
        _mode,
        _group_mode,
        _new,
        _retarget,
        _link_instead,
        _file_instead,
        _intend_to_add,
        _rename,
    ],
)
def test_changed_files_are_told_by_their_bytes(some: Project, change: Callable[[Project], None]) -> None:
    """With the id that git would give them, whatever the index has."""
    change(some)
    found = seen(some)
    assert found == {path: by_bytes(some, path) for path in found}
    assert set(found) == {*some.git("ls-files", "-z", "-c", "-o").split("\0")} - {""}


@pytest.mark.parametrize("staged", [True, False])
def test_a_deleted_file_is_not_there(some: Project, staged: bool) -> None:
    """Whether git knows it or not."""
    (some.path / "a.txt").unlink()
    if staged:
        some.git("add", "-A")
    assert "a.txt" not in seen(some)
    assert contents(some).state("a.txt") is None


def test_a_directory_in_place_of_a_file_is_no_file(some: Project) -> None:
    """What is in it is."""
    (some.path / "a.txt").unlink()
    some.write("a.txt/inside", "x")
    found = seen(some)
    assert "a.txt" not in found
    assert found["a.txt/inside"] == by_bytes(some, "a.txt/inside")


def test_a_pipe_in_place_of_a_file_is_not_waited_for(some: Project) -> None:
    """It is no file."""
    (some.path / "a.txt").unlink()
    os.mkfifo(some.path / "a.txt")
    assert "a.txt" not in seen(some)


@pytest.mark.parametrize("flag", ["--assume-unchanged", "--skip-worktree"])
def test_files_that_git_does_not_look_at_are_looked_at(some: Project, flag: str) -> None:
    """Their bytes decide: a step reads those."""
    some.git("update-index", flag, "a.txt", "run")
    some.write("a.txt", "other\n")
    (some.path / "run").unlink()
    assert some.git("status", "--porcelain") == ""
    for hidden in (True, False):
        found = seen(some, hidden=hidden)
        assert found["a.txt"] == by_bytes(some, "a.txt")
        assert "run" not in found


@pytest.mark.parametrize(
    ("attributes", "settings"),
    [
        ("* text=auto\n", {}),
        ("*.txt text\n", {}),
        ("*.txt eol=lf\n", {}),
        ("*.txt crlf\n", {}),
        ("[attr]prose text\n*.txt prose\n", {}),
        ("", {"core.autocrlf": "true"}),
        ("", {"core.autocrlf": "input"}),
        ("* text=auto\n", {"core.eol": "crlf"}),
    ],
)
def test_line_endings_that_git_converts_are_seen(project: Project, attributes: str, settings) -> None:
    """Git calls the file unchanged with either, a step does not."""
    for name, value in settings.items():
        project.git("config", name, value)
    project.write(".gitattributes", attributes)
    project.write("a.txt", "one\ntwo\n")
    project.commit()
    before = by_bytes(project, "a.txt")
    assert seen(project)["a.txt"] == before
    project.write("a.txt", "one\r\ntwo\r\n")
    assert project.git("diff", "--raw") == ""
    for hidden in (True, False):
        assert seen(project, hidden=hidden)["a.txt"] == by_bytes(project, "a.txt") != before


@pytest.mark.parametrize(
    "where",
    [".gitattributes", "sub/.gitattributes", ".git/info/attributes", "config", "home", "ignored", "ignored below"],
)
def test_attributes_are_found_wherever_git_finds_them(
    project: Project, where: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every directory, ignored or not, and in git's own places."""
    project.write("sub/a.txt", "one\n")
    project.write(".gitignore", ".gitattributes\n" if where.startswith("ignored") else "")
    project.commit()
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    places = {
        "config": tmp_path / "attributes",
        "home": home / ".config" / "git" / "attributes",
        "ignored": project.path / ".gitattributes",
        "ignored below": project.path / "sub" / ".gitattributes",
    }
    place = places.get(where, project.path / where)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("*.txt text\n")
    if where == "config":
        project.git("config", "core.attributesFile", str(place))
    project.write("sub/a.txt", "one\r\n")
    project.git("add", "--renormalize", "sub/a.txt")
    assert project.git("diff", "--raw") == ""
    assert seen(project)["sub/a.txt"] == by_bytes(project, "sub/a.txt")


def test_binary_files_of_attributes_are_trusted(project: Project) -> None:
    """Where git converts nothing the index tells."""
    project.write(".gitattributes", "*.bin binary\n*.md -text\n*.txt text\n")
    for name in ("a.bin", "a.md", "a.txt"):
        project.write(name, "x\n")
    project.commit()
    assert contents(project).looked_at == {"a.txt"}


def test_filters_are_not_run(project: Project, tmp_path: Path) -> None:
    """The bytes in the work tree decide, and no program of the repository's is called to find them."""
    ran = tmp_path / "ran"
    project.write(".gitattributes", "*.txt filter=up\n")
    project.write("a.txt", "a\n")
    project.write("b.txt", "b\n")
    project.commit()
    project.git("config", "filter.up.clean", f"touch '{ran}'; tr a-z A-Z")
    project.git("config", "filter.up.smudge", f"touch '{ran}'; tr A-Z a-z")
    project.git("config", "filter.up.required", "true")
    project.write("a.txt", "other\n")
    for hidden in (True, False):
        found = seen(project, hidden=hidden)
        assert found["a.txt"] == by_bytes(project, "a.txt")
        assert found["b.txt"] == by_bytes(project, "b.txt")
    assert not ran.exists()


def test_a_monitor_is_not_asked(some: Project, tmp_path: Path) -> None:
    """It is a program, and may be wrong."""
    ran = tmp_path / "ran"
    some.git("config", "core.fsmonitor", f"touch '{ran}'; true")
    _edit(some)
    assert seen(some)["a.txt"] == by_bytes(some, "a.txt")
    assert not ran.exists()


def test_another_index_counts_where_git_names_it(some: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """As under ``git commit PATH``."""
    other = some.path / ".git" / "next-index"
    other.write_bytes((some.path / ".git" / "index").read_bytes())
    monkeypatch.setenv("GIT_INDEX_FILE", str(other))
    _stage(some)
    _edit(some)
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert seen(some, hidden=True)["a.txt"].split()[1] == blob_id(some, b"staged\n")
    monkeypatch.delenv("GIT_INDEX_FILE")
    assert seen(some, hidden=True)["a.txt"].split()[1] == blob_id(some, b"a\n")


def test_other_repositories_are_opaque(some: Project, tmp_path: Path) -> None:
    """A populated submodule and one that is not registered: nobody knows what a step reads in them."""
    inner = Project.create(tmp_path / "inner")
    inner.write("x", "x")
    inner.commit()
    some.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.path), "module")
    nested = Project.create(some.path / "nested" / "deep")
    nested.write("y", "y")
    nested.commit()
    found = contents(some)
    assert found.opaque == {"module", "nested/deep"}
    assert not {path for path in found.paths if path.startswith("nested")}
    some.git("submodule", "deinit", "-q", "-f", "module")
    left = contents(some)
    assert left.opaque == {"nested/deep"}
    assert left.state("module") == by_git(some)["module"]


def _hide(project: Project) -> worktree.Hidden:
    index = Index(project.path, project.path / _GIT_DIR)
    return worktree.hide(project.path, project.path / _GIT_DIR, index, "run", index.unstaged())


def _delete(project: Project) -> None:
    (project.path / "a.txt").unlink()


def _staged_mode(project: Project) -> None:
    _mode(project)
    project.git("add", "a.txt")
    (project.path / "a.txt").chmod(0o644)


def _deleted_and_back(project: Project) -> None:
    project.git("rm", "-q", "--cached", "a.txt")


@pytest.mark.parametrize(
    "change",
    [
        _edit,
        _edit_staged,
        _mode,
        _staged_mode,
        _retarget,
        _link_instead,
        _file_instead,
        _delete,
        _new,
        _rename,
        _deleted_and_back,
        _intend_to_add,
        _edit_empty,
    ],
)
def test_what_will_be_hidden_is_seen_as_it_will_be(some: Project, change: Callable[[Project], None]) -> None:
    """Before it is hidden as afterwards: a key that is asked for early holds."""
    change(some)
    early = seen(some, hidden=True)
    hidden = _hide(some)
    try:
        assert early == seen(some)
        assert early == {path: by_bytes(some, path) for path in early}
    finally:
        hidden.restore(set())


def test_files_that_are_hidden_and_converted_are_opaque(project: Project) -> None:
    """What their bytes will be is only known once it is done; others are seen as they will be."""
    project.write(".gitattributes", "*.txt text\n")
    project.write("a.txt", "a\n")
    project.write("b.txt", "b\n")
    project.write("c.md", "c\n")
    project.commit()
    project.write("a.txt", "edited\n")
    project.write("c.md", "edited\n")
    found = contents(project, hidden=True)
    assert found.opaque == {"a.txt"}
    assert found.state("b.txt") == by_bytes(project, "b.txt")
    assert found.state("c.md") == by_git(project)["c.md"]
    assert contents(project).opaque == frozenset()


def test_ignored_files_count_where_inputs_name_them(project: Project) -> None:
    """Or the directory that they are in: what lies in an ignored one that nobody names is not meant."""
    project.write(".gitignore", "build/\n*.cfg\nsrc/cache/\n")
    in_build = ["build/a.json", "build/b.txt", "build/sub/c.json"]
    for name in (*in_build, "local.cfg", "src/other.cfg", "src/cache/x.bin", "src/a.py"):
        project.write(name, name)
    project.commit()
    found = contents(project)
    expected = {
        ("build/*.json",): ["build/a.json"],
        ("build/",): in_build,
        ("build",): in_build,
        ("/build",): in_build,
        ("build/**/c.json",): ["build/sub/c.json"],
        ("/build/sub/",): ["build/sub/c.json"],
        ("local.cfg",): ["local.cfg"],
        ("*.cfg",): ["local.cfg", "src/other.cfg"],
        ("src/**",): ["src/other.cfg"],
        ("src/cache/**",): ["src/cache/x.bin"],
        ("cache/",): ["src/cache/x.bin"],
        ("*.json",): [],
        ("build/*.json", "!build/a.json"): [],
        (): [],
    }
    assert {inputs: sorted(found.ignored(Patterns(inputs))) for inputs in expected} == expected
    assert found.state("build/a.json") == by_bytes(project, "build/a.json")


def test_ids_are_those_of_the_repositorys_format(tmp_path: Path) -> None:
    """SHA-256 where the repository says so."""
    path = tmp_path / "project"
    path.mkdir()
    project = Project(path)
    project.git("init", "-q", "--object-format=sha256")
    project.write("a.txt", "a\n")
    project.write("b.txt", "b\n")
    project.commit()
    project.write("a.txt", "edited\n")
    project.write("new", "new\n")
    found = seen(project)
    assert found == {path: by_bytes(project, path) for path in ("a.txt", "b.txt", "new")}
    assert {len(state.split()[1]) for state in found.values()} == {64}


def test_modes_are_the_indexs_where_the_file_system_has_none(some: Project) -> None:
    """``core.fileMode = false``: what the work tree says of permissions is not trusted."""
    some.git("config", "core.fileMode", "false")
    (some.path / "run").chmod(0o644)
    some.write("run", "other\n")
    some.write("new", "new\n")
    assert seen(some)["run"] == file_state("100755", blob_id(some, b"other\n"))
    assert seen(some)["new"].startswith("100644 ")


def test_what_has_not_been_touched_is_not_read_again(some: Project) -> None:
    """Where a later change would show in the file's times; everything else is."""
    some.write("a.txt", "edited\n")
    place = some.path / "a.txt"
    first = contents(some)
    first.state("a.txt")
    assert "a.txt" not in first._times, "a change within the clock's grain would not be seen"
    before = place.stat()
    some.write("a.txt", "change\n")
    os.utime(place, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert contents(some, earlier=first).state("a.txt") == by_bytes(some, "a.txt")


def test_an_unmerged_path_is_told_by_its_bytes(some: Project) -> None:
    """The index has several of it."""
    some.git("checkout", "-q", "-b", "other")
    some.write("a.txt", "other\n")
    some.commit()
    some.git("checkout", "-q", "main")
    some.write("a.txt", "main\n")
    some.commit()
    some.git("merge", "other", check=False)
    found = contents(some)
    assert list(found.paths).count("a.txt") == 1
    assert found.state("a.txt") == by_bytes(some, "a.txt")


def test_a_repository_without_a_commit_has_files(project: Project) -> None:
    """And one without a file has none."""
    assert seen(project) == {}
    project.write("a", "a")
    assert seen(project) == {"a": by_bytes(project, "a")}

"""Keys: what decides is in them, in its order, and nothing else; and what differs is named exactly."""

from collections.abc import Sequence

import pytest
from builders import step
from hypothesis import given
from hypothesis import strategies as st

from hookflow.core.config import Config, Step
from hookflow.core.fingerprint import (
    Circumstances,
    Deciding,
    Files,
    Fingerprint,
    Part,
    differences,
    digest,
    file_state,
    fingerprint,
    uncached_because,
)
from hookflow.core.patterns import Patterns
from hookflow.core.porcelain import text
from hookflow.core.structs import replace

# Names of any bytes: what is not UTF-8 comes as surrogate escapes.
NAMES = st.binary(min_size=1, max_size=6).filter(lambda name: b"\0" not in name).map(text)
STATES = st.builds(
    file_state, st.sampled_from(["100644", "100755", "120000"]), st.sampled_from(["a" * 40, "b" * 40, "c" * 64])
)
FILES = st.dictionaries(NAMES, STATES, max_size=5)
PARTS = st.lists(st.builds(Part, st.sampled_from(["tool", "made", "needs"]), NAMES, NAMES), max_size=4)
FIELDS = st.lists(st.one_of(NAMES, st.just("")), max_size=4)

AROUND = Circumstances(
    platform={"hookflow": "1", "python": "3"},
    fixing=False,
    passed=None,
    environment={"USER": "x"},
    tools={"ruff": "/bin/ruff 1 2"},
    needs={},
    made={},
)
SOME = Files({"a.py": file_state("100644", "a" * 40), "b.py": file_state("100644", "b" * 40)})


def key(of: Step | None = None, files: Files = SOME, **around) -> str:
    """The key of a step, in circumstances that differ as said."""
    return fingerprint(of or step(), replace(AROUND, **around), files).key


@given(FIELDS, FIELDS)
def test_different_fields_have_different_digests(one: Sequence[str], other: Sequence[str]) -> None:
    """However their texts are cut, since each has its length before it."""
    assert (digest(one) == digest(other)) == (one == other)


@given(FIELDS, st.integers(0, 8))
def test_no_field_can_stand_for_two(fields: Sequence[str], where: int) -> None:
    """Two neighbours that are joined are something else, and so is an empty field more."""
    joined = [*fields[:where], "".join(fields[where : where + 2]), *fields[where + 2 :]]
    assert digest(fields) != digest([*fields, ""])
    assert joined == list(fields) or digest(joined) != digest(fields)


@given(PARTS, PARTS, FILES, FILES)
def test_keys_are_equal_only_of_equal_fingerprints(one, other, files, others) -> None:
    """Parts and files; two different ones never share a key."""
    first, second = Fingerprint(tuple(one), Files(files)), Fingerprint(tuple(other), Files(others))
    assert (first.key == second.key) == (first == second)


@given(FILES, st.randoms())
def test_the_order_in_which_files_were_found_decides_nothing(files, random) -> None:
    """A set of files is one."""
    mixed = list(files.items())
    random.shuffle(mixed)
    assert Files(dict(mixed)).digest == Files(files).digest


@given(FILES.filter(bool), st.data())
def test_path_mode_and_content_of_each_file_decide(files, data) -> None:
    """Each of them alone, of each file."""
    path = data.draw(st.sampled_from(sorted(files)))
    state = files[path]
    rest = {name: found for name, found in files.items() if name != path}
    others = [
        rest,
        files | {path: file_state("100600", state.split()[1])},
        files | {path: file_state(state.split()[0], "d" * 40)},
        rest | {path + "x": state},
        rest | {path + "\udcff": state},
    ]
    assert Files(files).digest not in {Files(other).digest for other in others if other != files}


@pytest.mark.parametrize("form", ["text", "list"])
def test_swapped_arguments_are_another_command(form: str) -> None:
    """``--from a --to b`` is not ``--from b --to a``."""
    one, other = ("cp", "--from", "a", "--to", "b"), ("cp", "--from", "b", "--to", "a")
    runs = [" ".join(words) if form == "text" else words for words in (one, other)]
    assert key(step(run=runs[0])) != key(step(run=runs[1]))


def test_a_shell_and_its_absence_are_two_commands() -> None:
    """And a word is not two words."""
    keys = {key(step(run=run)) for run in ("a b", ("a b",), ("a", "b"), '["a", "b"]', '"a b"', ("a", "b", ""))}
    assert len(keys) == 6


@pytest.mark.parametrize(
    "around",
    [
        {"platform": {"hookflow": "2", "python": "3"}},
        {"platform": {"hookflow": "1"}},
        {"tools": {"ruff": "/bin/ruff 1 3"}},
        {"tools": {}},
        {"needs": {"a": "0" * 64}},
        {"made": {"out": "100644 " + "a" * 40}},
        {"passed": []},
        {"passed": ["a.py"]},
        {"files": Files()},
    ],
)
def test_each_circumstance_decides(around) -> None:
    """Each alone makes another key."""
    assert key(**around) != key()


@pytest.mark.parametrize(
    "other",
    [
        step(run="false"),
        step(cwd="src"),
        step(outputs=("out",)),
        step(env={"A": ""}),
        step(cache_env=("UNSET",)),
        step(batch=1),
        step(batch="auto"),
    ],
)
def test_each_of_the_steps_keys_that_matters_decides(other: Step) -> None:
    """What the step runs, where, with what, on how many files at once."""
    assert key(other) != key()


def test_the_name_of_a_step_decides_nothing() -> None:
    """Nor do what it says of itself, when it starts, and how long it may take."""
    other = step("b", description="x", timeout=3.0, cpus=2, retries=4, stages=("pre-push",), allow_failure=True)
    assert key(other) == key()


def test_the_order_of_passed_files_decides() -> None:
    """Some commands care."""
    assert key(passed=["a.py", "b.py"]) != key(passed=["b.py", "a.py"])


def test_an_unset_variable_is_not_an_empty_one() -> None:
    """And neither is one that says "unset"."""
    one = step(cache_env=("TOKEN",))
    values = [{}, {"TOKEN": ""}, {"TOKEN": "unset"}, {"TOKEN": "set"}]
    assert len({key(one, environment=environment) for environment in values}) == 4
    assert key(one, environment={"OTHER": "1"}) == key(one, environment={})


def test_values_of_variables_are_not_written_down() -> None:
    """They may be secrets; only what stands for them is kept."""
    one = step(env={"A": "secret-1"}, cache_env=("B",))
    parts = fingerprint(one, replace(AROUND, environment={"B": "secret-2"}), SOME).parts
    assert "secret" not in repr(parts)


def test_a_fix_decides_only_where_it_may_run() -> None:
    """A pass of the check alone says nothing of the fix."""
    one, other = step(fix="mend"), step(fix="mend better")
    assert key(one) == key(other) == key()
    assert len({key(one), key(one, fixing=True), key(other, fixing=True)}) == 3


@given(FILES, FILES)
def test_differences_name_exactly_the_files_that_differ(before, now) -> None:
    """One sentence each, sorted; none of files that are what they were."""
    sentences = differences(Fingerprint((), Files(before)), Fingerprint((), Files(now)))
    different = [path for path in sorted({*before, *now}) if before.get(path) != now.get(path)]
    assert len(sentences) == len(different)
    for sentence, path in zip(sentences, different, strict=True):
        assert sentence.startswith(f"{path} ")


def test_differences_say_how_a_file_differs() -> None:
    """New, gone, another content, another mode."""
    state = file_state("100644", "a" * 40)
    before = Fingerprint((), Files(dict.fromkeys(["content", "gone", "mode", "same"], state)))
    states = {"content": file_state("100644", "b" * 40), "mode": file_state("100755", "a" * 40)}
    now = Fingerprint((), Files({**states, "new": state, "same": state}))
    assert differences(before, now) == [
        "content has another content",
        "gone is gone",
        "mode has another mode (100644, now 100755)",
        "new is new",
    ]


@pytest.mark.parametrize(
    ("other", "around", "said"),
    [
        (step(run="false"), {}, "its command `run` is another one"),
        (step(fix="x"), {"fixing": True}, "its command `fix` is another one"),
        (step(cwd="src"), {}, "its working directory is another one (., now src)"),
        (step(outputs=("a",)), {}, "its outputs are declared in another way"),
        (step(env={"A": "1"}), {}, "the variable A (env) counts now"),
        (step(cache_env=("A",)), {}, "the variable A (cache-env) counts now"),
        (step(), {"tools": {"ruff": "other"}}, "ruff is another version or file"),
        (step(), {"tools": {}}, "ruff does not count any more"),
        (step(), {"platform": {"hookflow": "1", "python": "4"}}, "python is another one (3, now 4)"),
        (step(), {"needs": {"b": "0" * 64}}, "b counts now"),
        (step(), {"passed": ["a"]}, "it is given another list of files (none, now 1 files)"),
    ],
)
def test_differences_name_what_else_differs(other: Step, around, said: str) -> None:
    """Exactly that, and nothing more."""
    before, now = fingerprint(step(), AROUND, SOME), fingerprint(other, replace(AROUND, **around), SOME)
    assert differences(before, now) == [said]


@given(PARTS, FILES)
def test_nothing_differs_from_itself(parts, files) -> None:
    """No sentence, whatever it is."""
    one = Fingerprint(tuple(parts), Files(files))
    assert differences(one, one) == []


def test_every_kind_of_part_has_its_sentence() -> None:
    """What a fingerprint is made of can be explained."""
    everything = replace(AROUND, passed=["a"], needs={"b": "1"}, made={"c": "1"}, environment={"V": "1"})
    one = fingerprint(step(env={"E": "1"}, cache_env=("V",)), everything, SOME)
    before = Fingerprint(tuple(replace(part, value="other") for part in one.parts), SOME)
    assert len(differences(before, one)) == len(one.parts)


@pytest.mark.parametrize(
    ("special", "stage", "why"),
    [
        ({}, "pre-commit", None),
        ({}, "pre-push", None),
        ({}, "pre-merge-commit", None),
        ({"stages": ("manual",)}, "manual", None),
        ({"cache": False}, "pre-commit", "cache = false"),
        ({"always_run": True}, "pre-commit", "always-run"),
        ({"always_run": True, "cache": True}, "pre-commit", None),
        ({}, "commit-msg", "commit-msg"),
        ({"cache": True}, "post-checkout", "post-checkout"),
        ({"interactive": True}, "pre-commit", "person"),
        ({"stdin": True}, "pre-push", "git writes"),
        ({"git_env": True}, "pre-commit", "variables"),
        ({"run": "x {args}"}, "pre-commit", "arguments"),
        ({"run": ("x", "{args}"), "cache": True}, "pre-commit", "arguments"),
        ({"fix": ("x", "{args}")}, "pre-commit", "arguments"),
        ({"stages": ("commit-msg",)}, "pre-commit", "commit-msg"),  # named by hand
    ],
)
def test_what_files_cannot_tell_is_never_kept(special, stage: str, why: str | None) -> None:
    """And the sentence says why."""
    found = uncached_because(step(**{"stages": ("pre-commit", "pre-push", stage), **special}), stage)
    assert found is None if why is None else why in str(found)


@pytest.mark.parametrize(
    ("special", "taken", "left"),
    [
        ({"files": ("*.py",)}, {"a.py", "x.toml"}, {"a.md", "d/out"}),
        ({"files": ("*.py",), "inputs": ("d/*",)}, {"a.py", "d/in", "x.toml"}, {"a.md"}),
        ({"files": ("*.py",), "exclude": ("t.py", "*.toml")}, {"a.py", "x.toml"}, {"t.py"}),
        ({"files": ("*.py",), "inputs": ("d/*",), "exclude": ("d/in",)}, {"d/out"}, {"d/in"}),
        ({}, {"a.py", "a.md", "d/out"}, set()),
        ({"exclude": ("*.md",)}, {"a.md"}, set()),
        ({"outputs": ("d/out", "*.toml")}, {"a.py", "d/in"}, {"d/out", "x.toml"}),
        ({"files": ("*.py",), "inputs": ("d/*",), "outputs": ("d/out",)}, {"a.py", "d/in"}, {"d/out"}),
        ({"types": ("python",)}, {"a.py", "a.md"}, set()),
        ({"inputs": ("d/in",)}, {"a.py", "d/in"}, set()),
    ],
)
def test_which_files_decide(special, taken: set[str], left: set[str]) -> None:
    """Files, inputs and global inputs; of a step without files all; never what it makes itself."""
    deciding = Deciding(step(**special), Config())
    assert {path for path in taken | left if deciding.takes(path)} == taken


RULES = st.sampled_from([(), ("*.py",), ("a/*",), ("b/*.json",)])
STEPS = st.builds(
    lambda *rules: step(**dict(zip(("files", "inputs", "exclude", "outputs"), rules, strict=True))), *[RULES] * 4
)


@given(STEPS, STEPS)
def test_steps_share_what_was_found_only_if_they_say_the_same(one: Step, other: Step) -> None:
    """Of a step without files its inputs count too: what git ignores is looked for by them."""
    first, second = Deciding(one, Config()), Deciding(other, Config())
    if first.rules == second.rules:
        assert (one.inputs, one.outputs, one.files) == (other.inputs, other.outputs, other.files)
        paths = ["x.py", "a/b", "b/c.json", "README", "x.toml"]
        assert [first.takes(path) for path in paths] == [second.takes(path) for path in paths]


@given(STEPS)
def test_many_paths_at_once_are_those_that_decide_alone(one: Step) -> None:
    """Lists of paths, and one path after another: what files or inputs take, less what is excluded or made."""
    config = Config(global_inputs=("x.toml",))
    deciding = Deciding(one, config)
    paths = ["x.py", "a/b", "a/c.py", "b/c.json", "README", "x.toml", "a/x.toml"]
    files, inputs, exclude, outputs = (
        set(filter(Patterns(rules).matches, paths)) for rules in (one.files, one.inputs, one.exclude, one.outputs)
    )
    wanted = ((files | inputs) - exclude | {"x.toml", "a/x.toml"}) if one.files else set(paths)
    found = deciding.among(paths)
    assert set(found) == wanted - outputs
    assert len(found) == len(set(found))
    assert set(found) == {path for path in paths if deciding.takes(path)}

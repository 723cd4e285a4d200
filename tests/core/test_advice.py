"""What to do next to be faster."""

from collections.abc import Mapping, Sequence

from stories import BEGAN, Told, recorded, snapshot, told

from hookflow.core.advice import Advice, Facts, advise
from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.outcome import Skipped
from hookflow.core.record import read
from hookflow.core.snapshot import Snapshot


def ideas(
    steps: Mapping[str, Told],
    graph: Snapshot,
    *,
    waits: Mapping[str, float] | None = None,
    usual: Mapping[str, Sequence[float]] | None = None,
    **keys,
) -> tuple[Advice, ...]:
    """What is advised after such a run."""
    return advise(Facts(recorded(steps, **keys), graph, waits or {}, usual or {}))


def test_the_longest_step_of_the_critical_path_is_named_first() -> None:
    """Half of it is the most that splitting saves."""
    (first, second) = ideas({"a": (0.0, 0.9), "t": (0.9, 9.0)}, snapshot("at", ["at"]))
    assert first == Advice(
        "critical path: t 8.10 s of 9.00 s: splitting it in two that run at the same time saves up to 4.05 s", 4.05
    )
    assert second.text == (
        "critical path: t waits for a because its needs say so: if it can do without, up to 0.90 s would be saved"
    )


def test_another_chain_limits_what_splitting_saves() -> None:
    """The next longest one stays."""
    (first, *_) = ideas({"a": (0.0, 8.0), "b": (0.0, 7.0)}, snapshot("ab"))
    assert (first.text[:34], round(first.saves, 6)) == ("critical path: a 8.00 s of 8.00 s:", 0.5)


def test_an_order_of_writes_can_be_done_without_by_other_files() -> None:
    """An edge that files force cannot."""
    steps: dict[str, Told] = {"a": (0.0, 1.0), "b": (1.0, 2.0)}
    texts = [idea.text for idea in ideas(steps, snapshot("ab", writes=["ab"]))]
    assert any("b comes after a because they touch the same files" in text for text in texts)
    made = Snapshot(graph=Graph("ab", [Edge("a", "b", (Reason("outputs", "a makes x, which b reads"),))]))
    assert not any("b waits" in text or "b comes" in text for text in [idea.text for idea in ideas(steps, made)])


def test_only_the_two_edges_that_cost_most_are_questioned() -> None:
    """A chain has many, and each needs a person's thought."""
    steps: dict[str, Told] = {"a": (0.0, 1.0), "b": (1.0, 3.0), "c": (3.0, 6.0), "d": (6.0, 7.0)}
    texts = [idea.text for idea in ideas(steps, snapshot("abcd", ["ab", "bc", "cd"]), jobs=4)]
    assert [text.partition(" because")[0] for text in texts if "would be saved" in text] == [
        "critical path: c waits for b",
        "critical path: b waits for a",
    ]


def test_steps_one_after_another_could_run_in_parallel() -> None:
    """Unless the graph is a chain."""
    steps: dict[str, Told] = {"a": (0.0, 2.0), "b": (2.0, 5.0)}
    (idea,) = ideas(steps, snapshot("ab"), parallel=False, jobs=1)
    assert (idea.saves, "--parallel" in idea.text, "3.00 s at best" in idea.text) == (2.0, True, True)
    assert ideas(steps, snapshot("ab", ["ab"]), parallel=False, jobs=1) == ()


def test_where_the_cpus_are_the_limit_more_of_them_are_advised() -> None:
    """As many as the critical path can use."""
    steps: dict[str, Told] = dict.fromkeys("abcd", (0.0, 4.0))
    best = max(ideas(steps, snapshot("abcd"), jobs=2), key=lambda idea: idea.saves)
    assert (best.saves, "with 4 (--jobs" in best.text) == (4.0, True)


def test_a_wait_on_the_critical_path_is_told() -> None:
    """Though there is room on the whole."""
    steps: dict[str, Told] = {"a": (0.0, 1.0), "b": (1.0, 5.0)}
    found = ideas(steps, snapshot("ab"), waits={"b": 1.0}, jobs=2)
    assert any("waited 1.00 s for one of 2 CPU slots" in idea.text for idea in found)


def test_tries_before_the_last_one_are_lost_time() -> None:
    """From the first start to the last."""
    first, start, end, last = told({"a": (0.0, 5.0)})
    record = read([first, start, {**start, "time": BEGAN + 3}, end, last])
    assert record is not None
    texts = [idea.text for idea in advise(Facts(record, snapshot("a"), {}, {}))]
    assert "a was tried 2 times: the tries before the last one took 3.00 s" in texts


def test_a_step_slower_than_usual_is_told() -> None:
    """From three other runs on."""
    steps: dict[str, Told] = {"a": (0.0, 9.0)}
    found = ideas(steps, snapshot("a"), usual={"a": [2.0, 3.0, 30.0]})
    assert any("a took 9.00 s, and 3.00 s usually (the median of 3 other runs)" in idea.text for idea in found)
    assert not any("usually" in idea.text for idea in ideas(steps, snapshot("a"), usual={"a": [2.0, 3.0]}))


def test_what_is_not_worth_a_sentence_is_not_said() -> None:
    """Nothing after a run of nothing, nor for milliseconds."""
    assert ideas({}, snapshot("")) == ()
    assert ideas({"a": (0.0, 0.04)}, snapshot("a")) == ()
    assert ideas({"a": Skipped("no files"), "b": (1.0, 1.0)}, snapshot("ab")) == ()


def test_names_of_any_bytes_do_not_break_a_sentence() -> None:
    """Control characters and bytes that are not UTF-8 are escaped."""
    (idea, *_) = ideas({"a\n\x1b\udcff": (0.0, 9.0)}, Snapshot(graph=Graph(["a\n\x1b\udcff"])))
    assert "a\\n\\x1b\\xff 9.00 s" in idea.text

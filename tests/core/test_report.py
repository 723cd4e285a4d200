"""What a report shows of a run."""

from stories import recorded, reported, snapshot, told

from hookflow.core.outcome import Blocked, Cached, Failed, Passed
from hookflow.core.record import read
from hookflow.core.report import Past, make


def test_bars_waits_and_the_critical_path() -> None:
    """Of a run on two CPU slots in which one step had to wait."""
    report = reported({"a": (0.5, 2.5), "b": (0.5, 1.5), "c": (1.5, 2.5), "d": (2.5, 5.5)}, ["ad", "bd"])
    bars = {bar.step.name: bar for bar in report.bars}
    assert {name: (bar.lanes, bar.start, bar.end) for name, bar in bars.items()} == {
        "a": ((1,), 0.5, 2.5),
        "b": ((0,), 0.5, 1.5),
        "c": ((0,), 1.5, 2.5),
        "d": ((0,), 2.5, 5.5),
    }
    assert {name: round(bar.wait, 6) for name, bar in bars.items()} == {"a": 0, "b": 0, "c": 1.0, "d": 0}
    assert [name for name, bar in bars.items() if bar.critical] == ["a", "d"]
    assert (report.critical, round(report.critical_seconds, 6), round(report.serial_seconds, 6)) == (("a", "d"), 5, 7)


def test_steps_that_did_not_run_have_no_bar() -> None:
    """They are in the graph, and in the way of what comes after them."""
    outcomes = {"a": (0.0, 1.0, Failed(1, "exit code 1")), "b": Blocked("needs a"), "c": Cached("same")}
    report = reported(outcomes, ["ab", "bc"])
    assert [bar.step.name for bar in report.bars] == ["a"]
    assert report.bar_of("b") is None
    assert report.drawing.boxes.keys() == {"a", "b", "c"}


def test_a_killed_run_has_bars_up_to_its_last_event() -> None:
    """Of what did not end too."""
    record = read(told({"a": (0.0, 1.0), "b": (0.5, 9.0)})[:-2])
    assert record is not None
    report = make(record, None)
    assert [(bar.step.name, bar.end) for bar in report.bars] == [("a", 1.0), ("b", 1.0)]
    assert report.end == 1.0


def test_a_run_in_which_nothing_ran_has_a_report() -> None:
    """Also one without steps."""
    assert reported({"a": Cached("same")}).bars == ()
    assert (reported({}).bars, reported({}).advice, reported({}).critical) == ((), (), ())


def test_history_leaves_out_runs_without_the_step() -> None:
    """The usual time comes from other runs that ran it."""
    now = recorded({"a": (0.0, 9.0), "b": (0.0, 1.0)}, run="r5")
    past = [recorded({"a": (0.0, 2.0)}, run=f"r{number}") for number in range(3)]
    past += [recorded({"a": Cached("same"), "c": (0.0, 1.0)}, run="r3"), now]
    report = make(now, snapshot("ab"), past=past)
    assert report.histories["b"] == (Past("r5", "passed", 1.0),)
    assert [one.outcome for one in report.histories["a"]] == ["passed"] * 3 + ["cached", "passed"]
    assert any("a took 9.00 s, and 2.00 s usually" in idea.text for idea in report.advice)


def test_a_graph_that_lacks_a_step_is_made_up_for() -> None:
    """And one with steps that did not take part is cut."""
    report = make(recorded({"a": (0.0, 1.0, Passed()), "z": (0.0, 1.0)}), snapshot("ab", ["ab"]))
    assert set(report.drawing.boxes) == {"a", "z"}
    assert report.snapshot.graph.edges == ()

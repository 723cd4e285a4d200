"""The first steps are started before trio is there, and nothing of them is left if it never is."""

import resource
from pathlib import Path, PurePath

import pytest
from fakes import Behaviour, FakeProcess, Outside

from hookflow import head_start
from hookflow import outside as ports
from hookflow.core import dependencies, events
from hookflow.core.config import Step
from hookflow.core.launch import Job, NotStarted
from hookflow.core.schedule import Schedule, Task
from hookflow.ledger import Ledger


def descriptors() -> int:
    """How many this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


class Scene:
    """Steps that are about to be run, with an outside of our own."""

    def __init__(self, *names: str, needs: dict[str, str] | None = None, **behaviours: Behaviour) -> None:
        self.fake = Outside(behaviours)
        steps = [Step(name=name, run=(name,), needs=tuple((needs or {}).get(name, ""))) for name in names]
        self.work = {
            step.name: Job(
                step=step,
                commands=lambda _cpus, name=step.name: [(name,)],
                display=step.name,
                files=0,
                environment={},
                cwd=PurePath("/"),
            )
            for step in steps
        }
        self.schedule = Schedule(dependencies.data_graph(steps), {name: Task(name=name) for name in names}, jobs=2)
        self.ledger = Ledger({step.name: step for step in steps}, self.fake, self.fake.emit, lambda: 0.0)
        self.outside = ports.Outside(launcher=self.fake.launch, watch=self.fake, take=self.fake.take)

    def begin(self) -> list[head_start.Head]:
        """What was started."""
        return head_start.Starter(self.schedule, self.work, self.outside, self.ledger).begin()


def test_what_may_start_is_started_and_told() -> None:
    """As many as there are CPUs, and nothing that waits for another step."""
    scene = Scene("a", "b", "c", "d", needs={"b": "a"})
    heads = scene.begin()
    assert [head.start.name for head in heads] == ["a", "c"]
    assert [launch.arguments for launch in scene.fake.launches] == [("a",), ("c",)]
    assert [event.step for event in scene.fake.seen if isinstance(event, events.StepStarted)] == ["a", "c"]
    assert list(scene.schedule.running) == ["a", "c"]


def test_what_another_process_holds_is_left_to_the_runner() -> None:
    """Which asks again, and says for what the step waits."""
    scene = Scene("a", "b", a=Behaviour(busy=1))
    assert [head.start.name for head in scene.begin()] == ["b"]
    assert list(scene.schedule.running) == ["b"]
    assert scene.schedule.state("a") == "waiting"


def test_what_cannot_be_started_is_told_to_the_runner() -> None:
    """No process, no event; the reason goes along."""
    scene = Scene("a", a=Behaviour(missing=True))
    (head,) = scene.begin()
    assert isinstance(head.process, NotStarted)
    assert scene.fake.seen == []


def test_nothing_is_left_when_it_is_abandoned() -> None:
    """Its processes are killed, and what it holds is given back."""
    scene = Scene("a", "b")
    heads = scene.begin()
    head_start.abandon(heads)
    assert all(isinstance(head.process, FakeProcess) and head.process.killed for head in heads)


def test_a_failure_to_start_abandons_what_was_started() -> None:
    """Nothing of the first ones runs on when starting another one raises."""
    scene = Scene("a", "b")

    def fail(name: str) -> None:
        if name == "b":
            raise OSError(5, "broken")

    scene.fake.on_start = fail
    with pytest.raises(OSError, match="broken"):
        scene.begin()
    assert scene.fake.running == ["a", "b"]  # the fake's own note; the first was killed
    assert list(scene.schedule.running) == ["a", "b"]


def test_descriptors_are_left_for_trio() -> None:
    """Where there are too few, nothing is started before it; those that are there are all given back."""
    scene = Scene("a")
    before = descriptors()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (before + 4, hard))
    try:
        assert scene.begin() == []
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert descriptors() == before
    assert len(scene.begin()) == 1
    assert descriptors() == before

"""What a report shows of a run, as data: bars, waits, critical path, graph, history, advice."""

from collections.abc import Iterable, Mapping

from hookflow.core import layers
from hookflow.core.advice import Advice, Facts, advise, critical_path
from hookflow.core.display import printable
from hookflow.core.graph import Graph
from hookflow.core.lanes import Stay, lanes
from hookflow.core.layers import Drawing
from hookflow.core.record import Record, StepRecord
from hookflow.core.snapshot import Snapshot
from hookflow.core.structs import Struct

LABEL_COLUMNS = 24  # of a name in a picture
_LEAST_COLUMNS = 17  # "timed-out 59.9 s"
_LEAST_WAIT = 0.02  # seconds; below that, it is the time that starting a process takes
_RAN = {"passed", "failed", "timed-out"}


class Log(Struct, frozen=True):
    """What is shown of a step's output: its last lines, and whether there were more before them."""

    lines: tuple[str, ...]
    cut: bool


class Past(Struct, frozen=True):
    """A step in one of the kept runs."""

    run: str
    outcome: str
    seconds: float


class Bar(Struct, frozen=True, kw_only=True):
    """A step that ran, on the timeline; times are seconds after the run's start.

    Attributes:
        step: What is known of it.
        lanes: The CPU slots that it took, from 0.
        ready: When all that it waits for had ended.
        start: When it started.
        end: When it ended; the run's last event where it did not.
        critical: Whether it is on the critical path.
    """

    step: StepRecord
    lanes: tuple[int, ...]
    ready: float
    start: float
    end: float
    critical: bool

    @property
    def wait(self) -> float:
        """How long it was ready and not started, in seconds; 0 where that is not worth a word."""
        waited = self.start - self.ready
        return waited if waited >= _LEAST_WAIT else 0.0


class Report(Struct, frozen=True, kw_only=True):
    """All that the page shows.

    Attributes:
        record: The run.
        snapshot: Its graph.
        graph_note: What to know of the graph; None where it is the run's own.
        bars: Of the steps that ran, in the order in which they started.
        critical: The critical path.
        critical_seconds: Its length.
        serial_seconds: All durations added.
        drawing: The graph, laid out.
        histories: For each step its kept runs, the oldest first.
        advice: What to do next to be faster.
        logs: The output of each step that left some.
    """

    record: Record
    snapshot: Snapshot
    graph_note: str | None
    bars: tuple[Bar, ...]
    critical: tuple[str, ...]
    critical_seconds: float
    serial_seconds: float
    drawing: Drawing
    histories: Mapping[str, tuple[Past, ...]]
    advice: tuple[Advice, ...]
    logs: Mapping[str, Log]

    @property
    def end(self) -> float:
        """When the last thing of the timeline ended, in seconds."""
        return max([self.record.seconds, *(bar.end for bar in self.bars)])

    def bar_of(self, name: str) -> Bar | None:
        """The bar of a step; None where it did not run."""
        return next((bar for bar in self.bars if bar.step.name == name), None)


def make(
    record: Record,
    snapshot: Snapshot | None,
    *,
    past: Iterable[Record] = (),
    logs: Mapping[str, Log] | None = None,
    graph_note: str | None = None,
) -> Report:
    """Put together what a page shows.

    Args:
        record: The run.
        snapshot: Its graph; None where it is not known.
        past: The kept runs, this one among them or not, the oldest first.
        logs: Output by step.
        graph_note: What to know of the graph.
    """
    names = [step.name for step in record.steps]
    known = (snapshot or Snapshot(graph=Graph(names))).limited_to(names)
    durations = record.durations
    path, length = critical_path(known.graph, durations)
    bars = _bars(record, known, frozenset(path))
    histories = histories_of(past, names)
    facts = Facts(
        record=record,
        snapshot=known,
        waits={bar.step.name: bar.wait for bar in bars},
        usual={name: _usual(history, record.run) for name, history in histories.items()},
    )
    labels = {name: layers.shortened(printable(name), LABEL_COLUMNS).ljust(_LEAST_COLUMNS) for name in names}
    return Report(
        record=record,
        snapshot=known,
        graph_note=graph_note,
        bars=bars,
        critical=path,
        critical_seconds=length,
        serial_seconds=sum(durations.values()),
        drawing=layers.draw(known.graph, labels),
        histories=histories,
        advice=advise(facts),
        logs=logs or {},
    )


def histories_of(past: Iterable[Record], names: Iterable[str]) -> dict[str, tuple[Past, ...]]:
    """How each step fared in some runs, in their order; runs in which it had no outcome are left out."""
    found: dict[str, list[Past]] = {name: [] for name in names}
    for record in past:
        for step in record.steps:
            if step.name in found and step.end is not None:
                found[step.name].append(Past(record.run, step.outcome, step.seconds))
    return {name: tuple(history) for name, history in found.items()}


def _usual(history: Iterable[Past], run: str) -> tuple[float, ...]:
    return tuple(past.seconds for past in history if past.run != run and past.outcome in _RAN)


def _bars(record: Record, snapshot: Snapshot, critical: frozenset[str]) -> tuple[Bar, ...]:
    started = sorted((step for step in record.steps if step.starts), key=lambda step: step.starts[0])
    if not started:
        return ()
    ends = {step.name: record.seconds if step.end is None else step.end for step in record.steps}
    stays = [Stay(step.name, step.starts[0], ends[step.name], snapshot.cpus.get(step.name, 1)) for step in started]
    slots = lanes(stays, record.jobs)
    first = started[0].starts[0]  # before it nothing could start: the run was being prepared
    return tuple(
        Bar(
            step=step,
            lanes=slots[step.name],
            ready=min(_ready(step.name, snapshot, ends, first), step.starts[0]),
            start=step.starts[0],
            end=max(ends[step.name], step.starts[0]),
            critical=step.name in critical,
        )
        for step in started
    )


def _ready(name: str, snapshot: Snapshot, ends: Mapping[str, float], first: float) -> float:
    return max([first, *(ends[edge.before] for edge in snapshot.graph.into(name))])

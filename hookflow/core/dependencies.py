"""From steps to the edges between them: data dependencies, and the order of writes.

Data: ``needs``, and ``outputs`` that another step reads. State: of two steps that touch the same file and of
which one writes it, the one declared first goes first, unless data asks for the other way.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from hookflow.core.config import Step
from hookflow.core.directories import Neighbours
from hookflow.core.graph import Edge, Graph, Reason
from hookflow.core.patterns import Patterns
from hookflow.core.selection import FileFilter, Touched


def data_graph(steps: Sequence[Step]) -> Graph:
    """The data dependencies of some steps; ``needs`` on a step that is not among them is left out.

    Raises:
        CycleError: Steps wait for one another.
    """
    names = {step.name for step in steps}
    needs = (
        Edge(need, step.name, (Reason("needs", f"{step.name} needs {need}"),))
        for step in steps
        for need in step.needs
        if need in names
    )
    return Graph((step.name for step in steps), [*needs, *_output_edges(steps)])


def _output_edges(steps: Sequence[Step]) -> Iterator[Edge]:
    makers = [step for step in steps if step.outputs]
    readers = [step for step in steps if step.names_files or step.inputs] if makers else []
    near = Neighbours(Patterns((*step.files, *step.inputs)).directories() for step in readers)
    for maker in makers:
        for reader in (readers[place] for place in near.of(Patterns(maker.outputs).directories())):
            if reader is not maker and (path := _read_output(maker, reader)) is not None:
                text = f"{maker.name} makes {path}, which {reader.name} reads"
                yield Edge(maker.name, reader.name, (Reason("outputs", text),))


def _read_output(maker: Step, reader: Step) -> str | None:
    """A file that `maker` may make and `reader` reads; None where there can be none."""
    from hookflow.core.overlap import overlap  # noqa: PLC0415 (only for who declares such files)

    outputs, excluded = Patterns(maker.outputs), Patterns(reader.exclude)
    for patterns in (reader.files if reader.names_files else (), reader.inputs):
        path = overlap(outputs, Patterns(patterns), without_second=excluded) if patterns else None
        if path is not None:
            return path
    return None


def full_graph(
    data: Graph,
    touched: Mapping[str, Touched],
    *,
    compatible: Callable[[tuple[str, ...], tuple[str, ...]], bool] = lambda _a, _b: True,
) -> Graph:
    """The data graph and the order of writes.

    Args:
        data: The data dependencies.
        touched: What each node touches; a node that is missing touches nothing.
        compatible: Whether a file can carry both lists of `identify` tags.

    Returns:
        A graph in which any two steps that touch a common file, one of them writing, are ordered.
    """
    if not any(each.writes for each in touched.values()):
        return data
    order = _Reachability(data)
    added = []
    nodes = [name for name in data.nodes if name in touched]
    directories = [_directories(touched[name]) for name in nodes]
    near = Neighbours(directories)
    for later_place, later in enumerate(nodes):
        # Backwards, so that a chain of writers gets one edge each and the rest is implied.
        for place in reversed(near.of(directories[later_place])):
            if place >= later_place:
                continue
            earlier = nodes[place]
            writes = touched[earlier].writes or touched[later].writes
            if not writes or order.related(earlier, later):
                continue
            path = _conflict(touched[earlier], touched[later], compatible)
            if path is not None:
                order.add(earlier, later)
                text = f"both touch {path}, and {_writers(earlier, later, touched)}"
                added.append(Edge(earlier, later, (Reason("writes", text),)))
    return Graph(data.nodes, [*data.edges, *added])


def _directories(touched: Touched) -> tuple[str, ...]:
    return (*touched.filter.patterns.directories(), *touched.inputs.directories())


def _writers(first: str, second: str, touched: Mapping[str, Touched]) -> str:
    names = [name for name in (first, second) if touched[name].writes]
    return f"{' and '.join(names)} may write it"


def _conflict(
    first: Touched, second: Touched, compatible: Callable[[tuple[str, ...], tuple[str, ...]], bool]
) -> str | None:
    """A file that both touch and that one of them writes; None where there can be none."""
    for writer, other in ((first, second), (second, first)):
        if writer.writes and (path := _written_input(writer, other)) is not None:
            return path
    return _common_file(first, second, compatible) if first.writes or second.writes else None


def _written_input(writer: Touched, reader: Touched) -> str | None:
    """A file that one may write and the other has among its inputs."""
    if not reader.inputs.lines:
        return None
    excluded = reader.filter.exclude
    if writer.files is not None:
        read = (path for path in sorted(writer.files) if reader.inputs.matches(path) and not excluded.matches(path))
        return next(read, None)
    from hookflow.core.overlap import overlap  # noqa: PLC0415 (only for who declares such files)

    return overlap(writer.filter.patterns, reader.inputs, without_first=writer.filter.exclude, without_second=excluded)


def _common_file(
    first: Touched, second: Touched, compatible: Callable[[tuple[str, ...], tuple[str, ...]], bool]
) -> str | None:
    """A file that is one of both steps' files; None where there can be none."""
    if first.files is not None and second.files is not None:
        return min(first.files & second.files, default=None)
    if first.files is not None:
        return _first_match(first.files, second.filter)
    if second.files is not None:
        return _first_match(second.files, first.filter)
    if not compatible(first.filter.types, second.filter.types):
        return None
    from hookflow.core.overlap import overlap  # noqa: PLC0415 (only for writers of files that nobody knows yet)

    return overlap(
        first.filter.patterns,
        second.filter.patterns,
        without_first=first.filter.exclude,
        without_second=second.filter.exclude,
    )


def _first_match(files: Iterable[str], accepts: FileFilter) -> str | None:
    return next((path for path in sorted(files) if accepts.matches(path)), None)


class _Reachability:
    """Who comes after whom, as bit sets, kept up to date while edges are added."""

    def __init__(self, graph: Graph) -> None:
        self._bit = {name: 1 << place for place, name in enumerate(graph.nodes)}
        self._after: dict[str, int] = {}
        for name in reversed(graph.order):
            self._after[name] = 0
            for edge in graph.out_of(name):
                self._after[name] |= self._bit[edge.after] | self._after[edge.after]

    def related(self, first: str, second: str) -> bool:
        return bool(self._after[first] & self._bit[second] or self._after[second] & self._bit[first])

    def add(self, before: str, after: str) -> None:
        gained = self._bit[after] | self._after[after]
        for name, reached in self._after.items():
            if name == before or reached & self._bit[before]:
                self._after[name] |= gained

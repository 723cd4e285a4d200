"""Where to draw a graph: layers from left to right, few crossings, and no edge behind a box.

The method of Sugiyama, Tagawa and Toda (1981): a node's layer is its depth; an edge that passes layers gets a
place of its own in each of them; layers are ordered by barycentres; then heights are chosen near the
neighbours' (least squares under the order, by pooling adjacent violators). Lengths are in pixels.
"""

import unicodedata
from bisect import bisect_right, insort
from collections.abc import Mapping, Sequence
from itertools import pairwise

from hookflow.core.graph import Edge, Graph
from hookflow.core.structs import Struct

BOX_HEIGHT = 46.0
_PASS_HEIGHT = 10.0  # what an edge takes that passes a layer
_GAP = 14.0  # between boxes of a layer
_BETWEEN = 64.0  # between layers
_MARGIN = 12.0
_SWEEPS = 8
_CHARACTER = 7.9  # of the label's font, at most
_PADDING = 40.0

# A node, or the place where an edge passes a layer: (edge's number, layer).
_Place = str | tuple[int, int]


class Box(Struct, frozen=True):
    """A step's place: the left upper corner and the size."""

    x: float
    y: float
    width: float
    height: float = BOX_HEIGHT


class Curve(Struct, frozen=True):
    """An edge's way, as points that it goes through from left to right: horizontally from each odd to the next even."""

    edge: Edge
    points: tuple[tuple[float, float], ...]


class Drawing(Struct, frozen=True, kw_only=True):
    """A graph laid out."""

    width: float
    height: float
    boxes: Mapping[str, Box]
    curves: tuple[Curve, ...]


def text_width(text: str) -> int:
    """Columns that a text takes in a font of fixed width: two for wide characters, none for combining ones."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def shortened(text: str, columns: int) -> str:
    """The text, its end replaced by an ellipsis where it is wider."""
    if text_width(text) <= columns:
        return text
    end = len(text)
    while end and text_width(text[:end]) >= columns:
        end -= 1
    return f"{text[:end]}…"


def draw(graph: Graph, labels: Mapping[str, str]) -> Drawing:
    """Lay out a graph whose boxes hold these labels, one for each node."""
    depth = {name: place for place, group in enumerate(graph.groups()) for name in group}
    layers: list[list[_Place]] = [list(group) for group in graph.groups()]
    chains = [_chain(number, edge, depth) for number, edge in enumerate(graph.edges)]
    for chain in chains:
        for place in chain[1:-1]:
            layers[_layer(place)].append(place)
    neighbours = _neighbours(layers, chains)
    layers = _ordered(layers, neighbours)
    middles = _heights(layers, neighbours)
    columns = _columns(layers, labels)
    boxes = {
        name: Box(columns[layer][0], middles[name] - BOX_HEIGHT / 2, columns[layer][1]) for name, layer in depth.items()
    }
    curves = tuple(
        Curve(edge, _points(chain, boxes, middles, columns)) for edge, chain in zip(graph.edges, chains, strict=True)
    )
    right, width = columns[-1] if columns else (0.0, 0.0)
    bottom = max((box.y + box.height for box in boxes.values()), default=0.0)
    lowest = max((y for curve in curves for _, y in curve.points), default=0.0)
    return Drawing(width=right + width + _MARGIN, height=max(bottom, lowest) + _MARGIN, boxes=boxes, curves=curves)


def _chain(number: int, edge: Edge, depth: Mapping[str, int]) -> list[_Place]:
    return [edge.before, *((number, layer) for layer in range(depth[edge.before] + 1, depth[edge.after])), edge.after]


def _layer(place: _Place) -> int:
    return int(place[1])  # of a place that an edge passes


class _Sides(Struct, frozen=True):
    left: list[_Place]
    right: list[_Place]


def _neighbours(layers: Sequence[Sequence[_Place]], chains: Sequence[Sequence[_Place]]) -> dict[_Place, _Sides]:
    found = {place: _Sides([], []) for layer in layers for place in layer}
    for chain in chains:
        for left, right in pairwise(chain):
            found[left].right.append(right)
            found[right].left.append(left)
    return found


def _ordered(layers: list[list[_Place]], neighbours: Mapping[_Place, _Sides]) -> list[list[_Place]]:
    """The layers with the order in which the fewest edges were found to cross."""
    best, fewest = layers, _crossings(layers, neighbours)
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        layers = [list(layer) for layer in layers]
        indices = range(1, len(layers)) if forwards else range(len(layers) - 2, -1, -1)
        for index in indices:
            fixed = {place: at for at, place in enumerate(layers[index - 1 if forwards else index + 1])}
            before = {place: at for at, place in enumerate(layers[index])}
            weight = {
                place: _mean(
                    [fixed[other] for other in (neighbours[place].left if forwards else neighbours[place].right)],
                    before[place],
                )
                for place in layers[index]
            }
            layers[index].sort(key=weight.__getitem__)
        if (crossings := _crossings(layers, neighbours)) < fewest:
            best, fewest = layers, crossings
    return best


def _mean(values: Sequence[float], otherwise: float) -> float:
    return sum(values) / len(values) if values else otherwise


def _crossings(layers: Sequence[Sequence[_Place]], neighbours: Mapping[_Place, _Sides]) -> int:
    """How many pairs of edges cross between neighbouring layers."""
    crossings = 0
    for left, right in pairwise(layers):
        at = {place: index for index, place in enumerate(right)}
        seen: list[int] = []
        for end in (end for place in left for end in sorted(at[other] for other in neighbours[place].right)):
            crossings += len(seen) - bisect_right(seen, end)
            insort(seen, end)
    return crossings


def _heights(layers: Sequence[Sequence[_Place]], neighbours: Mapping[_Place, _Sides]) -> dict[_Place, float]:
    """The middle of each place, in pixels from the top; the order of each layer is kept."""
    middles: dict[_Place, float] = {}
    for layer in layers:
        middles.update(zip(layer, _stacked(layer, [0.0] * len(layer)), strict=True))
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = [
                _mean([middles[other] for other in (*neighbours[place].left, *neighbours[place].right)], middles[place])
                for place in layer
            ]
            middles.update(zip(layer, _stacked(layer, wanted), strict=True))
    top = min((middles[place] - _height(place) / 2 for place in middles), default=0.0)
    return {place: middle - top + _MARGIN for place, middle in middles.items()}


def _height(place: _Place) -> float:
    return BOX_HEIGHT if isinstance(place, str) else _PASS_HEIGHT


def _stacked(layer: Sequence[_Place], wanted: Sequence[float]) -> list[float]:
    """The middles nearest to the wanted ones (least squares) that keep order and gaps."""
    offsets, total = [], 0.0
    for index, place in enumerate(layer):
        if index:
            total += (_height(layer[index - 1]) + _height(place)) / 2 + _GAP
        offsets.append(total)
    pools: list[tuple[float, int]] = []  # mean and size
    for value, offset in zip(wanted, offsets, strict=True):
        mean, size = value - offset, 1
        while pools and pools[-1][0] > mean:
            other, others = pools.pop()
            mean, size = (mean * size + other * others) / (size + others), size + others
        pools.append((mean, size))
    means = [mean for mean, size in pools for _ in range(size)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def _columns(layers: Sequence[Sequence[_Place]], labels: Mapping[str, str]) -> list[tuple[float, float]]:
    """The left edge and the width of each layer."""
    columns, left = [], _MARGIN
    for layer in layers:
        widest = max(text_width(labels[place]) for place in layer if isinstance(place, str))
        columns.append((left, widest * _CHARACTER + _PADDING))
        left += columns[-1][1] + _BETWEEN
    return columns


def _points(
    chain: Sequence[_Place],
    boxes: Mapping[str, Box],
    middles: Mapping[_Place, float],
    columns: Sequence[tuple[float, float]],
) -> tuple[tuple[float, float], ...]:
    start, *between, end = chain
    points = [(boxes[str(start)].x + boxes[str(start)].width, middles[start])]
    for place in between:
        left, width = columns[_layer(place)]
        points += [(left, middles[place]), (left + width, middles[place])]
    return (*points, (boxes[str(end)].x, middles[end]))

"""A graph laid out: nothing overlaps, edges lead to the right, and none runs behind a box."""

from builders import graph
from hypothesis import given
from strategies import graphs

from hookflow.core.graph import Graph
from hookflow.core.layers import Box, Drawing, draw, shortened, text_width


def laid_out(drawn: Graph) -> Drawing:
    """With the names as labels."""
    return draw(drawn, {name: name for name in drawn.nodes})


def apart(first: Box, second: Box) -> bool:
    """Whether two boxes have nothing in common."""
    return (
        first.x + first.width < second.x
        or second.x + second.width < first.x
        or first.y + first.height < second.y
        or second.y + second.height < first.y
    )


@given(graphs())
def test_boxes_do_not_overlap_and_lie_in_the_picture(drawn: Graph) -> None:
    """Whatever the graph."""
    found = laid_out(drawn)
    boxes = list(found.boxes.values())
    assert found.boxes.keys() == set(drawn.nodes)
    for place, box in enumerate(boxes):
        assert box.x >= 0 <= box.y
        assert box.x + box.width <= found.width
        assert box.y + box.height <= found.height
        assert all(apart(box, other) for other in boxes[place + 1 :])


@given(graphs())
def test_edges_go_from_box_to_box_and_never_behind_one(drawn: Graph) -> None:
    """Between layers they bend, and pass layers straight on, beside the boxes."""
    found = laid_out(drawn)
    assert [curve.edge for curve in found.curves] == list(drawn.edges)
    for curve in found.curves:
        before, after = found.boxes[curve.edge.before], found.boxes[curve.edge.after]
        assert curve.points[0] == (before.x + before.width, before.y + before.height / 2)
        assert curve.points[-1] == (after.x, after.y + after.height / 2)
        columns = {(box.x, box.x + box.width) for box in found.boxes.values()}
        for place, (start, end) in enumerate(zip(curve.points, curve.points[1:], strict=False)):
            assert start[0] < end[0]
            if place % 2:
                assert start[1] == end[1]
                assert (start[0], end[0]) in columns
                assert all(apart(box, Box(start[0], start[1], end[0] - start[0], 0)) for box in found.boxes.values())
            else:
                assert not any(left < end[0] and start[0] < right for left, right in columns)


def test_crossings_are_avoided_where_that_is_possible() -> None:
    """Two chains, declared crosswise."""
    found = laid_out(graph("abdc", needs=["ac", "bd"])).boxes
    assert (found["a"].y < found["b"].y) == (found["c"].y < found["d"].y)


def test_a_chain_is_drawn_straight() -> None:
    """All of its boxes at one height."""
    found = laid_out(graph("abc", needs=["ab", "bc"]))
    assert len({box.y for box in found.boxes.values()}) == 1


def test_an_empty_graph_has_a_picture_too() -> None:
    """With nothing in it."""
    assert laid_out(Graph([])).boxes == {}


def test_labels_are_shortened_by_what_they_take() -> None:
    """Wide characters count twice, combining ones not at all."""
    assert (text_width("abc"), text_width("日本"), text_width("e\u0301")) == (3, 4, 1)
    assert shortened("abcdef", 6) == "abcdef"
    assert shortened("abcdefg", 6) == "abcde…"
    assert shortened("日本語日本語", 6) == "日本…"

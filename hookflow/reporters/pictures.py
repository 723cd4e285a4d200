"""The report's pictures as SVG: the timeline, the graph, and a step's past.

The timeline's lengths across are percentages, so it fits any width with letters of the same size.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from hookflow.core import layers
from hookflow.core.display import printable, seconds
from hookflow.core.layers import Curve
from hookflow.core.record import StepRecord
from hookflow.core.report import LABEL_COLUMNS, Bar, Past, Report
from hookflow.reporters.markup import CRITICAL, MARKS, anchor, shade, text

_TOP = 26  # pixels: the time axis
_HEAD = 30  # of a lane
_ROW = 38  # of a step
_MOST_TICKS = 4
_WIDEST = 70.0  # per cent of the timeline that a label may take, on a phone


def timeline(report: Report) -> str:
    """A band for each CPU slot, in it a row for each step that began there: its wait dashed, its run a bar."""
    whole = report.end or 1.0
    slots = sorted({lane for bar in report.bars for lane in bar.lanes})
    bands, parts, top = [], list[str](), float(_TOP)
    for slot in slots:
        own = [bar for bar in report.bars if bar.lanes[0] == slot]
        busy = [bar for bar in report.bars if slot in bar.lanes]
        height = _HEAD + _ROW * len(own) + 6
        bands.append(f'<rect class="band" x="0" y="{top:g}" width="100%" height="{height - 4:g}" rx="4"/>')
        parts += _lane_head(slot, busy, top, whole)
        parts += [_row(report, bar, top + _HEAD + _ROW * place, whole) for place, bar in enumerate(own)]
        top += height
    lines = _ticks(whole, top) + _bound(report, top, whole)
    label = f"timeline: {len(report.bars)} steps on {len(slots)} CPU slots in {seconds(report.end)}"
    return (
        f'<svg class="timeline" width="100%" height="{top + 4:g}" role="group" aria-label="{text(label)}">'
        f"{''.join(bands)}{lines}{''.join(parts)}</svg>"
    )


def _lane_head(slot: int, busy: Sequence[Bar], top: float, whole: float) -> list[str]:
    share = sum(bar.end - bar.start for bar in busy) / whole
    strip = "".join(
        f'<rect class="busy" x="{_at(bar.start, whole)}" y="{top + 22:g}" '
        f'width="{_at(bar.end - bar.start, whole)}" height="4"/>'
        for bar in busy
    )
    return [f'<text class="small" x="6" y="{top + 16:g}">CPU slot {slot + 1}: busy {share:.0%}</text>{strip}']


def _row(report: Report, bar: Bar, top: float, whole: float) -> str:
    place = 100 * bar.start / whole
    wait = ""
    if bar.wait:
        start = f'x1="{_at(bar.ready, whole)}" x2="{place:.3f}%"'
        wait = f'<line class="wait" {start} y1="{top + 25:g}" y2="{top + 25:g}"/>'
    tries = "".join(
        f'<line class="try" x1="{_at(time, whole)}" x2="{_at(time, whole)}" y1="{top + 19:g}" y2="{top + 31:g}"/>'
        for time in bar.step.starts[1:]
    )
    shades = f"bar {shade(bar.step.outcome)}{' critical' if bar.critical else ''}"
    title = f"<title>{text(_told(bar))}</title>"
    return (
        f'<a href="#{anchor(report, bar.step.name)}" aria-label="{text(_told(bar))}">{title}'
        f'<text {_label_place(place, 100 * bar.end / whole)} y="{top + 13:g}">{text(_label(bar))}</text>{wait}'
        f'<rect class="{shades}" x="{place:.3f}%" y="{top + 19:g}" '
        f'width="{_at(bar.end - bar.start, whole)}" height="12" rx="2"/>{tries}</a>'
    )


def _label_place(start: float, end: float) -> str:
    """Where a bar's label stands so that it stays in the picture; `start` and `end` are the bar's, in per cent."""
    if start <= 100 - _WIDEST:
        return f'x="{start:.3f}%" dx="1"'
    if end >= _WIDEST:
        return f'x="{end:.3f}%" dx="-2" text-anchor="end"'
    middle = min(max((start + end) / 2, _WIDEST / 2), 100 - _WIDEST / 2)
    return f'x="{middle:.3f}%" text-anchor="middle"'


def _label(bar: Bar) -> str:
    shown = layers.shortened(printable(bar.step.name), LABEL_COLUMNS)
    mark = MARKS.get(bar.step.outcome, "?")
    return f"{CRITICAL + ' ' if bar.critical else ''}{mark} {shown} {seconds(bar.end - bar.start)}"


def _told(bar: Bar) -> str:
    """What the bar shows, in words."""
    words = [f"{bar.step.name}: {bar.step.outcome}, {seconds(bar.end - bar.start)}"]
    words.append(f"from {seconds(bar.start)} to {seconds(bar.end)}")
    if len(bar.lanes) > 1:
        words.append(f"on {len(bar.lanes)} CPU slots")
    if bar.wait:
        words.append(f"waited {seconds(bar.wait)} for its turn")
    if bar.critical:
        words.append("on the critical path")
    return ", ".join(words)


def _ticks(whole: float, bottom: float) -> str:
    step = _tick_step(whole)
    times = [step * place for place in range(1, int(whole / step) + 1)]
    lines = "".join(
        f'<line class="tick" x1="{_at(time, whole)}" x2="{_at(time, whole)}" y1="{_TOP - 6}" y2="{bottom:g}"/>'
        f'<text class="small" x="{_at(time, whole)}" y="14" text-anchor="{_side(time, whole)}">{_short(time)}</text>'
        for time in times
    )
    return f'<text class="small" x="0" y="14">0</text>{lines}'


def _side(time: float, whole: float) -> str:
    return "end" if time > 0.9 * whole else "middle"


def _short(time: float) -> str:
    minute = 60
    return f"{time:g} s" if time < minute else f"{time / minute:g} min"


def _tick_step(whole: float) -> float:
    """The distance of the time axis's lines: 1, 2 or 5 of a power of ten, or whole minutes, so that few are needed."""
    steps = [digit * 10.0**power for power in range(-3, 1) for digit in (1, 2, 5)]
    steps += [10.0, 20.0, 30.0, *(60.0 * minutes for minutes in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600))]
    return next((step for step in steps if whole / step <= _MOST_TICKS), whole / _MOST_TICKS)


def _bound(report: Report, bottom: float, whole: float) -> str:
    bound = report.record.bound_seconds
    if not bound or bound > whole:
        return ""
    x = _at(bound, whole)
    return f'<line class="bound" x1="{x}" x2="{x}" y1="{_TOP - 6}" y2="{bottom:g}"><title>bound</title></line>'


def _at(time: float, whole: float) -> str:
    return f"{100 * time / whole:.3f}%"


def graph(report: Report) -> str:
    """Boxes in layers from left to right; edges carry their reasons as tips, the order of writes is dashed."""
    drawing = report.drawing
    links = set(pairwise(report.critical))
    curves = "\n".join(_curve(curve, critical=_key(curve) in links) for curve in drawing.curves)
    steps = {step.name: step for step in report.record.steps}
    boxes = "\n".join(_box(report, steps[name]) for name in drawing.boxes)
    size = f'viewBox="0 0 {drawing.width:g} {drawing.height:g}" style="--width: {drawing.width:g}px"'
    label = f"graph: {len(drawing.boxes)} steps, {len(drawing.curves)} edges"
    return f'<svg class="graph" {size} role="group" aria-label="{label}">{_TIPS}{curves}{boxes}</svg>'


_TIPS = "<defs>" + "".join(
    f'<marker id="tip{kind}" viewBox="0 0 8 8" refX="7.5" refY="4" markerWidth="9" markerHeight="9" '
    f'markerUnits="userSpaceOnUse" orient="auto"><path class="tip {kind}" d="M0 0L8 4L0 8z"/></marker>'
    for kind in ("", "critical")
) + "</defs>"  # fmt: skip


def _key(curve: Curve) -> tuple[str, str]:
    return curve.edge.before, curve.edge.after


def _curve(curve: Curve, *, critical: bool) -> str:
    (x, y), *rest = curve.points
    way = f"M{x:g} {y:.1f}"
    for place, (next_x, next_y) in enumerate(rest):
        bend = (next_x - x) / 2
        # Every second piece passes a layer, straight on.
        curved = f"C{x + bend:g} {y:.1f} {next_x - bend:g} {next_y:.1f} {next_x:g} {next_y:.1f}"
        way += f"H{next_x:g}" if place % 2 else curved
        x, y = next_x, next_y
    edge = curve.edge
    kinds = f"edge{'' if edge.blocks else ' order'}{' critical' if critical else ''}"
    tip = "critical" if critical else ""
    why = f"{edge.before} before {edge.after}: {'; '.join(reason.text for reason in edge.reasons)}"
    return (
        f'<g><title>{text(why)}</title><path class="hit" d="{way}"/>'
        f'<path class="{kinds}" d="{way}" marker-end="url(#tip{tip})"/></g>'
    )


def _box(report: Report, step: StepRecord) -> str:
    box = report.drawing.boxes[step.name]
    critical = step.name in report.critical
    took = report.record.durations.get(step.name)
    said = f"{MARKS.get(step.outcome, '?')} {step.outcome}{f' {seconds(took)}' if took is not None else ''}"
    marked = f"{CRITICAL + ' ' if critical else ''}{layers.shortened(printable(step.name), LABEL_COLUMNS)}"
    told = f"{step.name}: {said}{', on the critical path' if critical else ''}"
    corner = f'x="{box.x:g}" y="{box.y:.1f}"'
    return (
        f'<a href="#{anchor(report, step.name)}" aria-label="{text(told)}"><title>{text(told)}</title>'
        f'<rect class="box {shade(step.outcome)}{" critical" if critical else ""}" {corner} '
        f'width="{box.width:g}" height="{box.height:g}" rx="6"/>'
        f'<rect class="stripe {shade(step.outcome)}" {corner} width="7" height="{box.height:g}" rx="3"/>'
        f'<text x="{box.x + 15:g}" y="{box.y + 19:.1f}">{text(marked)}</text>'
        f'<text class="small" x="{box.x + 15:g}" y="{box.y + 37:.1f}">{text(said)}</text></a>'
    )


def history(past: Sequence[Past], run: str) -> str:
    """A column for each kept run, the newest on the right; `run` itself is framed. Words are in the table."""
    most = max((one.seconds for one in past), default=0.0) or 1.0
    columns = "".join(
        f'<rect class="bar {shade(one.outcome)}{" critical" if one.run == run else ""}" x="{4 + 14 * place}" '
        f'y="{44 - max(1.0, 38 * one.seconds / most):.1f}" width="9" height="{max(1.0, 38 * one.seconds / most):.1f}">'
        f"<title>{text(_past(one))}</title></rect>"
        for place, one in enumerate(past)
    )
    label = f"durations in {len(past)} runs, the longest {seconds(most)}"
    return f'<svg width="{14 * len(past) + 8}" height="48" role="img" aria-label="{text(label)}">{columns}</svg>'


def _past(one: Past) -> str:
    return f"{one.run}: {one.outcome}{f', {seconds(one.seconds)}' if one.seconds else ''}"


def compared(times: Mapping[str, float]) -> str:
    """A bar for each time, on one scale; the words are in the text beside it."""
    most = max(times.values(), default=0.0) or 1.0
    rows = "".join(
        f'<text x="0" y="{38 * place + 14}">{text(label)}: {seconds(time)}</text>'
        f'<rect class="busy" x="0" y="{38 * place + 20}" width="{_at(time, most)}" height="10" rx="2"/>'
        for place, (label, time) in enumerate(times.items())
    )
    label = "; ".join(f"{label}: {seconds(time)}" for label, time in times.items())
    return f'<svg width="100%" height="{38 * len(times)}" role="img" aria-label="{text(label)}">{rows}</svg>'

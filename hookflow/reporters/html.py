"""A run as one HTML page that needs nothing else: no network, no other file, and no script to be read."""

import html
from datetime import UTC, datetime
from itertools import groupby
from statistics import median

from hookflow.core.display import count, harmless, seconds
from hookflow.core.graph import Edge
from hookflow.core.record import UNFINISHED, Record, StepRecord
from hookflow.core.report import Bar, Past, Report
from hookflow.reporters import pictures
from hookflow.reporters.markup import CRITICAL, MARKS, anchor, folded, link, name, outcome, shade, table, text
from hookflow.reporters.style import POLICY, SCRIPT, STYLE

_SECTIONS = {
    "faster": "What to do next to be faster",
    "timeline": "Timeline",
    "graph": "Graph",
    "steps": "Steps and logs",
    "history": "History",
}


def page(report: Report) -> str:
    """The page. It is text without lone surrogates, so it can be written in UTF-8."""
    record = report.record
    content = {
        "faster": _advice(report),
        "timeline": _timeline(report),
        "graph": _graph(report),
        "steps": _steps(report),
        "history": _history(report),
    }
    sections = "\n".join(
        f'<section aria-labelledby="{key}"><h2 id="{key}" tabindex="-1">{title}</h2>\n{content[key]}</section>'
        for key, title in _SECTIONS.items()
    )
    links = "".join(f'<li><a href="#{key}">{title}</a></li>' for key, title in _SECTIONS.items())
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{text(record.outcome)}: hookflow, {text(record.stage)}, {text(record.run)}</title>
<style>{STYLE}</style>
</head>
<body>
<a class="skip" href="#faster">To the content</a>
<header>
{_heading(report)}
<nav aria-label="parts of this page"><ul>{links}</ul></nav>
</header>
<main>
{sections}
</main>
<footer><p>Written by hookflow for run {text(record.run)}. Times of steps that ran at once include that they shared
the machine.</p></footer>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _heading(report: Report) -> str:
    record = report.record
    started = datetime.fromtimestamp(record.started, UTC)
    facts = {
        "wall time": seconds(record.seconds),
        "durations added": seconds(report.serial_seconds),
        "critical path": seconds(report.critical_seconds),
        "bound": seconds(record.bound_seconds) if record.bound_seconds is not None else "not known",
        "CPU slots": str(record.jobs) if record.parallel else "one step at a time",
        "files": f"{record.files:,}",
    }
    shown = "".join(f"<div><dt>{term}</dt><dd>{html.escape(fact)}</dd></div>" for term, fact in facts.items())
    code = f", exit code {record.exit_code}" if record.exit_code is not None else ""
    ended = "" if record.outcome != UNFINISHED else "<p>The run has no end on record: it goes on, or it was killed.</p>"
    warnings = "".join(f"<li>{text(warning)}</li>" for warning in record.warnings)
    return (
        f"<h1>{outcome(record.outcome)}: stage {text(record.stage)}</h1>\n"
        f'<p>{_counts(record)}{code}. <span class="dim">Scope {text(record.scope)}, run {text(record.run)}, '
        f"started {started:%Y-%m-%d %H:%M:%S} UTC.</span></p>\n{ended}{_blocking(report)}"
        f'<dl class="facts">{shown}</dl>' + (f"<h2>Warnings</h2><ul>{warnings}</ul>" if warnings else "")
    )


def _counts(record: Record) -> str:
    words = sorted((step.outcome for step in record.steps), key=list(MARKS).index)
    return ", ".join(f"{len(list(same))} {outcome(word)}" for word, same in groupby(words)) or "no steps"


def _blocking(report: Report) -> str:
    """What made the run fail, with links to the logs."""
    steps = [step for step in report.record.steps if step.blocking]
    items = "".join(f"<li>{outcome(step.outcome)} {link(report, step.name)}{_because(step)}</li>" for step in steps)
    return f'<ul aria-label="what made the run fail">{items}</ul>\n' if items else ""


def _because(step: StepRecord) -> str:
    return f": {text(step.reason)}" if step.reason else ""


def _advice(report: Report) -> str:
    if report.advice:
        items = "".join(f"<li>{text(idea.text)}</li>" for idea in report.advice)
        return f'<ol>{items}</ol><p class="dim">Each is the most that it can save by itself; they do not add up.</p>'
    if not report.bars:
        return "<p>Nothing ran, so nothing can be faster.</p>"
    return "<p>Nothing that would help much: the run is near the least that its graph and its CPU slots allow.</p>"


def _timeline(report: Report) -> str:
    if not report.bars:
        return "<p>No step was started.</p>"
    times = {"All durations added": report.serial_seconds, "This run": report.record.seconds}
    if report.record.bound_seconds is not None:
        times["Least possible (the bound)"] = report.record.bound_seconds
    legend = (
        f"<li>{CRITICAL} and framed: on the critical path</li><li>dashed before a bar: ready, waiting for its turn</li>"
        "<li>dashed from top to bottom: the bound</li><li>a gap in a bar: the next try</li>"
    )
    path = " → ".join(link(report, step) for step in report.critical)
    return (
        f"<figure>{pictures.timeline(report)}"
        f'<figcaption><ul class="legend">{legend}</ul></figcaption></figure>\n'
        f"<p>Critical path, {seconds(report.critical_seconds)}: {path}</p>\n"
        f"<figure>{pictures.compared(times)}<figcaption>The bound is the least that any schedule needs "
        "with these durations, edges, CPU slots and resources.</figcaption></figure>\n"
        + folded("The timeline as a table", table("timeline", *_times(report)))
    )


def _times(report: Report) -> tuple[list[str], list[list[str]], tuple[int, ...]]:
    heads = ["step", "outcome", "CPU slot", "ready at", "waited", "started at", "took", "critical path"]
    rows = [
        [
            link(report, bar.step.name),
            outcome(bar.step.outcome),
            ", ".join(str(lane + 1) for lane in bar.lanes),
            seconds(bar.ready),
            seconds(bar.wait) if bar.wait else "",
            seconds(bar.start),
            seconds(bar.end - bar.start),
            "yes" if bar.critical else "",
        ]
        for bar in report.bars
    ]
    return heads, rows, (2, 3, 4, 5, 6)


def _graph(report: Report) -> str:
    note = f"<p>{text(report.graph_note)}</p>" if report.graph_note else ""
    legend = (
        f"<li>{CRITICAL} and thick: on the critical path</li><li>solid: a failure before blocks what comes after</li>"
        "<li>dashed: the order of writes only</li>"
    )
    edges = report.snapshot.graph.edges
    reasons = table("edges", ["step", "waits for", "why"], ([*_edge(report, edge)] for edge in edges))
    return (
        f'{note}<figure><div class="scroll" role="region" tabindex="0" aria-label="picture of the graph">'
        f"{pictures.graph(report)}</div>"
        f'<figcaption><ul class="legend">{legend}</ul></figcaption></figure>\n'
        + (folded(f"The graph as a table: {count(len(edges), 'edge')} with reasons", reasons) if edges else "")
    )


def _edge(report: Report, edge: Edge) -> tuple[str, str, str]:
    why = "; ".join(reason.text for reason in edge.reasons)
    return link(report, edge.after), link(report, edge.before), text(why)


def _steps(report: Report) -> str:
    return "\n".join(_step(report, step) for step in report.record.steps)


def _step(report: Report, step: StepRecord) -> str:
    bar = report.bar_of(step.name)
    took = f' <span class="took">{seconds(bar.end - bar.start)}</span>' if bar else ""
    mark = f' <span class="took">{CRITICAL} critical path</span>' if bar and bar.critical else ""
    opened = " open" if step.outcome in {"failed", "timed-out"} else ""
    return (
        f'<details class="{shade(step.outcome)}"{opened}><summary>{outcome(step.outcome)} {name(step.name)}{took}{mark}'
        f'</summary><div class="body" id="{anchor(report, step.name)}">{_about(report, step, bar)}'
        f"{_log(report, step)}</div></details>"
    )


def _about(report: Report, step: StepRecord, bar: Bar | None) -> str:
    description = report.snapshot.descriptions.get(step.name)
    lines = [text(description)] if description else []
    if step.reason:
        lines.append(text(step.reason))
    if step.command is not None:
        given = f" on {count(step.files, 'file')}" if step.files else ""
        lines.append(f"<code>{text(step.command)}</code>{given}")
    if len(step.starts) > 1:
        lines.append(f"tried {count(len(step.starts), 'time')}")
    if bar and bar.wait:
        lines.append(f"ready at {seconds(bar.ready)}, waited {seconds(bar.wait)} for its turn")
    if waits := report.snapshot.graph.into(step.name):
        lines.append("after " + ", ".join(link(report, edge.before) for edge in waits))
    lines += [f"warning: {text(warning)}" for warning in step.warnings]
    if step.modified:
        lines.append(f"changed {count(len(step.modified), 'file')}: {', '.join(map(text, step.modified[:20]))}")
    return "".join(f"<p>{line}</p>" for line in lines)


def _log(report: Report, step: StepRecord) -> str:
    log = report.logs.get(step.name)
    if log is None:
        return '<p class="dim">It left no log.</p>'
    if not log.lines:
        return '<p class="dim">It printed nothing.</p>' if not log.cut else f"<p>{_rest(report, step, 'The log')}</p>"
    shown = html.escape("\n".join(harmless(line) for line in log.lines), quote=False)
    before = f"<p>{_rest(report, step, 'What came before')}</p>" if log.cut else ""
    return (
        f'<h3>Output</h3>{before}<pre tabindex="0" role="region" aria-label="output of {text(step.name)}">\n'
        f"{shown}</pre>"
    )


def _rest(report: Report, step: StepRecord, what: str) -> str:
    command = f"hookflow logs {text(step.name)} --run {text(report.record.run)}"
    return f"{what} is left out here: <code>{command}</code> prints all."


def _history(report: Report) -> str:
    rows = [_past(report, step, past) for step, past in report.histories.items() if past]
    if not rows:
        return "<p>No kept run has an outcome yet.</p>"
    heads = ["step", "durations", "this run", "median", "shortest", "longest", "runs", "from the cache"]
    return "<p>Over the runs that are kept, the oldest on the left; this run is framed.</p>" + table(
        "history of durations", heads, rows, (2, 3, 4, 5, 6, 7)
    )


def _past(report: Report, step: str, past: tuple[Past, ...]) -> list[str]:
    times = [one.seconds for one in past if one.seconds]
    now = report.bar_of(step)
    figures = [seconds(figure(times)) if times else "" for figure in (median, min, max)]
    return [
        link(report, step),
        pictures.history(past, report.record.run),
        seconds(now.end - now.start) if now else "",
        *figures,
        str(len(past)),
        str(sum(one.outcome == "cached" for one in past)),
    ]

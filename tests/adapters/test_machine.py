"""What the operating system says of this machine."""

import os
import subprocess
import sys

from hookflow.adapters import machine
from hookflow.core.command import batches


def test_usable_cpus_follow_the_affinity() -> None:
    """A process that is pinned to one CPU may use one."""
    code = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
    code += "from hookflow.adapters.machine import usable_cpus; print(usable_cpus())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
    assert 1 <= machine.usable_cpus() <= (os.cpu_count() or 1)


def test_the_room_for_arguments_is_what_the_system_takes() -> None:
    """A process with exactly that much can be started, and not much is wasted."""
    environment = {"PATH": os.environ["PATH"], "FILLER": "x" * 50_000}
    room = machine.argument_room(environment)
    name = "n" * 200
    first = batches([name] * 20_000, most=20_000, room=room)[0]
    subprocess.run(["true", *first], env=environment, check=True)
    assert room > os.sysconf("SC_ARG_MAX") * 0.9 - 50_000

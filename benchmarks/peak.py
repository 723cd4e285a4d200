"""Runs a command and writes down the peak memory of the largest of its processes: `peak.py FILE COMMAND...`.

A program of its own, and a small one: what starts a process lends it its own size, so that is the least that is seen.
"""

import os
import resource
import sys


def main() -> None:
    """Write kilobytes (Linux; bytes on macOS) into the file, and end as the command did."""
    file, *command = sys.argv[1:]
    _, status = os.waitpid(os.posix_spawnp(command[0], command, os.environ), 0)
    with open(file, "w", encoding="ascii") as out:  # noqa: PTH123 (pathlib is larger than all of this)
        out.write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))
    sys.exit(os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()

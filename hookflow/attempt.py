"""One attempt of one step: its processes, its time-out, and the end of whatever is left of them.

A step's files may be split over several processes (``batch``, or the system's limit on arguments); they are
one attempt, with one log and one result.
"""

from collections import deque
from collections.abc import Callable, Sequence

import trio

from hookflow.core.launch import Launch, NotStarted
from hookflow.core.structs import Struct, field
from hookflow.outside import Launcher, Process


class Ended(Struct, frozen=True):
    """The processes ran to their end.

    Attributes:
        exit_code: 0 where all gave 0, else the first other code in the order of the files.
        left_over: Background processes that had to be ended.
    """

    exit_code: int
    left_over: int = 0


class OutOfTime(Struct, frozen=True):
    """The time-out ended the attempt after so many seconds."""

    seconds: float


Result = Ended | OutOfTime | NotStarted


class Attempt(Struct, kw_only=True):
    """The processes of one attempt.

    Attributes:
        launches: In the order of the files that they are given; each has a log of its own where several
            run at once.
        width: How many of them may run at once.
        launcher: Starts one.
        timeout: Seconds for the whole attempt, or None.
        on_start: Called once, when the first process has been started.
        hurry: Set when there is no time for TERM and its grace any more.
        first: The first of them, if it has been started already.
    """

    launches: Sequence[Launch]
    width: int
    launcher: Launcher
    timeout: float | None
    on_start: Callable[[], None]
    hurry: trio.Event
    first: Process | NotStarted | None = None
    _codes: dict[int, int] = field(default_factory=dict)
    _left_over: int = 0
    _refusal: NotStarted | None = None
    _running: list[Process] = field(default_factory=list)
    _scope: trio.CancelScope = field(default_factory=trio.CancelScope)

    def pause(self) -> None:
        """Stop its processes (Ctrl-Z)."""
        for process in self._running:
            process.pause()

    def resume(self, after: float) -> None:
        """Let them go on; the seconds that they stood still do not count against the time-out."""
        self._scope.deadline += after
        for process in self._running:
            process.resume()

    async def run(self) -> Result:
        """Run to the end. When cancelled, nothing of it is left running."""
        # The first process is started here and now: if the system refuses it, there is nothing to undo.
        first = self.launcher(self.launches[0]) if self.first is None else self.first
        if isinstance(first, NotStarted):
            return first
        self.on_start()
        if self.timeout is not None:
            self._scope.deadline = trio.current_time() + self.timeout
        with self._scope:
            await self._run_all(first)
        if self._scope.cancelled_caught and self.timeout is not None:
            return OutOfTime(self.timeout)
        if self._refusal is not None:
            return self._refusal
        code = next((self._codes[place] for place in sorted(self._codes) if self._codes[place]), 0)
        return Ended(code, self._left_over)

    async def _run_all(self, first: Process) -> None:
        waiting = deque(enumerate(self.launches[1:], start=1))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._run_lane, waiting, 0, first)
            for _ in range(1, min(self.width, len(self.launches))):
                nursery.start_soon(self._run_lane, waiting)

    async def _run_lane(
        self, waiting: "deque[tuple[int, Launch]]", place: int = 0, process: Process | None = None
    ) -> None:
        """One process after another; a lane that the system refuses a process leaves the rest to others."""
        while process is not None or waiting:
            if process is None:
                place, launch = waiting.popleft()
                started = self.launcher(launch)
                if isinstance(started, NotStarted):
                    self._give_back(waiting, place, launch, started)
                    return
                process = started
            self._codes[place] = await self._wait_end(process)
            process = None

    def _give_back(self, waiting: "deque[tuple[int, Launch]]", place: int, launch: Launch, refusal: NotStarted) -> None:
        running = len(self.launches) - len(waiting) - len(self._codes) - 1
        if refusal.temporary and running > 0:
            waiting.appendleft((place, launch))
        else:
            waiting.clear()
            self._refusal = refusal

    async def _wait_end(self, process: Process) -> int:
        self._running.append(process)
        ended = False
        try:
            code = await process.wait_exit()
            ended = True
        finally:
            self._running.remove(process)
            if not ended:
                await self._end(process)
        if left := process.left_over():
            self._left_over += left
            await self._end(process)
        return code

    async def _end(self, process: Process) -> None:
        with trio.CancelScope(shield=True):
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._kill_when_hurried, process)
                await process.end()
                nursery.cancel_scope.cancel()

    async def _kill_when_hurried(self, process: Process) -> None:
        await self.hurry.wait()
        process.kill()

"""Virtual time: calls are made in the order of their times, without real waiting."""

import heapq
from collections.abc import Callable

MS = 1_000_000
SECOND = 1_000_000_000


class Scheduler:
    """Makes calls at their times, in ns; calls of the same time in the order in which they were scheduled. `done` counts
    them.
    """

    def __init__(self, now_ns: int = 1_000 * SECOND) -> None:
        self.now_ns = now_ns
        self._entries: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self.done = 0

    def at(self, at_ns: int, call: Callable[[], None]) -> None:
        """Schedules a call. One whose time has passed is made at once."""
        self._count += 1
        heapq.heappush(self._entries, (max(at_ns, self.now_ns), self._count, call))

    def after(self, pause_ns: int, call: Callable[[], None]) -> None:
        """Schedules a call that long from now."""
        self.at(self.now_ns + pause_ns, call)

    def run_until(self, end_ns: int) -> None:
        """Makes every call that is due until then."""
        entries = self._entries
        while entries and entries[0][0] <= end_ns:
            self.now_ns, _, call = heapq.heappop(entries)
            self.done += 1
            call()
        self.now_ns = end_ns

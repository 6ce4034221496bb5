"""Virtual time: what is to happen, in order. Nothing ever sleeps."""

import heapq
from collections.abc import Callable

MS = 1_000_000
SECOND = 1_000_000_000


class Agenda:
    """Calls things at their time; what is due at the same time happens in the order it was put here. Times are ns.

    `done` counts what has happened.
    """

    def __init__(self) -> None:
        self.now_ns = 1_000 * SECOND
        self._entries: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self.done = 0

    def at(self, at_ns: int, call: Callable[[], None]) -> None:
        """Calls it then, or now if that is past."""
        self._count += 1
        heapq.heappush(self._entries, (max(at_ns, self.now_ns), self._count, call))

    def after(self, pause_ns: int, call: Callable[[], None]) -> None:
        """Calls it after a pause."""
        self.at(self.now_ns + pause_ns, call)

    def run_until(self, end_ns: int) -> None:
        """Lets everything happen that is due up to then."""
        entries = self._entries
        while entries and entries[0][0] <= end_ns:
            self.now_ns, _, call = heapq.heappop(entries)
            self.done += 1
            call()
        self.now_ns = end_ns

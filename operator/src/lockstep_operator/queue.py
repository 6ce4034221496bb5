"""A work queue of keys. A key waits at most once and is worked on by one worker at a time; after each failure it waits
longer.
"""

import asyncio
import heapq
import itertools
import time
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

K = TypeVar("K")

_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 60.0


class WorkQueue(Generic[K]):
    """For one event loop, not thread-safe. A key that is added while it is worked on is worked on once more afterwards."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._ready: deque[K] = deque()
        self._waiting: set[K] = set()
        self._working: set[K] = set()
        self._again: set[K] = set()
        self._failures: dict[K, int] = {}
        self._later: list[tuple[float, int, K]] = []
        self._due: dict[K, float] = {}
        self._numbers = itertools.count()
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        return len(self._ready)

    def add(self, key: K) -> None:
        """Queues the key."""
        if key in self._working:
            self._again.add(key)
        elif key not in self._waiting:
            self._waiting.add(key)
            self._ready.append(key)
            self._wake.set()

    def add_after(self, key: K, delay_s: float) -> None:
        """Queues the key after that time. Of several times the earliest counts."""
        due = self._clock_s() + delay_s
        if due < self._due.get(key, float("inf")):
            self._due[key] = due
            heapq.heappush(self._later, (due, next(self._numbers), key))
            self._wake.set()

    async def get(self) -> K:
        """Waits for the next key. The caller must call `done` for it."""
        while True:
            self._release_due()
            if self._ready:
                return self._take()
            await self._sleep()

    def done(self, key: K) -> None:
        """Ends the work on a key."""
        self._working.discard(key)
        if key in self._again:
            self._again.discard(key)
            self.add(key)

    def failed(self, key: K) -> float:
        """Queues a key again whose work failed. Returns the pause before that, in seconds."""
        failures = self._failures.get(key, 0)
        self._failures[key] = failures + 1
        pause_s = min(_FIRST_PAUSE_S * float(1 << min(failures, 20)), _LONGEST_PAUSE_S)
        self.add_after(key, pause_s)
        return pause_s

    def forget(self, key: K) -> None:
        """Forgets the failures of a key whose work succeeded."""
        self._failures.pop(key, None)

    def _take(self) -> K:
        key = self._ready.popleft()
        self._waiting.discard(key)
        self._working.add(key)
        return key

    def _release_due(self) -> None:
        now = self._clock_s()
        while self._later and self._later[0][0] <= now:
            due, _, key = heapq.heappop(self._later)
            if self._due.get(key) == due:
                del self._due[key]
                self.add(key)

    async def _sleep(self) -> None:
        self._wake.clear()
        timeout_s = max(self._later[0][0] - self._clock_s(), 0) if self._later else None
        try:
            await asyncio.wait_for(self._wake.wait(), timeout_s)
        except TimeoutError:
            return

"""How much history one account may make: its records fill a database that belongs to everybody.

Whoever trades by hand or by any usual program makes a few records a minute. An account whose terminal reports without end
has spent its allowance soon, and then loses what is above it: events first, and rows, which say how copies, guards and
accounts are, only where those alone are too many.
"""

import time
from collections.abc import Callable
from uuid import UUID

from lockstep_router.journal.records import AccountReleased, HistoryEvent, Record
from lockstep_router.journal.shares import owner_of

BURST = 40_000
PER_S = 20.0


class Allowances:
    """A bucket of records for each owner, which is refilled steadily. The second half of it is for rows alone."""

    def __init__(self, burst: int = BURST, per_s: float = PER_S, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_s = per_s
        self._clock_s = clock_s
        self._left: dict[UUID, tuple[float, float]] = {}

    def takes(self, record: Record) -> bool:
        """Counts a record; False where its owner has none left for it. What other routers wait for is always taken."""
        owner = owner_of(record)
        if owner is None or isinstance(record, AccountReleased):
            return True
        now_s = self._clock_s()
        left, at_s = self._left.get(owner, (float(self._burst), now_s))
        left = min(float(self._burst), left + (now_s - at_s) * self._per_s)
        takes = left > (self._burst // 2 if isinstance(record, HistoryEvent) else 0)
        self._left[owner] = (left - takes, now_s)
        return takes

"""How much history one account may write, because its records fill a database that all accounts share.

Somebody who trades by hand, or with a common program, makes a few records a minute. An account whose terminal reports
without end soon uses up its allowance, and then loses the records above it: events first, and rows, which say how copies,
guards and accounts are, only if the rows alone are too many.
"""

import time
from collections.abc import Callable
from uuid import UUID

from lockstep_router.journal.records import AccountReleased, HistoryEvent, Record
from lockstep_router.journal.shares import owner_of

BURST = 40_000
PER_S = 20.0


class Allowances:
    """A bucket of records for each owner, refilled steadily. Its second half is for rows only."""

    def __init__(self, burst: int = BURST, per_s: float = PER_S, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_s = per_s
        self._clock_s = clock_s
        self._left: dict[UUID, tuple[float, float]] = {}

    def takes(self, record: Record) -> bool:
        """Counts a record. Returns False if its owner has no allowance left for it. Records that other routers wait for
        always count.
        """
        owner = owner_of(record)
        if owner is None or isinstance(record, AccountReleased):
            return True
        now_s = self._clock_s()
        left, at_s = self._left.get(owner, (float(self._burst), now_s))
        left = min(float(self._burst), left + (now_s - at_s) * self._per_s)
        takes = left > (self._burst // 2 if isinstance(record, HistoryEvent) else 0)
        self._left[owner] = (left - takes, now_s)
        return takes

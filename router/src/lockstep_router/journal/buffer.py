"""Keeps numbered records until they are written to the database, within a bound."""

from collections import deque
from itertools import islice

from lockstep_router.journal.ipc import Batch
from lockstep_router.journal.records import Record

KEPT_RECORDS = 500_000
BATCH_RECORDS = 500
BATCHES_UNDER_WAY = 8


class Journal:
    """The unwritten records of one run, numbered from 1. Beyond the bound the oldest are lost and counted."""

    def __init__(self, run: int, kept: int = KEPT_RECORDS) -> None:
        self.run = run
        self.lost = 0
        self._kept = kept
        self._records: deque[Record] = deque()
        self._first = 1
        self._sent = 0

    @property
    def unwritten(self) -> int:
        """How many records wait."""
        return len(self._records)

    def extend(self, records: list[Record]) -> None:
        """Adds records."""
        self._records.extend(records)
        while len(self._records) > self._kept:
            self._records.popleft()
            self._first += 1
            self.lost += 1

    def next_batch(self, utc_offset_ns: int) -> Batch | None:
        """The next records to send, None where there are none or too many are under way already."""
        start = max(self._sent + 1, self._first)
        records = list(islice(self._records, start - self._first, start - self._first + BATCH_RECORDS))
        under_way = start - self._first
        if not records or under_way >= BATCH_RECORDS * BATCHES_UNDER_WAY:
            return None
        self._sent = start + len(records) - 1
        return Batch(self.run, start, utc_offset_ns, records)

    def on_written(self, run: int, last: int) -> None:
        """Forgets what is in the database."""
        if run != self.run:
            return
        while self._records and self._first <= last:
            self._records.popleft()
            self._first += 1

    def send_again(self) -> None:
        """A new writer has received nothing: all unwritten records go out again."""
        self._sent = self._first - 1

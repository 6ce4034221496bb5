"""Keeps records until they are written to the database, within bounds."""

from collections import deque
from itertools import islice

from lockstep_router.journal.allowances import Allowances
from lockstep_router.journal.ipc import Batch
from lockstep_router.journal.records import Record
from lockstep_router.journal.shares import WaitingRecords

KEPT_RECORDS = 500_000
KEPT_OF_ONE = 20_000
BATCH_RECORDS = 50
"""So few that encoding them delays no trade: it takes half a millisecond."""
BATCHES_UNDER_WAY = 80


class Journal:
    """The unwritten records of one run. They get their numbers, from 1, when they are first sent; until then some may be
    lost, by the rules of `shares`. Records above an account's allowance are not taken at all.
    """

    def __init__(
        self,
        run: int,
        kept: int = KEPT_RECORDS,
        kept_of_one: int = KEPT_OF_ONE,
        allowances: Allowances | None = None,
    ) -> None:
        self.run = run
        self._allowances = allowances or Allowances()
        self._too_many = 0
        self._waiting = WaitingRecords(kept, kept_of_one)
        self._numbered: deque[Record] = deque()
        self._first = 1
        self._sent = 0

    @property
    def unwritten(self) -> int:
        """How many records are not in the database."""
        return len(self._waiting) + len(self._numbered)

    @property
    def lost(self) -> int:
        """How many records were lost."""
        return self._waiting.lost + self._too_many

    def extend(self, records: list[Record]) -> None:
        """Adds records."""
        for record in records:
            if self._allowances.takes(record):
                self._waiting.add(record)
            else:
                self._too_many += 1

    def next_batch(self, utc_offset_ns: int) -> Batch | None:
        """The next records to send. None if there are none, or if too many are under way already."""
        under_way = max(self._sent + 1 - self._first, 0)
        if under_way >= BATCH_RECORDS * BATCHES_UNDER_WAY:
            return None
        if under_way == len(self._numbered):
            self._numbered.extend(self._waiting.take(BATCH_RECORDS))
        records = list(islice(self._numbered, under_way, under_way + BATCH_RECORDS))
        if not records:
            return None
        start = self._first + under_way
        self._sent = start + len(records) - 1
        return Batch(self.run, start, utc_offset_ns, records)

    def on_written(self, run: int, last: int) -> None:
        """Forgets what is in the database."""
        if run != self.run:
            return
        while self._numbered and self._first <= last:
            self._numbered.popleft()
            self._first += 1

    def send_again(self) -> None:
        """A new writer has received nothing, so all unwritten records are sent again."""
        self._sent = self._first - 1

"""Records that wait for the writer, each account's within a share of its own.

While the database is away, an account that reports without end must not cost others their records. The rules of loss: an
account loses records only if it has more waiting than its share, or if all accounts together have too many and none has more
than it. Its oldest events are dropped first. Rows, which say how copies, guards and accounts are, are dropped only if it has
no event left.
"""

from collections import OrderedDict, deque
from uuid import UUID

from lockstep_router.journal.records import (
    AccountReleased,
    AccountStateRow,
    CopyRow,
    DealMoneyRow,
    GuardRow,
    HistoryEvent,
    ManualRequestResult,
    MoneyOperationRow,
    OrderFilled,
    Record,
)

LOST_AT_ONCE = 16
"""When all accounts together have too many records, the account with the most is looked for once per this many new records,
because the search is slow.
"""


class _Share:
    """The places of one owner's waiting records, oldest first."""

    __slots__ = ("events", "rows")

    def __init__(self) -> None:
        self.events: deque[int] = deque()
        self.rows: deque[int] = deque()

    def __len__(self) -> int:
        return len(self.events) + len(self.rows)

    def of(self, record: Record) -> deque[int]:
        return self.events if isinstance(record, HistoryEvent) else self.rows


class WaitingRecords:
    """Records in the order in which they came: at most `most` in all, and `most_of_one` per owner. `lost` counts dropped
    ones.
    """

    def __init__(self, most: int, most_of_one: int) -> None:
        self.lost = 0
        self._most = most
        self._most_of_one = most_of_one
        self._records: OrderedDict[int, Record] = OrderedDict()
        self._shares: dict[UUID | None, _Share] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: Record) -> None:
        """Takes a record, and drops older ones if there are too many."""
        owner = owner_of(record)
        share = self._shares.get(owner)
        if share is None:
            share = self._shares[owner] = _Share()
        self._records[self._next] = record
        share.of(record).append(self._next)
        self._next += 1
        if len(share) > self._most_of_one:
            self._lose_oldest(share)
        if len(self._records) > self._most:
            fullest = max(self._shares.values(), key=len)
            for _ in range(1 + len(fullest) // LOST_AT_ONCE):
                self._lose_oldest(fullest)

    def take(self, count: int) -> list[Record]:
        """Removes the oldest records."""
        taken: list[Record] = []
        while self._records and len(taken) < count:
            _, record = self._records.popitem(last=False)
            owner = owner_of(record)
            share = self._shares[owner]
            share.of(record).popleft()
            if not share:
                del self._shares[owner]
            taken.append(record)
        return taken

    def _lose_oldest(self, share: _Share) -> None:
        del self._records[(share.events or share.rows).popleft()]
        self.lost += 1


def owner_of(record: Record) -> UUID | None:
    """The owner of a record's share: the account that it is about, or the copier of a guard. Results of manual requests have
    one common share, because no requests come while the database is away.
    """
    match record:
        case CopyRow():
            return record.slave_account
        case HistoryEvent() | AccountStateRow() | OrderFilled() | DealMoneyRow() | MoneyOperationRow() | AccountReleased():
            return record.account
        case GuardRow():
            return record.copier
        case ManualRequestResult():
            return None

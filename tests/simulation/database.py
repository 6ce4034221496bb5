"""The tables of a router, by the rules of its SQL statements. Rows that were unwritten when a router was killed are
missing.
"""

from collections import Counter
from uuid import UUID

import msgspec

from lockstep_core.accounts import TradingAccount
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.plan import Copier, Plan
from lockstep_router.journal.records import (
    AccountStateRow,
    CopyRow,
    GuardRow,
    HistoryEvent,
    KnownGuard,
    KnownLink,
    OrderFilled,
    Record,
)

REPLACED_BY = {
    "waiting": ("sent", "unresolved", "waiting", "skipped"),
    "skipped": ("sent", "unresolved", "waiting"),
}
"""The older statuses that each status replaces. Of two that say that nothing was opened, the later one is kept."""

GuardKey = tuple[UUID, str]


class RouterTables:
    """The rows that routers wrote. `up`: the database can be reached. `fired` counts the events of guards that fired, by
    copier and setting; `opened_after_waiting` the copies that were opened after a wait; `doubted` the copies that could be
    mistaken for another on MT4. `waited` has the links that ever waited.
    """

    def __init__(self, accounts: dict[UUID, TradingAccount], copiers: dict[UUID, Copier]) -> None:
        self.up = True
        self.copies: dict[int, CopyRow] = {}
        self.copiers = copiers
        self.guards: dict[GuardKey, KnownGuard] = {}
        self.news: tuple[NewsItem, ...] = ()
        self.fired: Counter[tuple[UUID | None, str]] = Counter()
        self.opened_after_waiting = 0
        self.doubted = 0
        self.waited: set[int] = set()
        self._accounts = accounts
        self._opened_ms: dict[int, int] = {}

    def write(self, records: list[Record], utc_offset_ns: int) -> None:
        """Writes a batch; of several rows of one link or guard the last one counts. `utc_offset_ns` makes Unix time of the
        router's clock.
        """
        rows = {record.link: record for record in records if isinstance(record, CopyRow)}
        for link, row in rows.items():
            if row.opened_ns is not None:
                self._opened_ms.setdefault(link, (row.opened_ns + utc_offset_ns) // 1_000_000)
        for row in rows.values():
            self._upsert(row)
        for record in records:
            match record:
                case AccountStateRow():
                    self._on_account(record)
                case GuardRow():
                    self._on_guard(record)
                case OrderFilled():
                    self._on_filled(record.link)
                case HistoryEvent():
                    self._on_event(record)

    def _on_event(self, event: HistoryEvent) -> None:
        match event.kind:
            case "skipped" if event.data["code"] == "identity_unknown":
                self.doubted += 1
            case "waiting" if event.link is not None:
                self.waited.add(event.link)
            case "guard_fired" | "guard_paused":
                self.fired[event.copier, event.data["setting"]] += 1

    def plan(self) -> Plan:
        """The present accounts and copiers."""
        return Plan(dict(self._accounts), dict(self.copiers))

    def links(self) -> list[KnownLink]:
        """All links, except those that ended longer ago than a router remembers."""
        return [known_link(row, opened_ms=self._opened_ms.get(row.link, 0)) for row in self.copies.values()]

    def request_reset(self, guard: GuardKey) -> bool:
        """A user asks to reset a guard. False if it has not tripped, is locked, or has a pending reset."""
        row = self.guards.get(guard)
        if row is None or not row.tripped or row.locked_ms or row.requested_resets > row.resets:
            return False
        self.guards[guard] = msgspec.structs.replace(row, requested_resets=row.resets + 1)
        return True

    def announce(self, item: NewsItem) -> None:
        """Adds an entry to the news calendar."""
        self.news = tuple(sorted((*self.news, item)))

    def _upsert(self, row: CopyRow) -> None:
        old = self.copies.get(row.link)
        if old is not None and old.status == "waiting" and row.status in ("sent", "open"):
            self.opened_after_waiting += 1
        if old is None:
            self.copies[row.link] = row
        elif row.status not in ("waiting", "skipped") or old.status in REPLACED_BY[row.status]:
            kept = {"opened_ns": old.opened_ns or row.opened_ns, "waits": old.waits and row.waits}
            self.copies[row.link] = msgspec.structs.replace(row, **kept, from_order=old.from_order or row.from_order)

    def _on_filled(self, link: int) -> None:
        old = self.copies.get(link)
        if old is not None:
            self.copies[link] = msgspec.structs.replace(old, waits=False)

    def _on_account(self, state: AccountStateRow) -> None:
        account = self._accounts[state.account]
        if account.epoch <= state.epoch:
            self._accounts[state.account] = msgspec.structs.replace(account, epoch=state.epoch)

    def _on_guard(self, row: GuardRow) -> None:
        old = self.guards.get((row.copier, row.guard))
        requested = 0 if old is None else old.requested_resets
        self.guards[row.copier, row.guard] = known_guard(row, requested)


def known_guard(row: GuardRow, requested_resets: int) -> KnownGuard:
    """A guard as a starting router reads it."""
    state = msgspec.structs.asdict(row)
    del state["at_ns"]
    return KnownGuard(**state, requested_resets=requested_resets)


def known_link(row: CopyRow, opened_ms: int = 0) -> KnownLink:
    """A row as a starting router reads it."""
    head = (row.link, row.copier, row.master_position, row.slave_position, row.symbol, row.slave_symbol, row.side)
    lots, began = (row.master_lots, row.target_lots, row.open_lots), (row.from_order, row.waits)
    stops = (row.stop_loss, row.take_profit)
    return KnownLink(*head, *lots, row.status, *began, row.exact_lots, row.part, *stops, dict(row.spans), opened_ms)

"""The tables a router needs, by the rules of its statements. What was not written when a router was killed is not here."""

from collections import Counter
from uuid import UUID

import msgspec

from lockstep_core.accounts import TradingAccount
from lockstep_core.decision.context import NewsItem
from lockstep_core.decision.plan import Copier, Plan
from lockstep_router.journal.records import (
    AccountNews,
    CopyRow,
    GuardRow,
    Happening,
    KnownGuard,
    KnownLink,
    OrderFilled,
    Record,
)

Guard = tuple[UUID, str]


class Database:
    """`up` is whether anybody can talk to it. `guards` are rows by copier and guard, `fired` counts what was told of them by
    copier and setting.
    """

    def __init__(self, accounts: dict[UUID, TradingAccount], copiers: dict[UUID, Copier]) -> None:
        self.up = True
        self.copies: dict[int, CopyRow] = {}
        self.copiers = copiers
        self.guards: dict[Guard, KnownGuard] = {}
        self.news: tuple[NewsItem, ...] = ()
        self.fired: Counter[tuple[UUID | None, str]] = Counter()
        self._accounts = accounts

    def write(self, records: list[Record]) -> None:
        """One batch: of several rows of one link or guard the last counts."""
        rows = {record.link: record for record in records if isinstance(record, CopyRow)}
        for row in rows.values():
            self._upsert(row)
        for record in records:
            match record:
                case AccountNews():
                    self._on_account(record)
                case GuardRow():
                    self._on_guard(record)
                case OrderFilled():
                    self._on_filled(record.link)
                case Happening(kind="guard_fired"):
                    self.fired[record.copier, record.data["setting"]] += 1

    def plan(self) -> Plan:
        """The plan as of now."""
        return Plan(dict(self._accounts), dict(self.copiers))

    def links(self) -> list[KnownLink]:
        """Links that go on, or were over not long ago: no story is longer than that."""
        return [_known(row) for row in self.copies.values()]

    def wish_reset(self, guard: Guard) -> bool:
        """Its user lets a guard go on; False where it has not tripped, or was let go on already."""
        row = self.guards.get(guard)
        if row is None or not row.tripped or row.wished_resets > row.resets:
            return False
        self.guards[guard] = msgspec.structs.replace(row, wished_resets=row.resets + 1)
        return True

    def announce(self, item: NewsItem) -> None:
        """One more entry of the news calendar."""
        self.news = tuple(sorted((*self.news, item)))

    def _upsert(self, row: CopyRow) -> None:
        old = self.copies.get(row.link)
        if old is None:
            self.copies[row.link] = row
        elif row.status != "skipped" or old.status in ("sent", "unresolved"):
            kept = {"opened_ns": old.opened_ns or row.opened_ns, "waits": old.waits and row.waits}
            self.copies[row.link] = msgspec.structs.replace(row, **kept, from_order=old.from_order or row.from_order)

    def _on_filled(self, link: int) -> None:
        old = self.copies.get(link)
        if old is not None:
            self.copies[link] = msgspec.structs.replace(old, waits=False)

    def _on_account(self, news: AccountNews) -> None:
        account = self._accounts[news.account]
        if account.epoch <= news.epoch:
            self._accounts[news.account] = msgspec.structs.replace(account, epoch=news.epoch)

    def _on_guard(self, row: GuardRow) -> None:
        old = self.guards.get((row.copier, row.guard))
        wished = 0 if old is None else old.wished_resets
        head = (row.copier, row.guard, row.period, row.start, row.peak)
        known = KnownGuard(*head, row.tripped, row.warned, row.resets, wished)
        self.guards[row.copier, row.guard] = known


def _known(row: CopyRow) -> KnownLink:
    head = (row.link, row.copier, row.master_position, row.slave_position, row.symbol, row.slave_symbol, row.side)
    return KnownLink(
        *head, row.master_lots, row.wished_lots, row.open_lots, row.status, row.from_order, row.waits, dict(row.legs)
    )

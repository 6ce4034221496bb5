"""The file by which a router survives the loss of its database: the plan, the links, and history that is not written yet.

SQLite keeps it whole: each call is one transaction, on the disk before the call returns. Every value has a checksum, and the
file a version. One process at a time has it open; nothing in it is a secret (ADR 44).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from sqlite3 import Cursor
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import msgspec

from lockstep_router.journal.ipc import AccountRow, Batch, CalendarMessage, CopierRow, PlanRows, SentOrdersMessage
from lockstep_router.journal.kept import (
    REMEMBERED_S,
    UNFINISHED,
    copies_in,
    filled,
    filled_in,
    guard_after,
    guards_in,
    link_after,
    orders_sent,
)
from lockstep_router.journal.records import KnownGuard, KnownLink
from lockstep_router.journal.sql_values import int8_id
from lockstep_router.journal.sqlite_file import SqliteFile, packed, unpacked

MOST_BYTES = 192 << 20
"""The most history that waits in the file for the database. Later records stay in the loop, which drops some by the rules of
`shares`.
"""
STALEST_S = 3600
"""A plan that no router has used for longer than this is not used any more: too much of it may have changed meanwhile."""
MOST_RUNS = 100
_SENT_MS = 25 * 3_600_000
_TABLES = """
create table if not exists meta (name text primary key, value blob not null);
create table if not exists links (link integer primary key, over integer not null, at_s integer not null, value blob);
create table if not exists guards (copier blob, guard text, value blob not null, primary key (copier, guard));
create table if not exists sent (account blob, slot_ms integer, orders integer not null, primary key (account, slot_ms));
create table if not exists batches (id integer primary key autoincrement, size integer not null, value blob not null);
"""
T = TypeVar("T")


class Rows(msgspec.Struct, frozen=True, gc=False):
    """The plan's rows as the database had them last. Settings are kept as text and compiled when they are read, because
    another release may compile them differently.
    """

    accounts: list[AccountRow]
    copiers: list[CopierRow]


class Mark(msgspec.Struct, frozen=True, gc=False):
    """The last record of a run that is in the file."""

    run: int
    last: int


class StoredBatch(NamedTuple):
    """A batch that is not in the database, and its number in the file."""

    id: int
    batch: Batch


class Kept(NamedTuple):
    """What a router may start with. `silent_s`: for how long no router has used it."""

    rows: PlanRows
    sent: SentOrdersMessage
    calendar: CalendarMessage | None
    silent_s: float


class Store:
    """The open file. If the disk fails, a call raises `StoreUnusable` and changes nothing.

    `count`: how many batches are in it. `newest`: the number of the newest one.
    """

    def __init__(self, path: Path) -> None:
        self._file = SqliteFile(path, _TABLES)
        with self._file.safely():
            found = "select count(*), coalesce(max(id), 0), coalesce(sum(size), 0) from batches"
            self.count, self.newest, self._bytes = self._run(found).fetchone()

    def close(self) -> None:
        """Closes the file, so that another process may open it."""
        self._file.close()

    def append(self, batches: Iterable[Batch]) -> bool:
        """Adds batches, and updates links and guards by their records. Returns False, and adds nothing, if the file is full.
        Records that are in the file already change nothing.
        """
        if self._bytes >= MOST_BYTES:
            return False
        added, count, newest = 0, 0, self.newest
        with self._file.transaction():
            for batch in batches:
                new = self._unknown(batch)
                if new is None:
                    continue
                value = packed(new)
                newest = self._run("insert into batches (size, value) values (?, ?)", len(value), value).lastrowid or newest
                added, count = added + len(value), count + 1
                self._fold(new)
                for account, slot in orders_sent(new):
                    self._count(account, slot, 1)
                self._mark(new)
        self.newest, self.count, self._bytes = newest, self.count + count, self._bytes + added
        return True

    def unwritten(self, after: int, limit: int) -> list[StoredBatch]:
        """The next batches that are not in the database, oldest first. If one cannot be read, only that one is lost."""
        while True:
            with self._file.safely():
                asked = "select id, value from batches where id > ? order by id limit ?"
                found = self._run(asked, after, limit).fetchall()
            read = [(number, unpacked(value, Batch)) for number, value in found]
            readable = [StoredBatch(number, batch) for number, batch in read if batch is not None]
            if readable or not found:
                return readable
            after = found[-1][0]

    def written(self, last: int) -> None:
        """Removes batches that are in the database now."""
        with self._file.transaction():
            asked = "select count(*), coalesce(sum(size), 0) from batches where id <= ?"
            count, size = self._run(asked, last).fetchone()
            self._run("delete from batches where id <= ?", last)
        self.count, self._bytes = self.count - count, self._bytes - size

    def keep_plan(self, rows: PlanRows, *, whole: bool, now_s: float) -> None:
        """Takes over the plan as the database has it.

        `whole`: `rows` has the links and guards of every copier. They replace those of the file, and the batches that are
        not written yet are applied to them. Otherwise the file's links and guards stay, because they are newer.
        """
        with self._file.transaction():
            self._put("plan", Rows(rows.accounts, rows.copiers))
            self._put("seen", now_s)
            if whole:
                self._run("delete from links")
                self._run("delete from guards")
            for link in rows.links:
                self._keep_link(link, int(now_s), "or ignore")
            for guard in rows.guards:
                known = None if whole else self._guard(guard.copier, guard.guard)
                requested = guard.requested_resets
                self._keep_guard(guard if known is None else msgspec.structs.replace(known, requested_resets=requested))
            if whole:
                for batch in self._batches():
                    self._fold(batch)
            self._forget_old(now_s)

    def keep_sent(self, sent: SentOrdersMessage) -> None:
        """Takes over how many orders were sent, and adds those of the batches that are not written yet."""
        with self._file.transaction():
            self._run("delete from sent")
            for account, slot, orders in sent.items:
                self._count(account, slot, orders)
            for batch in self._batches():
                for account, slot in orders_sent(batch):
                    self._count(account, slot, 1)

    def keep_calendar(self, calendar: CalendarMessage) -> None:
        """Takes over the economic calendar."""
        with self._file.transaction():
            self._put("calendar", calendar)

    def seen(self, now_s: float) -> None:
        """Notes that a router uses the plan now."""
        with self._file.transaction():
            self._put("seen", now_s)

    def kept(self, now_s: float) -> Kept | None:
        """What a router may start with. None without a plan, or if no router has used it for longer than `STALEST_S`."""
        with self._file.safely():
            rows, seen = self._get("plan", Rows), self._get("seen", float)
            if rows is None or seen is None or abs(now_s - seen) > STALEST_S:
                return None
            links = [unpacked(value, KnownLink) for (value,) in self._run("select value from links").fetchall()]
            guards = [unpacked(value, KnownGuard) for (value,) in self._run("select value from guards").fetchall()]
            sent = self._run("select account, slot_ms, orders from sent").fetchall()
            calendar = self._get("calendar", CalendarMessage)
        known = PlanRows(rows.accounts, rows.copiers, list(filter(None, links)), list(filter(None, guards)))
        counts = [(UUID(bytes=account), slot, orders) for account, slot, orders in sent]
        return Kept(known, SentOrdersMessage(counts), calendar, now_s - seen)

    def runs(self) -> list[int]:
        """The newest runs that put history into this file, in their order."""
        with self._file.safely():
            return self._get("runs", list[int]) or []

    def _mark(self, batch: Batch) -> None:
        runs = self._get("runs", list[int]) or []
        if batch.run not in runs:
            self._put("runs", [*runs, batch.run][-MOST_RUNS:])
        self._put("mark", Mark(batch.run, batch.first + len(batch.records) - 1))

    def _unknown(self, batch: Batch) -> Batch | None:
        """The records of a batch that are not in the file yet, None if all are."""
        # The loop sends a new writer everything again that the last writer did not confirm, although it may be in the file.
        mark = self._get("mark", Mark)
        if mark is None or mark.run != batch.run or mark.last < batch.first:
            return batch
        left = batch.records[mark.last + 1 - batch.first :]
        return msgspec.structs.replace(batch, first=mark.last + 1, records=left) if left else None

    def _fold(self, batch: Batch) -> None:
        """Changes the file's links and guards as the batch will change the database's rows, in the same order."""
        for row in copies_in(batch):
            if int8_id(row.link) is not None:  # the database refuses others, too
                at_s = (row.at_ns + batch.utc_offset_ns) // 1_000_000_000
                self._keep_link(link_after(self._link(row.link), row, batch.utc_offset_ns), at_s, "or replace")
        for number in filled_in(batch):
            known = self._link(number)
            if known is not None:
                self._run("update links set value = ? where link = ?", packed(filled(known)), number)
        for guard in guards_in(batch):
            self._keep_guard(guard_after(self._guard(guard.copier, guard.guard), guard))

    def _keep_link(self, link: KnownLink, at_s: int, otherwise: str) -> None:
        values = (link.link, link.status not in UNFINISHED, at_s, packed(link))
        self._run(f"insert {otherwise} into links values (?, ?, ?, ?)", *values)  # noqa: S608 - one of two words of ours

    def _keep_guard(self, guard: KnownGuard) -> None:
        self._run("insert or replace into guards values (?, ?, ?)", guard.copier.bytes, guard.guard, packed(guard))

    def _count(self, account: UUID, slot_ms: int, orders: int) -> None:
        more = "on conflict (account, slot_ms) do update set orders = orders + excluded.orders"
        self._run(f"insert into sent values (?, ?, ?) {more}", account.bytes, slot_ms, orders)  # noqa: S608 - text of ours

    def _forget_old(self, now_s: float) -> None:
        self._run("delete from links where over and at_s < ?", int(now_s) - REMEMBERED_S)
        self._run("delete from sent where slot_ms < ?", int(now_s * 1000) - _SENT_MS)

    def _link(self, number: int) -> KnownLink | None:
        found = self._one("select value from links where link = ?", number)
        return None if found is None else unpacked(found, KnownLink)

    def _guard(self, copier: UUID, guard: str) -> KnownGuard | None:
        found = self._one("select value from guards where copier = ? and guard = ?", copier.bytes, guard)
        return None if found is None else unpacked(found, KnownGuard)

    def _batches(self) -> Iterator[Batch]:
        for (value,) in self._run("select value from batches order by id"):
            batch = unpacked(value, Batch)
            if batch is not None:
                yield batch

    def _get(self, name: str, kind: type[T]) -> T | None:
        found = self._one("select value from meta where name = ?", name)
        return None if found is None else unpacked(found, kind)

    def _put(self, name: str, value: object) -> None:
        self._run("insert or replace into meta values (?, ?)", name, packed(value))

    def _one(self, statement: str, *values: Any) -> Any:
        row = self._run(statement, *values).fetchone()
        return None if row is None else row[0]

    def _run(self, statement: str, *values: Any) -> Cursor:
        return self._file.run(statement, *values)

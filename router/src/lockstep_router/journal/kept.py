"""Changes kept rows by a router's records, just as the statements of `database` change them in Postgres. A router that
starts while the database is away needs the rows as they would be by now (ADR 44). A test compares the two.
"""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from lockstep_router.journal.ipc import Batch
from lockstep_router.journal.records import CopyRow, GuardRow, HistoryEvent, KnownGuard, KnownLink, OrderFilled

UNFINISHED = frozenset({"sent", "open", "unresolved", "waiting"})
"""Links in these states are read however old they are."""
REMEMBERED_S = 15 * 60
"""Links that are over are read for this long. After that no opening of theirs can be fresh."""
SLOT_MS = 15 * 60 * 1000
"""Orders are counted by such parts of a day."""
_NOT_BEGUN = frozenset({"waiting", "skipped"})
_NOT_SETTLED = frozenset({"sent", "unresolved", "waiting"})


def link_after(known: KnownLink | None, row: CopyRow, offset_ns: int) -> KnownLink:
    """A link's row after a record of it. `offset_ns` turns the record's times into Unix time."""
    new = KnownLink(
        row.link,
        row.copier,
        row.master_position,
        row.slave_position,
        row.symbol,
        row.slave_symbol,
        row.side,
        row.master_lots,
        row.target_lots,
        row.open_lots,
        row.status,
        row.from_order,
        row.waits,
        row.exact_lots,
        row.part,
        row.stop_loss,
        row.take_profit,
        row.spans,
        0 if row.opened_ns is None else _ms(row.opened_ns + offset_ns),
    )
    return new if known is None else _merged(known, new)


def filled(known: KnownLink) -> KnownLink:
    """A link's row after its master's pending order has filled something."""
    return msgspec.structs.replace(known, waits=False)


def guard_after(known: KnownGuard | None, row: GuardRow) -> KnownGuard:
    """A guard's row after a record of it. Resets that its user requested are only in the row, never in a record."""
    return KnownGuard(
        row.copier,
        row.guard,
        row.period,
        row.start,
        row.peak,
        row.tripped,
        row.warned,
        row.resets,
        0 if known is None else known.requested_resets,
        row.moved_msc,
        row.day,
        row.last,
        row.locked_ms,
        row.paused_ms,
        row.paid,
    )


def orders_sent(batch: Batch) -> Iterable[tuple[UUID, int]]:
    """The orders in a batch: each one's account, and the part of the day in which it was sent, as Unix time in ms."""
    for record in batch.records:
        if not isinstance(record, HistoryEvent) or record.kind != "command" or record.account is None:
            continue
        # Queries do not count as orders.
        if record.data.get("action") != "query":
            yield record.account, (record.at_ns + batch.utc_offset_ns) // (SLOT_MS * 1_000_000) * SLOT_MS


def copies_in(batch: Batch) -> Iterable[CopyRow]:
    """The rows of links in a batch. Of several rows of one link only the last one is written."""
    return {record.link: record for record in batch.records if isinstance(record, CopyRow)}.values()


def guards_in(batch: Batch) -> Iterable[GuardRow]:
    """The rows of guards in a batch, of each guard the last one."""
    return {(row.copier, row.guard): row for row in batch.records if isinstance(row, GuardRow)}.values()


def filled_in(batch: Batch) -> Iterable[int]:
    """The links whose master's pending order has filled something."""
    return (record.link for record in batch.records if isinstance(record, OrderFilled))


def _merged(known: KnownLink, new: KnownLink) -> KnownLink:
    """The known link with what the new one says."""
    # A router that has just started looks at old links again. A link that was opened, closed or rejected must not become
    # "waiting" or "skipped" because of that.
    goes_back = new.status in _NOT_BEGUN and known.status not in _NOT_SETTLED
    if goes_back and not (new.status == "waiting" and known.status == "skipped"):
        return known
    return msgspec.structs.replace(
        known,
        slave_position=new.slave_position,
        slave_symbol=new.slave_symbol,
        master_lots=new.master_lots,
        target_lots=new.target_lots,
        open_lots=new.open_lots,
        status=new.status,
        from_order=known.from_order or new.from_order,
        waits=known.waits and new.waits,
        exact_lots=new.exact_lots,
        stop_loss=new.stop_loss,
        take_profit=new.take_profit,
        spans={**known.spans, **new.spans},
        opened_ms=known.opened_ms or new.opened_ms,
    )


def _ms(unix_ns: int) -> int:
    """Unix time in ms, rounded as Postgres rounds microseconds."""
    return (unix_ns // 1000 + 500) // 1000

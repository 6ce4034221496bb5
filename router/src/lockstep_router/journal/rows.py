"""Records as the columns of their statements, within the bounds of the columns' types."""

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple

from lockstep_router.journal.ipc import Batch
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
from lockstep_router.journal.sql_values import (
    finite_or_none,
    int4,
    int8,
    int8_id,
    json_text,
    moment,
    moment_or_none,
    money,
    text,
    text_or_none,
    units,
)

Columns = tuple[Any, ...]
MS = 1_000_000
_KIND_OF: Mapping[type, str] = {
    CopyRow: "copy",
    OrderFilled: "filled",
    GuardRow: "guard",
    ManualRequestResult: "request",
    HistoryEvent: "event",
    AccountStateRow: "account",
    DealMoneyRow: "money",
    MoneyOperationRow: "operation",
    # AccountReleased comes last: a router that may read the account after it must find all earlier records.
    AccountReleased: "released",
}
KINDS = tuple(_KIND_OF.values())
"""The kinds of records, in the order in which a batch is written."""
HISTORY = frozenset({"event", "request"})
"""Kinds that stay true, whatever came after them. Money is not among them, because the next snapshot reports it again."""


class Row(NamedTuple):
    """The record number `n`, of one of `KINDS`. Of a batch's rows with one kind and key only the last one is written."""

    n: int
    kind: str
    key: Hashable
    columns: Columns


class RefusedRecord(NamedTuple):
    """A record that cannot be written. `code` is a SQLSTATE, or the name of our own exception."""

    n: int
    kind: str
    code: str


def rows_of(batch: Batch) -> tuple[list[Row], list[RefusedRecord]]:
    """The rows of a batch. If a record cannot be turned into a row, only that record is lost."""
    rows, refused = [], []
    for n, record in enumerate(batch.records, batch.first):
        try:
            rows.append(row_of(record, batch.run, n, batch.utc_offset_ns))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one record, the others are written
            refused.append(RefusedRecord(n, kind_of(record), type(error).__name__))
    return rows, refused


def kind_of(record: Record) -> str:
    """The kind of a record, one of `KINDS`."""
    return _KIND_OF[type(record)]


def row_of(record: Record, run: int, n: int, offset_ns: int) -> Row:
    """The row of a record. Its times plus `offset_ns` are Unix time."""
    key: Hashable = n
    match record:
        case HistoryEvent():
            columns: Columns = (run, n, *_event(record, offset_ns))
        case CopyRow():
            key, columns = record.link, _copy(record, offset_ns)
        case AccountStateRow():
            key, columns = record.account, _account(record, offset_ns)
        case GuardRow():
            key, columns = (record.copier, record.guard), _guard(record, offset_ns)
        case ManualRequestResult():
            columns = _request(record, offset_ns)
        case OrderFilled():
            columns = (int8_id(record.link),)
        case DealMoneyRow():
            key, columns = (record.account, record.deal), _money(record, offset_ns)
        case MoneyOperationRow():
            key, columns = (record.account, record.deal), _operation(record, offset_ns)
        case AccountReleased():
            key, columns = record.account, (record.account, record.move)
    return Row(n, kind_of(record), key, columns)


def _event(record: HistoryEvent, offset_ns: int) -> Columns:
    ids = (record.user, record.account, record.copier, int8_id(record.link))
    return (*ids, text(record.kind), moment(record.at_ns + offset_ns), json_text(record.data))


def _copy(row: CopyRow, offset_ns: int) -> Columns:
    return (
        int8_id(row.link),
        row.user,
        row.copier,
        row.master_account,
        row.slave_account,
        int8_id(row.master_position),
        int8_id(row.slave_position),
        text(row.symbol),
        text_or_none(row.slave_symbol),
        row.side,
        int8(row.master_lots),
        int8(row.target_lots),
        int8(row.open_lots),
        row.status,
        text_or_none(row.reason),
        text_or_none(row.setting),
        json_text(row.params),
        json_text(row.spans),
        moment_or_none(_unix_ns(row.opened_ns, offset_ns)),
        moment_or_none(_unix_ns(row.closed_ns, offset_ns)),
        moment(row.at_ns + offset_ns),
        row.from_order,
        row.waits,
        row.exact_lots,
        int4(row.part),
        finite_or_none(row.stop_loss),
        finite_or_none(row.take_profit),
        row.stops_kept,
    )


def _request(result: ManualRequestResult, offset_ns: int) -> Columns:
    why = (text_or_none(result.reason), text_or_none(result.setting), json_text(result.params))
    return (result.ask, result.state, *why, moment(result.at_ns + offset_ns))


def _guard(row: GuardRow, offset_ns: int) -> Columns:
    values = (money(row.start), money(row.peak))
    flags = (row.tripped, row.warned, int4(row.resets))
    return (
        row.copier,
        text(row.guard),
        text(row.period),
        *values,
        *flags,
        moment(row.at_ns + offset_ns),
        int8(row.moved_msc),
        text(row.day),
        money(row.last),
        moment(row.locked_ms * MS) if row.locked_ms else None,
        moment(row.paused_ms * MS) if row.paused_ms else None,
        money(row.paid),
    )


def _money(row: DealMoneyRow, offset_ns: int) -> Columns:
    numbers = (row.deal, row.position, row.order, row.closes, row.link)
    amounts = (row.profit, row.commission, row.swap, row.fee)
    told = (int4(row.entry), int4(row.reason), text(row.symbol), text(row.currency))
    times = (moment(row.utc_ms * MS), moment(row.at_ns + offset_ns))
    return (row.account, row.user, *map(int8_id, numbers), *told, *map(units, amounts), *times)


def _operation(row: MoneyOperationRow, offset_ns: int) -> Columns:
    told = (int4(row.operation), text(row.currency), units(row.amount), text(row.comment))
    return (row.account, row.user, int8_id(row.deal), *told, moment(row.utc_ms * MS), moment(row.at_ns + offset_ns))


def _account(row: AccountStateRow, offset_ns: int) -> Columns:
    told = (row.state, text(row.reason), text(row.message))
    return (row.account, int8_id(row.epoch), *told, moment(row.at_ns + offset_ns))


def _unix_ns(ns: int | None, offset_ns: int) -> int | None:
    return None if ns is None else ns + offset_ns

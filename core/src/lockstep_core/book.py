"""What an account holds, as its terminal tells: pure steps from one book to the next."""

from collections.abc import Iterable, Mapping

import msgspec

from lockstep_core.units import MAX_LOTS, Lots
from lockstep_core.wire.frames import Entry, Stops, Trade
from lockstep_core.wire.frames import Position as PositionFrame

SETTLING_NS = 1_000_000_000
"""For so long after a snapshot a deal on one of its positions may be in the snapshot already."""

OLDEST_MS = 10 * 365 * 86_400_000
"""Older than this counts as this old."""


class Position(msgspec.Struct, frozen=True, gc=False):
    """An open position. `opened` is the most lots it ever had as far as we saw; `opened_ns` is on the reader's clock."""

    ticket: int
    symbol: str
    side: int
    volume: Lots
    opened: Lots
    sl: float
    tp: float
    magic: int
    comment: str
    opened_ns: int
    price: float = 0.0


class Book(msgspec.Struct, frozen=True):
    """Open positions by ticket, and those with a magic number by it.

    `snapshot` holds the tickets of the snapshot this book began with and `snapshot_ns` when that was taken, on the
    terminal's clock.
    """

    positions: Mapping[int, Position] = {}
    by_magic: Mapping[int, Position] = {}
    snapshot: frozenset[int] = frozenset()
    snapshot_ns: int = 0


def is_ambiguous(book: Book, trade: Trade) -> bool:
    """Whether a deal may already be part of the snapshot, because terminals queue events but answer with the newest state.

    Nobody can tell from the deal alone; only another snapshot settles it.
    """
    return trade.position in book.snapshot and trade.seen_ns - book.snapshot_ns < SETTLING_NS


def apply_trade(book: Book, trade: Trade, opened_ns: int) -> Book:
    """The book after a deal; `opened_ns` is when it happened, on the reader's clock."""
    old = book.positions.get(trade.position)
    if old is None:
        return _put(book, _opened(trade, opened_ns)) if trade.entry == Entry.IN else book
    if trade.entry == Entry.IN:
        volume = Lots(min(old.volume + trade.volume, MAX_LOTS))
        return _put(book, msgspec.structs.replace(_with_volume(old, volume), sl=trade.sl, tp=trade.tp))
    if trade.entry == Entry.INOUT:
        return _reverse(book, old, trade)
    left = Lots(old.volume - trade.volume)
    return _put(book, _with_volume(old, left)) if left > 0 else drop(book, old.ticket)


def apply_stops(book: Book, ticket: int, sl: float, tp: float) -> Book:
    """The book after a position's stops changed; the same book where there is no such position."""
    old = book.positions.get(ticket)
    return book if old is None else _put(book, msgspec.structs.replace(old, sl=sl, tp=tp))


def apply_stops_frame(book: Book, frame: Stops) -> Book:
    """The book after a Stops frame."""
    return apply_stops(book, frame.position, frame.sl, frame.tp)


def from_snapshot(frames: Iterable[PositionFrame], old: Book, snapshot_ns: int, read_ns: int) -> Book:
    """The book a whole snapshot describes; what a position began with is kept from the old book where it knew it.

    `snapshot_ns` is the terminal's clock, `read_ns` the reader's at the moment the snapshot was taken.
    """
    positions = {frame.ticket: _of_frame(frame, old.positions.get(frame.ticket), read_ns) for frame in frames}
    by_magic = {position.magic: position for position in positions.values() if position.magic}
    return Book(positions, by_magic, frozenset(positions), snapshot_ns)


def drop(book: Book, ticket: int) -> Book:
    """The book without a position."""
    positions = dict(book.positions)
    gone = positions.pop(ticket, None)
    if gone is None:
        return book
    by_magic = book.by_magic
    if gone.magic and by_magic.get(gone.magic) is gone:
        by_magic = {magic: position for magic, position in by_magic.items() if magic != gone.magic}
    return Book(positions, by_magic, book.snapshot - {ticket}, book.snapshot_ns)


def _put(book: Book, position: Position) -> Book:
    positions = {**book.positions, position.ticket: position}
    by_magic = {**book.by_magic, position.magic: position} if position.magic else book.by_magic
    return Book(positions, by_magic, book.snapshot, book.snapshot_ns)


def _opened(trade: Trade, opened_ns: int) -> Position:
    volume = Lots(trade.volume)
    return Position(
        trade.position,
        trade.symbol,
        trade.side,
        volume,
        volume,
        trade.sl,
        trade.tp,
        trade.magic,
        trade.comment,
        opened_ns,
        trade.price,
    )


def _with_volume(old: Position, volume: Lots) -> Position:
    return msgspec.structs.replace(old, volume=volume, opened=max(old.opened, volume))


def _reverse(book: Book, old: Position, trade: Trade) -> Book:
    volume = Lots(trade.volume - old.volume)
    if volume <= 0:
        return drop(book, old.ticket)
    return _put(book, msgspec.structs.replace(old, side=trade.side, volume=volume, opened=volume, sl=trade.sl, tp=trade.tp))


def _of_frame(frame: PositionFrame, old: Position | None, read_ns: int) -> Position:
    volume = Lots(frame.volume)
    return Position(
        frame.ticket,
        frame.symbol,
        frame.side,
        volume,
        volume if old is None else max(old.opened, volume),
        frame.sl,
        frame.tp,
        frame.magic,
        frame.comment,
        read_ns - min(max(frame.age_ms, 0), OLDEST_MS) * 1_000_000 if old is None else old.opened_ns,
        frame.price,
    )

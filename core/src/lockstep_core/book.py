"""What an account holds, as its terminal tells: pure steps from one book to the next."""

from collections.abc import Iterable, Mapping
from re import compile as pattern
from types import MappingProxyType

import msgspec

from lockstep_core import legs as leg_steps
from lockstep_core import shares as share_steps
from lockstep_core.legs import key_of, leg_of
from lockstep_core.positions import Order, Position, average_price
from lockstep_core.units import MAX_LOTS, Lots
from lockstep_core.wire.frames import Entry, PendingOrder, Stops, Trade
from lockstep_core.wire.frames import Position as PositionFrame

SETTLING_NS = 1_000_000_000
"""For so long after a snapshot a deal on one of its positions may be in the snapshot already."""

OLDEST_MS = 10 * 365 * 86_400_000
"""Older than this counts as this old."""

EMPTY: Mapping[int, Position] = MappingProxyType({})

_RENAMED = pattern(r"^from #(\d+)")

__all__ = ["Book", "Order", "Position"]


class Book(msgspec.Struct, frozen=True):
    """Open positions by ticket, and those with a magic number by it; pending orders likewise.

    `snapshot` holds the tickets of the snapshot this book began with and `snapshot_ns` when that was taken, on the
    terminal's clock. `netting`: one position for each symbol; `by_magic` then holds the shares of links. `keys` leads from
    a leg's key to its position where the ticket is another number.
    """

    positions: Mapping[int, Position] = {}
    by_magic: Mapping[int, Position] = {}
    snapshot: frozenset[int] = frozenset()
    snapshot_ns: int = 0
    netting: bool = False
    orders: Mapping[int, Order] = {}
    orders_by_magic: Mapping[int, Order] = {}
    keys: Mapping[int, int] = {}


def is_ambiguous(book: Book, trade: Trade) -> bool:
    """Whether a deal may already be part of the snapshot, because terminals queue events but answer with the newest state.

    Nobody can tell from the deal alone; only another snapshot settles it.
    """
    return trade.position in book.snapshot and trade.seen_ns - book.snapshot_ns < SETTLING_NS


def followed(book: Book, key: int) -> Position | None:
    """A leg of the master's by its key, as a position of its own; None where it is over."""
    position = book.positions.get(book.keys.get(key, key))
    return None if position is None else leg_of(position, key)


def followed_all(book: Book) -> tuple[Position, ...]:
    """Every leg of the master's, as positions of their own."""
    return tuple(leg for position in book.positions.values() for leg in leg_steps.split(position))


def net_of(book: Book, symbol: str) -> Position | None:
    """A netting account's position of a symbol."""
    return next((position for position in book.positions.values() if position.symbol == symbol), None)


def apply_trade(book: Book, trade: Trade, opened_ns: int) -> Book:
    """The book after a deal; `opened_ns` is when it happened, on the reader's clock."""
    pending = trade.order in book.orders
    if pending:
        book = _dealt(book, book.orders[trade.order], trade.volume)
    old = book.positions.get(trade.position)
    if old is None:
        if trade.entry not in (Entry.IN, Entry.INOUT):
            return book
        return _shared(_opened_book(book, trade, opened_ns, pending), trade, opened_ns)
    new = _after_deal(old, trade, opened_ns, book.netting, pending)
    return _shared(drop(book, old.ticket) if new is None else _put(book, new), trade, opened_ns)


def apply_stops(book: Book, ticket: int, sl: float, tp: float, changed_ns: int = 0) -> Book:
    """The book after a position's stops changed; the same book where there is no such position."""
    old = book.positions.get(ticket)
    if old is None:
        return book
    new = msgspec.structs.replace(old, sl=sl, tp=tp, stops_ns=changed_ns or old.stops_ns)
    changed = _put(book, new)
    return msgspec.structs.replace(changed, by_magic=share_steps.with_stops(book.by_magic, new)) if book.netting else changed


def apply_stops_frame(book: Book, frame: Stops, changed_ns: int = 0) -> Book:
    """The book after a Stops frame; `changed_ns` is when the stops changed, on the reader's clock."""
    return apply_stops(book, frame.position, frame.sl, frame.tp, changed_ns)


def apply_order(book: Book, frame: PendingOrder, placed_ns: int) -> Book:
    """The book after a pending order was placed, changed, partly filled, or is gone.

    One that filled stays until its deals were heard of: either may be told first, and it is not to be missed in between.
    """
    old = book.orders.get(frame.ticket)
    orders = {ticket: order for ticket, order in book.orders.items() if ticket != frame.ticket}
    if frame.working:
        order = _order(frame, placed_ns if old is None else old.placed_ns)
        orders[frame.ticket] = order if old is None else msgspec.structs.replace(order, dealt=old.dealt)
    elif old is not None and frame.left == 0 and old.dealt < old.volume:
        orders[frame.ticket] = msgspec.structs.replace(old, left=Lots(0), over=True)
    return _with_orders(book, orders)


def from_snapshot(
    frames: Iterable[PositionFrame],
    old: Book,
    snapshot_ns: int,
    read_ns: int,
    netting: bool = False,
    orders: Iterable[PendingOrder] = (),
    shares: Iterable[PositionFrame] | None = None,
) -> Book:
    """The book a whole snapshot describes; what a position began with is kept from the old book where it knew it.

    `snapshot_ns` is the terminal's clock, `read_ns` the reader's at the moment the snapshot was taken. `shares` are those of
    a netting account, None where its terminal does not tell them.
    """
    positions = {frame.ticket: _of_frame(frame, _known(frame, old), read_ns) for frame in frames}
    if not netting:
        by_magic = _by_magic(positions)
    elif shares is None:
        by_magic = share_steps.found(old.by_magic, positions)
    else:
        by_magic = _shares_of(shares, old, read_ns)
    book = Book(positions, by_magic, frozenset(positions), snapshot_ns, netting, keys=_keys(positions))
    return _with_orders(
        book, {frame.ticket: _order(frame, read_ns - min(max(frame.age_ms, 0), OLDEST_MS) * 1_000_000) for frame in orders}
    )


def replayed(deals: Iterable[tuple[Trade, int]]) -> Mapping[int, Position]:
    """Netting positions as the deals since they were opened make them; with each deal when it happened, on the reader's
    clock.
    """
    book = Book(netting=True)
    for deal, opened_ns in deals:
        book = apply_trade(book, deal, opened_ns)
    return book.positions


def with_known_legs(book: Book, known: Iterable[leg_steps.KnownLeg], told: Mapping[int, Position] = EMPTY) -> Book:
    """A master's book with the legs that its terminal has told by their deals, or that links remember; for a reader that
    begins anew, or was away.
    """
    remembered = tuple(
        _as_filled(leg, book.orders.get(leg.key)) for leg in known if not _waits_whole(book.orders.get(leg.key))
    )
    positions = {
        ticket: leg_steps.retold(position, told.get(ticket), remembered) or _recalled(position, remembered, book)
        for ticket, position in book.positions.items()
    }
    by_magic = book.by_magic if book.netting else _by_magic(positions)
    return msgspec.structs.replace(book, positions=positions, by_magic=by_magic, keys=_keys(positions))


def with_known_shares(book: Book, known: Mapping[int, Position]) -> Book:
    """A netting slave's book with the shares that links remember, as far as it has none itself."""
    if not book.netting:
        return book
    return msgspec.structs.replace(book, by_magic={**share_steps.found(known, book.positions), **book.by_magic})


def drop(book: Book, ticket: int) -> Book:
    """The book without a position."""
    gone = book.positions.get(ticket)
    if gone is None:
        return book
    positions = {number: position for number, position in book.positions.items() if number != ticket}
    by_magic = book.by_magic
    if not book.netting and gone.magic and by_magic.get(gone.magic, gone).ticket == ticket:
        by_magic = {magic: position for magic, position in by_magic.items() if magic != gone.magic}
    keys = {key: number for key, number in book.keys.items() if number != ticket} if book.keys else book.keys
    return msgspec.structs.replace(
        book, positions=positions, by_magic=by_magic, snapshot=book.snapshot - {ticket}, keys=keys
    )


def _shared(book: Book, trade: Trade, opened_ns: int) -> Book:
    if not book.netting:
        return book
    net = book.positions.get(trade.position)
    by_magic = share_steps.after_deal(book.by_magic, net, trade, opened_ns)
    if net is not None:
        by_magic = share_steps.with_stops(by_magic, net)
    return msgspec.structs.replace(book, by_magic=by_magic)


def _put(book: Book, position: Position) -> Book:
    positions = {**book.positions, position.ticket: position}
    by_magic = book.by_magic
    if position.magic and not book.netting:
        by_magic = {**by_magic, position.magic: position}
    keys = book.keys
    if position.root or position.legs:
        keys = {**keys, **_keys({position.ticket: position})}
    return msgspec.structs.replace(book, positions=positions, by_magic=by_magic, keys=keys)


def _dealt(book: Book, order: Order, volume: int) -> Book:
    """A deal of a pending order was heard of."""
    dealt = order.dealt + volume
    orders = dict(book.orders)
    if order.over and dealt >= order.volume:
        del orders[order.ticket]
    else:
        orders[order.ticket] = msgspec.structs.replace(order, dealt=dealt)
    return _with_orders(book, orders)


def _opened_book(book: Book, trade: Trade, opened_ns: int, pending: bool) -> Book:
    old = _renamed(trade.comment, book)
    if old is None:
        return _put(book, _opened(trade, opened_ns, pending))
    volume = Lots(min(trade.volume, old.volume))
    names = {"ticket": trade.position, "root": key_of(old)}
    changes = {"volume": volume, "sl": trade.sl, "tp": trade.tp}
    legs = leg_steps.cut(old.legs, volume)
    return _put(drop(book, old.ticket), msgspec.structs.replace(old, legs=legs, **names, **changes))


def _opened(trade: Trade, opened_ns: int, pending: bool) -> Position:
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
        _former(trade.comment) or 0,
        pending=pending,
    )


def _after_deal(old: Position, trade: Trade, opened_ns: int, netting: bool, pending: bool) -> Position | None:
    if trade.entry == Entry.IN:
        volume = Lots(min(old.volume + trade.volume, MAX_LOTS))
        opened, legs = max(old.opened, volume), leg_steps.add(old, trade, opened_ns, netting, pending)
        price = average_price(old, trade)
        return msgspec.structs.replace(old, volume=volume, opened=opened, legs=legs, sl=trade.sl, tp=trade.tp, price=price)
    left = Lots(old.volume - trade.volume)
    if trade.entry == Entry.INOUT and left < 0:
        return _turned(old, trade, Lots(-left), opened_ns, pending)
    if left <= 0:
        return None
    return msgspec.structs.replace(old, volume=left, legs=leg_steps.cut(old.legs, left))


def _turned(old: Position, trade: Trade, volume: Lots, opened_ns: int, pending: bool) -> Position:
    legs = leg_steps.reversed_leg(trade, volume, opened_ns, pending)
    turned = msgspec.structs.replace(old, side=trade.side, volume=volume, opened=volume, opened_ns=opened_ns)
    return msgspec.structs.replace(turned, legs=legs, sl=trade.sl, tp=trade.tp, price=trade.price)


def _known(frame: PositionFrame, old: Book) -> Position | None:
    return old.positions.get(frame.ticket) or _renamed(frame.comment, old)


def _renamed(comment: str, book: Book) -> Position | None:
    """The position whose rest an MT4 comment says that this is, by its last ticket or its first."""
    number = _former(comment)
    return None if number is None else book.positions.get(book.keys.get(number, number))


def _former(comment: str) -> int | None:
    found = _RENAMED.match(comment)
    return int(found.group(1)) if found else None


def _recalled(position: Position, known: tuple[leg_steps.KnownLeg, ...], book: Book) -> Position:
    if position.legs or position.root:
        return position
    former = _former(position.comment)
    if former is not None and former not in book.positions:
        return msgspec.structs.replace(position, root=former)
    return leg_steps.restored(position, known, book.positions, book.netting)


def _as_filled(leg: leg_steps.KnownLeg, order: Order | None) -> leg_steps.KnownLeg:
    return leg if order is None else msgspec.structs.replace(leg, waits=False)


def _waits_whole(order: Order | None) -> bool:
    return order is not None and order.dealt == 0


def _of_frame(frame: PositionFrame, old: Position | None, read_ns: int) -> Position:
    volume, opened_ns = Lots(frame.volume), read_ns - min(max(frame.age_ms, 0), OLDEST_MS) * 1_000_000
    found = Position(
        frame.ticket,
        frame.symbol,
        frame.side,
        volume,
        volume,
        frame.sl,
        frame.tp,
        frame.magic,
        frame.comment,
        opened_ns,
        frame.price,
    )
    return found if old is None else _continued(found, old, opened_ns, read_ns)


def _continued(found: Position, old: Position, opened_ns: int, read_ns: int) -> Position:
    if found.side != old.side:
        return msgspec.structs.replace(found, legs=(leg_steps.unseen(found, found.volume, opened_ns),))
    legs = old.legs or ((leg_steps.first_leg(old),) if found.volume > old.opened else ())
    root = key_of(old) if old.ticket != found.ticket else old.root
    same = (old.sl, old.tp) == (found.sl, found.tp)
    return msgspec.structs.replace(
        found,
        root=root,
        opened=max(old.opened, found.volume),
        opened_ns=old.opened_ns,
        legs=leg_steps.fitted(legs, found, opened_ns) if legs else (),
        comment=found.comment if _former(found.comment) is None else old.comment,
        stops_ns=old.stops_ns if same else read_ns,
        pending=old.pending,
    )


def _shares_of(frames: Iterable[PositionFrame], old: Book, read_ns: int) -> Mapping[int, Position]:
    found: dict[int, Position] = {}
    for frame in frames:
        known = old.by_magic.get(share_steps.key_of(old.by_magic, frame.magic, frame.symbol))
        found[share_steps.key_of(found, frame.magic, frame.symbol)] = _of_frame(frame, known, read_ns)
    return found


def _by_magic(positions: Mapping[int, Position]) -> Mapping[int, Position]:
    return {position.magic: position for position in positions.values() if position.magic}


def _keys(positions: Mapping[int, Position]) -> dict[int, int]:
    return {key: t for t, p in positions.items() if p.root or p.legs for key in leg_steps.keys_of(p) if key != t}


def _order(frame: PendingOrder, placed_ns: int) -> Order:
    return Order(
        frame.ticket,
        frame.symbol,
        frame.order_kind,
        Lots(frame.volume),
        Lots(frame.left),
        frame.price,
        frame.limit,
        frame.sl,
        frame.tp,
        frame.expires_msc,
        frame.magic,
        frame.comment,
        placed_ns,
        frame.volume - frame.left,
    )


def _with_orders(book: Book, orders: dict[int, Order]) -> Book:
    by_magic = {order.magic: order for order in orders.values() if order.magic}
    return msgspec.structs.replace(book, orders=orders, orders_by_magic=by_magic)

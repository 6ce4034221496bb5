"""What an account holds, as its terminal reports it: pure steps from one book to the next."""

from collections.abc import Mapping
from re import compile as pattern

import msgspec

from lockstep_core.books import allocations as allocation_steps
from lockstep_core.books import tranches as tranche_steps
from lockstep_core.books.positions import Order, Position, Tranche, average_price
from lockstep_core.books.tranches import key_of, tranche_of
from lockstep_core.units import MAX_LOTS, Lots
from lockstep_core.wire.enums import DealEntry
from lockstep_core.wire.frames import PendingOrder, StopsFrame, Trade

SETTLING_NS = 1_000_000_000
"""How long after a snapshot a deal may still come that the snapshot contains already."""

_RENAMED = pattern(r"^from #([0-9]{1,10})(?![0-9])")
_LARGEST_MT4_TICKET = 2**31 - 1


class Book(msgspec.Struct, frozen=True):
    """Open positions by ticket and by magic number; pending orders likewise.

    `snapshot`: the tickets in the snapshot that this book began with; `snapshot_ns`: when it was taken, on the terminal's
    clock. `netting`: there is one position for each symbol, and `by_magic` holds allocations. `keys`: the ticket of a
    tranche's position by the tranche's key, where the two numbers differ. `doubted`: links and magic numbers of an MT4
    account of which nobody can tell whose order is whose (`lockstep_core.books.mt4`).
    """

    positions: Mapping[int, Position] = {}
    by_magic: allocation_steps.Allocations = {}
    snapshot: frozenset[int] = frozenset()
    snapshot_ns: int = 0
    netting: bool = False
    orders: Mapping[int, Order] = {}
    orders_by_magic: Mapping[int, Order] = {}
    keys: Mapping[int, int] = {}
    doubted: frozenset[int] = frozenset()


def is_ambiguous(book: Book, trade: Trade) -> bool:
    """Whether a deal may be part of the snapshot already. Terminals queue events but answer with the newest state, so the
    deal alone does not say; only another snapshot settles it.
    """
    return trade.position in book.snapshot and trade.seen_ns - book.snapshot_ns < SETTLING_NS


def followed(book: Book, key: int) -> Position | None:
    """A tranche of the master by its key, as a position of its own; None where it is closed."""
    position = book.positions.get(book.keys.get(key, key))
    return None if position is None else tranche_of(position, key)


def followed_all(book: Book) -> tuple[Position, ...]:
    """Every tranche of the master, as positions of their own."""
    return tuple(tranche for position in book.positions.values() for tranche in tranche_steps.split(position))


def net_of(book: Book, symbol: str) -> Position | None:
    """A netting account's position of a symbol."""
    return next((position for position in book.positions.values() if position.symbol == symbol), None)


def apply_trade(book: Book, trade: Trade, opened_ns: int) -> Book:
    """The book after a deal. `opened_ns`: when it happened, on the reader's clock."""
    pending = trade.order in book.orders
    if pending:
        book = _dealt(book, book.orders[trade.order], trade.volume)
    old = book.positions.get(trade.position)
    if old is None:
        if trade.entry not in (DealEntry.IN, DealEntry.INOUT):
            return book
        return _with_allocations(_opened_book(book, trade, opened_ns, pending), trade, opened_ns)
    new = _after_deal(old, trade, opened_ns, book.netting, pending)
    return _with_allocations(drop(book, old.ticket) if new is None else _put(book, new), trade, opened_ns)


def apply_stops(book: Book, ticket: int, sl: float, tp: float, changed_ns: int = 0) -> Book:
    """The book after a position's stops changed; the same book where there is no such position."""
    old = book.positions.get(ticket)
    if old is None:
        return book
    new = msgspec.structs.replace(old, sl=sl, tp=tp, stops_ns=changed_ns or old.stops_ns)
    changed = _put(book, new)
    return (
        msgspec.structs.replace(changed, by_magic=allocation_steps.with_stops(book.by_magic, new))
        if book.netting
        else changed
    )


def apply_stops_frame(book: Book, frame: StopsFrame, changed_ns: int = 0) -> Book:
    """The book after a Stops frame. `changed_ns`: when the stops changed, on the reader's clock."""
    return apply_stops(book, frame.position, frame.sl, frame.tp, changed_ns)


def apply_order(book: Book, frame: PendingOrder, placed_ns: int) -> Book:
    """The book after a pending order was placed, changed, partly filled, or is gone.

    A filled order stays until its deals were reported: order and deal come in either order, and in between neither an order
    nor a position would be seen.
    """
    old, filled = book.orders.get(frame.ticket), Lots(frame.volume - frame.left)
    orders = {ticket: order for ticket, order in book.orders.items() if ticket != frame.ticket}
    if frame.working:
        order = order_of(frame, placed_ns if old is None else old.placed_ns)
        orders[frame.ticket] = order if old is None else msgspec.structs.replace(order, dealt=old.dealt)
    elif old is not None and old.dealt < filled:
        orders[frame.ticket] = msgspec.structs.replace(old, volume=filled, left=Lots(0), over=True)
    return with_orders(book, orders)


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


def _with_allocations(book: Book, trade: Trade, opened_ns: int) -> Book:
    if not book.netting:
        return book
    net = book.positions.get(trade.position)
    by_magic = allocation_steps.after_deal(book.by_magic, net, trade, opened_ns)
    if net is not None:
        by_magic = allocation_steps.with_stops(by_magic, net)
    return msgspec.structs.replace(book, by_magic=by_magic)


def _put(book: Book, position: Position) -> Book:
    positions = {**book.positions, position.ticket: position}
    by_magic = book.by_magic
    if position.magic and not book.netting:
        by_magic = {**by_magic, position.magic: position}
    keys = book.keys
    if position.root or position.tranches:
        keys = {**keys, **tranche_keys({position.ticket: position})}
    return msgspec.structs.replace(book, positions=positions, by_magic=by_magic, keys=keys)


def _dealt(book: Book, order: Order, volume: int) -> Book:
    """The book after a deal of a pending order."""
    dealt = order.dealt + volume
    orders = dict(book.orders)
    if order.over and dealt >= order.volume:
        del orders[order.ticket]
    else:
        orders[order.ticket] = msgspec.structs.replace(order, dealt=dealt)
    return with_orders(book, orders)


def _opened_book(book: Book, trade: Trade, opened_ns: int, pending: bool) -> Book:
    old = renamed(trade.comment, book)
    if old is None:
        return _put(book, _opened(trade, opened_ns, pending))
    volume = Lots(min(trade.volume, old.volume))
    names = {"ticket": trade.position, "root": key_of(old)}
    changes = {"volume": volume, "sl": trade.sl, "tp": trade.tp}
    tranches = tranche_steps.cut(old.tranches, volume)
    return _put(drop(book, old.ticket), msgspec.structs.replace(old, tranches=tranches, **names, **changes))


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
        former_ticket(trade.comment) or 0,
        pending=pending,
    )


def _after_deal(old: Position, trade: Trade, opened_ns: int, netting: bool, pending: bool) -> Position | None:
    if trade.entry == DealEntry.IN:
        volume = Lots(min(old.volume + trade.volume, MAX_LOTS))
        tranches = tranche_steps.add(old, trade, opened_ns, netting, pending)
        changes = {"volume": volume, "opened": max(old.opened, volume), "sl": trade.sl, "tp": trade.tp}
        new = msgspec.structs.replace(old, tranches=tranches, price=average_price(old, trade), **changes)
        return new if old.tranches or len(tranches) > 1 else _grown(new, tranches[0])
    left = Lots(old.volume - trade.volume)
    if trade.entry == DealEntry.INOUT and left < 0:
        return _turned(old, trade, Lots(-left), opened_ns, pending)
    if left <= 0:
        return None
    return msgspec.structs.replace(old, volume=left, tranches=tranche_steps.cut(old.tranches, left))


def _grown(position: Position, tranche: Tranche) -> Position:
    """A position of one order that filled further: it needs no list of tranches."""
    changes = {"pending": tranche.pending, "deal_price": tranche.price, "grown_ns": tranche.grown_ns}
    return msgspec.structs.replace(position, tranches=(), **changes)


def _turned(old: Position, trade: Trade, volume: Lots, opened_ns: int, pending: bool) -> Position:
    tranches = tranche_steps.reversed_tranche(trade, volume, opened_ns, pending)
    turned = msgspec.structs.replace(old, side=trade.side, volume=volume, opened=volume, opened_ns=opened_ns)
    return msgspec.structs.replace(turned, tranches=tranches, sl=trade.sl, tp=trade.tp, price=trade.price)


def renamed(comment: str, book: Book) -> Position | None:
    """The position that an MT4 comment names as the one before a partial close, by its last ticket or its first."""
    number = former_ticket(comment)
    return None if number is None else book.positions.get(book.keys.get(number, number))


def former_ticket(comment: str) -> int | None:
    """The ticket that an MT4 comment says a position had before; None where it names none that MT4 can give.

    Comments are free text: anybody may type a number there that fits nowhere. MT4's tickets are C ints.
    """
    found = _RENAMED.match(comment)
    ticket = int(found.group(1)) if found else 0
    return ticket if 0 < ticket <= _LARGEST_MT4_TICKET else None


def order_of(frame: PendingOrder, placed_ns: int) -> Order:
    """The pending order of a frame."""
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


def with_orders(book: Book, orders: dict[int, Order]) -> Book:
    """The book with other pending orders."""
    by_magic = {order.magic: order for order in orders.values() if order.magic}
    return msgspec.structs.replace(book, orders=orders, orders_by_magic=by_magic)


def tranche_keys(positions: Mapping[int, Position]) -> dict[int, int]:
    """The `keys` of a book with these positions."""
    return {key: t for t, p in positions.items() if p.root or p.tranches for key in tranche_steps.keys_of(p) if key != t}

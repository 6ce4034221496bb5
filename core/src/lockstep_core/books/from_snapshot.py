"""A book as a snapshot finds it, and what else is known: what it was before, deals that are told, what links remember."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from lockstep_core.books import allocations as share_steps
from lockstep_core.books import tranches as leg_steps
from lockstep_core.books.book import Book, apply_trade, former_ticket, leg_keys, order_of, renamed, with_orders
from lockstep_core.books.positions import Order, Position
from lockstep_core.books.tranches import key_of
from lockstep_core.units import Lots
from lockstep_core.wire.frames import PendingOrder, Trade
from lockstep_core.wire.frames import Position as PositionFrame

OLDEST_MS = 10 * 365 * 86_400_000
"""Older than this counts as this old."""

NOTHING_TOLD: Mapping[int, Position] = MappingProxyType({})


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
    positions = {frame.ticket: _of_frame(frame, _known(frame, old), read_ns) for frame in _without_former(frames)}
    if not netting:
        by_magic = _by_magic(positions)
    elif shares is None:
        by_magic = share_steps.found(old.by_magic, positions)
    else:
        by_magic = _shares_of(shares, old, read_ns)
    book = Book(positions, by_magic, frozenset(positions), snapshot_ns, netting, keys=leg_keys(positions))
    return with_orders(book, {frame.ticket: order_of(frame, since_ns(read_ns, frame.age_ms)) for frame in orders})


def since_ns(read_ns: int, age_ms: int) -> int:
    """When something began that was so old at `read_ns`, by a terminal that may say anything."""
    return read_ns - min(max(age_ms, 0), OLDEST_MS) * 1_000_000


def _without_former(frames: Iterable[PositionFrame]) -> list[PositionFrame]:
    """Of an MT4 position that is being closed in part the rest may be there already and the whole still: the rest counts."""
    found = list(frames)
    former = {former_ticket(frame.comment) for frame in found}
    return [frame for frame in found if frame.ticket not in former]


def replayed(deals: Iterable[tuple[Trade, int]]) -> Mapping[int, Position]:
    """Netting positions as the deals since they were opened make them; with each deal when it happened, on the reader's
    clock.
    """
    book = Book(netting=True)
    for deal, opened_ns in deals:
        book = apply_trade(book, deal, opened_ns)
    return book.positions


def with_known_legs(book: Book, known: Iterable[leg_steps.KnownLeg], told: Mapping[int, Position] = NOTHING_TOLD) -> Book:
    """A master's book with the legs that its terminal has told by their deals, or that links remember; for a reader that
    begins anew, or was away.
    """
    remembered = tuple(
        _as_filled(leg, book.orders.get(leg.key))
        for leg in known
        if leg.opened and not _waits_whole(book.orders.get(leg.key))
    )
    positions = {
        ticket: leg_steps.retold(position, told.get(ticket), remembered) or _recalled(position, remembered, book)
        for ticket, position in book.positions.items()
    }
    by_magic = book.by_magic if book.netting else _by_magic(positions)
    return msgspec.structs.replace(book, positions=positions, by_magic=by_magic, keys=leg_keys(positions))


def with_known_shares(book: Book, known: Mapping[int, Position]) -> Book:
    """A netting slave's book with the shares that links remember, as far as it has none itself."""
    if not book.netting:
        return book
    return msgspec.structs.replace(book, by_magic={**share_steps.found(known, book.positions), **book.by_magic})


def _known(frame: PositionFrame, old: Book) -> Position | None:
    return old.positions.get(frame.ticket) or renamed(frame.comment, old)


def _by_magic(positions: Mapping[int, Position]) -> Mapping[int, Position]:
    return {position.magic: position for position in positions.values() if position.magic}


def _recalled(position: Position, known: tuple[leg_steps.KnownLeg, ...], book: Book) -> Position:
    if position.legs or position.root:
        return position
    former = former_ticket(position.comment)
    if former is not None and former not in book.positions:
        return msgspec.structs.replace(position, root=former)
    return leg_steps.restored(position, known, book.positions, book.netting)


def _as_filled(leg: leg_steps.KnownLeg, order: Order | None) -> leg_steps.KnownLeg:
    return leg if order is None else msgspec.structs.replace(leg, waits=False)


def _waits_whole(order: Order | None) -> bool:
    return order is not None and order.dealt == 0


def _of_frame(frame: PositionFrame, old: Position | None, read_ns: int) -> Position:
    volume, opened_ns = Lots(frame.volume), since_ns(read_ns, frame.age_ms)
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
        comment=found.comment if former_ticket(found.comment) is None else old.comment,
        stops_ns=old.stops_ns if same else read_ns,
        pending=old.pending,
    )


def _shares_of(frames: Iterable[PositionFrame], old: Book, read_ns: int) -> Mapping[int, Position]:
    found: dict[int, Position] = {}
    for frame in frames:
        known = old.by_magic.get(share_steps.key_of(old.by_magic, frame.magic, frame.symbol))
        found[share_steps.key_of(found, frame.magic, frame.symbol)] = _of_frame(frame, known, read_ns)
    return found

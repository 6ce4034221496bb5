"""Makes a book of a snapshot, and of what else is known: the book before, reported deals, what links remember."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import msgspec

from lockstep_core.books import allocations as allocation_steps
from lockstep_core.books import tranches as tranche_steps
from lockstep_core.books.allocations import Allocations
from lockstep_core.books.book import Book, apply_trade, former_ticket, order_of, renamed, tranche_keys, with_orders
from lockstep_core.books.positions import Order, Position
from lockstep_core.books.tranches import KnownTranche, key_of
from lockstep_core.units import Lots
from lockstep_core.wire.frames import PendingOrder, Trade
from lockstep_core.wire.frames import PositionFrame as PositionFrame

OLDEST_MS = 10 * 365 * 86_400_000
"""A higher age counts as this one."""

NO_DEALS: Mapping[int, Position] = MappingProxyType({})


def from_snapshot(
    frames: Iterable[PositionFrame],
    old: Book,
    snapshot_ns: int,
    read_ns: int,
    netting: bool = False,
    orders: Iterable[PendingOrder] = (),
    allocations: Iterable[PositionFrame] | None = None,
) -> Book:
    """The book a whole snapshot describes; what a position began with is kept from the old book where it knew it.

    `snapshot_ns` is the terminal's clock, `read_ns` the reader's at the moment the snapshot was taken. `allocations` are
    those of a netting account, None where its terminal does not report them.
    """
    return book_of(
        {position.ticket: position for position in positions_read(list(frames), old, read_ns, netting)},
        old,
        snapshot_ns,
        netting,
        orders_read(orders, read_ns),
        None if allocations is None else allocations_read(allocations, old, read_ns),
    )


def positions_read(frames: Sequence[PositionFrame], old: Book, read_ns: int, netting: bool) -> Iterator[Position]:
    """The positions of a snapshot, each as it is wanted. While MT4 closes a position in part, a snapshot may show both the
    whole and its rest. The rest counts.
    """
    former = {former_ticket(frame.comment) for frame in frames if frame.comment}
    for frame in frames:
        if frame.ticket not in former:
            yield _of_frame(frame, _known(frame, old), read_ns, netting)


def orders_read(frames: Iterable[PendingOrder], read_ns: int) -> Iterator[Order]:
    """The pending orders of a snapshot, each as it is wanted."""
    return (order_of(frame, since_ns(read_ns, _age_ms(frame))) for frame in frames)


def allocations_read(frames: Iterable[PositionFrame], old: Book, read_ns: int) -> Iterator[Position]:
    """The allocations that a netting account's terminal reports, each as it is wanted."""
    for frame in frames:
        known = old.by_magic.get(allocation_steps.key_of(old.by_magic, frame.magic, frame.symbol))
        yield _of_frame(frame, known, read_ns, True)


def book_of(
    by_ticket: Mapping[int, Position],
    old: Book,
    snapshot_ns: int,
    netting: bool,
    orders: Iterable[Order],
    allocations: Iterable[Position] | None,
) -> Book:
    """The book with what a snapshot shows; the other arguments are those of `from_snapshot`."""
    if not netting:
        by_magic = _by_magic(by_ticket)
    elif allocations is None:
        by_magic = allocation_steps.kept(old.by_magic, by_ticket)
    else:
        by_magic = allocation_steps.by_key(allocations)
    book = Book(by_ticket, by_magic, frozenset(by_ticket), snapshot_ns, netting, keys=tranche_keys(by_ticket))
    return with_orders(book, {order.ticket: order for order in orders})


def since_ns(read_ns: int, age_ms: int) -> int:
    """When something began that is `age_ms` old at `read_ns`. A terminal may report any age, so it is clamped."""
    return read_ns - min(max(age_ms, 0), OLDEST_MS) * 1_000_000


def _age_ms(frame: PositionFrame | PendingOrder) -> int:
    """How old something is at least. MT4 shows the whole second in which it began."""
    return frame.age_ms if frame.time_msc % 1000 or not frame.time_msc else frame.age_ms - 999


def replayed(deals: Iterable[tuple[Trade, int]]) -> Mapping[int, Position]:
    """Netting positions, rebuilt from their deals since they were opened. Each deal has its time on the reader's clock."""
    positions: dict[int, Position] = {}
    for deal, opened_ns in deals:
        replay(positions, deal, opened_ns)
    return positions


def replay(positions: dict[int, Position], deal: Trade, opened_ns: int) -> None:
    """One more deal for `replayed`."""
    before = positions.pop(deal.position, None)
    book = Book({} if before is None else {deal.position: before}, netting=True)
    after = apply_trade(book, deal, opened_ns).positions.get(deal.position)
    if after is not None:
        positions[deal.position] = after


def with_known_tranches(book: Book, known: Iterable[KnownTranche], by_deals: Mapping[int, Position] = NO_DEALS) -> Book:
    """A master's book with its tranches, after a restart or a gap: as the reported deals make them, else as links remember
    them. `known` may hold several of one tranche.
    """
    memory = Memory(book)
    for tranche in known:
        memory.add(tranche)
    return with_positions(book, {p.ticket: memory.tranches_of(p, by_deals.get(p.ticket)) for p in book.positions.values()})


class Memory:
    """The tranches that links remember, found by the position that they may be of. Pending orders that still wait whole and
    tranches of no lots are none.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._by_position: dict[str | int, dict[int, KnownTranche]] = {}

    def add(self, tranche: KnownTranche) -> None:
        """Adds a tranche. Several links may remember the same one."""
        order = self._book.orders.get(tranche.key)
        if not tranche.opened or _waits_whole(order):
            return
        # A netting account has one position of a symbol; on others the tranche's key says of which it is.
        place = tranche.symbol if self._book.netting else tranche_steps.ticket_in(tranche.key)
        group = self._by_position.setdefault(place, {})
        filled = _as_filled(tranche, order)
        group[tranche.key] = filled.known_also_as(group.get(tranche.key, filled))

    def tranches_of(self, position: Position, by_deals: Position | None) -> Position:
        """A position with its tranches: as its reported deals make them, else as links remember them."""
        place = position.symbol if self._book.netting else tranche_steps.ticket_in(position.ticket)
        known = tuple(self._by_position.get(place, {}).values())
        return tranche_steps.from_deals(position, by_deals, known) or _recalled(position, known, self._book)


def with_positions(book: Book, positions: Mapping[int, Position]) -> Book:
    """The book of a snapshot with other tranches in its positions."""
    by_magic = book.by_magic if book.netting else _by_magic(positions)
    return msgspec.structs.replace(book, positions=positions, by_magic=by_magic, keys=tranche_keys(positions))


def with_known_allocations(book: Book, known: Allocations) -> Book:
    """A netting slave's book with the allocations that links remember, where it has none itself."""
    if not book.netting:
        return book
    return msgspec.structs.replace(book, by_magic={**allocation_steps.kept(known, book.positions), **book.by_magic})


def with_known_openings(book: Book, known_ns: Mapping[int, int]) -> Book:
    """A netting slave's book, in which each allocation was opened when its link says so. Terminals only tell the age of the
    whole position.
    """
    by_magic = {
        key: _opened_later(allocation, known_ns.get(allocation.magic, 0)) for key, allocation in book.by_magic.items()
    }
    return msgspec.structs.replace(book, by_magic=by_magic)


def _opened_later(told: Position, known_ns: int) -> Position:
    return told if known_ns <= told.opened_ns else msgspec.structs.replace(told, opened_ns=known_ns)


def _known(frame: PositionFrame, old: Book) -> Position | None:
    return old.positions.get(frame.ticket) or renamed(frame.comment, old)


def _by_magic(positions: Mapping[int, Position]) -> Allocations:
    return {position.magic: position for position in positions.values() if position.magic}


def _recalled(position: Position, known: Sequence[KnownTranche], book: Book) -> Position:
    if position.tranches or position.root:
        return position
    former = former_ticket(position.comment)
    if former is not None and former not in book.positions:
        return msgspec.structs.replace(position, root=former)
    return tranche_steps.restored(position, known, book.positions, book.netting)


def _as_filled(tranche: KnownTranche, order: Order | None) -> KnownTranche:
    return tranche if order is None else msgspec.structs.replace(tranche, waits=False)


def _waits_whole(order: Order | None) -> bool:
    return order is not None and order.dealt == 0


def _of_frame(frame: PositionFrame, old: Position | None, read_ns: int, netting: bool) -> Position:
    volume, opened_ns = Lots(frame.volume), since_ns(read_ns, _age_ms(frame))
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
    return found if old is None else _continued(found, old, opened_ns, read_ns, netting)


def _continued(found: Position, old: Position, opened_ns: int, read_ns: int, netting: bool) -> Position:
    if found.side != old.side:
        return msgspec.structs.replace(found, tranches=(tranche_steps.unseen(found, found.volume, opened_ns),))
    # A hedging account's position grows by its own order alone, unless something of it was closed before.
    is_one_order = not netting and old.volume == old.opened
    tranches = old.tranches or (
        (tranche_steps.first_tranche(old),) if found.volume > old.opened and not is_one_order else ()
    )
    root = key_of(old) if old.ticket != found.ticket else old.root
    same = (old.sl, old.tp) == (found.sl, found.tp)
    return msgspec.structs.replace(
        found,
        root=root,
        opened=max(old.opened, found.volume),
        opened_ns=old.opened_ns,
        tranches=tranche_steps.fitted(tranches, found, opened_ns) if tranches else (),
        comment=found.comment if former_ticket(found.comment) is None else old.comment,
        stops_ns=old.stops_ns if same else read_ns,
        pending=old.pending,
        grown_ns=old.grown_ns,
    )

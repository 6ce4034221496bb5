"""The books of accounts of every kind: what a fill does to positions, to shares of links and to legs."""

from collections.abc import Callable

import msgspec

from lockstep_core.wire.frames import DealEntry, Side
from tests.simulation.agenda import MS
from tests.simulation.ledgers import Allocations, Legs
from tests.simulation.market import Ask, Deal, Held, Kind, Request


class Change(msgspec.Struct, frozen=True):
    """A deal (None: only stops change), and its position before and after it (None: none)."""

    deal: Deal | None
    before: Held | None
    after: Held | None


class Books:
    """A hedging account's: every opening is a position of its own.

    `volumes`, `levels` and `sides` are all that a position ever had; `shares` and `legs` are of accounts that net; `roots`
    leads to the ticket a position began with.
    """

    kind = Kind.HEDGING

    def __init__(
        self, numbers: Callable[[], int], clock_ns: Callable[[], int], price_of: Callable[[Request], float]
    ) -> None:
        self.positions: dict[int, Held] = {}
        self.volumes: dict[int, list[int]] = {}
        self.levels: dict[int, set[tuple[float, float]]] = {}
        self.sides: dict[int, set[int]] = {}
        self.deals: list[Deal] = []
        self.shares = Allocations()
        self.legs = Legs()
        self.roots: dict[int, int] = {}
        self._next = numbers
        self._price_of = price_of
        self._clock_ns = clock_ns

    def share(self, magic: int) -> list[Held]:
        """What a magic number has open: positions of its own."""
        return [held for held in self.positions.values() if held.magic == magic]

    def trade(self, request: Request, order: int, volume: int) -> list[Change]:
        """A request is filled, in part or whole."""
        return self._open(request, order, volume) if request.ask is Ask.OPEN else self._reduce(request, order, volume)

    def of_root(self, root: int) -> Held | None:
        """The position that began with a ticket, whatever its ticket is now."""
        return self.positions.get(root)

    def is_alone(self, share: Held) -> bool:
        """Whether stops of what a magic number has open are its own."""
        return share.ticket in self.positions

    def put(self, held: Held) -> None:
        """A position is now like this."""
        self.positions[held.ticket] = held
        self.levels.setdefault(held.ticket, set()).add((held.sl, held.tp))
        self.sides.setdefault(held.ticket, set()).add(held.side)
        history = self.volumes.setdefault(held.ticket, [])
        if not history or history[-1] != held.volume:
            history.append(held.volume)

    def fresh(self, request: Request, ticket: int) -> Held:
        """A position about to be opened."""
        stops = (request.sl, request.tp, request.magic, request.comment)
        return Held(ticket, request.symbol, request.side, 0, 0, *stops, self._clock_ns(), self._price_of(request))

    def _open(self, request: Request, order: int, volume: int) -> list[Change]:
        before = self.positions.get(order)
        held = before or self.fresh(request, order)
        grown = held.volume + volume
        price = mixed(held, volume, self._price_of(request))
        after = msgspec.structs.replace(held, volume=grown, opened=max(held.opened, grown), price=price)
        return [self._done(request, order, order, DealEntry.IN, volume, before, after)]

    def _reduce(self, request: Request, order: int, volume: int) -> list[Change]:
        before = self.positions.get(request.position)
        if before is None:
            return []
        rest = before.volume - min(volume, before.volume)
        after = msgspec.structs.replace(before, volume=rest) if rest else None
        entry = DealEntry.OUT_BY if request.ask is Ask.CLOSE_BY else DealEntry.OUT
        return [self._done(request, order, before.ticket, entry, volume, before, after)]

    def _done(
        self, request: Request, order: int, ticket: int, entry: int, volume: int, before: Held | None, after: Held | None
    ) -> Change:
        head = (self._next(), order, ticket, request.magic, request.symbol, request.side)
        deal = Deal(*head, entry, volume, request.comment, request.sl, request.tp, self._price_of(request))
        deal = msgspec.structs.replace(deal, at_ms=self._clock_ns() // MS)
        self.deals.append(deal)
        if after is None:
            self.positions.pop(ticket, None)
        else:
            self.put(after)
        return Change(deal, before, after)


class NettingBooks(Books):
    """One position for each symbol; the levels of an order that makes it bigger or turns it become the position's."""

    kind = Kind.NETTING

    def share(self, magic: int) -> list[Held]:
        """What a magic number has open: its share of the position of its symbol, as a position of its own."""
        share = self.shares.of(magic)
        if share is None or share.signed == 0:
            return []
        net = next((held for held in self.positions.values() if held.symbol == share.symbol), None)
        if net is None:
            return [self._alone(magic, share.symbol, share.signed, share.most)]
        head = (net.ticket, share.symbol, int(share.signed < 0), abs(share.signed), share.most)
        return [Held(*head, net.sl, net.tp, magic, "", net.opened_ns, net.price)]

    def is_alone(self, share: Held) -> bool:
        """Whether a share is all there is of its symbol, so that the position's stops are its own."""
        sharing = [s for s in self.shares.all().values() if s.symbol == share.symbol]
        net = next((held.signed for held in self.positions.values() if held.symbol == share.symbol), 0)
        return len(sharing) == 1 and net == share.signed

    def _alone(self, magic: int, symbol: str, signed: int, most: int) -> Held:
        return Held(0, symbol, int(signed < 0), abs(signed), most, 0.0, 0.0, magic, "", 0)

    def trade(self, request: Request, order: int, volume: int) -> list[Change]:
        """A request is filled, in part or whole: on accounts of this kind they are all the same."""
        net = next((held for held in self.positions.values() if held.symbol == request.symbol), None)
        before = 0 if net is None else net.signed
        after = before + (volume if request.side == Side.BUY else -volume)
        held = net or self.fresh(request, order)
        entry = _entry(before, after)
        if entry != DealEntry.OUT:
            price = self._price_of(request)
            price = price if entry == DealEntry.INOUT else mixed(held, volume, price)
            held = msgspec.structs.replace(held, sl=request.sl, tp=request.tp, price=price)
        self.legs.on_deal(held.ticket, order, before, after)
        side = Side.SELL if after < 0 else Side.BUY
        most = abs(after) if before * after <= 0 else max(held.opened, abs(after))
        changed = msgspec.structs.replace(held, side=side, volume=abs(after), opened=most) if after else None
        change = self._done(request, order, held.ticket, entry, volume, net, changed)
        self.shares.on_deal(self.deals[-1], after)
        return [change]


class Mt4Books(Books):
    """The rest of a position that is closed in part gets a new ticket, and says in its comment which it had before."""

    kind = Kind.MT4

    def of_root(self, root: int) -> Held | None:
        """The position that began with a ticket: its newest name counts."""
        return next((held for ticket, held in self.positions.items() if self.roots.get(ticket, ticket) == root), None)

    def _reduce(self, request: Request, order: int, volume: int) -> list[Change]:
        before = self.positions.get(request.position)
        closed = super()._reduce(request, order, volume)
        if before is None or not closed or closed[0].after is None:
            return closed
        left = closed[0].after
        self.positions.pop(before.ticket)
        ticket = self._next()
        self.roots[ticket] = self.roots.get(before.ticket, before.ticket)
        self.volumes[ticket] = self.volumes[before.ticket]
        self.levels[ticket] = self.levels[before.ticket]
        renamed = msgspec.structs.replace(left, ticket=ticket, comment=f"from #{before.ticket}")
        self.put(renamed)
        head = (self._next(), ticket, ticket, left.magic, left.symbol, left.side, DealEntry.IN, left.volume)
        deal = Deal(*head, renamed.comment, left.sl, left.tp, left.price)
        self.deals.append(deal)
        part = None if closed[0].deal is None else msgspec.structs.replace(closed[0].deal, rest=ticket)
        return [Change(part, closed[0].before, None), Change(deal, None, renamed)]


def mixed(held: Held, volume: int, price: float) -> float:
    """The price of a position to which something was added."""
    return (held.price * held.volume + price * volume) / (held.volume + volume)


def _entry(before: int, after: int) -> DealEntry:
    if before == 0 or (abs(after) > abs(before) and before * after > 0):
        return DealEntry.IN
    return DealEntry.INOUT if before * after < 0 else DealEntry.OUT


BOOKS: dict[str, type[Books]] = {books.kind: books for books in (Books, NettingBooks, Mt4Books)}

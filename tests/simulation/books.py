"""The positions of accounts of every kind, and how a fill changes them."""

from collections.abc import Callable

import msgspec

from lockstep_core.wire.enums import DealEntry, Side
from tests.simulation.allocations import Allocations, Tranches
from tests.simulation.broker_data import AccountKind, BrokerDeal, BrokerPosition, RequestKind, TradeRequest
from tests.simulation.scheduler import MS


class PositionChange(msgspec.Struct, frozen=True):
    """A deal (None: only stops changed), with its position before and after (None: no position)."""

    deal: BrokerDeal | None
    before: BrokerPosition | None
    after: BrokerPosition | None


class HedgingBook:
    """A hedging account's positions: every opening is a position of its own.

    `volumes` and `levels` are all volumes and stops that a position ever had, by ticket. Only netting accounts have
    `allocations` and `tranches`. Only MT4's have `first_tickets`: the first ticket of a position that a partial close
    renamed.
    """

    kind = AccountKind.HEDGING

    def __init__(
        self, numbers: Callable[[], int], clock_ns: Callable[[], int], price_of: Callable[[TradeRequest], float]
    ) -> None:
        self.positions: dict[int, BrokerPosition] = {}
        self.volumes: dict[int, list[int]] = {}
        self.levels: dict[int, set[tuple[float, float]]] = {}
        self.deals: list[BrokerDeal] = []
        self.allocations = Allocations()
        self.tranches = Tranches()
        self.first_tickets: dict[int, int] = {}
        self._next = numbers
        self._price_of = price_of
        self._clock_ns = clock_ns

    def of_magic(self, magic: int) -> list[BrokerPosition]:
        """The positions of a magic number."""
        return [position for position in self.positions.values() if position.magic == magic]

    def trade(self, request: TradeRequest, order: int, volume: int) -> list[PositionChange]:
        """Fills a request, in part or in whole."""
        return (
            self._open(request, order, volume) if request.kind is RequestKind.OPEN else self._reduce(request, order, volume)
        )

    def by_first_ticket(self, first_ticket: int) -> BrokerPosition | None:
        """The position that was opened with this ticket, whatever its ticket is now."""
        return self.positions.get(first_ticket)

    def owns_stops(self, position: BrokerPosition) -> bool:
        """Whether the stops of a magic number's position protect nothing else."""
        return position.ticket in self.positions

    def put(self, position: BrokerPosition) -> None:
        """Stores a position as it is now."""
        self.positions[position.ticket] = position
        self.levels.setdefault(position.ticket, set()).add((position.sl, position.tp))
        history = self.volumes.setdefault(position.ticket, [])
        if not history or history[-1] != position.volume:
            history.append(position.volume)

    def new_position(self, request: TradeRequest, ticket: int) -> BrokerPosition:
        """A new position, without volume yet."""
        stops = (request.sl, request.tp, request.magic, request.comment)
        return BrokerPosition(ticket, request.symbol, request.side, 0, 0, *stops, self._clock_ns(), self._price_of(request))

    def _open(self, request: TradeRequest, order: int, volume: int) -> list[PositionChange]:
        before = self.positions.get(order)
        position = before or self.new_position(request, order)
        grown = position.volume + volume
        price = average_price(position, volume, self._price_of(request))
        after = msgspec.structs.replace(position, volume=grown, max_volume=max(position.max_volume, grown), price=price)
        return [self._record(request, order, order, DealEntry.IN, volume, before, after)]

    def _reduce(self, request: TradeRequest, order: int, volume: int) -> list[PositionChange]:
        before = self.positions.get(request.position)
        if before is None:
            return []
        left = before.volume - min(volume, before.volume)
        after = msgspec.structs.replace(before, volume=left) if left else None
        entry = DealEntry.OUT_BY if request.kind is RequestKind.CLOSE_BY else DealEntry.OUT
        return [self._record(request, order, before.ticket, entry, volume, before, after)]

    def _record(
        self,
        request: TradeRequest,
        order: int,
        ticket: int,
        entry: int,
        volume: int,
        before: BrokerPosition | None,
        after: BrokerPosition | None,
    ) -> PositionChange:
        head = (self._next(), order, ticket, request.magic, request.symbol, request.side)
        deal = BrokerDeal(*head, entry, volume, request.comment, request.sl, request.tp, self._price_of(request))
        deal = msgspec.structs.replace(deal, at_ms=self._clock_ns() // MS)
        self.deals.append(deal)
        if after is None:
            self.positions.pop(ticket, None)
        else:
            self.put(after)
        return PositionChange(deal, before, after)


class NettingBook(HedgingBook):
    """A netting account: one position for each symbol. Each order that increases or reverses a position sets its stops."""

    kind = AccountKind.NETTING

    def of_magic(self, magic: int) -> list[BrokerPosition]:
        """The allocation of a magic number, in the form of a position."""
        allocation = self.allocations.of(magic)
        if allocation is None or allocation.signed == 0:
            return []
        net = next((position for position in self.positions.values() if position.symbol == allocation.symbol), None)
        if net is None:
            size = (int(allocation.signed < 0), abs(allocation.signed), allocation.max_volume)
            return [BrokerPosition(0, allocation.symbol, *size, 0.0, 0.0, magic, "", 0)]
        head = (net.ticket, allocation.symbol, int(allocation.signed < 0), abs(allocation.signed), allocation.max_volume)
        return [BrokerPosition(*head, net.sl, net.tp, magic, "", net.opened_ns, net.price)]

    def owns_stops(self, position: BrokerPosition) -> bool:
        """Whether the symbol's whole position is allocated to one magic number."""
        allocated = [a for a in self.allocations.all().values() if a.symbol == position.symbol]
        net = next((other.signed for other in self.positions.values() if other.symbol == position.symbol), 0)
        return len(allocated) == 1 and net == position.signed

    def trade(self, request: TradeRequest, order: int, volume: int) -> list[PositionChange]:
        """Fills a request, in part or in whole. Whatever the request asks for, it changes the net position."""
        net = next((position for position in self.positions.values() if position.symbol == request.symbol), None)
        before = 0 if net is None else net.signed
        after = before + (volume if request.side == Side.BUY else -volume)
        position = net or self.new_position(request, order)
        entry = _entry(before, after)
        if entry != DealEntry.OUT:
            price = self._price_of(request)
            price = price if entry == DealEntry.INOUT else average_price(position, volume, price)
            position = msgspec.structs.replace(position, sl=request.sl, tp=request.tp, price=price)
        self.tranches.on_deal(position.ticket, order, before, after)
        side = Side.SELL if after < 0 else Side.BUY
        max_volume = abs(after) if before * after <= 0 else max(position.max_volume, abs(after))
        changed = msgspec.structs.replace(position, side=side, volume=abs(after), max_volume=max_volume) if after else None
        change = self._record(request, order, position.ticket, entry, volume, net, changed)
        self.allocations.on_deal(self.deals[-1], after)
        return [change]


class Mt4Book(HedgingBook):
    """An MT4 account. The rest of a partial close gets a new ticket, and its comment names the former one."""

    kind = AccountKind.MT4

    def by_first_ticket(self, first_ticket: int) -> BrokerPosition | None:
        """The position that was opened with this ticket: a partial close renames it."""
        return next(
            (
                position
                for ticket, position in self.positions.items()
                if self.first_tickets.get(ticket, ticket) == first_ticket
            ),
            None,
        )

    def _reduce(self, request: TradeRequest, order: int, volume: int) -> list[PositionChange]:
        before = self.positions.get(request.position)
        if before is not None:
            # An order keeps its magic number, whoever closes it.
            request = msgspec.structs.replace(request, magic=before.magic)
        closed = super()._reduce(request, order, volume)
        if before is None or not closed or closed[0].after is None:
            return closed
        left = closed[0].after
        self.positions.pop(before.ticket)
        ticket = self._next()
        self.first_tickets[ticket] = self.first_tickets.get(before.ticket, before.ticket)
        self.volumes[ticket] = self.volumes[before.ticket]
        self.levels[ticket] = self.levels[before.ticket]
        renamed = msgspec.structs.replace(left, ticket=ticket, comment=f"from #{before.ticket}")
        self.put(renamed)
        head = (self._next(), ticket, ticket, left.magic, left.symbol, left.side, DealEntry.IN, left.volume)
        # MT4 shows the rest with the time at which the whole was opened.
        deal = BrokerDeal(*head, renamed.comment, left.sl, left.tp, left.price, at_ms=left.opened_ns // MS)
        self.deals.append(deal)
        part = None if closed[0].deal is None else msgspec.structs.replace(closed[0].deal, remainder=ticket)
        return [PositionChange(part, closed[0].before, None), PositionChange(deal, None, renamed)]


def average_price(position: BrokerPosition, volume: int, price: float) -> float:
    """The price of a position to which a volume is added."""
    return (position.price * position.volume + price * volume) / (position.volume + volume)


def _entry(before: int, after: int) -> DealEntry:
    if before == 0 or (abs(after) > abs(before) and before * after > 0):
        return DealEntry.IN
    return DealEntry.INOUT if before * after < 0 else DealEntry.OUT


BOOK_CLASSES: dict[str, type[HedgingBook]] = {book.kind: book for book in (HedgingBook, NettingBook, Mt4Book)}

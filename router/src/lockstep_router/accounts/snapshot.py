"""A snapshot while it comes in, and which frames have possible numbers."""

from collections import Counter
from collections.abc import Mapping
from math import isfinite

from lockstep_core.books.from_snapshot import NO_DEALS, replayed, since_ns
from lockstep_core.books.positions import OrderKind, Position
from lockstep_core.market.symbols import SymbolSpec, spec_of
from lockstep_core.units import MAX_LOTS
from lockstep_core.wire.frames import (
    AccountFrame,
    Action,
    DealEntry,
    Frame,
    PendingOrder,
    PositionFrame,
    Result,
    SnapshotBegin,
    SnapshotEnd,
    Stage,
    StopsFrame,
    Symbol,
    Tick,
    Trade,
)

MAX_POSITIONS = 10_000
MAX_SYMBOLS = 20_000
MAX_DEALS = 5_000
MAX_DEALS_OF_ONE = 500


class Assembly:
    """The frames of one snapshot between its begin and its end. `taken_ns`: when it was taken, on our clock."""

    __slots__ = (
        "_counts",
        "account",
        "allocations",
        "begin",
        "deals",
        "disturbed",
        "orders",
        "positions",
        "specs",
        "symbols",
        "taken_ns",
    )

    def __init__(self, begin: SnapshotBegin, taken_ns: int) -> None:
        self.begin = begin
        self.taken_ns = taken_ns
        self.positions: list[PositionFrame] = []
        self.allocations: list[PositionFrame] = []
        self.orders: list[PendingOrder] = []
        self.deals: list[Trade] = []
        self._counts: Counter[int] = Counter()
        self.specs: dict[str, SymbolSpec] = {}
        self.symbols = 0
        self.account: AccountFrame | None = None
        self.disturbed = False

    def add(self, frame: Frame) -> None:
        """Takes a frame; one that is no part of a snapshot makes it useless."""
        if isinstance(frame, PositionFrame):
            (self.allocations if frame.allocation else self.positions).append(frame)
        elif isinstance(frame, PendingOrder):
            self.orders.append(frame)
        elif isinstance(frame, Trade) and frame.seen_ns == 0:
            self._add_deal(frame)
        elif isinstance(frame, Symbol):
            self.symbols += 1
            self._add_symbol(frame)
        elif isinstance(frame, AccountFrame):
            self.account = frame
        else:
            self.disturbed = True
        if len(self.positions) + len(self.allocations) + len(self.orders) > MAX_POSITIONS or self.symbols > MAX_SYMBOLS:
            self.disturbed = True

    def is_whole(self, end: SnapshotEnd, login: int) -> bool:
        """Whether it may replace the book: complete, of the right login, of a terminal that sees its broker."""
        counted = len(self.positions) == self.begin.positions == end.positions and self.symbols == end.symbols
        account = self.account
        named = account is None or (account.login == login and account.connected != 0)
        tickets = {position.ticket for position in self.positions}
        return counted and named and not self.disturbed and len(tickets) == len(self.positions)

    def replayed(self) -> Mapping[int, Position]:
        """Positions as their reported deals make them. How old the deals are follows from the account's server time."""
        account = self.account
        if account is None:
            return NO_DEALS
        now_msc = account.server_time_msc
        return replayed((deal, since_ns(self.taken_ns, now_msc - deal.time_msc)) for deal in self.deals)

    def _add_deal(self, frame: Trade) -> None:
        """Keeps a deal within the bounds. If some are left out, the rest does not add up to the position and is unused."""
        if len(self.deals) < MAX_DEALS and self._counts[frame.position] < MAX_DEALS_OF_ONE:
            self._counts[frame.position] += 1
            self.deals.append(frame)

    def _add_symbol(self, frame: Symbol) -> None:
        spec = spec_of(frame)
        if spec is not None:
            self.specs[spec.name] = spec


def is_believable(frame: Frame) -> bool:
    """Whether the numbers of a frame are possible ones."""
    match frame:
        case Trade():
            known = frame.entry in DealEntry.__members__.values() and frame.position > 0 and frame.side <= 1
            return known and 0 < frame.volume <= MAX_LOTS and _are_prices(frame.price, frame.sl, frame.tp)
        case PositionFrame():
            known = (frame.ticket > 0 or frame.allocation == 1) and frame.side <= 1
            return known and 0 < frame.volume <= MAX_LOTS and _are_prices(frame.price, frame.sl, frame.tp)
        case PendingOrder():
            return _is_order(frame)
        case Result():
            known = frame.stage in Stage.__members__.values() and frame.action in Action.__members__.values()
            return known and isfinite(frame.price)
        case StopsFrame() | Tick():
            first, second = (frame.sl, frame.tp) if isinstance(frame, StopsFrame) else (frame.bid, frame.ask)
            return _are_prices(first, second)
        case _:
            return True


def _is_order(frame: PendingOrder) -> bool:
    known = frame.ticket > 0 and frame.order_kind in OrderKind.__members__.values()
    volumes = 0 <= frame.left <= frame.volume <= MAX_LOTS
    return known and volumes and _are_prices(frame.price, frame.limit, frame.sl, frame.tp)


def _are_prices(*prices: float) -> bool:
    return all(isfinite(price) and price >= 0 for price in prices)

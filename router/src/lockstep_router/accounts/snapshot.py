"""A snapshot while it comes in."""

from collections import Counter

from lockstep_core.books.book import Book
from lockstep_core.books.from_snapshot import replay, since_ns
from lockstep_core.books.mt4 import with_link
from lockstep_core.books.positions import Position
from lockstep_core.market.symbol_matching import SymbolIndex
from lockstep_core.market.symbols import spec_of
from lockstep_core.wire.enums import NETTING_MODES
from lockstep_core.wire.frames import (
    AccountFrame,
    DealMoney,
    Frame,
    MoneyOperation,
    PendingOrder,
    PositionFrame,
    SnapshotBegin,
    SnapshotEnd,
    Symbol,
    Trade,
)
from lockstep_router.accounts.limits import MAX_DEALS, MAX_DEALS_OF_ONE, MAX_MONEY, MAX_OPEN, MAX_SYMBOLS


class Assembly:
    """The frames of one snapshot between its begin and its end.

    `begun_ns`: when it began to come in, `taken_ns`: when it was taken, both on our clock. `overfull`: the account has more
    open than is followed. `replayed`: positions as their reported deals make them. Nothing is kept of a snapshot that cannot
    be used any more.
    """

    __slots__ = (
        "_counts",
        "_deals",
        "account",
        "allocations",
        "begin",
        "begun_ns",
        "disturbed",
        "index",
        "left_out",
        "money",
        "orders",
        "overfull",
        "positions",
        "replayed",
        "symbols",
        "taken_ns",
    )

    def __init__(self, begin: SnapshotBegin, taken_ns: int, begun_ns: int) -> None:
        self.begin = begin
        self.taken_ns = taken_ns
        self.begun_ns = begun_ns
        self.positions: list[PositionFrame] = []
        self.allocations: list[PositionFrame] = []
        self.orders: list[PendingOrder] = []
        self.replayed: dict[int, Position] = {}
        self.left_out: list[PositionFrame | PendingOrder] = []
        self.money: list[DealMoney | MoneyOperation] = []
        self._counts: Counter[int] = Counter()
        self._deals = 0
        self.index = SymbolIndex()
        self.symbols = 0
        self.account: AccountFrame | None = None
        self.disturbed = self.overfull = False

    def add(self, frame: Frame) -> None:
        """Takes a frame. One that does not belong into a snapshot makes the snapshot useless."""
        if self.disturbed:
            return
        if isinstance(frame, PositionFrame):
            (self.allocations if frame.allocation else self.positions).append(frame)
        elif isinstance(frame, PendingOrder):
            self.orders.append(frame)
        elif isinstance(frame, Trade) and frame.seen_ns == 0:
            self._add_deal(frame)
        elif isinstance(frame, DealMoney | MoneyOperation):
            if len(self.money) < MAX_MONEY:
                self.money.append(frame)
        elif isinstance(frame, Symbol):
            self.symbols += 1
            self._add_symbol(frame)
        elif isinstance(frame, AccountFrame):
            self.account = frame
        else:
            self._disturb()
        self._keep_bound()

    def leave_out(self, frame: PositionFrame | PendingOrder) -> None:
        """Takes note of a position or order whose numbers are beyond any bound."""
        if not self.disturbed:
            self.left_out.append(frame)
            self._keep_bound()

    @property
    def open_items(self) -> int:
        """How many positions, allocations and pending orders came."""
        return len(self.positions) + len(self.allocations) + len(self.orders) + len(self.left_out)

    @property
    def weight(self) -> int:
        """How much work it is to take the snapshot over, counted in positions."""
        return self.open_items + self._deals

    def _keep_bound(self) -> None:
        if self.open_items > MAX_OPEN:
            self.overfull = True
            self._disturb()

    def _disturb(self) -> None:
        self.disturbed = True
        self.positions, self.allocations, self.orders = [], [], []
        self.money, self.left_out, self.replayed = [], [], {}
        self.index = SymbolIndex()

    def is_whole(self, end: SnapshotEnd) -> bool:
        """Whether the snapshot may replace the book: it is complete and names its account, and its terminal is connected."""
        came = len(self.positions) + sum(
            isinstance(frame, PositionFrame) and not frame.allocation for frame in self.left_out
        )
        counted = came == self.begin.positions == end.positions and self.symbols == end.symbols
        connected = self.account is not None and self.account.connected != 0
        tickets = {position.ticket for position in self.positions}
        unique = len(tickets) == len(self.positions) and not self._has_two_of_a_symbol()
        return counted and connected and not self.disturbed and unique

    def name(self, book: Book) -> None:
        """Gives an MT4 account's orders their links as magic numbers, as far as its program or the old book knows them."""
        self.positions = [with_link(frame, book) for frame in self.positions]
        self.orders = [with_link(frame, book) for frame in self.orders]

    def _has_two_of_a_symbol(self) -> bool:
        """Whether a netting account shows two positions of one symbol, which it cannot have."""
        if self.account is None or self.account.margin_mode not in NETTING_MODES:
            return False
        return len({position.symbol for position in self.positions}) < len(self.positions)

    def _add_deal(self, frame: Trade) -> None:
        """Replays a deal within the bounds. If some deals are left out, the others do not add up to the position, and are
        not used.

        A deal's age follows from the server time of the account, whose frame comes earlier.
        """
        if self.account is None or self._deals >= MAX_DEALS or self._counts[frame.position] >= MAX_DEALS_OF_ONE:
            return
        self._counts[frame.position] += 1
        self._deals += 1
        replay(self.replayed, frame, since_ns(self.taken_ns, self.account.server_time_msc - frame.time_msc))

    def _add_symbol(self, frame: Symbol) -> None:
        spec = spec_of(frame)
        if spec is not None and len(self.index.by_name) < MAX_SYMBOLS:
            self.index.put(spec)

"""Plain data of brokers: symbols, positions, orders, deals, requests of terminals and what brokers report."""

from enum import Enum, StrEnum
from fractions import Fraction

import msgspec

from lockstep_core.wire.codec import encode
from lockstep_core.wire.frames import Symbol, SymbolSession

ENTRY = 1.0
"""The price of every deal while prices stand still."""
DONE, PLACED, PARTIAL = 10009, 10008, 10010
REQUOTE, REJECT, ERROR, TIMEOUT, INVALID_VOLUME = 10004, 10006, 10011, 10012, 10014
INVALID, INVALID_STOPS, NO_MONEY, OFF_QUOTES, TOO_MANY, CONNECTION = 10013, 10016, 10019, 10021, 10024, 10031
INCONCLUSIVE = frozenset({PLACED, TIMEOUT, CONNECTION, ERROR})
POSITION_GONE, TOO_MUCH_TO_CLOSE, CLOSE_EXISTS = 10036, 10038, 10039
OTHERS_FIRST = 10045
ABOVE_LIMIT = 10034
MARKET_CLOSED = 10018


class AccountKind(StrEnum):
    """MT5 with hedging, MT5 with netting, MT4."""

    HEDGING = "hedging"
    NETTING = "netting"
    MT4 = "mt4"


class ListedSymbol(msgspec.Struct, frozen=True):
    """A symbol as its broker lists it; volumes in 1e-8 lots. `partial_fills`: an opening order may be filled in part.

    `contract` and `tick_value` agree at an honest broker: a point of one lot is worth 1, in its currency. A broker that
    `exaggerates` reports so many times that value, which its terminal's own reckoning contradicts. `alias` is the usual name
    if the broker uses another. `volume_limit`: the most lots in one direction, positions and pending orders together; 0: no
    limit. `sessions`: when the symbol can be traded, as (day from Sunday on, from, to) by the broker's clock, in seconds of
    the day; none: always. `tells_hours`: its terminals report the sessions.
    """

    name: str
    digits: int
    volume_min: int
    volume_step: int
    volume_max: int
    partial_fills: bool = False
    contract: int = 100_000
    tick_value: int = 1
    alias: str = ""
    base: str = "EUR"
    profit: str = "USD"
    trade_mode: int = 4
    exaggerates: int = 1
    volume_limit: int = 0
    sessions: tuple[tuple[int, int, int], ...] = ()
    tells_hours: bool = True

    @property
    def instrument(self) -> str:
        """The usual name of what is traded, the same at all brokers."""
        return self.alias or self.name

    @property
    def point(self) -> float:
        """The smallest step of its price."""
        return float(10.0**-self.digits)

    def frame(self) -> bytes:
        """The Symbol frame that a terminal sends."""
        point = self.point
        prices = (float(self.contract), point, point, float(self.tick_value * self.exaggerates))
        sizes = (self.volume_min, self.volume_max, self.volume_step)
        modes = (self.digits, 0, 0, self.trade_mode, 1, 0)
        names, calculated = (self.name, self.base, self.profit, "EUR"), float(self.tick_value)
        return encode(Symbol(*prices, *sizes, *modes, *names, self.volume_limit, calculated))

    def session_frames(self) -> list[bytes]:
        """The SymbolSession frames that a terminal sends, day by day. A day without sessions has one empty frame."""
        told = sorted(self.sessions) if self.tells_hours else []
        frames: list[SymbolSession] = []
        for day in range(7):
            spans = [(start, end) for of_day, start, end in told if of_day == day]
            for number, (start, end) in enumerate(spans or [(0, 0)]):
                frames.append(SymbolSession(day, number, len(spans), start, end, 0, self.name))
        return [encode(frame) for frame in frames]


LISTED = (
    ListedSymbol("EURUSD", 5, 1_000_000, 1_000_000, 10_000_000_000),
    ListedSymbol("XAUUSD", 2, 1_000_000, 1_000_000, 2_000_000_000, partial_fills=True, contract=100, base="XAU"),
    ListedSymbol("US500", 1, 20_000_000, 10_000_000, 10_000_000_000, contract=10, base="USD"),
)


class SymbolQuote(msgspec.Struct, frozen=True):
    """Bid and ask of a symbol. If the router got the quote at all, it may use it until `good_until_ns` on its clock."""

    bid: float
    ask: float
    good_until_ns: int = 0


class AccountFigures(msgspec.Struct, frozen=True):
    """Balance, equity and free margin of an account."""

    balance: int | Fraction = 10_000
    equity: int | Fraction = 10_000
    margin_free: int | Fraction = 10_000


NO_FIGURES = AccountFigures(0, 0, 0)
"""The figures that a terminal shows while it is not connected to its broker."""


class BrokerPosition(msgspec.Struct, frozen=True):
    """An open position. `max_volume` is the largest volume it ever had; `opened_ns` is the world's time."""

    ticket: int
    symbol: str
    side: int
    volume: int
    max_volume: int
    sl: float
    tp: float
    magic: int
    comment: str
    opened_ns: int
    price: float = ENTRY

    @property
    def signed(self) -> int:
        """Its volume, negative for a sell."""
        return -self.volume if self.side else self.volume


class BrokerDeal(msgspec.Struct, frozen=True):
    """A deal; `entry` and `side` as on the wire; `sl` and `tp` are those of its order; `at_ms` is the world's time.

    `remainder` is set where MT4 closes a part of a position: the new ticket of what is left.
    """

    number: int
    order: int
    position: int
    magic: int
    symbol: str
    side: int
    entry: int
    volume: int
    comment: str
    sl: float
    tp: float
    price: float = ENTRY
    remainder: int = 0
    at_ms: int = 0


AllocationKey = tuple[int, str]
"""A magic number and a symbol: other programs may trade several symbols under one number."""


class Allocation(msgspec.Struct, frozen=True):
    """The part of a netting account's position that belongs to one magic number; sells are negative.

    `max_volume` is the largest volume it had on one side, `comment` that of its first deal.
    """

    symbol: str
    signed: int
    max_volume: int
    comment: str


class RequestKind(Enum):
    """The kind of a request to the broker. `NET` changes a netting account's position without beginning an allocation."""

    OPEN = "open"
    NET = "net"
    REDUCE = "reduce"
    CLOSE_BY = "close by"
    STOPS = "stops"
    PLACE = "place"
    CHANGE = "change"
    DELETE = "delete"


class BrokerOrder(msgspec.Struct, frozen=True):
    """A pending order; `remaining` of its `volume` is unfilled. Times are the world's; `expires_ms` 0 is never."""

    ticket: int
    symbol: str
    kind: int
    volume: int
    remaining: int
    price: float
    sl: float
    tp: float
    expires_ms: int
    magic: int
    comment: str
    placed_ns: int = 0

    @property
    def side(self) -> int:
        """The side of the position that it becomes."""
        return self.kind % 2


class TradeRequest(msgspec.Struct, frozen=True):
    """A request of a terminal, with the terminal's number; 0: from the account's owner, or by the market.

    `position` is the ticket of the position or pending order that it concerns, 0 for an opening. `order` is the pending
    order as it should become. `filled` is the ticket of a pending order that the market fills at its `price`.
    """

    number: int
    kind: RequestKind
    symbol: str
    side: int
    volume: int
    position: int
    magic: int
    sl: float
    tp: float
    comment: str
    order: BrokerOrder | None = None
    filled: int = 0
    price: float = 0.0


class TradeResult(msgspec.Struct, frozen=True):
    """The broker's answer to a request."""

    request: TradeRequest
    retcode: int
    order: int
    deal: int


class LoginState(msgspec.Struct, frozen=True):
    """The data that a broker sends to a terminal that logs in. `history_magics` and `ordered_magics` are the magic numbers
    of all past deals and orders, `in_work` those of requests in progress, `deals` the deals of open netting positions.
    `dealt` and `ordered` are the magic numbers of past positions and pending orders by ticket.
    """

    positions: dict[int, BrokerPosition]
    newest_deal: int
    history_magics: frozenset[int]
    in_work: tuple[int, ...]
    allocations: dict[AllocationKey, Allocation]
    pending_orders: dict[int, BrokerOrder]
    ordered_magics: frozenset[int]
    deals: tuple[BrokerDeal, ...]
    dealt: dict[int, int]
    ordered: dict[int, int]


class DealDone(msgspec.Struct, frozen=True):
    """A deal, its position after it (None: closed), and the allocations of the account after it."""

    deal: BrokerDeal
    position: BrokerPosition | None
    allocations: dict[AllocationKey, Allocation]


class StopsMoved(msgspec.Struct, frozen=True):
    """A position with new stops."""

    position: BrokerPosition


class OrderChanged(msgspec.Struct, frozen=True):
    """A pending order as it is now; if it is not `active` any more, as it was at its end."""

    order: BrokerOrder
    active: bool


class RequestInWork(msgspec.Struct, frozen=True):
    """The broker began or ended its work on a request under a magic number."""

    magic: int
    active: bool


BrokerEvent = LoginState | DealDone | StopsMoved | OrderChanged | RequestInWork | TradeResult

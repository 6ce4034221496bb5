"""The broker's data. Volumes are whole units of 1e-8 lots, times are ms since 1970, sides are 0 buy and 1 sell."""

from dataclasses import dataclass, field
from enum import IntEnum

UNITS = 100_000_000


class Retcode(IntEnum):
    """The MetaTrader return codes that this broker uses."""

    REQUOTE = 10004
    REJECT = 10006
    PLACED = 10008
    DONE = 10009
    INVALID = 10013
    INVALID_VOLUME = 10014
    INVALID_PRICE = 10015
    INVALID_STOPS = 10016
    TRADE_DISABLED = 10017
    MARKET_CLOSED = 10018
    NO_MONEY = 10019
    PRICE_OFF = 10021
    INVALID_EXPIRATION = 10022
    NO_CHANGES = 10025
    INVALID_FILL = 10030
    LIMIT_VOLUME = 10034
    INVALID_ORDER = 10035
    POSITION_CLOSED = 10036
    INVALID_CLOSE_VOLUME = 10038


class RequestAction(IntEnum):
    """MQL5 `ENUM_TRADE_REQUEST_ACTIONS`."""

    DEAL = 1
    PENDING = 5
    SLTP = 6
    MODIFY = 7
    REMOVE = 8
    CLOSE_BY = 10


class OrderType(IntEnum):
    """MQL5 `ENUM_ORDER_TYPE`. Odd types sell."""

    BUY = 0
    SELL = 1
    BUY_LIMIT = 2
    SELL_LIMIT = 3
    BUY_STOP = 4
    SELL_STOP = 5
    BUY_STOP_LIMIT = 6
    SELL_STOP_LIMIT = 7


class OperationType(IntEnum):
    """The types of MQL5 `ENUM_DEAL_TYPE` that change the balance or credit without a trade."""

    BALANCE = 2
    CREDIT = 3
    CHARGE = 4
    CORRECTION = 5
    BONUS = 6
    COMMISSION = 7


class BrokerOrderState(IntEnum):
    """The states of MQL5 `ENUM_ORDER_STATE` that last."""

    PLACED = 1
    CANCELED = 2
    PARTIAL = 3
    FILLED = 4
    EXPIRED = 6


class AccountMode(IntEnum):
    """MQL5 `ENUM_ACCOUNT_MARGIN_MODE` without exchange accounts."""

    NETTING = 0
    HEDGING = 2


class AccountTradeMode(IntEnum):
    """MQL5 `ENUM_ACCOUNT_TRADE_MODE`."""

    DEMO = 0
    CONTEST = 1
    REAL = 2


@dataclass(frozen=True, slots=True)
class BrokerSymbol:
    """Trading conditions of a symbol. `stops_level` is in points; `filling` bits: 1 fill-or-kill, 2 immediate-or-cancel.
    `shown`: a new terminal has it in Market Watch. `value_factor`: the reported tick value is this many times the true one.

    `volume_limit`: the most lots in one direction, pending orders included; 0: no limit. `sessions`: when it can be traded,
    as "day from to" by the server's clock, in seconds of the day and separated by commas; empty: always.
    """

    name: str
    digits: int
    contract_size: int
    volume_min: int
    volume_max: int
    volume_step: int
    base: str
    profit: str
    stops_level: int
    shown: int = 1
    filling: int = 3
    calc_mode: int = 0
    trade_mode: int = 4
    value_factor: float = 1.0
    volume_limit: int = 0
    sessions: str = ""

    @property
    def point(self) -> float:
        """The smallest step of a price."""
        return float(10**-self.digits)


@dataclass(frozen=True, slots=True)
class BrokerQuote:
    """Bid and ask at one time."""

    bid: float
    ask: float
    time_msc: int


@dataclass(frozen=True, slots=True)
class AccountTerms:
    """The terms of an account. Its repr leaves out the password, so that no log shows it.

    The other fields are for accounts on an MT4 server (`platform` 4): its clock is `zone_s` ahead of UTC, `max_orders` may
    be open at once (0: no limit), and it cuts comments to `comment_limit`, or with `cuts_comments` drops those that name
    other tickets.
    """

    login: int
    password: str = field(repr=False)
    balance: float
    currency: str = "USD"
    leverage: int = 100
    margin_mode: int = AccountMode.HEDGING
    trade_mode: int = AccountTradeMode.DEMO
    trade_allowed: bool = True
    fifo: bool = False
    platform: int = 5
    zone_s: int = 0
    max_orders: int = 0
    comment_limit: int = 31
    cuts_comments: bool = False


@dataclass(frozen=True, slots=True)
class BrokerPosition:
    """An open position. `id` never changes. `ticket` becomes that of the order that reverses a netting position."""

    id: int
    ticket: int
    symbol: str
    side: int
    volume: int
    price: float
    sl: float
    tp: float
    magic: int
    comment: str
    opened_msc: int

    @property
    def signed(self) -> int:
        """The volume, negative for sells."""
        return -self.volume if self.side else self.volume


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """An order. `left` of `volume` is unfilled; `limit` is a stop-limit's second price; `expires_msc` 0 means never."""

    ticket: int
    symbol: str
    kind: int
    volume: int
    left: int
    price: float
    limit: float
    sl: float
    tp: float
    magic: int
    comment: str
    placed_msc: int
    expires_msc: int = 0
    state: int = BrokerOrderState.PLACED

    @property
    def side(self) -> int:
        """The side of the order's deals."""
        return self.kind % 2


@dataclass(frozen=True, slots=True)
class BrokerDeal:
    """One execution, or money that moved without a trade.

    `entry` is 0 in, 1 out, 2 in and out (turned around); `position` is the position's `id`; `side` is 0, 1 or an
    `OperationType`, whose amount is `profit`; `reason` is MQL5 `ENUM_DEAL_REASON`.
    """

    ticket: int
    order: int
    position: int
    symbol: str
    side: int
    entry: int
    volume: int
    price: float
    sl: float
    tp: float
    magic: int
    comment: str
    time_msc: int
    profit: float
    commission: float = 0.0
    swap: float = 0.0
    fee: float = 0.0
    reason: int = 0


@dataclass(frozen=True, slots=True)
class BrokerRequest:
    """A request of a terminal, or of a person by phone (`id` 0). The fields from `kind` on are for pending orders."""

    id: int
    action: int
    symbol: str
    side: int = 0
    volume: int = 0
    position: int = 0
    magic: int = 0
    sl: float = 0.0
    tp: float = 0.0
    filling: int = 0
    comment: str = ""
    kind: int = 0
    order: int = 0
    price: float = 0.0
    limit: float = 0.0
    expires_msc: int = 0
    deviation: int = 0


@dataclass(frozen=True, slots=True)
class Ticket:
    """An order as MT4 lists it: a position (`kind` 0, 1), a pending order (2–5) or an operation (6, 7), open or past.

    Its times are on the server's clock; `closed_msc` 0: it is open.
    """

    ticket: int
    kind: int
    symbol: str
    volume: int
    open_price: float
    sl: float = 0.0
    tp: float = 0.0
    magic: int = 0
    comment: str = ""
    opened_msc: int = 0
    expires_msc: int = 0
    closed_msc: int = 0
    close_price: float = 0.0
    profit: float = 0.0
    commission: float = 0.0
    swap: float = 0.0


@dataclass(frozen=True, slots=True)
class TicketChanged:
    """A ticket of MT4 changed; this is its new state."""

    ticket: Ticket


@dataclass(frozen=True, slots=True)
class OrderChanged:
    """An order changed. `what` is "added", "updated" or "deleted"; a deleted order is in the history."""

    order: BrokerOrder
    what: str


@dataclass(frozen=True, slots=True)
class PositionChanged:
    """A position changed; volume 0: it is gone. `changed`: its stops were changed, not by a deal."""

    position: BrokerPosition
    changed: bool


@dataclass(frozen=True, slots=True)
class DealAdded:
    """A deal happened."""

    deal: BrokerDeal


@dataclass(frozen=True, slots=True)
class DealChanged:
    """Costs were booked to a past deal."""

    deal: BrokerDeal


@dataclass(frozen=True, slots=True)
class RequestAnswered:
    """The broker's answer to a request."""

    id: int
    retcode: int
    order: int = 0
    deal: int = 0
    volume: int = 0
    price: float = 0.0
    comment: str = ""


BrokerEvent = OrderChanged | PositionChanged | DealAdded | DealChanged | TicketChanged | RequestAnswered

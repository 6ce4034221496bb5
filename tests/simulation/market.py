"""Plain data of the brokers' side: symbols, positions, deals, requests."""

from enum import Enum, StrEnum
from fractions import Fraction

import msgspec

from lockstep_core.wire.codec import encode
from lockstep_core.wire.frames import Symbol

ENTRY = 1.0
"""The price of every deal where the market stands still."""
DONE, PLACED, PARTIAL = 10009, 10008, 10010
REQUOTE, REJECT, ERROR, TIMEOUT, INVALID_VOLUME = 10004, 10006, 10011, 10012, 10014
INVALID, INVALID_STOPS, NO_MONEY, OFF_QUOTES, TOO_MANY, CONNECTION = 10013, 10016, 10019, 10021, 10024, 10031
POSITION_GONE, TOO_MUCH_TO_CLOSE, CLOSE_EXISTS = 10036, 10038, 10039


class Kind(StrEnum):
    """Kinds of accounts: MT5 with hedging, MT5 with netting, MT4."""

    HEDGING = "hedging"
    NETTING = "netting"
    MT4 = "mt4"


class Listed(msgspec.Struct, frozen=True):
    """A symbol of a broker; volumes in 1e-8 lots. `partial_fills`: an opening order may be filled in part.

    `alias` is what it is, where its name is this broker's own.
    """

    name: str
    digits: int
    price: float
    volume_min: int
    volume_step: int
    volume_max: int
    partial_fills: bool = False
    contract: int = 100_000
    tick_value: int = 1
    alias: str = ""
    base: str = "EUR"
    profit: str = "USD"

    @property
    def thing(self) -> str:
        """What it is, whatever its broker calls it."""
        return self.alias or self.name

    @property
    def point(self) -> float:
        """Its smallest step of prices."""
        return float(10.0**-self.digits)

    def frame(self) -> bytes:
        """As its terminal tells of it."""
        point = self.point
        sizes = (self.volume_min, self.volume_max, self.volume_step)
        return encode(
            Symbol(
                float(self.contract),
                point,
                point,
                float(self.tick_value),
                *sizes,
                self.digits,
                0,
                0,
                4,
                1,
                0,
                self.name,
                self.base,
                self.profit,
                "EUR",
            )
        )


LISTED = (
    Listed("EURUSD", 5, 1.1, 1_000_000, 1_000_000, 10_000_000_000),
    Listed("XAUUSD", 2, 2000.0, 1_000_000, 1_000_000, 2_000_000_000, partial_fills=True, base="XAU"),
    Listed("US500", 1, 5000.0, 10_000_000, 10_000_000, 10_000_000_000, base="USD"),
)


class Quoted(msgspec.Struct, frozen=True):
    """Prices of a symbol."""

    bid: float
    ask: float


class Figures(msgspec.Struct, frozen=True):
    """Money of an account."""

    balance: int | Fraction = 10_000
    equity: int | Fraction = 10_000
    margin_free: int | Fraction = 10_000


NOTHING_SEEN = Figures(0, 0, 0)
"""What a terminal shows that does not see its broker."""


class Held(msgspec.Struct, frozen=True):
    """An open position. `opened` is the most it ever had; `opened_ns` is the world's time."""

    ticket: int
    symbol: str
    side: int
    volume: int
    opened: int
    sl: float
    tp: float
    magic: int
    comment: str
    opened_ns: int
    price: float = ENTRY

    @property
    def signed(self) -> int:
        """Its lots, sells negative."""
        return -self.volume if self.side else self.volume


class Deal(msgspec.Struct, frozen=True):
    """A deal; `entry` and `side` as on the wire; stops are those of the order it came from; `at_ms` is the world's time.

    `rest`: of MT4's closing of a part, the ticket that the rest has from now on.
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
    rest: int = 0
    at_ms: int = 0


Owner = tuple[int, str]
"""A magic number and a symbol: other programs than ours may trade several symbols under one number."""


class Share(msgspec.Struct, frozen=True):
    """Lots of one magic number in a netting account, sells negative; `most` is the most it had on one side.

    `comment` is that of its first deal.
    """

    symbol: str
    signed: int
    most: int
    comment: str


class Ask(Enum):
    """What a request wants of the broker; `NET` is what brings an account's position nearer to what it was before."""

    OPEN = "open"
    NET = "net"
    REDUCE = "reduce"
    CLOSE_BY = "close by"
    STOPS = "stops"
    PLACE = "place"
    CHANGE = "change"
    DELETE = "delete"


class Waiting(msgspec.Struct, frozen=True):
    """A pending order: `left` of `volume` lots are not filled. Times are the world's, `expires_ms` 0 is never."""

    ticket: int
    symbol: str
    kind: int
    volume: int
    left: int
    price: float
    sl: float
    tp: float
    expires_ms: int
    magic: int
    comment: str
    placed_ns: int = 0

    @property
    def side(self) -> int:
        """The side of the position it becomes."""
        return self.kind % 2


class Request(msgspec.Struct, frozen=True):
    """A request of a terminal. `position` is 0 for an opening, or a pending order's ticket; `number` is the terminal's own.

    `order` is a pending order as it is wished; `filled` the pending order that brought this about by itself,
    at its `price`.
    """

    number: int
    ask: Ask
    symbol: str
    side: int
    volume: int
    position: int
    magic: int
    sl: float
    tp: float
    comment: str
    order: Waiting | None = None
    filled: int = 0
    price: float = 0.0


class Answer(msgspec.Struct, frozen=True):
    """The broker's word on a request."""

    request: Request
    retcode: int
    order: int
    deal: int


class Sync(msgspec.Struct, frozen=True):
    """All a broker tells a terminal that logs in. `shares` are what its history says of a netting account, `deals` those of
    its open positions.
    """

    positions: dict[int, Held]
    newest_deal: int
    dealt: frozenset[int]
    working: tuple[int, ...]
    shares: dict[Owner, Share]
    waiting: dict[int, Waiting]
    ordered: frozenset[int]
    deals: tuple[Deal, ...]


class Dealt(msgspec.Struct, frozen=True):
    """A deal, what it left of its position (None: nothing), and the shares of its account then."""

    deal: Deal
    left: Held | None
    shares: dict[Owner, Share]


class Moved(msgspec.Struct, frozen=True):
    """A position with new stops."""

    held: Held


class Waits(msgspec.Struct, frozen=True):
    """A pending order as it is now, or was when it came to its end."""

    order: Waiting
    there: bool


class Working(msgspec.Struct, frozen=True):
    """An order of a magic number is being worked on, or no more."""

    magic: int
    there: bool


FromBroker = Sync | Dealt | Moved | Waits | Working | Answer

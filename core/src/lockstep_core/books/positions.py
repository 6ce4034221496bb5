"""What can be open on an account: positions, the tranches of which they consist, pending orders."""

from enum import IntEnum

import msgspec

from lockstep_core.units import Lots
from lockstep_core.wire.enums import Side
from lockstep_core.wire.frames import Trade


class OrderKind(IntEnum):
    """MQL5 `ENUM_ORDER_TYPE` of pending orders; even ones buy."""

    BUY_LIMIT = 2
    SELL_LIMIT = 3
    BUY_STOP = 4
    SELL_STOP = 5
    BUY_STOP_LIMIT = 6
    SELL_STOP_LIMIT = 7


class Tranche(msgspec.Struct, frozen=True, gc=False):
    """One opening within a position that was added to. `volume` of `opened` lots are left. `key` never changes. `price`: its
    newest deal's, 0.0 where that was not seen. `pending`: it came from a pending order. `grown_ns`: when a further deal of
    its order made it bigger, 0 never.
    """

    key: int
    volume: Lots
    opened: Lots
    opened_ns: int
    price: float = 0.0
    pending: bool = False
    grown_ns: int = 0


class Position(msgspec.Struct, frozen=True, gc=False):
    """An open position. `opened`: the most lots that it was seen with; `opened_ns`: on the reader's clock.

    `root`: the ticket it began with where MT4 has given it another since, else 0. `tranches` is empty while there was only
    one opening. `stops_ns`: when its stops last changed. `pending`: it came from a pending order. `deal_price`: the newest
    deal's price of a tranche by itself, 0.0 where unknown; `price` is the whole position's. `grown_ns`: as of a tranche.
    """

    ticket: int
    symbol: str
    side: int
    volume: Lots
    opened: Lots
    sl: float
    tp: float
    magic: int
    comment: str
    opened_ns: int
    price: float = 0.0
    root: int = 0
    tranches: tuple[Tranche, ...] = ()
    stops_ns: int = 0
    pending: bool = False
    deal_price: float = 0.0
    grown_ns: int = 0

    @property
    def fresh_ns(self) -> int:
        """From when its age counts: an order that fills in parts is as fresh as the newest of them."""
        return self.grown_ns or self.opened_ns

    @property
    def signed(self) -> int:
        """Its lots, negative for a sell."""
        return -self.volume if self.side == Side.SELL else self.volume


def average_price(position: Position, trade: Trade) -> float:
    """The price of a position that a deal adds to, as its terminal shows it; unknown prices are left alone."""
    if position.price <= 0 or trade.price <= 0:
        return position.price
    lots = position.volume + trade.volume
    return (position.price * position.volume + trade.price * trade.volume) / lots


class Order(msgspec.Struct, frozen=True, gc=False):
    """A pending order: `left` of `volume` lots are not filled yet; `limit` is the second price of a stop-limit order.

    `expires_msc`: on the broker's clock, 0 for never; `placed_ns`: on the reader's. `dealt`: lots of its deals so far.
    `over`: it is filled, and not all of its deals were reported yet.
    """

    ticket: int
    symbol: str
    kind: int
    volume: Lots
    left: Lots
    price: float
    limit: float
    sl: float
    tp: float
    expires_msc: int
    magic: int
    comment: str
    placed_ns: int
    dealt: int = 0
    over: bool = False

    @property
    def side(self) -> int:
        """The side of the position it becomes."""
        return side_of(self.kind)


def side_of(order_kind: int) -> Side:
    """The side of the position that a pending order of a kind becomes: even kinds buy."""
    return Side.BUY if order_kind % 2 == 0 else Side.SELL

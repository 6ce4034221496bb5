"""What can be open on an account: positions, the legs a netting position is made of, pending orders."""

from enum import IntEnum

import msgspec

from lockstep_core.units import Lots
from lockstep_core.wire.frames import Side, Trade


class OrderKind(IntEnum):
    """MQL5 `ENUM_ORDER_TYPE` of pending orders; even ones buy."""

    BUY_LIMIT = 2
    SELL_LIMIT = 3
    BUY_STOP = 4
    SELL_STOP = 5
    BUY_STOP_LIMIT = 6
    SELL_STOP_LIMIT = 7


class Tranche(msgspec.Struct, frozen=True, gc=False):
    """One opening within a position that was added to. `volume` of `opened` lots are left; `key` is its own for ever;
    `price` is that of its deal, 0.0 where nobody saw it. `pending`: it came from a pending order.
    """

    key: int
    volume: Lots
    opened: Lots
    opened_ns: int
    price: float = 0.0
    pending: bool = False


class Position(msgspec.Struct, frozen=True, gc=False):
    """An open position. `opened` is the most lots it ever had as far as we saw; `opened_ns` is on the reader's clock.

    `root` is the ticket it began with where the terminal has renamed it since, else 0. `tranches` is empty while there was
    but one opening. `stops_ns`: when its stops last changed. `pending`: it came from a pending order.
    `deal_price`: of a leg by itself, what its own deal had, 0.0 where that is not known; `price` is the whole position's.
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

    `expires_msc` is on its broker's clock, 0 for never; `placed_ns` on the reader's. `dealt` is what its deals were about so
    far; `over`: it is filled, and of its deals not all were heard of yet.
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

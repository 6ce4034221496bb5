"""The outcomes of a decision."""

import msgspec

from lockstep_core.books.positions import Order, Position
from lockstep_core.market.symbols import same_price
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import Lots
from lockstep_core.wire.frames import Action


class Wish(msgspec.Struct, frozen=True, gc=False):
    """A wished state of a link. `volume` is lots to open or lots left; stops are 0.0 where none are wished.

    `side` is the slave's (for a `PLACE` the order kind). `price`, `limit` and `expires_msc` are a pending order's. For a
    `SET_NET`, `volume` and `expected` are the net position of the symbol after and before, sells negative. `why` says what
    else than the master asked for a closing: the code of a skip.
    """

    action: Action
    symbol: str = ""
    volume: Lots = Lots(0)
    sl: float = 0.0
    tp: float = 0.0
    side: int = 0
    price: float = 0.0
    limit: float = 0.0
    expires_msc: int = 0
    expected: int = 0
    why: str = ""


class Wait(msgspec.Struct, frozen=True, gc=False):
    """Not yet: ask again at `until_ns` on the reader's clock, or when anything changes. `by_rule`: a rule wants it so."""

    until_ns: int
    by_rule: bool = False


CLOSE = Wish(Action.CLOSE)
ASKED_CLOSE = Wish(Action.CLOSE, why=SkipCode.ASKED)
DELETE = Wish(Action.DELETE)

Decision = Wish | Skip | Wait | None
"""A wish to send, a reason why not, a moment to ask again, or nothing to do because the slave is as it should be."""


def shows(wish: Wish, held: Position | None, digits: int, order: Order | None = None) -> bool:
    """Whether the slave's side of a link is as a wish wanted it; `order` is its pending order. Not for `SET_NET`."""
    match wish.action:
        case Action.OPEN:
            return held is not None
        case Action.PLACE:
            return held is not None or order is not None
        case Action.SET_ORDER:
            return order is None or same_order(wish, order, digits)
        case Action.DELETE:
            return order is None
    return held is None or _shows_position(wish, held, digits)


def same_order(wish: Wish, order: Order, digits: int) -> bool:
    """Whether a pending order has the prices and the end that a wish names."""
    pairs = ((wish.price, order.price), (wish.limit, order.limit), (wish.sl, order.sl), (wish.tp, order.tp))
    return all(same_price(a, b, digits) for a, b in pairs) and wish.expires_msc == order.expires_msc


def _shows_position(wish: Wish, held: Position, digits: int) -> bool:
    if wish.action == Action.SET_VOLUME:
        return held.volume <= wish.volume
    if wish.action == Action.SET_STOPS:
        return same_price(held.sl, wish.sl, digits) and same_price(held.tp, wish.tp, digits)
    return False

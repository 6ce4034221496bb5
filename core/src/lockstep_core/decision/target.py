"""The outcomes of a decision."""

import msgspec

from lockstep_core.books.positions import Order, Position
from lockstep_core.decision.stops import Levels
from lockstep_core.market.exact import NOTHING, Ratio
from lockstep_core.market.symbols import same_price
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import Lots
from lockstep_core.wire.enums import Action

_OPEN, _PLACE, _SET_ORDER, _DELETE = Action.OPEN, Action.PLACE, Action.SET_ORDER, Action.DELETE
_SET_VOLUME, _SET_STOPS = Action.SET_VOLUME, Action.SET_STOPS
"""Read once: to find a member of an enum by its name costs several times what a call does."""


class PriceLimits(msgspec.Struct, frozen=True, gc=False):
    """What the price of an opening at market is held to, in points: the widest spread, and how much worse than `reference`,
    the master's price, it may be. None: not limited.
    """

    reference: float
    max_spread: int | None
    max_slippage: int | None


class Target(msgspec.Struct, frozen=True, gc=False):
    """The state that the slave's side of a link should be brought to. `volume`: lots to open or lots left; stops are 0.0 for
    none. A `SET_STOPS` names the lots and the side of the position at the broker that has them.

    `side` is the slave's. `price`, `limit`, `expires_msc` and `order_kind` (an `OrderKind`) are a pending order's. For a
    `SET_NET`, `volume` and `expected` are the net position of the symbol after and before, sells negative. `why` says what
    else than the master asked for a closing: the code of a skip. `limits` are those of an opening's price. `exact`: the lots
    that an opening was rounded from. `rest`: lots of an opening that are more than its broker takes in one order, which
    further parts open.
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
    order_kind: int = 0
    limits: PriceLimits | None = None
    exact: Ratio = NOTHING
    rest: Lots = Lots(0)


class Wait(msgspec.Struct, frozen=True, gc=False):
    """Not yet: ask again at `until_ns` on the reader's clock, or when anything changes. `by_rule`: a rule wants it so."""

    until_ns: int
    by_rule: bool = False


class Sized(msgspec.Struct, frozen=True, gc=False):
    """Nothing is to be opened: the other parts of an order's copy have all that the whole order asks for. `exact`: the lots
    of the whole before they were rounded, from which closings are reckoned from now on.
    """

    exact: Ratio


class AskQuote(msgspec.Struct, frozen=True, gc=False):
    """Not yet: the slave's terminal must be asked for this symbol's quote first, because lots or stops depend on it."""

    symbol: str


LIFE_OVER = "life_over"
"""`why` of a closing after the longest life of a copy."""


class NoteStops(msgspec.Struct, frozen=True, gc=False):
    """The trade wants these stops from now on. The router notes them, because a netting account's position may hold those of
    another trade, and because the broker is not to see hidden ones.
    """

    levels: Levels


CLOSE = Target(Action.CLOSE)
REQUESTED_CLOSE = Target(Action.CLOSE, why=SkipCode.ASKED)
STOPPED = Target(Action.CLOSE, why=SkipCode.STOP_REACHED)
DELETE = Target(Action.DELETE)

Decision = Target | Skip | Wait | AskQuote | Sized | NoteStops | None
"""A target to send, a reason why not, a moment to decide again, a quote that is needed first, or nothing: the slave is
as it should be. A further part of an order's copy may not be needed, and stops may have to be noted first.
"""


def shows(target: Target, slave_position: Position | None, digits: int, order: Order | None = None) -> bool:
    """Whether the slave's side of a link has reached a target; `order` is its pending order. Not for `SET_NET`."""
    action = target.action
    if action == _OPEN:
        return slave_position is not None
    if action == _PLACE:
        return slave_position is not None or order is not None
    if action == _SET_ORDER:
        return order is None or same_order(target, order, digits)
    if action == _DELETE:
        return order is None
    return slave_position is None or _shows_position(target, slave_position, digits)


def same_order(target: Target, order: Order, digits: int) -> bool:
    """Whether a pending order has the prices and the expiry of a target."""
    pairs = ((target.price, order.price), (target.limit, order.limit), (target.sl, order.sl), (target.tp, order.tp))
    return all(same_price(a, b, digits) for a, b in pairs) and target.expires_msc == order.expires_msc


def _shows_position(target: Target, slave_position: Position, digits: int) -> bool:
    if target.action == _SET_VOLUME:
        return slave_position.volume <= target.volume
    if target.action == _SET_STOPS:
        return same_price(slave_position.sl, target.sl, digits) and same_price(slave_position.tp, target.tp, digits)
    return False

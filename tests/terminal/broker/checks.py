"""The rules of trading. Pure functions: each returns the retcode that forbids a request, or None."""

from collections.abc import Mapping

from broker.model import (
    BrokerOrder,
    BrokerPosition,
    BrokerQuote,
    BrokerRequest,
    BrokerSymbol,
    OrderType,
    RequestAction,
    Retcode,
)
from broker.pending import LIMITS, STOP_LIMITS, changed, market_price

Orders = Mapping[int, BrokerOrder]


def check(
    request: BrokerRequest,
    symbol: BrokerSymbol | None,
    quote: BrokerQuote | None,
    positions: Mapping[int, BrokerPosition],
    orders: Orders,
    closed: bool,
    now_msc: int,
) -> Retcode | None:
    """The retcode of the first rule that a request breaks. The book itself checks the margin."""
    unknown = _check_names(request, symbol, quote, positions, orders)
    if unknown is not None or symbol is None or quote is None:
        return unknown or Retcode.INVALID
    if closed:
        return Retcode.MARKET_CLOSED
    if request.action in (RequestAction.DEAL, RequestAction.SLTP):
        chosen = _check_deal if request.action == RequestAction.DEAL else _check_stops_change
        broken = chosen(request, symbol, quote, positions)
    else:
        broken = _check_order(request, symbol, quote, orders, now_msc)
    return broken or _check_limit(request, symbol, positions, orders)


def _check_names(
    request: BrokerRequest,
    symbol: BrokerSymbol | None,
    quote: BrokerQuote | None,
    positions: Mapping[int, BrokerPosition],
    orders: Orders,
) -> Retcode | None:
    if request.action in (RequestAction.MODIFY, RequestAction.REMOVE) and request.order not in orders:
        return Retcode.INVALID_ORDER
    if symbol is None or quote is None:
        return Retcode.INVALID if symbol is None else Retcode.PRICE_OFF
    return Retcode.POSITION_CLOSED if request.position and request.position not in positions else None


def _check_order(
    request: BrokerRequest, symbol: BrokerSymbol, quote: BrokerQuote, orders: Orders, now_msc: int
) -> Retcode | None:
    match request.action:
        case RequestAction.PENDING:
            return _check_placing(request, symbol, quote, now_msc)
        case RequestAction.MODIFY:
            return _check_change(request, orders[request.order], symbol, quote, now_msc)
        case RequestAction.REMOVE:
            return None
    return Retcode.INVALID


def _check_deal(
    request: BrokerRequest, symbol: BrokerSymbol, quote: BrokerQuote, positions: Mapping[int, BrokerPosition]
) -> Retcode | None:
    if request.filling in (0, 1) and not symbol.filling & (1 << request.filling):
        return Retcode.INVALID_FILL
    if not valid_volume(request.volume, symbol):
        return Retcode.INVALID_VOLUME
    if request.position:
        return _check_close(request, positions[request.position])
    if not valid_stops(request.side, request.sl, request.tp, symbol, quote):
        return Retcode.INVALID_STOPS
    return None


def _check_limit(
    request: BrokerRequest, symbol: BrokerSymbol, positions: Mapping[int, BrokerPosition], orders: Orders
) -> Retcode | None:
    """Checks that positions and pending orders of one direction together stay within the symbol's limit."""
    opens = request.action == RequestAction.PENDING or (request.action == RequestAction.DEAL and not request.position)
    if not opens or not symbol.volume_limit:
        return None
    side = request.kind % 2 if request.action == RequestAction.PENDING else request.side
    held = sum(p.volume for p in positions.values() if (p.symbol, p.side) == (request.symbol, side))
    held += sum(o.left for o in orders.values() if (o.symbol, o.side) == (request.symbol, side))
    return Retcode.LIMIT_VOLUME if held + request.volume > symbol.volume_limit else None


def _check_close(request: BrokerRequest, position: BrokerPosition) -> Retcode | None:
    if request.side == position.side or request.symbol != position.symbol:
        return Retcode.INVALID
    return Retcode.INVALID_CLOSE_VOLUME if request.volume > position.volume else None


def _check_stops_change(
    request: BrokerRequest, symbol: BrokerSymbol, quote: BrokerQuote, positions: Mapping[int, BrokerPosition]
) -> Retcode | None:
    position = positions.get(request.position)
    if position is None:
        return Retcode.POSITION_CLOSED
    if (position.sl, position.tp) == (request.sl, request.tp):
        return Retcode.NO_CHANGES
    fits = valid_stops(position.side, request.sl, request.tp, symbol, quote)
    return None if fits else Retcode.INVALID_STOPS


def _check_placing(request: BrokerRequest, symbol: BrokerSymbol, quote: BrokerQuote, now_msc: int) -> Retcode | None:
    if not OrderType.BUY_LIMIT <= request.kind <= OrderType.SELL_STOP_LIMIT:
        return Retcode.INVALID
    if not valid_volume(request.volume, symbol):
        return Retcode.INVALID_VOLUME
    return _check_levels(request, request.kind, symbol, quote, now_msc)


def _check_change(
    request: BrokerRequest, order: BrokerOrder, symbol: BrokerSymbol, quote: BrokerQuote, now_msc: int
) -> Retcode | None:
    if changed(order, request) == order:
        return Retcode.NO_CHANGES
    return _check_levels(request, order.kind, symbol, quote, now_msc)


def _check_levels(
    request: BrokerRequest, kind: int, symbol: BrokerSymbol, quote: BrokerQuote, now_msc: int
) -> Retcode | None:
    if not valid_price(kind, request.price, request.limit, symbol, quote):
        return Retcode.INVALID_PRICE
    filled_at = request.limit if kind in STOP_LIMITS else request.price
    if not valid_stops(kind % 2, request.sl, request.tp, symbol, BrokerQuote(filled_at, filled_at, 0)):
        return Retcode.INVALID_STOPS
    return Retcode.INVALID_EXPIRATION if 0 < request.expires_msc <= now_msc else None


def valid_volume(volume: int, symbol: BrokerSymbol) -> bool:
    """Whether a volume is within the limits and on the step."""
    return symbol.volume_min <= volume <= symbol.volume_max and volume % symbol.volume_step == 0


def valid_price(kind: int, price: float, limit: float, symbol: BrokerSymbol, quote: BrokerQuote) -> bool:
    """Whether a pending price is on its side of the market and far enough from it.

    A stop-limit order's `limit` must also be better than its stop.
    """
    sign = 1 if kind % 2 == 0 else -1
    away = sign * (market_price(kind % 2, quote) - price) * (1 if kind in LIMITS else -1)
    if price <= 0 or away <= symbol.stops_level * symbol.point:
        return False
    return limit > 0 and sign * (price - limit) > 0 if kind in STOP_LIMITS else limit == 0.0


def valid_stops(side: int, sl: float, tp: float, symbol: BrokerSymbol, quote: BrokerQuote) -> bool:
    """Whether both stops are on their side of the closing price and far enough from it; 0.0 means none."""
    price = quote.bid if side == 0 else quote.ask
    away = symbol.stops_level * symbol.point
    sign = 1 if side == 0 else -1
    return (not sl or sign * (price - sl) > away) and (not tp or sign * (tp - price) > away)

"""Whether a request may be carried out. Pure: gives the retcode that forbids it, or None."""

from collections.abc import Mapping

from broker.model import Action, Position, Quote, Request, Retcode, Symbol


def check(
    request: Request, symbol: Symbol | None, quote: Quote | None, positions: Mapping[int, Position], closed: bool
) -> Retcode | None:
    """The first rule a request breaks. Money is checked elsewhere."""
    if symbol is None or quote is None:
        return Retcode.INVALID if symbol is None else Retcode.PRICE_OFF
    if request.position and request.position not in positions:
        return Retcode.POSITION_CLOSED
    if closed:
        return Retcode.MARKET_CLOSED
    checks = {Action.DEAL: _check_deal, Action.SLTP: _check_stops_change}
    chosen = checks.get(Action(request.action)) if request.action in tuple(Action) else None
    return chosen(request, symbol, quote, positions) if chosen else Retcode.INVALID


def _check_deal(request: Request, symbol: Symbol, quote: Quote, positions: Mapping[int, Position]) -> Retcode | None:
    if request.filling in (0, 1) and not symbol.filling & (1 << request.filling):
        return Retcode.INVALID_FILL
    if not valid_volume(request.volume, symbol):
        return Retcode.INVALID_VOLUME
    if request.position:
        return _check_close(request, positions[request.position])
    if not valid_stops(request.side, request.sl, request.tp, symbol, quote):
        return Retcode.INVALID_STOPS
    return None


def _check_close(request: Request, position: Position) -> Retcode | None:
    if request.side == position.side or request.symbol != position.symbol:
        return Retcode.INVALID
    return Retcode.INVALID_CLOSE_VOLUME if request.volume > position.volume else None


def _check_stops_change(request: Request, symbol: Symbol, quote: Quote, positions: Mapping[int, Position]) -> Retcode | None:
    position = positions.get(request.position)
    if position is None:
        return Retcode.POSITION_CLOSED
    if (position.sl, position.tp) == (request.sl, request.tp):
        return Retcode.NO_CHANGES
    fits = valid_stops(position.side, request.sl, request.tp, symbol, quote)
    return None if fits else Retcode.INVALID_STOPS


def valid_volume(volume: int, symbol: Symbol) -> bool:
    """Within the limits and on the step."""
    return symbol.volume_min <= volume <= symbol.volume_max and volume % symbol.volume_step == 0


def valid_stops(side: int, sl: float, tp: float, symbol: Symbol, quote: Quote) -> bool:
    """Both on their side of the closing price and far enough from it; 0.0 means none."""
    price = quote.bid if side == 0 else quote.ask
    away = symbol.stops_level * symbol.point
    sign = 1 if side == 0 else -1
    return (not sl or sign * (price - sl) > away) and (not tp or sign * (tp - price) > away)

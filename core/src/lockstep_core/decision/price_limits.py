"""The limits of an opening's price: the widest spread, and how much worse than the master's the price may be.

The slave's terminal holds them, by the market just before it sends the order. Where the router has a quote that is not old
it holds them too, and nothing is sent.
"""

from lockstep_core.books.positions import Position
from lockstep_core.decision.stops import entry_price
from lockstep_core.decision.target import PriceLimits
from lockstep_core.market.money import Quote
from lockstep_core.market.symbols import SymbolSpec, in_points
from lockstep_core.rules.rules import Rules
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.wire.enums import Side

_SELL = int(Side.SELL)
_SPREAD, _SLIPPAGE = "max_spread_points", "max_slippage_points"


def limits_of(rules: Rules, master: Position) -> PriceLimits | None:
    """The limits of what copies a master's position; None where the user set none, or the master's price is not known."""
    slippage = rules.max_slippage if master.price > 0 else None
    if rules.max_spread is None and slippage is None:
        return None
    return PriceLimits(master.deal_price or master.price, rules.max_spread, slippage)


def beyond(limits: PriceLimits, spec: SymbolSpec, side: int, quote: Quote) -> Skip | None:
    """Why nothing is opened at this quote."""
    if limits.max_spread is not None:
        points = in_points(quote.ask - quote.bid, spec)
        if points > limits.max_spread:
            return Skip(SkipCode.SPREAD, _SPREAD, {"symbol": spec.name, "points": points, "limit": limits.max_spread})
    if limits.max_slippage is not None:
        worse = entry_price(quote, side) - limits.reference
        points = in_points(-worse if side == _SELL else worse, spec)
        if points > limits.max_slippage:
            return Skip(SkipCode.SLIPPAGE, _SLIPPAGE, {"points": points, "limit": limits.max_slippage})
    return None


def no_quote(limits: PriceLimits, symbol: str) -> Skip:
    """There is no quote that limits could be held by."""
    setting = _SLIPPAGE if limits.max_spread is None else _SPREAD
    return Skip(SkipCode.QUOTE_UNKNOWN, setting, {"symbol": symbol})

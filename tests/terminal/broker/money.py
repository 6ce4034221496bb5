"""Profit and margin. Pure functions over quotes."""

from collections.abc import Mapping

from broker.model import UNITS, BrokerPosition, BrokerQuote, BrokerSymbol

Quotes = Mapping[str, BrokerQuote]


def rate(source: str, target: str, quotes: Quotes) -> float:
    """The price of one `source` in `target`: from their own pair, its inverse, or over USD; 1.0 without any quote."""
    direct = _direct(source, target, quotes)
    if direct is not None:
        return direct
    first, second = _direct(source, "USD", quotes), _direct("USD", target, quotes)
    return first * second if first is not None and second is not None else 1.0


def _direct(source: str, target: str, quotes: Quotes) -> float | None:
    if source == target:
        return 1.0
    if source + target in quotes:
        return quotes[source + target].bid
    if target + source in quotes:
        return 1.0 / quotes[target + source].ask
    return None


def profit(
    symbol: BrokerSymbol, side: int, volume: int, opened: float, closed: float, currency: str, quotes: Quotes
) -> float:
    """What a volume earned between two prices, in the account's currency."""
    sign = 1 if side == 0 else -1
    lots = volume / UNITS
    return round(sign * (closed - opened) * symbol.contract_size * lots * rate(symbol.profit, currency, quotes), 2)


def margin(symbol: BrokerSymbol, volume: int, price: float, leverage: int, currency: str, quotes: Quotes) -> float:
    """The margin of a volume."""
    return symbol.contract_size * volume / UNITS * price * rate(symbol.profit, currency, quotes) / leverage


def floating(symbol: BrokerSymbol, position: BrokerPosition, currency: str, quotes: Quotes) -> float:
    """The profit if a position were closed now."""
    quote = quotes[position.symbol]
    closed = quote.bid if position.side == 0 else quote.ask
    return profit(symbol, position.side, position.volume, position.price, closed, currency, quotes)

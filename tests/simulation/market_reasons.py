"""Which openings prices forbid, computed from the router's quotes and apart from the engine."""

from collections.abc import Mapping
from fractions import Fraction

from lockstep_core.decision.plan import Copier
from lockstep_core.market.money import Quote
from lockstep_core.wire.enums import DealEntry
from tests.simulation.broker import BrokerAccount
from tests.simulation.broker_data import ListedSymbol
from tests.simulation.expected import counterpart
from tests.simulation.link_origins import LinkOrigin

MARKET_CODES = frozenset({"spread", "slippage", "quote_unknown"})


def market_reasons(
    copier: Copier, origin: LinkOrigin, master: BrokerAccount, slave: BrokerAccount, quotes: Mapping[str, Quote]
) -> set[str]:
    """The codes of all market reasons against an opening now."""
    settings, listed = copier.settings, counterpart(master, slave, origin.symbol)
    if listed is None or (settings.max_spread_points is None and settings.max_slippage_points is None):
        return set()
    quote = quotes.get(listed.name)
    if quote is None:
        return {"quote_unknown"}
    found = set()
    max_spread, max_slippage = settings.max_spread_points, settings.max_slippage_points
    if max_spread is not None and _points(quote.ask, quote.bid, listed) > max_spread:
        found.add("spread")
    price = master_price(master, origin)
    if max_slippage is not None and price is not None and _slippage(copier, origin, quote, price, listed) > max_slippage:
        found.add("slippage")
    return found


def _slippage(copier: Copier, origin: LinkOrigin, quote: Quote, price: float, listed: ListedSymbol) -> int:
    sells = bool(origin.side) != copier.settings.reverse
    return _points(price, quote.bid, listed) if sells else _points(quote.ask, price, listed)


def master_price(master: BrokerAccount, origin: LinkOrigin) -> float | None:
    """The price of the master's deal."""
    openings = (DealEntry.IN, DealEntry.INOUT)
    return next((d.price for d in master.deals if d.order == origin.key and d.entry in openings), None)


def _points(above: float, below: float, listed: ListedSymbol) -> int:
    unit: int = 10**listed.digits
    return round((Fraction(str(above)) - Fraction(str(below))) * unit)

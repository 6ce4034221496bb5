"""What the market itself forbids at a moment, reckoned from what the router was told of prices, apart from the engine."""

from collections.abc import Mapping
from fractions import Fraction

from lockstep_core.decision.plan import Copier
from lockstep_core.wire.frames import Entry
from tests.simulation.broker import Account
from tests.simulation.expected import counterpart
from tests.simulation.links import Known
from tests.simulation.market import Listed, Quoted

BY_MARKET = frozenset({"spread", "slippage", "quote_unknown"})


def barred(copier: Copier, known: Known, theirs: Account, mine: Account, quotes: Mapping[str, Quoted]) -> set[str]:
    """Codes of all that holds an opening at market back now."""
    settings, listed = copier.settings, counterpart(theirs, mine, known.symbol)
    if listed is None or (settings.max_spread_points is None and settings.max_slippage_points is None):
        return set()
    quote = quotes.get(listed.name)
    if quote is None:
        return {"quote_unknown"}
    found = set()
    widest, most = settings.max_spread_points, settings.max_slippage_points
    if widest is not None and _points(quote.ask, quote.bid, listed) > widest:
        found.add("spread")
    price = _price(theirs, known)
    if most is not None and price is not None and _worse(copier, known, quote, price, listed) > most:
        found.add("slippage")
    return found


def _worse(copier: Copier, known: Known, quote: Quoted, price: float, listed: Listed) -> int:
    sells = bool(known.side) != copier.settings.reverse
    return _points(price, quote.bid, listed) if sells else _points(quote.ask, price, listed)


def _price(theirs: Account, known: Known) -> float | None:
    """What the master's deal was done at."""
    openings = (Entry.IN, Entry.INOUT)
    return next((d.price for d in theirs.deals if d.order == known.key and d.entry in openings), None)


def _points(above: float, below: float, listed: Listed) -> int:
    unit: int = 10**listed.digits
    return round((Fraction(str(above)) - Fraction(str(below))) * unit)

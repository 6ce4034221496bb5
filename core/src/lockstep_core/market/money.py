"""Money: an account's figures, quotes, and what one currency is worth in another. Exact fractions throughout."""

from bisect import bisect_left
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

import msgspec

from lockstep_core.market.currencies import HUNDREDTHS, parts, whole
from lockstep_core.market.exact import Ratio
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.wire.frames import AccountFrame, Tick

_QUARTER_HOUR_MS = 900_000
_MS = 1_000_000
MAX_REPORT_AGE_NS = 5_000_000_000
"""How long a quote counts after its terminal reported it. Terminals repeat quotes each second."""
MAX_TICK_AGE_MS = 60_000
"""A quote counts while its price came from the broker no longer ago than this, by the broker's own clock."""
ALWAYS_NS = 2**63 - 1
_DAY_MS = 86_400_000
MOST_MONEY = 1e15
"""More than any account has."""
MAX_CURRENCIES = 256
MAX_PER_PAIR = 32
_UNIT = 10**8
_PLAIN = 10**7
SAME: Ratio = (1, 1)
"""The rate of a currency in itself."""
_COMMON_CURRENCIES = ("USD", "EUR")
_NO_PAIR: Mapping[str, SymbolSpec] = {}


class Figures(msgspec.Struct, frozen=True, gc=False):
    """An account's figures in its currency, which has `digits` decimals. `credit` is part of `equity` and `margin_free`.

    `utc_offset_ms`: how far its broker's clock is ahead of UTC; `server_msc`: what that clock said.
    """

    currency: str
    balance: Fraction
    equity: Fraction
    margin_free: Fraction
    leverage: int = 0
    utc_offset_ms: int | None = None
    connected: bool = True
    credit: Fraction = Fraction(0)
    digits: int = 2
    server_msc: int = 0

    @property
    def own_equity(self) -> Fraction:
        """The equity without what the broker lends."""
        return self.equity - self.credit

    @property
    def own_margin(self) -> Fraction:
        """The free margin without what the broker lends."""
        return self.margin_free - self.credit


class Quote(Protocol):
    """The newest prices of a symbol. After `good_until_ns` on our clock they are old, and no decision uses them."""

    @property
    def bid(self) -> float:
        """What a seller gets."""

    @property
    def ask(self) -> float:
        """What a buyer pays."""

    @property
    def good_until_ns(self) -> int:
        """When they become old."""


class Prices(msgspec.Struct, frozen=True, gc=False):
    """Prices of a symbol; those that are no reading of a market never become old."""

    bid: float
    ask: float
    good_until_ns: int = ALWAYS_NS


def reported_quote(tick: Tick, now_ns: int) -> Prices:
    """The quote that a terminal tells now. Terminals of earlier releases do not say how old it was already."""
    age_ms = max(0, tick.server_time_msc - tick.time_msc) if tick.server_time_msc and tick.time_msc else 0
    return Prices(tick.bid, tick.ask, now_ns + min(MAX_REPORT_AGE_NS, (MAX_TICK_AGE_MS - min(age_ms, _DAY_MS)) * _MS))


def figures_of(frame: AccountFrame, utc_ms: int | None) -> Figures | None:
    """The figures in a frame that was sent at `utc_ms`; None where its numbers cannot be an account's.

    Nor are a balance and an equity of nothing believed: a terminal shows them for a moment when it reconnects.
    """
    digits = min(frame.currency_digits, 8)
    amounts = (frame.balance, frame.equity, frame.margin_free, frame.credit)
    if not all(abs(amount) <= MOST_MONEY for amount in amounts) or frame.balance == frame.equity == 0:
        return None
    offset_ms = None if utc_ms is None else _offset_ms(frame.server_time_msc - utc_ms)
    return Figures(
        frame.currency,
        cents(frame.balance, digits),
        cents(frame.equity, digits),
        cents(frame.margin_free, digits),
        frame.leverage,
        offset_ms,
        frame.connected != 0,
        cents(frame.credit, digits),
        digits,
        frame.server_time_msc,
    )


def _offset_ms(ahead_ms: int) -> int | None:
    offset_ms = round(ahead_ms / _QUARTER_HOUR_MS) * _QUARTER_HOUR_MS
    return offset_ms if abs(offset_ms) <= _DAY_MS else None


def cents(amount: float, digits: int) -> Fraction:
    """An amount of money as the account counts it."""
    unit: int = 10**digits
    return Fraction(round(amount * unit), unit)


@lru_cache(maxsize=4096)
def exact(price: float) -> Fraction:
    """The fraction that a price's decimal text is."""
    return Fraction(*scaled(price))


def scaled(price: float) -> tuple[int, int]:
    """The decimal text of a price as a whole number and what to divide it by.

    A float is the nearest to at most one number of fifteen digits, so if it is to one of eight decimals, that is its text.
    """
    if abs(price) < _PLAIN:
        whole = round(price * _UNIT)
        if whole / _UNIT == price:
            return whole, _UNIT
    return Decimal(repr(price)).as_integer_ratio()


class Crosses:
    """A broker's currency pairs: symbols by their two currencies either way round, by name; and the currencies, sorted.

    Real brokers quote some forty currencies. What a broker names beyond `MAX_CURRENCIES` is left out, because a rate over a
    third currency looks through all of them. `newest`: the rate of two currencies by the first of their pairs, for as long
    as that has this quote: a decision may need a rate more than once.
    """

    __slots__ = ("by_pair", "currencies", "newest")

    def __init__(self) -> None:
        self.by_pair: dict[tuple[str, str], dict[str, SymbolSpec]] = {}
        self.currencies: list[str] = []
        self.newest: dict[tuple[str, str], tuple[str, Quote, Ratio]] = {}

    def put(self, spec: SymbolSpec) -> None:
        """Takes a symbol; one that is no pair is ignored."""
        base, profit = whole(spec.currency_base), whole(spec.currency_profit)
        if not is_pair(spec) or not (self._knows(base) and self._knows(profit)):
            return
        self.newest.clear()
        for pair in ((base, profit), (profit, base)):
            _put_sorted(self.by_pair.setdefault(pair, {}), spec)

    def remove(self, spec: SymbolSpec) -> None:
        """Forgets a symbol."""
        base, profit = whole(spec.currency_base), whole(spec.currency_profit)
        for pair in ((base, profit), (profit, base)):
            self.by_pair.get(pair, {}).pop(spec.name, None)
        self.newest.clear()

    def _knows(self, currency: str) -> bool:
        place = bisect_left(self.currencies, currency)
        if place < len(self.currencies) and self.currencies[place] == currency:
            return True
        if len(self.currencies) >= MAX_CURRENCIES:
            return False
        self.currencies.insert(place, currency)
        return True


def _put_sorted(specs: dict[str, SymbolSpec], spec: SymbolSpec) -> None:
    """Keeps the specs of a pair in the order of their names, in which a rate looks for a quote."""
    if len(specs) >= MAX_PER_PAIR and spec.name not in specs:
        return
    specs[spec.name] = spec
    in_order = sorted(specs)
    if in_order != list(specs):
        items = [(name, specs[name]) for name in in_order]
        specs.clear()
        specs.update(items)


def is_pair(spec: SymbolSpec) -> bool:
    """Whether its price is the rate of its currencies: an index in JPY may have USD as base, and no name of a pair."""
    base, profit = whole(spec.currency_base), whole(spec.currency_profit)
    if not base or not profit or base == profit:
        return False
    letters = "".join(letter for letter in spec.name.upper() if letter.isalnum())
    return (base + profit).upper() in letters


def rate(source: str, to: str, crosses: Crosses, quotes: Mapping[str, Quote]) -> Ratio | None:
    """What one unit of `source` is worth in `to`, from middle prices, over one other currency if need be; None unknown.

    Old quotes count too: while a market is closed, its last price is what money is worth, and is near enough for sizes.
    """
    if source == to:
        return SAME
    known = crosses.newest.get((source, to))
    if known is not None and quotes.get(known[0]) is known[1]:
        return known[2]
    if source in HUNDREDTHS or to in HUNDREDTHS:
        return _of_parts(source, to, crosses, quotes)
    direct = _direct(source, to, crosses, quotes)
    if direct is not None:
        return direct
    for currency in crosses.currencies:
        first, second = _direct(source, currency, crosses, quotes), _direct(currency, to, crosses, quotes)
        if first is not None and second is not None:
            return first[0] * second[0], first[1] * second[1]
    return None


def _of_parts(source: str, to: str, crosses: Crosses, quotes: Mapping[str, Quote]) -> Ratio | None:
    found = rate(whole(source), whole(to), crosses, quotes)
    return None if found is None else (found[0] * parts(to), found[1] * parts(source))


def pairs_for(source: str, to: str, crosses: Crosses) -> tuple[str, ...]:
    """The symbols whose quotes say what `source` is worth in `to`: one, or two over a third currency; none where there are
    none, or none are needed.
    """
    source, to = whole(source), whole(to)
    if source == to:
        return ()
    direct = _pair(source, to, crosses)
    if direct:
        return (direct,)
    for currency in (*_COMMON_CURRENCIES, *crosses.currencies):
        first, second = _pair(source, currency, crosses), _pair(currency, to, crosses)
        if first and second:
            return first, second
    return ()


def _pair(one: str, other: str, crosses: Crosses) -> str:
    return next(iter(crosses.by_pair.get((one, other), _NO_PAIR)), "")


def _direct(source: str, to: str, crosses: Crosses, quotes: Mapping[str, Quote]) -> Ratio | None:
    is_first = True
    for spec in crosses.by_pair.get((source, to), _NO_PAIR).values():
        quote = quotes.get(spec.name)
        if quote is not None and quote.bid > 0 and quote.ask > 0:
            middle = _middle(quote)
            base = spec.currency_base
            found = middle if HUNDREDTHS.get(base, base) == source else (middle[1], middle[0])
            if is_first:
                crosses.newest[source, to] = (spec.name, quote, found)
            return found
        is_first = False
    return None


def _middle(quote: Quote) -> Ratio:
    (bid, bid_unit), (ask, ask_unit) = scaled(quote.bid), scaled(quote.ask)
    if bid_unit == ask_unit:
        return bid + ask, 2 * bid_unit
    return bid * ask_unit + ask * bid_unit, 2 * bid_unit * ask_unit

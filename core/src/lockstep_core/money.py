"""Money: an account's figures, quotes, and what one currency is worth in another. Exact fractions throughout."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Protocol

import msgspec

from lockstep_core.symbols import SymbolSpec
from lockstep_core.wire.frames import Account

_QUARTER_HOUR_MS = 900_000
_DAY_MS = 86_400_000
_MOST = 1e15


class Figures(msgspec.Struct, frozen=True, gc=False):
    """An account's figures in its currency. `utc_offset_ms`: how far its broker's clock is ahead of UTC."""

    currency: str
    balance: Fraction
    equity: Fraction
    margin_free: Fraction
    leverage: int = 0
    utc_offset_ms: int | None = None
    connected: bool = True


class Quote(Protocol):
    """The newest prices of a symbol."""

    @property
    def bid(self) -> float:
        """What a seller gets."""

    @property
    def ask(self) -> float:
        """What a buyer pays."""


class Prices(msgspec.Struct, frozen=True, gc=False):
    """Plain prices of a symbol."""

    bid: float
    ask: float


def figures_of(frame: Account, utc_ms: int | None) -> Figures | None:
    """The figures a frame tells, which was sent at `utc_ms`; None where its numbers cannot be an account's."""
    digits = min(frame.currency_digits, 8)
    if not all(abs(amount) <= _MOST for amount in (frame.balance, frame.equity, frame.margin_free)):
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
    return Fraction(*Decimal(repr(price)).as_integer_ratio())


def rate(source: str, to: str, specs: Mapping[str, SymbolSpec], quotes: Mapping[str, Quote]) -> Fraction | None:
    """What one unit of `source` is worth in `to`, from middle prices, over one other currency if need be; None unknown."""
    if source == to:
        return Fraction(1)
    pairs = tuple(_priced_pairs(specs, quotes))
    direct = _direct(source, to, pairs)
    if direct is not None:
        return direct
    between = sorted({currency for base, profit, _ in pairs for currency in (base, profit)})
    for currency in between:
        first, second = _direct(source, currency, pairs), _direct(currency, to, pairs)
        if first is not None and second is not None:
            return first * second
    return None


_Pair = tuple[str, str, Fraction]


def _priced_pairs(specs: Mapping[str, SymbolSpec], quotes: Mapping[str, Quote]) -> Iterable[_Pair]:
    for name in sorted(quotes):
        spec, quote = specs.get(name), quotes[name]
        usable = spec is not None and spec.currency_base != spec.currency_profit and quote.bid > 0 and quote.ask > 0
        if spec is not None and usable and spec.currency_base and spec.currency_profit:
            yield spec.currency_base, spec.currency_profit, (exact(quote.bid) + exact(quote.ask)) / 2


def _direct(source: str, to: str, pairs: Iterable[_Pair]) -> Fraction | None:
    for base, profit, price in pairs:
        if (base, profit) == (source, to):
            return price
        if (base, profit) == (to, source):
            return 1 / price
    return None

"""Limits over a whole account: how much may be open in all. What cannot be told is refused."""

from collections.abc import Mapping
from fractions import Fraction

from lockstep_core.book import Book
from lockstep_core.rules import LimitRule
from lockstep_core.sizing import Opening, value_of
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.symbols import SymbolSpec
from lockstep_core.units import lots_text
from lockstep_core.views import Exposure
from lockstep_core.wire.frames import Side


def exposure_of(book: Book, specs: Mapping[str, SymbolSpec]) -> Exposure:
    """What a book has open; positions are valued at their opening prices."""
    exposure = Exposure()
    for position in book.positions.values():
        spec = specs.get(position.symbol)
        exposure = with_opening(exposure, position.symbol, position.side, position.volume, position.price, spec)
    return exposure


def with_opening(exposure: Exposure, symbol: str, side: int, lots: int, price: float, spec: SymbolSpec | None) -> Exposure:
    """The exposure with one position more."""
    value = None if spec is None else value_of(lots, price, spec)
    buys, sells = exposure.by_side
    return Exposure(
        exposure.positions + 1,
        {**exposure.by_symbol, symbol: exposure.by_symbol.get(symbol, 0) + 1},
        (buys, sells + 1) if side == Side.SELL else (buys + 1, sells),
        exposure.lots + lots,
        exposure.value + (value or Fraction(0)),
    )


def over_count(rule: LimitRule, exposure: Exposure, symbol: str, side: int) -> Skip | None:
    """Why no further position may be opened, whatever its lots."""
    counts = (
        ("limits.max_open_positions", rule.positions, exposure.positions, "positions"),
        (
            "limits.max_open_positions_per_symbol",
            rule.per_symbol,
            exposure.by_symbol.get(symbol, 0),
            f"positions of {symbol}",
        ),
        ("limits.max_open_positions_per_side", rule.per_side, exposure.by_side[side], "sells" if side else "buys"),
    )
    for setting, limit, count, what in counts:
        if limit and count >= limit:
            return Skip(SkipCode.TOO_MANY_POSITIONS, setting, f"The slave has {count} {what} open; {limit} are allowed.")
    return None


def over_volume(rule: LimitRule, exposure: Exposure, opening: Opening, lots: int) -> Skip | None:
    """Why so many lots more may not be opened."""
    total = exposure.lots + lots
    if rule.total_lots and total > rule.total_lots:
        sentence = (
            f"With this copy the slave would have {lots_text(total)} lots open; {lots_text(rule.total_lots)} are allowed."
        )
        return Skip(SkipCode.TOO_MANY_LOTS, "limits.max_total_lots", sentence)
    if rule.leverage is None and rule.reserved is None:
        return None
    value = value_of(lots, opening.entry, opening.spec)
    if value is None or opening.scene.slave.figures is None:
        return _unknown(rule, opening, value)
    return _over_leverage(rule, exposure, opening, value) or _over_margin(rule, opening, value)


def _unknown(rule: LimitRule, opening: Opening, value: Fraction | None) -> Skip:
    setting = "limits.reserved_margin_fraction" if rule.leverage is None else "limits.max_leverage"
    if value is None:
        return Skip(SkipCode.SPEC_UNKNOWN, setting, f"What {opening.spec.name} is worth on the slave is not known.")
    return Skip(SkipCode.FIGURES_UNKNOWN, setting, "The figures of the slave's account are not known yet.")


def _over_leverage(rule: LimitRule, exposure: Exposure, opening: Opening, value: Fraction) -> Skip | None:
    figures = opening.scene.slave.figures
    if rule.leverage is None or figures is None or exposure.value + value <= rule.leverage * figures.equity:
        return None
    sentence = f"With this copy the slave's positions would be worth more than {float(rule.leverage):g} times its equity."
    return Skip(SkipCode.LEVERAGE, "limits.max_leverage", sentence)


def _over_margin(rule: LimitRule, opening: Opening, value: Fraction) -> Skip | None:
    figures, setting = opening.scene.slave.figures, "limits.reserved_margin_fraction"
    if rule.reserved is None or figures is None:
        return None
    if figures.leverage <= 0:
        return Skip(SkipCode.FIGURES_UNKNOWN, setting, "The leverage of the slave's account is not known.")
    if figures.margin_free - value / figures.leverage >= rule.reserved * figures.equity:
        return None
    sentence = f"After this copy less than {float(rule.reserved):.0%} of the slave's equity would be free margin."
    return Skip(SkipCode.MARGIN_RESERVED, setting, sentence)

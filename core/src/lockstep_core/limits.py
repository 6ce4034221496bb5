"""Limits over a whole account: how much may be open in all. What cannot be told is refused."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from lockstep_core.book import Book
from lockstep_core.money import Figures
from lockstep_core.rules import LimitRule
from lockstep_core.sizing import Opening, value_of
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.symbols import SymbolSpec
from lockstep_core.units import ONE_LOT, lots_text
from lockstep_core.views import Exposure, Stake

_CLOSE = 1e-6


def exposure_of(book: Book, specs: Mapping[str, SymbolSpec]) -> Exposure:
    """What a book has open; positions are valued at their opening prices."""
    held = book.positions.values()
    return Exposure(tuple([Stake(p.symbol, p.side, p.volume, p.price, specs.get(p.symbol)) for p in held]))


def with_opening(exposure: Exposure, symbol: str, side: int, lots: int, price: float, spec: SymbolSpec | None) -> Exposure:
    """The exposure with one position more."""
    return Exposure((*exposure.stakes, Stake(symbol, side, lots, price, spec)))


def over_count(rule: LimitRule, exposure: Exposure, symbol: str, side: int) -> Skip | None:
    """Why no further position may be opened, whatever its lots."""
    stakes = exposure.stakes
    if rule.positions and len(stakes) >= rule.positions:
        return _too_many("limits.max_open_positions", len(stakes), "positions", rule.positions)
    if rule.per_symbol:
        count = len([stake for stake in stakes if stake.symbol == symbol])
        if count >= rule.per_symbol:
            return _too_many("limits.max_open_positions_per_symbol", count, f"positions of {symbol}", rule.per_symbol)
    if rule.per_side:
        count = len([stake for stake in stakes if stake.side == side])
        if count >= rule.per_side:
            return _too_many("limits.max_open_positions_per_side", count, "sells" if side else "buys", rule.per_side)
    return None


def _too_many(setting: str, count: int, what: str, limit: int) -> Skip:
    return Skip(SkipCode.TOO_MANY_POSITIONS, setting, f"The slave has {count} {what} open; {limit} are allowed.")


def over_volume(rule: LimitRule, exposure: Exposure, opening: Opening, lots: int) -> Skip | None:
    """Why so many lots more may not be opened."""
    total = lots + sum([stake.lots for stake in exposure.stakes]) if rule.total_lots else 0
    if total > rule.total_lots:
        sentence = (
            f"With this copy the slave would have {lots_text(total)} lots open; {lots_text(rule.total_lots)} are allowed."
        )
        return Skip(SkipCode.TOO_MANY_LOTS, "limits.max_total_lots", sentence)
    if rule.leverage is None and rule.reserved is None:
        return None
    figures, stake = opening.scene.slave.figures, Stake("", opening.side, lots, opening.entry, opening.spec)
    if not _is_told(stake) or figures is None:
        return _unknown(rule, opening, stake)
    return _over_leverage(rule, exposure, figures, stake) or _over_margin(rule, figures, stake)


def _unknown(rule: LimitRule, opening: Opening, stake: Stake) -> Skip:
    setting = "limits.reserved_margin_fraction" if rule.leverage is None else "limits.max_leverage"
    if not _is_told(stake):
        return Skip(SkipCode.SPEC_UNKNOWN, setting, f"What {opening.spec.name} is worth on the slave is not known.")
    return Skip(SkipCode.FIGURES_UNKNOWN, setting, "The figures of the slave's account are not known yet.")


def _over_leverage(rule: LimitRule, exposure: Exposure, figures: Figures, stake: Stake) -> Skip | None:
    if rule.leverage is None:
        return None
    leverage, stakes = rule.leverage, (*exposure.stakes, stake)
    total, allowed = sum(map(_about, stakes)), float(leverage) * float(figures.equity)
    if _suffices(allowed - total, total + abs(allowed), lambda: _worth(stakes) <= leverage * figures.equity):
        return None
    sentence = f"With this copy the slave's positions would be worth more than {float(leverage):g} times its equity."
    return Skip(SkipCode.LEVERAGE, "limits.max_leverage", sentence)


def _over_margin(rule: LimitRule, figures: Figures, stake: Stake) -> Skip | None:
    if rule.reserved is None:
        return None
    reserved, setting = rule.reserved, "limits.reserved_margin_fraction"
    if figures.leverage <= 0:
        return Skip(SkipCode.FIGURES_UNKNOWN, setting, "The leverage of the slave's account is not known.")
    free, kept = float(figures.margin_free), float(reserved) * float(figures.equity)
    needed = _about(stake) / figures.leverage
    if _suffices(
        free - needed - kept,
        abs(free) + needed + abs(kept),
        lambda: figures.margin_free - _worth((stake,)) / figures.leverage >= reserved * figures.equity,
    ):
        return None
    sentence = f"After this copy less than {float(reserved):.0%} of the slave's equity would be free margin."
    return Skip(SkipCode.MARGIN_RESERVED, setting, sentence)


def _suffices(left: float, scale: float, exactly: Callable[[], bool]) -> bool:
    """Whether what is left is not below zero: floats tell, but fractions where it is almost zero on their scale."""
    doubt = _CLOSE * scale
    return left > doubt or (left >= -doubt and exactly())


def _is_told(stake: Stake) -> bool:
    spec = stake.spec
    return spec is not None and spec.tick_size > 0 and spec.tick_value > 0 and stake.price > 0


def _about(stake: Stake) -> float:
    spec = stake.spec
    if spec is None or spec.tick_size <= 0 or spec.tick_value <= 0 or stake.price <= 0:
        return 0.0
    return stake.lots / ONE_LOT * stake.price / spec.tick_size * spec.tick_value


def _worth(stakes: tuple[Stake, ...]) -> Fraction:
    values = (value_of(s.lots, s.price, s.spec) for s in stakes if s.spec is not None)
    return sum((value for value in values if value is not None), Fraction(0))

"""Rounds lots: the one place where lots become lots that user and broker allow. A test holds that there is no other.

- an opening: `fitted_lots`, by the step, the limits of one trade and the rounding that the user chose;
- what a copy keeps after a partial close: `right_lots`;
- lots above what the broker takes in one order: `one_order` divides them;
- lots cut to a limit, a guard or room that is left: always down, by `units.floor_to_step`.
"""

from fractions import Fraction
from math import floor

import msgspec

from lockstep_core.decision.sizing import Opening, loss_of_one_lot
from lockstep_core.market.exact import Ratio, lowest
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import RoundingRule
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import ONE_LOT, Lots, floor_to_step, lots_text

MOST_ORDERS = 64
"""The most orders that a copy is divided into, if its lots are above the broker's largest order."""
_HALF = Fraction(1, 2)
_TRADE_RISK = "limits.max_trade_risk"


class Cap(msgspec.Struct, frozen=True, gc=False):
    """The most lots there may be, and the setting that says so."""

    lots: Fraction
    setting: str


def fitted_lots(rule: RoundingRule, requested: Ratio, opening: Opening) -> Lots | Skip:
    """Lots of a whole copy on the symbol's step and within all limits of one trade, or why there are none."""
    return _plain(rule, requested, opening.spec) or _fitted(rule, Fraction(*requested), opening)


def exact_lots(rule: RoundingRule, requested: Ratio, lots: Lots, opening: Opening) -> Ratio:
    """The lots before they were rounded to `lots`: what was requested, within the limits of a trade."""
    above, below = requested
    if lots * below > above:
        # Raised to the smallest volume: then that is what the copy was meant to have. Rounding up changes nothing.
        is_rounded = not rule.down and (lots * below - above) * 2 <= opening.spec.volume_step * below
        return lowest(requested) if is_rounded else (lots, 1)
    if rule.trade_risk is None:
        if above <= _most_in_one(rule, opening.spec) * below:
            return lowest(requested)
        most = _most(rule, opening.spec)
        return lowest(requested) if above <= most * below else (most, 1)
    cap = cap_of(rule, opening)
    return lowest(requested if isinstance(cap, Skip) else min(Fraction(*requested), cap.lots).as_integer_ratio())


def right_lots(exact: Ratio, master_left: int, master_sized: int, step: int, rule: RoundingRule) -> Lots:
    """The lots for what the master has left, where `exact` lots were right for `master_sized`; rounded as openings are."""
    above, below = exact[0] * master_left, exact[1] * master_sized
    down = above // (below * step) * step
    if rule.down:
        return Lots(down)
    requested = Fraction(above, below)
    nearest = nearest_step(requested, step)
    return Lots(nearest if nearest <= requested * rule.coefficient else down)


def one_order(lots: Lots, spec: SymbolSpec) -> Lots:
    """How many of the lots the next order takes: all that the broker takes in one, but so that what is left is no order that
    is too small for it.
    """
    largest, least = floor_to_step(spec.volume_max, spec.volume_step), least_order(spec)
    if lots <= spec.volume_max or largest < least:
        return lots
    short = least - (lots - largest)
    return Lots(largest - short) if 0 < short <= largest - least else largest


def least_order(spec: SymbolSpec) -> Lots:
    """The fewest lots of an order that the broker takes."""
    return Lots(-(-max(spec.volume_min, 1) // spec.volume_step) * spec.volume_step)


def _fitted(rule: RoundingRule, requested: Fraction, opening: Opening) -> Lots | Skip:
    spec = opening.spec
    if rule.max_lots and rule.refuse_above and requested > rule.max_lots:
        params = {"lots": _text(requested), "symbol": spec.name, "limit": lots_text(rule.max_lots)}
        return Skip(SkipCode.VOLUME_ABOVE_MAX, "limits.max_trade_volume", params)
    cap = cap_of(rule, opening)
    if isinstance(cap, Skip):
        return cap
    if rule.refuse_risk and requested > cap.lots and cap.setting == _TRADE_RISK:
        params = {"lots": _text(requested), "symbol": spec.name, "limit": _text(cap.lots)}
        return Skip(SkipCode.VOLUME_ABOVE_MAX, _TRADE_RISK, params)
    lots = _rounded(rule, requested, cap, spec)
    low = _lowest(rule, spec)
    return Lots(lots) if lots >= low and lots > 0 else _too_small(rule, requested, cap, low, spec)


def _plain(rule: RoundingRule, requested: Ratio, spec: SymbolSpec) -> Lots:
    """The lots of most copies, computed in whole numbers only. 0 if the exact computation is needed."""
    if not rule.down or rule.refuse_above or rule.trade_risk is not None:
        return Lots(0)
    lots = requested[0] // requested[1]
    if lots > spec.volume_max and rule.splits:
        return Lots(0)
    lots = min(lots, _most_in_one(rule, spec)) // spec.volume_step * spec.volume_step
    return Lots(lots) if lots >= _lowest(rule, spec) else Lots(0)


def _most_in_one(rule: RoundingRule, spec: SymbolSpec) -> int:
    return rule.max_lots if 0 < rule.max_lots < spec.volume_max else spec.volume_max


def _most(rule: RoundingRule, spec: SymbolSpec) -> int:
    most = _of_broker(rule, spec)
    return rule.max_lots if 0 < rule.max_lots < most else most


def _of_broker(rule: RoundingRule, spec: SymbolSpec) -> int:
    is_split = rule.splits and spec.volume_max >= least_order(spec)
    return floor_to_step(spec.volume_max, spec.volume_step) * MOST_ORDERS if is_split else spec.volume_max


def cap_of(rule: RoundingRule, opening: Opening) -> Cap | Skip:
    """The lowest limit of one copy's lots, or why it cannot be computed."""
    cap = Cap(Fraction(_of_broker(rule, opening.spec)), "sizing")
    if rule.max_lots and rule.max_lots < cap.lots:
        cap = Cap(Fraction(rule.max_lots), "limits.max_trade_volume")
    if rule.trade_risk is None:
        return cap
    risk = _risk_cap(rule.trade_risk, opening)
    return risk if isinstance(risk, Skip) or risk.lots < cap.lots else cap


def _risk_cap(fraction: Fraction, opening: Opening) -> Cap | Skip:
    loss, figures, setting = loss_of_one_lot(opening), opening.context.slave.figures, _TRADE_RISK
    if isinstance(loss, Skip):
        return msgspec.structs.replace(loss, setting=setting)
    if figures is None:
        return Skip(SkipCode.FIGURES_UNKNOWN, setting, {"account": "slave", "figure": "all"})
    return Cap(fraction * max(figures.balance, Fraction(0)) * ONE_LOT / Fraction(*loss), setting)


def _rounded(rule: RoundingRule, requested: Fraction, cap: Cap, spec: SymbolSpec) -> int:
    step = spec.volume_step
    down = _floor(min(requested, cap.lots), step)
    if rule.down or requested > cap.lots:
        return down
    nearest = nearest_step(requested, step)
    return nearest if nearest <= cap.lots and nearest <= requested * rule.coefficient else down


def nearest_step(lots: Fraction, step: int) -> int:
    """The multiple of the step that is nearest; the upper one of two."""
    return floor(lots / step + _HALF) * step


def _floor(lots: Fraction, step: int) -> int:
    return lots.numerator // (lots.denominator * step) * step


def _lowest(rule: RoundingRule, spec: SymbolSpec) -> int:
    low = spec.volume_min if spec.volume_min > rule.min_lots else rule.min_lots
    return -(-low // spec.volume_step) * spec.volume_step


def _too_small(rule: RoundingRule, requested: Fraction, cap: Cap, low: int, spec: SymbolSpec) -> Lots | Skip:
    if cap.lots < low:
        params = {"why": "cap", "lots": _text(cap.lots), "symbol": spec.name, "limit": lots_text(low)}
        return Skip(SkipCode.VOLUME_BELOW_MIN, cap.setting, params)
    if requested <= 0 or not rule.force_tiny:
        return _below(rule, requested, low, spec)
    if low > requested * rule.coefficient:
        params = {"lots": _text(requested), "symbol": spec.name, "raised": lots_text(low)}
        return Skip(SkipCode.RISK_COEFFICIENT, "limits.max_risk_coefficient", params)
    return Lots(low)


def _below(rule: RoundingRule, requested: Fraction, low: int, spec: SymbolSpec) -> Skip:
    by_user = rule.min_lots > spec.volume_min
    whose, setting = ("copier", "limits.min_trade_volume") if by_user else ("broker", "sizing")
    params = {"why": whose, "lots": _text(requested), "symbol": spec.name, "limit": lots_text(low)}
    return Skip(SkipCode.VOLUME_BELOW_MIN, setting, params)


def _text(lots: Fraction) -> str:
    return lots_text(floor(lots))

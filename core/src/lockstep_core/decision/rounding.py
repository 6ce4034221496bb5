"""From wished lots to lots that user and broker allow."""

from fractions import Fraction
from math import floor

import msgspec

from lockstep_core.decision.sizing import Opening, loss_of_one_lot
from lockstep_core.market.exact import Ratio
from lockstep_core.market.symbols import SymbolSpec
from lockstep_core.rules.rules import RoundingRule
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import ONE_LOT, Lots, lots_text

_HALF = Fraction(1, 2)


class Cap(msgspec.Struct, frozen=True, gc=False):
    """The most lots there may be, and the setting that says so."""

    lots: Fraction
    setting: str


def fitted_lots(rule: RoundingRule, wished: Ratio, opening: Opening) -> Lots | Skip:
    """Lots on the symbol's step and within all limits of one trade, or why there are none."""
    return _plain(rule, wished, opening.spec) or _fitted(rule, Fraction(*wished), opening)


def _fitted(rule: RoundingRule, wished: Fraction, opening: Opening) -> Lots | Skip:
    spec = opening.spec
    if rule.max_lots and rule.refuse_above and wished > rule.max_lots:
        sentence = f"{_text(wished)} lots of {spec.name} are more than this copier's {lots_text(rule.max_lots)}."
        return Skip(SkipCode.VOLUME_ABOVE_MAX, "limits.max_trade_volume", sentence)
    cap = cap_of(rule, opening)
    if isinstance(cap, Skip):
        return cap
    lots = _rounded(rule, wished, cap, spec)
    low = _lowest(rule, spec)
    return Lots(lots) if lots >= low and lots > 0 else _too_small(rule, wished, cap, low, spec)


def _plain(rule: RoundingRule, wished: Ratio, spec: SymbolSpec) -> Lots:
    """What most copies come to, in whole numbers only; 0 where it takes the long way."""
    if not rule.down or rule.refuse_above or rule.trade_risk is not None:
        return Lots(0)
    most = rule.max_lots if 0 < rule.max_lots < spec.volume_max else spec.volume_max
    lots = min(wished[0] // wished[1], most) // spec.volume_step * spec.volume_step
    return Lots(lots) if lots >= _lowest(rule, spec) else Lots(0)


def cap_of(rule: RoundingRule, opening: Opening) -> Cap | Skip:
    """The lowest of all that keeps one copy small, or why it cannot be told."""
    cap = Cap(Fraction(opening.spec.volume_max), "sizing")
    if rule.max_lots and rule.max_lots < cap.lots:
        cap = Cap(Fraction(rule.max_lots), "limits.max_trade_volume")
    if rule.trade_risk is None:
        return cap
    risk = _risk_cap(rule.trade_risk, opening)
    return risk if isinstance(risk, Skip) or risk.lots < cap.lots else cap


def _risk_cap(share: Fraction, opening: Opening) -> Cap | Skip:
    loss, figures, setting = loss_of_one_lot(opening), opening.scene.slave.figures, "limits.max_trade_risk"
    if isinstance(loss, Skip):
        return msgspec.structs.replace(loss, setting=setting)
    if figures is None:
        return Skip(SkipCode.FIGURES_UNKNOWN, setting, "The figures of the slave's account are not known yet.")
    return Cap(share * max(figures.balance, Fraction(0)) * ONE_LOT / Fraction(*loss), setting)


def _rounded(rule: RoundingRule, wished: Fraction, cap: Cap, spec: SymbolSpec) -> int:
    step = spec.volume_step
    down = _floor(min(wished, cap.lots), step)
    if rule.down or wished > cap.lots:
        return down
    nearest = nearest_step(wished, step)
    return nearest if nearest <= cap.lots and nearest <= wished * rule.coefficient else down


def nearest_step(lots: Fraction, step: int) -> int:
    """The multiple of the step that is nearest; the upper one of two."""
    return floor(lots / step + _HALF) * step


def _floor(lots: Fraction, step: int) -> int:
    return lots.numerator // (lots.denominator * step) * step


def _lowest(rule: RoundingRule, spec: SymbolSpec) -> int:
    low = spec.volume_min if spec.volume_min > rule.min_lots else rule.min_lots
    return -(-low // spec.volume_step) * spec.volume_step


def _too_small(rule: RoundingRule, wished: Fraction, cap: Cap, low: int, spec: SymbolSpec) -> Lots | Skip:
    if cap.lots < low:
        sentence = (
            f"At most {_text(cap.lots)} lots of {spec.name} are allowed here, but {lots_text(low)} is the least possible."
        )
        return Skip(SkipCode.VOLUME_BELOW_MIN, cap.setting, sentence)
    if wished <= 0 or not rule.force_tiny:
        return _below(rule, wished, low, spec)
    if low > wished * rule.coefficient:
        sentence = f"Raising {_text(wished)} lots of {spec.name} to {lots_text(low)} would be too much more risk."
        return Skip(SkipCode.RISK_COEFFICIENT, "limits.max_risk_coefficient", sentence)
    return Lots(low)


def _below(rule: RoundingRule, wished: Fraction, low: int, spec: SymbolSpec) -> Skip:
    by_user = rule.min_lots > spec.volume_min
    whose = "this copier's" if by_user else "the broker's"
    sentence = f"{_text(wished)} lots of {spec.name} are below {whose} minimum of {lots_text(low)}."
    return Skip(SkipCode.VOLUME_BELOW_MIN, "limits.min_trade_volume" if by_user else "sizing", sentence)


def _text(lots: Fraction) -> str:
    return lots_text(floor(lots))

"""How much copiers may open on an account in one day: trades, and lots."""

from lockstep_core.decision.context import DecisionContext
from lockstep_core.rules.rules import GuardRule
from lockstep_core.skips import Skip, SkipCode
from lockstep_core.units import Lots, lots_text


def over_day(rule: GuardRule, context: DecisionContext, lots: Lots, is_further_part: bool) -> Skip | None:
    """Why these lots may not be opened today. A further part of an order's copy is no trade of its own."""
    today = context.today
    if today is None or not rule.limits_day:
        return None
    if not today.is_known:
        setting = "guards.max_trades_per_day" if rule.day_trades else "guards.max_lots_per_day"
        return Skip(SkipCode.TIME_UNKNOWN, setting, {"needed_for": "day"})
    if rule.day_trades and not is_further_part and today.trades >= rule.day_trades:
        params = {"what": "trades", "count": str(today.trades), "limit": str(rule.day_trades)}
        return Skip(SkipCode.TOO_MANY_TODAY, "guards.max_trades_per_day", params)
    if rule.day_lots and today.lots + lots > rule.day_lots:
        params = {"what": "lots", "count": lots_text(today.lots + lots), "limit": lots_text(rule.day_lots)}
        return Skip(SkipCode.TOO_MANY_TODAY, "guards.max_lots_per_day", params)
    return None

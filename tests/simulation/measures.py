"""What guards measure and allow, reckoned from their settings apart from the engine."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from lockstep_core.settings.guards import RiskLimit
from tests.simulation.broker import HOUR_MS, Account
from tests.simulation.market import Figures


def counted(limit: RiskLimit, figures: Figures) -> Fraction:
    """The figure a guard counts with."""
    floor = limit.kind == "equity_floor"
    return Fraction(figures.equity if floor or limit.apply_to == "equity-difference" else figures.balance)


def is_reached(limit: RiskLimit, start: Fraction, peak: Fraction, figures: Figures) -> bool:
    """Whether figures are at a guard's limit, in a period that began with `start` and had `peak` as its highest."""
    now, amount = counted(limit, figures), limit.max_absolute_risk
    if limit.kind == "equity_floor":
        return amount is not None and figures.equity < Fraction(amount)
    if limit.kind == "profit_target":
        return _has_moved(limit, now - start, start)
    if limit.kind == "drawdown":
        return _has_moved(limit, max(peak, now) - now, max(peak, now))
    if limit.apply_to == "balance-minus-equity":
        return _has_moved(limit, Fraction(figures.balance) - Fraction(figures.equity), Fraction(figures.balance))
    return _has_moved(limit, start - now, start)


def period_of(limit: RiskLimit, zone: str, world_ms: int, mine: Account) -> str:
    """The name of the period that a moment is in."""
    now = datetime.fromtimestamp((mine.utc_ms + world_ms) / 1000, UTC)
    if zone == "broker":
        now += timedelta(hours=(mine.server_ms(0) - mine.utc_ms) // HOUR_MS)
    else:
        now = now.astimezone(ZoneInfo(zone))
    year, week, _ = now.isocalendar()
    return {"day": now.date().isoformat(), "week": f"{year}-W{week:02}", "lifetime": "lifetime"}[limit.type]


def ends_by_itself(limit: RiskLimit) -> bool:
    """Whether a guard lets go as soon as its limit is no longer reached."""
    return (limit.kind, limit.type, limit.reset) == ("equity_floor", "lifetime", "next_period")


def _has_moved(limit: RiskLimit, amount: Fraction, base: Fraction) -> bool:
    """An account without money has nothing that a share could be of: it has lost and won only what it really did."""
    return amount > 0 and amount >= _allowed(limit, base)


def _allowed(limit: RiskLimit, base: Fraction) -> Fraction:
    money, share = limit.max_absolute_risk, limit.max_relative_risk
    amounts = [] if money is None else [Fraction(money)]
    return min([*amounts, *([] if share is None else [Fraction(share) * max(base, Fraction(0))])])

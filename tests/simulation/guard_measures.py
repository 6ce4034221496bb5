"""What guards measure and allow, computed from their settings and apart from the engine."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from lockstep_core.settings.guards import RiskLimit
from tests.simulation.broker import HOUR_MS, BrokerAccount
from tests.simulation.broker_data import AccountFigures


def guarded_figure(limit: RiskLimit, figures: AccountFigures) -> Fraction:
    """The figure that a guard measures."""
    floor = limit.kind == "equity_floor"
    return Fraction(figures.equity if floor or limit.apply_to == "equity-difference" else figures.balance)


def begun_with(limit: RiskLimit, figures: AccountFigures) -> Fraction:
    """The base of a period that begins with these figures."""
    return Fraction(figures.balance) if limit.counts_from == "balance" else guarded_figure(limit, figures)


def is_reached(limit: RiskLimit, start: Fraction, peak: Fraction, figures: AccountFigures) -> bool:
    """Whether figures reach a guard's limit, in a period that began with `start` and whose highest was `peak`."""
    now, amount = guarded_figure(limit, figures), limit.max_absolute_risk
    if limit.kind == "equity_floor":
        return amount is not None and figures.equity < Fraction(amount)
    if limit.kind == "profit_target":
        return _has_moved(limit, now - start, start)
    if limit.kind == "best_day":
        wanted = max(Fraction(amount or 0), now - peak)
        return now > start and now - start >= Fraction(limit.max_relative_risk or 1) * wanted
    if limit.kind == "drawdown":
        return _has_moved(limit, max(peak, now) - now, max(peak, now))
    if limit.apply_to == "balance-minus-equity":
        return _has_moved(limit, Fraction(figures.balance) - Fraction(figures.equity), Fraction(figures.balance))
    return _has_moved(limit, start - now, start)


def period_of(limit: RiskLimit, zone: str, world_ms: int, slave: BrokerAccount) -> str:
    """The name of the period that a moment is in."""
    now = datetime.fromtimestamp((slave.utc_ms + world_ms) / 1000, UTC)
    if zone == "broker":
        now += timedelta(hours=(slave.server_ms(0) - slave.utc_ms) // HOUR_MS)
    else:
        now = now.astimezone(ZoneInfo(zone))
    year, week, _ = now.isocalendar()
    return {"day": now.date().isoformat(), "week": f"{year}-W{week:02}", "lifetime": "lifetime"}[limit.type]


def ends_by_itself(limit: RiskLimit) -> bool:
    """Whether a guard ends as soon as its limit is no longer reached."""
    return (limit.kind, limit.type, limit.reset) == ("equity_floor", "lifetime", "next_period")


def is_recovered(limit: RiskLimit, start: Fraction, peak: Fraction, figures: AccountFigures) -> bool:
    """Whether a loss is back under the share of its limit at which a pause ends."""
    share, now = Fraction(limit.recovered_to), guarded_figure(limit, figures)
    if limit.kind == "equity_floor":
        return now > Fraction(limit.max_absolute_risk or 0) * (2 - share)
    base = max(peak, now) if limit.kind == "drawdown" else start
    return now >= base or base - now < share * _allowed(limit, base)


def _has_moved(limit: RiskLimit, amount: Fraction, base: Fraction) -> bool:
    """Whether a loss or profit reaches the limit. If the base is 0, a relative limit is 0 and any amount reaches it."""
    return amount > 0 and amount >= _allowed(limit, base)


def _allowed(limit: RiskLimit, base: Fraction) -> Fraction:
    money, fraction = limit.max_absolute_risk, limit.max_relative_risk
    amounts = [] if money is None else [Fraction(money)]
    return min([*amounts, *([] if fraction is None else [Fraction(fraction) * max(base, Fraction(0))])])

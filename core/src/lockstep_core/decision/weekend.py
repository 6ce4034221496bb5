"""The weekend: nothing is held over it and nothing is opened. Its user states when the market closes and opens.

Each weekend begins and ends once. Its closing and its opening are the first moments at which the zone's clock shows those
days and times, or later, whatever is done to the clock in between; the minutes before the closing are real ones.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

import msgspec

from lockstep_core.decision.context import DecisionContext
from lockstep_core.decision.guard_days import first_showing
from lockstep_core.decision.trading_hours import local_time
from lockstep_core.globs import matches_any
from lockstep_core.market.money import Figures
from lockstep_core.rules.rules import FilterRule, WeekendRule
from lockstep_core.skips import Skip, SkipCode

_SETTING = "filters.weekend"
_HOUR_MS = 3_600_000
_WEEK = timedelta(weeks=1)


class Weekend(msgspec.Struct, frozen=True, gc=False):
    """When it begins for a copier, and when it is over, as Unix time in ms."""

    begins_ms: int
    ends_ms: int


def weekend_of(rule: WeekendRule, utc_ms: int, broker: Figures | None) -> Weekend | None:
    """The weekend that is now, or the next one; None where the broker's clock is needed and not known."""
    offset_ms = 0
    if rule.zone is None:
        if broker is None or broker.utc_offset_ms is None:
            return None
        offset_ms = broker.utc_offset_ms
    found = _from_hour(rule, utc_ms // _HOUR_MS, offset_ms)
    # Within the hour in which one ends, the next one counts.
    return found if utc_ms < found.ends_ms else _from_hour(rule, -(-found.ends_ms // _HOUR_MS), offset_ms)


def is_over_weekend(rule: WeekendRule, symbol: str, utc_ms: int | None, broker: Figures | None) -> bool:
    """Whether nothing of a slave's symbol may be held now."""
    if utc_ms is None or (rule.spared and matches_any(rule.spared, symbol)):
        return False
    weekend = weekend_of(rule, utc_ms, broker)
    return weekend is not None and weekend.begins_ms <= utc_ms


def rests(filters: FilterRule | None, symbol: str, context: DecisionContext) -> bool:
    """Whether a copy or a pending order of a slave's symbol is to be given up because of the weekend: the copier's own, or
    one that holds for the whole account.
    """
    rule = None if filters is None else filters.weekend
    if rule is not None and is_over_weekend(rule, symbol, context.utc_ms, context.slave.figures):
        return True
    return bool(context.weekends) and any(
        is_over_weekend(shared, symbol, context.utc_ms, context.slave.figures) for shared in context.weekends
    )


def forbids_any(symbol: str, context: DecisionContext) -> Skip | None:
    """Why a slave's symbol is not opened now by any copier."""
    return next((skip for rule in context.weekends if (skip := forbids_weekend(rule, symbol, context)) is not None), None)


def forbids_weekend(rule: WeekendRule, symbol: str, context: DecisionContext) -> Skip | None:
    """Why a slave's symbol is not opened now."""
    if rule.spared and matches_any(rule.spared, symbol):
        return None
    figures = context.slave.figures
    weekend = None if context.utc_ms is None else weekend_of(rule, context.utc_ms, figures)
    if weekend is None or context.utc_ms is None:
        return Skip(SkipCode.TIME_UNKNOWN, _SETTING, {"needed_for": "weekend"})
    if context.utc_ms < weekend.begins_ms:
        return None
    clock = local_time(weekend.ends_ms, rule.zone, figures)
    until, zone = "" if clock is None else f"{clock:%Y-%m-%d %H:%M}", "broker" if rule.zone is None else str(rule.zone)
    return Skip(SkipCode.WEEKEND, _SETTING, {"symbol": symbol, "until": until, "zone": zone})


@lru_cache(maxsize=1024)
def _from_hour(rule: WeekendRule, hour: int, offset_ms: int) -> Weekend:
    """The first weekend that is not over when an hour begins. A broker's clock is `offset_ms` ahead of UTC."""
    now_ms = hour * _HOUR_MS
    shown = datetime.fromtimestamp((now_ms + offset_ms) / 1000, rule.zone or UTC)
    monday = datetime(shown.year, shown.month, shown.day, tzinfo=UTC) - timedelta(days=shown.weekday()) - 2 * _WEEK
    while True:
        weekend = _after(rule, monday, offset_ms)
        if weekend.ends_ms > now_ms:
            return weekend
        monday += _WEEK


def _after(rule: WeekendRule, monday: datetime, offset_ms: int) -> Weekend:
    """The weekend whose market closes in the week of a Monday."""
    closes = monday + timedelta(minutes=rule.closes)
    moments = [_moment_ms(rule, closes, offset_ms), _moment_ms(rule, closes + timedelta(minutes=rule.lasts), offset_ms)]
    return Weekend(moments[0] - rule.before_ms, moments[1])


def _moment_ms(rule: WeekendRule, clock: datetime, offset_ms: int) -> int:
    if rule.zone is None:
        return round(clock.timestamp() * 1000) - offset_ms
    return first_showing(clock.replace(tzinfo=rule.zone), rule.zone) * 1000

"""The days of guards: which one a moment is in, and when a period ends, wherever and at whatever time its days begin.

A day begins at the first moment at which the zone's clock shows its date and the time of beginning, or later. So each day
begins once: a clock that is put back does not begin a day again, and one that is put forward over that time begins it then.
"""

from datetime import UTC, date, datetime, timedelta, tzinfo

from lockstep_core.decision.trading_hours import local_time
from lockstep_core.market.money import Figures
from lockstep_core.rules.rules import GuardRule
from lockstep_core.settings.guards import GuardPeriod

_DAY = timedelta(days=1)
_QUARTER_HOUR_S = 900
_NEVER_MS = 0


def day_of(rule: GuardRule, utc_ms: int, broker: Figures | None) -> date | None:
    """The day that a moment is in; None where the broker's clock is needed and not known."""
    clock = local_time(utc_ms, rule.zone, broker)
    if clock is None:
        return None
    day = (clock - timedelta(minutes=rule.day_starts)).date()
    # After its clock was put back, a zone shows the end of a day that is over once more.
    return day + _DAY if rule.zone is not None and begins_ms(day + _DAY, rule, broker) <= utc_ms else day


def begins_ms(day: date, rule: GuardRule, broker: Figures | None) -> int:
    """The moment at which a day begins, as Unix time in ms."""
    clock = datetime(day.year, day.month, day.day, rule.day_starts // 60, rule.day_starts % 60, tzinfo=UTC)
    if rule.zone is None:
        offset_ms = None if broker is None else broker.utc_offset_ms
        return round(clock.timestamp() * 1000) - (offset_ms or 0)
    return first_showing(clock.replace(tzinfo=rule.zone), rule.zone) * 1000


def period_of(period: GuardPeriod, day: date) -> str:
    """The name of the period that a day is in."""
    match period:
        case GuardPeriod.DAY:
            return f"{day:%Y-%m-%d}"
        case GuardPeriod.WEEK:
            return f"{day:%G-W%V}"
        case GuardPeriod.MONTH:
            return f"{day:%Y-%m}"
        case GuardPeriod.QUARTER:
            return f"{day:%Y}-Q{(day.month + 2) // 3}"
        case GuardPeriod.YEAR:
            return f"{day:%Y}"
    return "lifetime"


def period_ends_ms(period: GuardPeriod, day: date, rule: GuardRule, broker: Figures | None) -> int:
    """When the period that a day is in is over, as Unix time in ms; 0 where it never is."""
    if period is GuardPeriod.LIFETIME:
        return _NEVER_MS
    following, name = day + _DAY, period_of(period, day)
    while period_of(period, following) == name:
        following += _DAY
    return begins_ms(following, rule, broker)


def first_showing(clock: datetime, zone: tzinfo) -> int:
    """The first second of Unix time at which a zone's clock shows a time or a later one."""
    first, other = round(clock.timestamp()), round(clock.replace(fold=1).timestamp())
    if other >= first:
        # Where the clock shows it twice, `fold` 0 is the first time.
        return first
    # The clock never shows it: it is put forward over it, at a full quarter of an hour between the two.
    moments = range(other - other % _QUARTER_HOUR_S, first + _QUARTER_HOUR_S, _QUARTER_HOUR_S)
    wall = clock.replace(tzinfo=None)
    return next(at for at in moments if datetime.fromtimestamp(at, zone).replace(tzinfo=None) >= wall)

"""Times of the week in which openings are copied, in the broker's time zone or the user's."""

from datetime import UTC, datetime, tzinfo
from functools import lru_cache

from lockstep_core.market.money import Figures
from lockstep_core.rules.rules import FilterRule
from lockstep_core.skips import Skip, SkipCode

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTE_MS = 60_000
_QUARTER_HOUR_MS = 15 * _MINUTE_MS
_WEEK_MINUTES = 7 * 24 * 60
_FIRST_MONDAY = 4 * 24 * 60
"""Minutes from the beginning of 1970, a Thursday, to its first Monday."""


def outside(rule: FilterRule, utc_ms: int | None, broker: Figures | None) -> Skip | None:
    """Why an opening is not copied at this time; None where it is."""
    if not rule.windows:
        return None
    now_ms = None if utc_ms is None else _local_ms(utc_ms, rule.zone, broker)
    if now_ms is None:
        return Skip(SkipCode.TIME_UNKNOWN, "filters.time_windows", {"needed_for": "hours"})
    minute = (now_ms // _MINUTE_MS - _FIRST_MONDAY) % _WEEK_MINUTES
    for window in rule.windows:
        start, end = window.start, window.end
        if start <= minute < end or start <= minute + _WEEK_MINUTES < end:
            return None
    clock = _wall_clock(now_ms)
    return Skip(SkipCode.OUTSIDE_HOURS, "filters.time_windows", {"day": _DAYS[clock.weekday()], "time": f"{clock:%H:%M}"})


def local_time(utc_ms: int, zone: tzinfo | None, broker: Figures | None) -> datetime | None:
    """The wall clock in a zone, or at the broker where `zone` is None; None where that is not known."""
    now_ms = _local_ms(utc_ms, zone, broker)
    return None if now_ms is None else _wall_clock(now_ms)


def _local_ms(utc_ms: int, zone: tzinfo | None, broker: Figures | None) -> int | None:
    offset_ms = _offset_ms(utc_ms // _QUARTER_HOUR_MS, zone) if zone is not None else _broker_offset_ms(broker)
    return None if offset_ms is None else utc_ms + offset_ms


def _broker_offset_ms(broker: Figures | None) -> int | None:
    return None if broker is None else broker.utc_offset_ms


@lru_cache(maxsize=1024)
def _offset_ms(quarter_hour: int, zone: tzinfo) -> int:
    """How far a zone is ahead of UTC; clocks are changed at full quarters of an hour only."""
    offset = datetime.fromtimestamp(quarter_hour * _QUARTER_HOUR_MS / 1000, zone).utcoffset()
    return 0 if offset is None else round(offset.total_seconds() * 1000)


def _wall_clock(local_ms: int) -> datetime:
    return datetime.fromtimestamp(local_ms / 1000, UTC)

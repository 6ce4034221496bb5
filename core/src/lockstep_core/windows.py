"""Times of the week in which openings are copied, in the broker's time zone or the user's."""

from datetime import UTC, datetime, tzinfo

from lockstep_core.money import Figures
from lockstep_core.rules import FilterRule
from lockstep_core.skips import Skip, SkipCode

_WEEK_MINUTES = 7 * 24 * 60


def outside(rule: FilterRule, utc_ms: int | None, broker: Figures | None) -> Skip | None:
    """Why an opening is not copied at this time; None where it is."""
    if not rule.windows:
        return None
    now = None if utc_ms is None else local_time(utc_ms, rule.zone, broker)
    if now is None:
        sentence = "The time at the slave's broker is not known yet, so its hours cannot be kept."
        return Skip(SkipCode.TIME_UNKNOWN, "filters.time_windows", sentence)
    minute = now.weekday() * 24 * 60 + now.hour * 60 + now.minute
    for window in rule.windows:
        if window.start <= minute < window.end or window.start <= minute + _WEEK_MINUTES < window.end:
            return None
    sentence = f"It is {now:%A %H:%M} there, which is outside this copier's hours."
    return Skip(SkipCode.OUTSIDE_HOURS, "filters.time_windows", sentence)


def local_time(utc_ms: int, zone: tzinfo | None, broker: Figures | None) -> datetime | None:
    """The wall clock in a zone, or at the broker where `zone` is None; None where that is not known."""
    if zone is not None:
        return datetime.fromtimestamp(utc_ms / 1000, zone)
    offset_ms = None if broker is None else broker.utc_offset_ms
    return None if offset_ms is None else datetime.fromtimestamp((utc_ms + offset_ms) / 1000, UTC)

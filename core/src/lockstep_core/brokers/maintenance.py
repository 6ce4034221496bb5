"""Windows of maintenance of a broker's server: times of the week in which nobody is let in. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """A window that begins at `begin` on each of `days` (0 is Monday) in `zone`. It ends at the next `end`, which may be on
    the day after.
    """

    days: frozenset[int]
    begin: time
    end: time
    zone: ZoneInfo


def closed_until(windows: Iterable[MaintenanceWindow], now: datetime) -> datetime | None:
    """The end of the maintenance that there is at this time, also where one window follows another; None outside of all."""
    known = tuple(windows)
    end = _latest_end(known, now)
    found = end
    # Windows may overlap, also in a circle: a week holds all that they can say.
    while end is not None and end - now < timedelta(days=7):
        found, end = end, _latest_end(known, end)
    return found


def _latest_end(windows: tuple[MaintenanceWindow, ...], now: datetime) -> datetime | None:
    ends = [end for window in windows if (end := _end_at(window, now)) is not None]
    return max(ends, default=None)


def _end_at(window: MaintenanceWindow, now: datetime) -> datetime | None:
    """The end of this window's occurrence that holds this time."""
    today = now.astimezone(window.zone).date()
    for day in (today, today - timedelta(days=1)):
        if day.weekday() not in window.days:
            continue
        begin = datetime.combine(day, window.begin, window.zone)
        last = day if window.end > window.begin else day + timedelta(days=1)
        end = datetime.combine(last, window.end, window.zone)
        # As points in time: in the night in which clocks are changed, the wall clock does not tell the order of two times.
        if begin.timestamp() <= now.timestamp() < end.timestamp():
            return end
    return None

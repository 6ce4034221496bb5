"""Hours of the week in which openings are copied, over changes of clocks: they are those that the zone's clock shows."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.decision.trading_hours import outside
from lockstep_core.settings.filters import Day

from .cases.scenes import copier

ZONES = ("Europe/Prague", "America/New_York", "Australia/Lord_Howe", "UTC")
FIRST, LAST = (round(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1000 for year in (2026, 2030))
DAYS = tuple(Day)

zones = st.sampled_from(ZONES)
minutes = st.integers(0, 24 * 60 - 1)
moments = st.integers(FIRST, LAST)
around = st.sampled_from(
    [
        round(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) * 1000
        for year, month, day in ((2026, 3, 8), (2026, 3, 29), (2026, 10, 25), (2026, 11, 1))
        for hour in range(9)
        for minute in (0, 1, 29, 30, 59)
    ]
)
"""The nights in which New York's and Prague's clocks are changed."""


def is_within(day: Day, start: int, end: int, zone: str, utc_ms: int) -> bool:
    """Whether the zone's clock shows a time of the window, which began on its day or the one before."""
    shown = datetime.fromtimestamp(utc_ms / 1000, ZoneInfo(zone))
    minute = shown.hour * 60 + shown.minute
    if start < end:
        return shown.weekday() == DAYS.index(day) and start <= minute < end
    before = (shown.weekday() - 1) % 7
    return (shown.weekday() == DAYS.index(day) and minute >= start) or (before == DAYS.index(day) and minute < end)


@given(zones, st.sampled_from(DAYS), minutes, minutes, moments | around)
def test_an_opening_is_copied_while_the_zones_clock_shows_a_time_of_a_window(
    zone: str, day: Day, start: int, end: int, utc_ms: int
) -> None:
    window = {"days": [day.value], "start": f"{start // 60:02}:{start % 60:02}", "end": f"{end // 60:02}:{end % 60:02}"}
    rule = copier({"filters": {"time_windows": [window], "time_zone": zone}}).rules.filters
    assert rule is not None
    assert (outside(rule, utc_ms, None) is None) == is_within(day, start, end, zone, utc_ms)

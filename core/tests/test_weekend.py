"""When weekends are, over all changes of clocks: each begins and ends once, and never while the market is open."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.decision.weekend import Weekend, weekend_of
from lockstep_core.rules.rules import WeekendRule
from lockstep_core.settings.filters import Day, WeekendFlat

from .cases.scenes import copier, figures

ZONES = ("Europe/Prague", "America/New_York", "UTC", "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe", "Asia/Gaza")
MINUTE_MS, HOUR_MS, WEEK_MS = 60_000, 3_600_000, 7 * 86_400_000
FIRST, LAST = (round(datetime(year, 1, 1, tzinfo=UTC).timestamp()) * 1000 for year in (2026, 2030))
DAYS = tuple(Day)

zones = st.sampled_from(ZONES)
clocks = st.integers(0, 24 * 60 - 1).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")
weekends = st.builds(
    WeekendFlat,
    closes_on=st.sampled_from((Day.FRI, Day.SAT)),
    closes_at=clocks,
    opens_on=st.sampled_from((Day.SUN, Day.MON)),
    opens_at=clocks,
    time_zone=zones,
    minutes_before=st.sampled_from((0, 1, 15, 90, 1440)),
)
moments = st.integers(FIRST, LAST)


def rule_of(weekend: WeekendFlat) -> WeekendRule:
    filters = copier({"filters": {"weekend": weekend.model_dump(mode="json")}}).rules.filters
    assert filters is not None
    assert filters.weekend is not None
    return filters.weekend


def found(rule: WeekendRule, utc_ms: int) -> Weekend:
    weekend = weekend_of(rule, utc_ms, None)
    assert weekend is not None
    return weekend


def shown(zone: str, utc_ms: int) -> datetime:
    """What a zone's clock shows."""
    return datetime.fromtimestamp(utc_ms / 1000, ZoneInfo(zone)).replace(tzinfo=None)


def slow_first(zone: str, day: Day, clock: str, after_ms: int) -> int:
    """The first minute after a moment at which the clock shows that day of the moment's week and that time, or later."""
    began = shown(zone, after_ms)
    wanted = began.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=began.weekday())
    wanted += timedelta(days=DAYS.index(day), hours=int(clock[:2]), minutes=int(clock[3:]))
    wanted += timedelta(weeks=1 if day is Day.MON else 0)
    return next(at for at in range(after_ms, after_ms + 2 * WEEK_MS, MINUTE_MS) if shown(zone, at) >= wanted)


@given(weekends, moments)
def test_a_weekend_is_over_after_the_moment_and_the_one_before_was_not(weekend: WeekendFlat, utc_ms: int) -> None:
    rule = rule_of(weekend)
    now = found(rule, utc_ms)
    assert now.begins_ms < now.ends_ms
    assert utc_ms < now.ends_ms
    assert now.begins_ms - utc_ms < WEEK_MS + 2 * HOUR_MS
    following = found(rule, now.ends_ms)
    assert following.begins_ms > now.ends_ms
    assert abs(following.ends_ms - now.ends_ms - WEEK_MS) <= 2 * HOUR_MS


@given(weekends, moments, st.lists(st.integers(0, 3 * WEEK_MS), max_size=6))
def test_it_begins_once_and_ends_once(weekend: WeekendFlat, utc_ms: int, later: list[int]) -> None:
    rule = rule_of(weekend)
    spans = {(one.begins_ms, one.ends_ms) for at in later for one in [found(rule, utc_ms + at)]}
    for begins_ms, ends_ms in spans:
        assert (
            found(rule, begins_ms - 1) == found(rule, begins_ms) == found(rule, ends_ms - 1) == Weekend(begins_ms, ends_ms)
        )
        assert found(rule, ends_ms).begins_ms > ends_ms


@pytest.mark.parametrize("zone", ["Europe/Prague", "America/New_York"])
@pytest.mark.parametrize("day", [f"2026-{month:02}-{day:02}" for month in (3, 10, 11) for day in (1, 5, 8, 22, 27, 29)])
@pytest.mark.parametrize("clock", ["02:30", "17:00", "23:55"])
def test_closing_and_opening_are_those_of_the_zones_clock(zone: str, day: str, clock: str) -> None:
    weekend = WeekendFlat(closes_at=clock, opens_at=clock, opens_on=Day.SUN, time_zone=zone, minutes_before=15)
    utc_ms = round(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
    now = found(rule_of(weekend), utc_ms)
    monday_ms = now.begins_ms - 4 * 86_400_000 + 2 * HOUR_MS
    assert now.begins_ms == slow_first(zone, Day.FRI, clock, monday_ms) - 15 * MINUTE_MS
    assert now.ends_ms == slow_first(zone, Day.SUN, clock, monday_ms)


@given(moments, st.integers(-12, 14))
def test_by_the_brokers_clock_it_follows_that_clock(utc_ms: int, ahead_h: int) -> None:
    weekend = WeekendFlat(closes_at="23:55", opens_on=Day.MON, opens_at="00:05", time_zone="broker", minutes_before=0)
    broker = figures({})
    assert broker is not None
    broker = msgspec.structs.replace(broker, utc_offset_ms=ahead_h * HOUR_MS)
    now = weekend_of(rule_of(weekend), utc_ms, broker)
    assert now is not None
    closes, opens = (datetime.fromtimestamp((at + ahead_h * HOUR_MS) / 1000, UTC) for at in (now.begins_ms, now.ends_ms))
    assert f"{closes:%a %H:%M} {opens:%a %H:%M}" == "Fri 23:55 Mon 00:05"
    assert utc_ms < now.ends_ms


def test_a_broker_whose_clock_is_not_known_has_no_weekend_yet() -> None:
    assert weekend_of(rule_of(WeekendFlat(time_zone="broker")), FIRST, None) is None

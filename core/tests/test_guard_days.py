"""Where the days of guards begin, over all changes of clocks: each day once, and none before the one before it."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.decision.guard_days import begins_ms, day_of, period_ends_ms, period_of
from lockstep_core.decision.guard_measures import GuardState
from lockstep_core.decision.guards import halt_of, watch
from lockstep_core.rules.rules import GuardRule
from lockstep_core.settings.guards import GuardPeriod

from .cases.scenes import copier, figures

ZONES = (
    *("UTC", "Europe/Prague", "America/New_York", "Asia/Beirut", "Africa/Cairo", "America/Havana", "Asia/Gaza"),
    *("Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kolkata", "America/Santiago", "Pacific/Auckland"),
)
"""Among them zones whose clocks change at midnight, by half an hour, or south of the equator."""
MINUTE_MS, DAY_MS = 60_000, 86_400_000
SHOWN = figures({"balance": "204000", "equity": "204000"})
FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2031, 1, 1, tzinfo=UTC)

zones = st.sampled_from(ZONES)
starts = st.sampled_from((0, 17 * 60, 23 * 60, 2 * 60 + 30, 1, 90, 3 * 60)) | st.integers(0, 24 * 60 - 1)
moments = st.integers(round(FIRST.timestamp()) * 1000, round(LAST.timestamp()) * 1000)


def changes(zone: str) -> list[int]:
    """The hours in which a zone's clock is changed."""
    hours = range(round(FIRST.timestamp()), round(LAST.timestamp()), 3600)
    offsets = [datetime.fromtimestamp(at, ZoneInfo(zone)).utcoffset() for at in hours]
    pairs = zip(hours, offsets, offsets[1:], strict=False)
    return [at * 1000 for at, before, after in pairs if before != after]


CHANGES = {zone: changes(zone) for zone in ZONES}


def days_in(zone: str, start: int) -> GuardRule:
    return GuardRule((), ZoneInfo(zone), (), start)


def day(rule: GuardRule, utc_ms: int) -> date:
    found = day_of(rule, utc_ms, None)
    assert found is not None
    return found


def slow_day(zone: str, start: int, utc_ms: int) -> date:
    """The newest day whose time of beginning, or a later one of its date, the clock has shown within two days."""
    minutes = range(utc_ms - utc_ms % MINUTE_MS - 2 * DAY_MS, utc_ms + 1, MINUTE_MS)
    walls = (datetime.fromtimestamp(at / 1000, ZoneInfo(zone)).replace(tzinfo=None) for at in minutes)
    return max((wall - timedelta(minutes=start)).date() for wall in walls)


@given(zones, starts, moments)
def test_a_moment_is_in_the_day_that_has_begun_and_not_ended(zone: str, start: int, utc_ms: int) -> None:
    rule = days_in(zone, start)
    today = day(rule, utc_ms)
    assert begins_ms(today, rule, None) <= utc_ms < begins_ms(today + timedelta(days=1), rule, None)


@pytest.mark.thorough
@given(st.data(), zones.filter(lambda zone: bool(CHANGES[zone])), starts)
def test_around_a_change_of_clocks_days_are_as_a_clock_shows_them(data: st.DataObject, zone: str, start: int) -> None:
    changed_ms = data.draw(st.sampled_from(CHANGES[zone]))
    utc_ms = changed_ms + data.draw(st.integers(-26 * 60, 26 * 60)) * MINUTE_MS
    assert day(days_in(zone, start), utc_ms) == slow_day(zone, start, utc_ms)


@given(zones, starts, moments, st.integers(0, 3 * DAY_MS))
def test_days_never_go_back(zone: str, start: int, utc_ms: int, later_ms: int) -> None:
    rule = days_in(zone, start)
    assert day(rule, utc_ms) <= day(rule, utc_ms + later_ms)


@given(zones, starts, moments, st.sampled_from([one for one in GuardPeriod if one is not GuardPeriod.LIFETIME]))
def test_a_period_ends_with_the_first_moment_of_the_next(zone: str, start: int, utc_ms: int, period: GuardPeriod) -> None:
    rule = days_in(zone, start)
    today = day(rule, utc_ms)
    ends_ms = period_ends_ms(period, today, rule, None)
    assert utc_ms < ends_ms
    assert period_of(period, day(rule, ends_ms - 1)) == period_of(period, today)
    assert period_of(period, day(rule, ends_ms)) != period_of(period, today)


def test_a_lifetime_never_ends() -> None:
    assert period_ends_ms(GuardPeriod.LIFETIME, date(2026, 3, 2), days_in("UTC", 0), None) == 0


@pytest.mark.parametrize(
    ("zone", "start", "begins"),
    [
        ("Europe/Prague", 0, "2026-03-28T23:00 2026-03-29T22:00 2026-03-30T22:00"),
        ("America/New_York", 17 * 60, "2026-03-29T21:00 2026-03-30T21:00 2026-03-31T21:00"),
        ("Europe/Prague", 150, "2026-03-29T01:00 2026-03-30T00:30 2026-03-31T00:30"),
    ],
    ids=["midnight", "five in New York", "a time that is left out on Sunday"],
)
def test_days_around_the_change_in_spring(zone: str, start: int, begins: str) -> None:
    found = [begins_ms(date(2026, 3, number), days_in(zone, start), None) for number in (29, 30, 31)]
    assert " ".join(f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%dT%H:%M}" for at in found) == begins


@given(zones, starts, moments, st.lists(st.integers(0, 36 * 60), min_size=2, max_size=12))
def test_a_locked_guard_lets_go_with_the_next_day_and_not_before(
    zone: str, start: int, utc_ms: int, minutes: list[int]
) -> None:
    clock = f"{start // 60:02}:{start % 60:02}"
    limit = {"counts_from": "balance", "max_absolute_risk": "10000", "reset": "locked", "close_positions": True}
    rule = copier({"guards": {"risk_limits": [limit], "time_zone": zone, "day_starts": clock}}).rules.guards
    assert SHOWN is not None
    lost = msgspec.structs.replace(SHOWN, equity=SHOWN.equity - 10_000)
    states: tuple[GuardState, ...] = watch(rule, (), lost, utc_ms).states
    ends_ms = begins_ms(day(rule, utc_ms) + timedelta(days=1), rule, None)
    assert states[0].locked_ms == ends_ms
    for minute in sorted(minutes):
        at_ms = utc_ms + minute * MINUTE_MS
        states = watch(rule, states, SHOWN, at_ms).states
        assert (halt_of(rule, states) is not None) == (at_ms < ends_ms)


@given(zones, starts, moments, st.lists(st.integers(0, 60 * 60), min_size=2, max_size=12))
def test_a_pause_until_the_next_day_ends_with_it_and_not_before(
    zone: str, start: int, utc_ms: int, minutes: list[int]
) -> None:
    rule = pausing(zone, start, pause_until="next_day")
    ends_ms = begins_ms(day(rule, utc_ms) + timedelta(days=1), rule, None)
    assert stopped(rule, utc_ms, minutes) == [at_ms < ends_ms for at_ms in moments_after(utc_ms, minutes)]


@given(zones, moments, st.integers(1, 43_200), st.lists(st.integers(0, 50_000), min_size=2, max_size=12))
def test_a_pause_for_a_time_lasts_as_long_whatever_clocks_do_meanwhile(
    zone: str, utc_ms: int, lasts: int, minutes: list[int]
) -> None:
    rule = pausing(zone, 0, pause_minutes=lasts)
    ends_ms = utc_ms + lasts * MINUTE_MS
    assert stopped(rule, utc_ms, minutes) == [at_ms < ends_ms for at_ms in moments_after(utc_ms, minutes)]


def pausing(zone: str, start: int, **more: int | str) -> GuardRule:
    clock = f"{start // 60:02}:{start % 60:02}"
    limit = {"type": "lifetime", "max_absolute_risk": "1000", "reset": "paused", **more}
    return copier({"guards": {"risk_limits": [limit], "time_zone": zone, "day_starts": clock}}).rules.guards


def moments_after(utc_ms: int, minutes: list[int]) -> list[int]:
    return [utc_ms + minute * MINUTE_MS for minute in sorted(minutes)]


def stopped(rule: GuardRule, utc_ms: int, minutes: list[int]) -> list[bool]:
    """Whether copying is paused so many minutes after a loss."""
    assert SHOWN is not None
    states: tuple[GuardState, ...] = watch(rule, (), SHOWN, utc_ms - 1).states
    lost = msgspec.structs.replace(SHOWN, equity=SHOWN.equity - 1_000)
    states = watch(rule, states, lost, utc_ms).states
    found = []
    for at_ms in moments_after(utc_ms, minutes):
        states = watch(rule, states, lost, at_ms).states
        found.append(halt_of(rule, states) is not None)
    return found

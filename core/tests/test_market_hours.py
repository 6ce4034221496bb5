"""When markets open: compared with a walk through the week, minute by minute, by the real clocks of time zones."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lockstep_core.market.clocks import RULES, ClockRule
from lockstep_core.market.market_hours import DAY_S, MarketHours, MarketOpening, hours_of, next_opening

QUARTER_MS = 900_000
WHOLE_DAYS = [(day, 0, DAY_S) for day in range(7)]
FOREX = [(0, 22 * 3600, DAY_S), *((day, 0, DAY_S) for day in (1, 2, 3, 4)), (5, 0, 22 * 3600)]
CLOCKS = (*RULES, ClockRule("UTC", 0), ClockRule("Asia/Tokyo", 0))
SUNDAYS_OF_CHANGES = (
    datetime(2026, 3, 8, tzinfo=UTC),
    datetime(2026, 3, 29, tzinfo=UTC),
    datetime(2026, 10, 25, tzinfo=UTC),
    datetime(2026, 11, 1, tzinfo=UTC),
)
QUARTERS = st.integers(0, 96).map(lambda quarters: quarters * 900)
SESSIONS = st.tuples(st.integers(0, 6), QUARTERS, QUARTERS)
WEEKS = st.lists(SESSIONS, min_size=1, max_size=12)


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def offset_ms(clock: ClockRule, utc_ms: int) -> int:
    offset = datetime.fromtimestamp(utc_ms / 1000, ZoneInfo(clock.zone)).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() * 1000) + clock.ahead_ms


def shown_by(clock: ClockRule, utc_ms: int) -> datetime:
    """What a broker's clock shows."""
    return datetime.fromtimestamp((utc_ms + offset_ms(clock, utc_ms)) / 1000, UTC)


def shown_is_open(told: list[tuple[int, int, int]], shown: datetime) -> bool:
    """Whether a clock shows a time within a told session; a session that ends before it begins goes on the next day."""
    second, weekday = shown.hour * 3600 + shown.minute * 60 + shown.second, (shown.weekday() + 1) % 7
    for day, start, end in told:
        whole = end + DAY_S if end < start else end
        if day == weekday and start <= second < whole:
            return True
        if (day + 1) % 7 == weekday and start <= second + DAY_S < whole:
            return True
    return False


def walked(told: list[tuple[int, int, int]], utc_ms: int, clock: ClockRule) -> int | None:
    """The first moment within nine days at which the market is open: now, or at a later full quarter of an hour."""
    quarter = utc_ms // QUARTER_MS
    for at_ms in (utc_ms, *((quarter + later) * QUARTER_MS for later in range(1, 9 * 24 * 4))):
        if shown_is_open(told, shown_by(clock, at_ms)):
            return at_ms
    return None


@given(WEEKS, st.sampled_from(CLOCKS), st.sampled_from(SUNDAYS_OF_CHANGES), st.integers(-4 * 1440, 3 * 1440))
def test_a_market_opens_at_the_first_moment_its_brokers_clock_shows_a_session(
    told: list[tuple[int, int, int]], clock: ClockRule, sunday: datetime, minutes: int
) -> None:
    hours, utc_ms = hours_of(told), ms(sunday + timedelta(minutes=minutes))
    offset = offset_ms(clock, utc_ms)
    # Of the rules that an offset can be of, the first counts.
    assume(next((rule for rule in RULES if offset_ms(rule, utc_ms) == offset), clock) == clock)
    if hours is None:
        assert all(start == (end + DAY_S if end < start else end) for _, start, end in told)
        return
    found, expected = next_opening(hours, utc_ms, offset), walked(told, utc_ms, clock)
    if expected is None:
        return
    assert (utc_ms if found is None else found.utc_ms) == expected
    if found is not None:
        assert found.clock == f"{shown_by(clock, expected):%Y-%m-%d %H:%M}"


@given(WEEKS, st.integers(0, 10**9))
def test_hours_are_sorted_and_do_not_touch(told: list[tuple[int, int, int]], seconds: int) -> None:
    hours = hours_of(told)
    if hours is not None:
        edges = [edge for session in hours.sessions for edge in session]
        assert edges == sorted(set(edges))
        assert edges[0] >= 0
        assert edges[-1] <= 7 * DAY_S
        opening = next_opening(hours, seconds * 1000, 0)
        assert opening is None or seconds * 1000 < opening.utc_ms <= (seconds + 7 * DAY_S) * 1000


@given(st.integers(0, 2 * 10**12), st.integers(-14, 14))
def test_a_market_that_never_closes_is_always_open(utc_ms: int, hours_ahead: int) -> None:
    hours = hours_of(WHOLE_DAYS)
    assert hours == MarketHours(((0, 7 * DAY_S),))
    assert next_opening(hours, utc_ms, hours_ahead * 3_600_000) is None


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        (datetime(2026, 1, 9, 21, 59, 59), None),
        (datetime(2026, 1, 9, 22, 0), "2026-01-11 22:00"),
        (datetime(2026, 1, 10, 12, 0), "2026-01-11 22:00"),
        (datetime(2026, 1, 11, 21, 59, 59), "2026-01-11 22:00"),
        (datetime(2026, 1, 11, 22, 0), None),
    ],
)
def test_a_week_of_forex_at_a_broker_whose_clock_shows_utc(at: datetime, opens: str | None) -> None:
    hours = hours_of(FOREX)
    assert hours is not None
    found = next_opening(hours, ms(at.replace(tzinfo=UTC)), 0)
    assert (None if found is None else found.clock) == opens


def test_a_session_over_midnight_is_one_session() -> None:
    assert hours_of([(1, 23 * 3600, 25 * 3600)]) == MarketHours(((DAY_S + 23 * 3600, DAY_S + 25 * 3600),))
    assert hours_of([(1, 23 * 3600, 3600)]) == hours_of([(1, 23 * 3600, 25 * 3600)])
    assert hours_of([(6, 23 * 3600, 25 * 3600)]) == MarketHours(((0, 3600), (6 * DAY_S + 23 * 3600, 7 * DAY_S)))


def test_a_week_without_a_session_tells_no_hours() -> None:
    assert hours_of([(day, 0, 0) for day in range(7)]) is None


def test_a_market_that_opens_after_a_clock_change_opens_by_the_changed_clock() -> None:
    """Saturday, 28 March, in Athens: at 3:00 on Sunday clocks are put on by an hour. Sunday's session begins at 22:00."""
    hours, saturday = hours_of(FOREX), ms(datetime(2026, 3, 28, 12, tzinfo=UTC))
    assert hours is not None
    opening = MarketOpening(ms(datetime(2026, 3, 29, 19, tzinfo=UTC)), "2026-03-29 22:00")
    assert next_opening(hours, saturday, 2 * 3_600_000) == opening

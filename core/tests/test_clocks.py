"""Clocks of brokers at other times than now."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, given
from hypothesis import strategies as st

from lockstep_core.market.clocks import RULES, moment_on_another, offset_at

HOUR_MS = 3_600_000
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
MOMENTS = st.integers(0, 2_000).map(lambda hours: ms(NOON + timedelta(hours=12 * hours)))
ZONES = st.sampled_from(["Europe/Athens", "Europe/Berlin", "America/Chicago", "UTC", "Asia/Kolkata", "Asia/Tokyo"])


def ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def true_offset(zone: str, utc_ms: int) -> int:
    offset = datetime.fromtimestamp(utc_ms / 1000, ZoneInfo(zone)).utcoffset()
    assert offset is not None
    return round(offset.total_seconds() * 1000)


@given(ZONES, MOMENTS, st.integers(0, 60 * 24))
def test_a_clock_is_as_its_zone_will_be_where_one_rule_alone_explains_it(zone: str, now_ms: int, hours: int) -> None:
    offset, then_ms = true_offset(zone, now_ms), now_ms + hours * HOUR_MS
    could_be = [rule for rule in RULES if true_offset(rule.zone, now_ms) + rule.ahead_ms == offset]
    expected = true_offset(zone, then_ms)
    if len(could_be) <= 1:
        assert offset_at(then_ms, offset, now_ms) == expected
    else:
        assert expected in {true_offset(rule.zone, then_ms) + rule.ahead_ms for rule in could_be}


@given(st.integers(-12, 14), MOMENTS, st.integers(0, 60 * 24 * 60))
def test_brokers_whose_clocks_agree_show_the_same_expiry(hours: int, now_ms: int, minutes: int) -> None:
    expires_ms, offset = now_ms + minutes * 60_000, hours * HOUR_MS
    # Clocks are changed on Sundays alone: then a shown hour may be missing, or be there twice.
    assume(datetime.fromtimestamp(expires_ms / 1000, UTC).weekday() in range(5))
    assert moment_on_another(expires_ms, offset, offset, now_ms) == expires_ms


@given(st.integers(-(2**63), 2**63 - 1), st.integers(-(10**8), 10**8), st.integers(-(10**8), 10**8))
def test_no_expiry_that_a_terminal_tells_is_too_absurd_to_reckon(expires_ms: int, theirs: int, ours: int) -> None:
    assert isinstance(moment_on_another(expires_ms, theirs, ours, ms(NOON)), int)

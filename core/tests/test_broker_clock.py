"""How late a report is by the broker's clock: never later than it is, and late where somebody slept."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_core.market.broker_clock import LONGEST_MS, SPAN_NS, TOLERANCE_MS, BrokerClock

MS = 1_000_000
NOON_MSC = 1_772_020_800_000
HOUR_MS = 3_600_000
NOW_NS = 10**15


def a_clock(*told: tuple[int, int]) -> BrokerClock:
    """What was told: (how many ms after noon we heard it, what it said in ms after noon)."""
    clock = BrokerClock()
    for heard_ms, said_ms in told:
        clock.told(NOON_MSC + said_ms, NOW_NS + heard_ms * MS)
    return clock


EACH_SECOND = tuple((second * 1000 + 40, second * 1000) for second in range(5))
ASLEEP = (*EACH_SECOND, (20_000, 5_000), (20_050, 6_000))
"""A terminal slept from the fifth second to the twentieth, and still goes by the quotes of before."""
AUTUMN = (*EACH_SECOND, (5_040, 5_000 - HOUR_MS))
SPRING = (*EACH_SECOND, (5_040, 5_000 + HOUR_MS))
LONG_AUTUMN = (*AUTUMN, *((seconds * 1000, seconds * 1000 - HOUR_MS) for seconds in range(6, 91)))
AWAY = (*EACH_SECOND, (600_000, 600_000 - 40))


@pytest.mark.parametrize(
    ("told", "stamp_ms", "heard_ms", "late_ms"),
    [
        pytest.param(EACH_SECOND, 4_500, 4_520, 0, id="seen at once"),
        pytest.param(EACH_SECOND, 5_001, 21_041, 16_000, id="the terminal slept, and tells the deal first"),
        pytest.param(ASLEEP, 5_001, 21_041, 16_000, id="what it told since it woke up was too early"),
        pytest.param(EACH_SECOND, 5_000, 21_039, 15_000, id="MT4 stamps whole seconds"),
        pytest.param(EACH_SECOND, 5_001, 7_040, 0, id="clocks may differ by less than two seconds"),
        pytest.param(EACH_SECOND, 5_001, 7_041, 2_000, id="two seconds count"),
        pytest.param((), 5_001, 21_041, 0, id="nothing was told"),
        pytest.param(((0, -NOON_MSC),), 5_001, 21_041, 0, id="a terminal that does not know the time"),
        pytest.param(EACH_SECOND, -NOON_MSC, 21_041, 0, id="a deal without a time"),
        pytest.param(EACH_SECOND, 5_041, 5_041, 0, id="a deal of the future"),
        pytest.param(AUTUMN, 5_001 - HOUR_MS, 5_060, 0, id="the clock went back for the winter"),
        pytest.param(LONG_AUTUMN, 80_001 - HOUR_MS, 90_001, 10_000, id="and a minute later it is known again"),
        pytest.param(SPRING, 5_001 + HOUR_MS, 15_041, 10_000, id="the clock went forward for the summer"),
        pytest.param(SPRING, 4_999, 5_060, 0, id="a deal of the last second before that"),
        pytest.param(EACH_SECOND, 5_001 - HOUR_MS, 5_060, 0, id="deals by the clock of another zone"),
        pytest.param(AWAY, 590_001, 600_001, 9_960, id="the first that is heard after ten minutes"),
        pytest.param(EACH_SECOND[:1], 59 * HOUR_MS + 1, 59 * HOUR_MS + 16_041, 16_000, id="a weekend without a word"),
    ],
)
def test_a_report_is_as_late_as_the_brokers_clock_proves(
    told: Sequence[tuple[int, int]], stamp_ms: int, heard_ms: int, late_ms: int
) -> None:
    assert a_clock(*told).lateness_ns(NOON_MSC + stamp_ms, NOW_NS + heard_ms * MS) == late_ms * MS


@given(
    told=st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 20_000)), min_size=1, max_size=60),
    ahead_ms=st.integers(-12 * HOUR_MS, 14 * HOUR_MS),
    late_ms=st.integers(0, LONGEST_MS - 1_000),
    whole_seconds=st.booleans(),
)
def test_no_report_counts_as_later_than_it_is_and_no_sleep_is_missed(
    told: list[tuple[int, int]], ahead_ms: int, late_ms: int, whole_seconds: bool
) -> None:
    """Terminals tell whole seconds, some time later. What was told last, within two spans, says how near we must come."""
    clock, now_ms, errors = BrokerClock(), 0, []
    for pause_ms, under_way_ms in told:
        now_ms += pause_ms
        read_ms = NOON_MSC + ahead_ms + now_ms - under_way_ms
        clock.told(read_ms // 1000 * 1000, NOW_NS + now_ms * MS)
        errors.append(under_way_ms + read_ms % 1000)
    stamp_ms = NOON_MSC + ahead_ms + now_ms - late_ms
    stamp_ms = stamp_ms // 1000 * 1000 if whole_seconds else stamp_ms
    counted_ms = clock.lateness_ns(stamp_ms, NOW_NS + now_ms * MS) / MS
    assert counted_ms <= late_ms
    if late_ms > errors[-1] + 1_000 + TOLERANCE_MS:
        assert counted_ms >= late_ms - errors[-1] - 1_000


@given(st.lists(st.integers(0, 120_000), max_size=40))
def test_what_a_clock_showed_before_it_was_set_back_is_forgotten_after_two_spans(pauses_ms: list[int]) -> None:
    clock, now_ms = a_clock((0, 60_000)), 0
    for pause_ms in [*pauses_ms, SPAN_NS // MS, SPAN_NS // MS]:
        now_ms += pause_ms
        clock.told(NOON_MSC + now_ms, NOW_NS + now_ms * MS)
    assert 9_000 * MS < clock.lateness_ns(NOON_MSC + now_ms - 10_001, NOW_NS + now_ms * MS) <= 10_001 * MS

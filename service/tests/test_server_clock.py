"""The API server's time as its answers tell it."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lockstep_service.server_clock import ServerClock

STEPS = st.lists(st.tuples(st.floats(0, 4000), st.booleans()), max_size=20)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2099, 1, 1), timezones=st.just(UTC))


@given(start=MOMENTS, steps=STEPS, offset_s=st.floats(0, 1e6))
def test_the_time_is_the_servers_and_never_ahead_of_it(
    start: datetime, steps: list[tuple[float, bool]], offset_s: float
) -> None:
    passed_s = 0.0
    clock = ServerClock(lambda: offset_s + passed_s)
    clock.answered(format_datetime(start.replace(microsecond=0), usegmt=True))
    for step_s, answers in steps:
        passed_s += step_s
        server = start + timedelta(seconds=passed_s)
        if answers:
            clock.answered(format_datetime(server.replace(microsecond=0), usegmt=True))
        told = clock.now()
        assert told is not None
        assert timedelta(0) <= server - told + timedelta(milliseconds=1) <= timedelta(seconds=1, milliseconds=2)


def test_before_the_first_answer_no_time_is_known() -> None:
    assert ServerClock().now() is None


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 32 Nov 2026 00:00:00 GMT"])
def test_an_unreadable_date_changes_nothing(date: str | None) -> None:
    clock = ServerClock(lambda: 5.0)
    clock.answered(date)
    assert clock.now() is None
    clock.answered("Sun, 29 Nov 2026 21:00:00 GMT")
    clock.answered(date)
    assert clock.now() == datetime(2026, 11, 29, 21, tzinfo=UTC)

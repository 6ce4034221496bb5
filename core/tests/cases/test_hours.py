"""Each row of the table of market hours."""

from datetime import UTC, datetime
from typing import Any

import pytest

from lockstep_core.market.market_hours import hours_of, next_opening

from .tables import TABLES, cases

CASES = cases(TABLES, "hours")
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


def seconds(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 3600 + int(minutes) * 60


def read(session: str) -> tuple[int, int, int]:
    """`sun 22:00-24:00`."""
    day, span = session.split()
    start, end = span.split("-")
    return DAYS.index(day), seconds(start), seconds(end)


def said(case: dict[str, Any]) -> str:
    hours = hours_of(read(session) for session in case["sessions"])
    if hours is None or case["clock"] is None:
        return "by pauses"
    refused = datetime.strptime(f"{case['refused']} +0000", "%Y-%m-%d %H:%M %z")
    opening = next_opening(hours, round(refused.timestamp() * 1000), case["clock"] * 3_600_000)
    if opening is None:
        return "by pauses"
    return f"{opening.clock} ({datetime.fromtimestamp(opening.utc_ms / 1000, UTC):%d %H:%M} UTC)"


@pytest.mark.parametrize(("name", "case"), CASES, ids=[name for name, _ in CASES])
def test_a_refused_order_is_tried_again_when_the_table_says(name: str, case: dict[str, Any]) -> None:
    assert said(case) == case["then"], name

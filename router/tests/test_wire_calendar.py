"""The news calendar, from the database to a running router."""

import time
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from lockstep_router.journal.database import MOST_NEWS, read_calendar

from .database_users import DatabaseUser, Pair, eventually, metric
from .real_router import RouterProcess, until
from .terminals import LOT

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

PUT = """insert into public.calendar_events (source, source_id, at, currencies, importance, title)
select $1, n::text, now() + $2, '{USD}', 'high', 'Payrolls' from generate_series(1, $3::int) n"""


@pytest.fixture
async def source(user: DatabaseUser) -> AsyncIterator[str]:
    """The name of a calendar for this test alone."""
    name = f"test-{uuid4().hex}"
    yield name
    await user.connection.execute("delete from public.calendar_events where source = $1", name)


async def test_a_change_of_the_calendar_counts_at_once(
    user: DatabaseUser, source: str, router: RouterProcess, relays: Pair
) -> None:
    master, slave = relays
    closing = {"close_position_time_gap_in_minutes": 5}
    await user.create_copier(filters={"news_filter": closing})
    until(list(relays), lambda: metric(router, "lockstep_router_synced") >= 2)
    master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.positions)
    await user.connection.execute(PUT, source, timedelta(minutes=4), 1)
    until(list(relays), lambda: not slave.terminal.positions)
    await eventually(list(relays), user, [("closed", 0)])
    master.terminal.open(LOT)
    await eventually(list(relays), user, [("closed", 0), ("skipped", 0)])
    await user.connection.execute("delete from public.calendar_events where source = $1", source)
    until(list(relays), lambda: opened_again(relays))


def opened_again(relays: Pair) -> bool:
    """Whether a new opening is copied. Nothing shows when a changed calendar has arrived, and an opening before that is
    skipped for good, so the test opens again and again.
    """
    master, slave = relays
    end_s = time.monotonic() + 0.5
    master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.positions or time.monotonic() > end_s)
    return bool(slave.terminal.positions)


@pytest.mark.parametrize(
    ("away", "reported"),
    [
        (timedelta(days=-7, hours=-2), 0),
        (timedelta(days=-6, hours=-23), 3),
        (timedelta(days=7), 3),
        (timedelta(days=7, hours=3), 0),
    ],
)
async def test_only_news_that_may_matter_to_some_copier_are_sent(
    user: DatabaseUser, source: str, away: timedelta, reported: int
) -> None:
    before = len((await read_calendar(user.connection)).items)
    await user.connection.execute(PUT, source, away, 3)
    assert len((await read_calendar(user.connection)).items) - before == reported


async def test_of_more_news_than_a_router_takes_the_nearest_are_sent(user: DatabaseUser, source: str) -> None:
    await user.connection.execute(PUT, source, timedelta(days=3), MOST_NEWS)
    await user.connection.execute(PUT.replace("n::text", "'near' || n"), source, timedelta(hours=1), 5)
    items = (await read_calendar(user.connection)).items
    assert len(items) == MOST_NEWS
    assert items == sorted(items)
    assert sum(1 for item in items if item.utc_ms < items[-1].utc_ms) >= 5

"""The news calendar, from the database to a running router."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import uuid4

import pytest

from lockstep_router.journal.database import MOST_NEWS, read_calendar

from .terminals import LOT
from .traders import Pair, Trader, eventually, metric
from .wires import RouterProcess, until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

PUT = """insert into public.calendar_events (source, source_id, at, currencies, importance, title)
select $1, n::text, now() + $2, '{USD}', 'high', 'Payrolls' from generate_series(1, $3::int) n"""


@pytest.fixture
async def source(trader: Trader) -> AsyncIterator[str]:
    """A calendar of our own."""
    name = f"test-{uuid4().hex}"
    yield name
    await trader.connection.execute("delete from public.calendar_events where source = $1", name)


async def test_a_change_of_the_calendar_counts_at_once(
    trader: Trader, source: str, router: RouterProcess, relays: Pair
) -> None:
    master, slave = relays
    closing = {"close_position_time_gap_in_minutes": 5}
    await trader.link(filters={"news_filter": closing})
    until(list(relays), lambda: metric(router, "lockstep_router_synced") >= 2)
    master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.held)
    await trader.connection.execute(PUT, source, timedelta(minutes=4), 1)
    until(list(relays), lambda: not slave.terminal.held)
    await eventually(list(relays), trader, [("closed", 0)])
    master.terminal.open(LOT)
    await eventually(list(relays), trader, [("closed", 0), ("skipped", 0)])
    await trader.connection.execute("delete from public.calendar_events where source = $1", source)
    await asyncio.sleep(1)
    master.terminal.open(LOT)
    until(list(relays), lambda: len(slave.terminal.held) == 1)


@pytest.mark.parametrize(
    ("away", "told"),
    [
        (timedelta(days=-7, hours=-2), 0),
        (timedelta(days=-6, hours=-23), 3),
        (timedelta(days=7), 3),
        (timedelta(days=7, hours=3), 0),
    ],
)
async def test_only_news_that_may_matter_to_some_copier_are_told(
    trader: Trader, source: str, away: timedelta, told: int
) -> None:
    before = len((await read_calendar(trader.connection)).items)
    await trader.connection.execute(PUT, source, away, 3)
    assert len((await read_calendar(trader.connection)).items) - before == told


async def test_of_more_news_than_a_router_takes_the_nearest_are_told(trader: Trader, source: str) -> None:
    await trader.connection.execute(PUT, source, timedelta(days=3), MOST_NEWS)
    await trader.connection.execute(PUT.replace("n::text", "'near' || n"), source, timedelta(hours=1), 5)
    items = (await read_calendar(trader.connection)).items
    assert len(items) == MOST_NEWS
    assert items == sorted(items)
    assert sum(1 for item in items if item.utc_ms < items[-1].utc_ms) >= 5

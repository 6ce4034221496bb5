"""The status page with a real Postgres: figures of the canary, incidents that are kept, and a time without the database."""

import asyncio
import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest

from lockstep_api.status_page.keeper import Keeper
from lockstep_api.status_page.settings import StatusSettings
from tests.stack.scratch import scratch_database
from webapp_api.tests.status_page.running import status_page, wait_for

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(180)]
# The role's own password is the deployment's: roles belong to all databases of a server.
ROLE = "lockstep_status_of_a_test"
SHARD = "demo-status"


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    with scratch_database() as url:
        asyncio.run(_execute(url, f"create role {ROLE} login password 'of-a-test' in role lockstep_status"))
        yield url
        asyncio.run(_execute(url, f"drop role {ROLE}"))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture
async def owner(database: str) -> "AsyncIterator[Connection]":
    connection = await asyncpg.connect(database)
    yield connection
    await connection.execute("truncate private.status_minutes, private.incidents, private.canaries")
    await connection.execute("delete from private.shards where name = $1", SHARD)
    await connection.execute(f"alter role {ROLE} login")
    await connection.close()


@pytest.fixture
def login(database: str) -> str:
    address = urlsplit(database)
    return address._replace(netloc=f"{ROLE}:of-a-test@{address.netloc.rpartition('@')[2]}").geturl()


async def canary_of(connection: "Connection", took_us: dict[int, int]) -> None:
    """A shard whose canary traded in these minutes before now."""
    account, now = uuid4(), datetime.now(UTC).replace(second=20, microsecond=0)
    await connection.execute("insert into private.shards (name, environment) values ($1, 'demo')", SHARD)
    await connection.execute(
        "insert into private.canaries (shard, account, since) values ($1, $2, now() - interval '21 minutes')", SHARD, account
    )
    for minutes, took in took_us.items():
        at = now - timedelta(minutes=minutes)
        await connection.execute(
            """insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position,
                 symbol, side, master_lots, status, spans, opened_at, updated_at)
               values ($1, $2, $2, $2, $2, $1, 'EURUSD', 'buy', 1, 'closed',
                 jsonb_build_object('event_to_order_us', $3::int), $4, $4)""",
            *(account.int % 10**15 + minutes, account, took, at),
        )


def numbers(url: str) -> dict[str, Any]:
    found: dict[str, Any] = httpx.get(f"{url}/status.json").json()
    return found


def tell(url: str, status: str, fingerprint: str = "f", affects: str = "copying") -> None:
    times = {"startsAt": "2026-11-30T21:00:00Z", "endsAt": "2026-11-30T21:30:00Z"}
    alert = {"status": status, "labels": {"affects": affects}, "fingerprint": fingerprint, **times}
    assert httpx.post(f"{url}/alerts", json={"alerts": [alert]}).status_code == 204


async def test_the_canarys_minutes_are_shown(owner: "Connection", login: str, tmp_path: Path) -> None:
    await canary_of(owner, {minutes: 1000 * minutes for minutes in range(3, 20) if minutes not in (7, 8, 9, 12)})
    with status_page(tmp_path, login) as url:
        wait_for(lambda: SHARD in numbers(url)["recent"], tmp_path / "log")
        seen = numbers(url)
        day = seen["recent"][SHARD]["day"]
        assert (day["good"], day["p50_us"], day["p99_us"]) == (13, 13_000, 19_000)
        # From the minute after it became the canary; the newest two are not judged yet.
        assert day["minutes"] in (19, 20)
        assert seen["recent"][SHARD]["works"] is True
        assert [(each["part"], each["minutes"]) for each in seen["outages"]] == [(SHARD, 3)]
        assert "within 13.0" in httpx.get(f"{url}/en").text


async def test_incidents_are_kept_and_come_through_a_time_without_the_database(
    owner: "Connection", login: str, tmp_path: Path
) -> None:
    with status_page(tmp_path, login) as url:
        wait_for(lambda: numbers(url)["read_at"] is not None, tmp_path / "log")
        await owner.execute(f"alter role {ROLE} nologin")
        tell(url, "firing")
        assert [each["ended"] for each in numbers(url)["incidents"]] == [None]
        assert "Something does not work." in httpx.get(f"{url}/en").text
    with status_page(tmp_path, login) as url:
        # The next process has what the last one saw from its file, and is told again of what lasts.
        tell(url, "firing")
        tell(url, "resolved")
        assert await owner.fetchval("select count(*) from private.incidents") == 0
        await owner.execute(f"alter role {ROLE} login")
        tell(url, "firing", "another", "accounts")
        kept = "select concat(affects, ' until ' || to_char(ended_at at time zone 'UTC', 'HH24:MI')) from private.incidents"
        wanted = ["accounts", "copying until 21:30"]
        for _ in range(100):
            if (found := sorted([row[0] for row in await owner.fetch(kept)])) == wanted:
                break
            await asyncio.sleep(0.1)
        assert found == wanted, (tmp_path / "log").read_text()


@contextmanager
def site(status: int) -> Iterator[str]:
    """A website that answers with a status."""

    class Site(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            """Says nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


async def test_website_and_api_are_asked_and_their_minutes_written(owner: "Connection", login: str, tmp_path: Path) -> None:
    now = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)
    with site(307) as good, site(503) as bad:
        given = {"database_url": login, "state_dir": tmp_path, "site_url": good, "api_url": bad}
        keeper = Keeper(StatusSettings.model_validate(given), lambda: now)
        async with httpx.AsyncClient() as client:
            for _ in range(3):
                await keeper.look(client)
            now += timedelta(minutes=1)
            await keeper.look(client)
    await keeper.read()
    found = [tuple(row) for row in await owner.fetch("select part, minute, ok from private.status_minutes order by part")]
    minute = now - timedelta(minutes=1)
    assert found == [("api", minute, False), ("website", minute, True)]
    assert keeper.is_up


async def test_its_role_reads_nothing_of_people(login: str) -> None:
    connection = await asyncpg.connect(login)
    try:
        for table in ("public.trading_accounts", "public.copies", "private.shards", "private.canaries", "auth.users"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.fetch(f"select 1 from {table}")  # noqa: S608 - names above
    finally:
        await connection.close()

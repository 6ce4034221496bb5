"""A router serves the accounts of its own shard and knows of no others."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import zmq

from lockstep_core.wire.envelope import Refusal
from lockstep_router.journal import database as statements
from lockstep_router.journal.ipc import Batch, PlanRows, SentOrdersMessage
from lockstep_router.journal.records import AccountStateRow, CopyRow, GuardRow, HistoryEvent, OrderFilled
from lockstep_router.process.settings import Settings, from_environment
from lockstep_router.process.writer import ANNOUNCE_EVERY_S
from lockstep_service.errors import InvalidSettings

from .database_users import OTHER, DatabaseUser, metric, router_login
from .real_router import SHARD, RouterProcess, WireRelay, until

MINUTE = timedelta(minutes=1)


def settings(**env: str) -> Settings:
    return from_environment(env, with_database=False)


def test_the_name_of_a_shard_begins_with_its_environment() -> None:
    assert settings().shard == "demo-1"
    assert settings(LOCKSTEP_ENVIRONMENT="live").shard == "live-1"
    assert settings(LOCKSTEP_SHARD="demo-2").shard == "demo-2"
    with pytest.raises(InvalidSettings, match="LOCKSTEP_SHARD"):
        settings(LOCKSTEP_ENVIRONMENT="live", LOCKSTEP_SHARD="demo-2")


def test_a_shard_takes_any_number_of_accounts_unless_the_deployment_says_how_many() -> None:
    assert settings().capacity is None
    assert settings(LOCKSTEP_SHARD_CAPACITY="1000").capacity == 1000
    with pytest.raises(InvalidSettings, match="LOCKSTEP_SHARD_CAPACITY"):
        settings(LOCKSTEP_SHARD_CAPACITY="0")


@pytest.fixture(scope="module")
def other_database(database: str) -> str:
    """The database as the router of the other shard logs in."""
    return router_login(database, OTHER)


@pytest.fixture
async def neighbour(database: str) -> AsyncIterator[DatabaseUser]:
    """A user on the other shard."""
    connection = await asyncpg.connect(database)
    user = DatabaseUser(connection, OTHER)
    await user.create()
    yield user
    await user.remove()
    await connection.close()


@pytest.fixture
def other_router(tmp_path: Path, other_database: str) -> Iterator[RouterProcess]:
    process = RouterProcess(tmp_path, other_database, OTHER)
    process.start()
    yield process
    with suppress(ProcessLookupError):
        assert process.stop() == 0


async def do_everything(user: DatabaseUser, link: int) -> None:
    """A copier with an open copy, an order that was sent, a guard and a request."""
    await user.create_copier()
    execute = user.connection.execute
    await execute(
        """insert into public.copies (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position,
             symbol, side, master_lots, status) values ($1, $2, $3, $4, $5, $1, 'EURUSD', 'buy', 1, 'open')""",
        *(link, user.user_id, user.copier, user.master, user.slave),
    )
    await execute(
        """insert into public.trade_events (run, n, user_id, account_id, copier_id, link_id, kind, data)
           values ($1, 1, $2, $3, $4, $1, 'command', '{"action": "open"}')""",
        *(link, user.user_id, user.slave, user.copier),
    )
    await execute(
        "insert into public.guard_states (copier_id, guard, user_id) values ($1, 'loss', $2)", user.copier, user.user_id
    )
    await execute(
        """insert into public.manual_requests (user_id, copier_id, kind, expires_at)
           values ($1, $2, 'flatten', now() + interval '1 minute')""",
        *(user.user_id, user.copier),
    )


def owners(plan: PlanRows, sent: SentOrdersMessage) -> list[set[Any]]:
    """Whose accounts, copiers, links, guards, requests and sent orders were read."""
    return [
        {row.id for row in plan.accounts},
        {row.id for row in plan.copiers},
        {row.copier for row in plan.links},
        {row.copier for row in plan.guards},
        {row.copier for row in plan.requests},
        {row[0] for row in sent.items},
    ]


@pytest.mark.cluster
async def test_a_router_reads_its_own_shard_and_nothing_of_another(user: DatabaseUser, neighbour: DatabaseUser) -> None:
    await do_everything(user, 101)
    await do_everything(neighbour, 102)
    for one in (user, neighbour):
        connection = one.connection
        await one.play_the_router()
        plan = await statements.read_plan(connection, one.shard)
        sent = await statements.read_sent(connection, one.shard)
        await connection.execute("reset role")
        copier = {one.copier}
        assert owners(plan, sent) == [{one.master, one.slave}, copier, copier, copier, copier, {one.slave}]


@pytest.mark.cluster
async def test_a_router_cannot_announce_read_or_write_another_shard(user: DatabaseUser, other_database: str) -> None:
    await do_everything(user, 103)
    connection = await asyncpg.connect(other_database)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await statements.announce_shard(connection, SHARD, "demo")
    plan, sent = await statements.read_plan(connection, SHARD), await statements.read_sent(connection, SHARD)
    assert owners(plan, sent) == [set()] * 6

    event = HistoryEvent("deal", 0, user.user_id, user.slave, user.copier, 103, {"price": 1.0, "deal": 1, "position": 1})
    ids = (103, user.user_id, user.copier, user.master, user.slave, 103, 1, "EURUSD", "EURUSD", "buy")
    copy = CopyRow(*ids, 1, 1, 0, "closed", "copied", None, {}, {}, None, None, 0, False, False, "", 0)
    state = AccountStateRow(user.slave, 2**40, "failed", "InvalidCredentials", "", 0)
    guard = GuardRow(user.copier, "loss", "", "0", "0", True, True, 1, 0)
    refused = await statements.write_batch(
        connection, Batch(7, 1, time.time_ns(), [event, copy, state, guard, OrderFilled(103, user.slave)])
    )
    await connection.close()
    assert {(row.n, row.code) for row in refused} == {(1, "42501"), (2, "42501")}
    assert await user.copies() == [("open", 0)]
    assert await user.state(user.slave) == "queued"
    assert not await user.connection.fetchval("select tripped from public.guard_states where copier_id = $1", user.copier)
    assert not await user.connection.fetchval("select count(*) from public.deals where account_id = $1", user.slave)


@pytest.mark.cluster
async def test_late_rows_of_a_person_who_left_are_refused_and_not_tried_for_ever(
    user: DatabaseUser, router_database: str
) -> None:
    await user.create_copier()
    connection = await asyncpg.connect(router_database)
    await user.remove()
    gone = HistoryEvent("state", 0, user.user_id, user.slave)
    batch = Batch(time.time_ns(), 1, time.time_ns(), [gone])
    assert [(row.n, row.code) for row in await statements.write_batch(connection, batch)] == [(1, "42501")]
    await connection.close()


@pytest.mark.cluster
@pytest.mark.timeout(120)
async def test_a_second_router_of_an_environment_serves_no_account_of_the_first(
    user: DatabaseUser, neighbour: DatabaseUser, other_router: RouterProcess
) -> None:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    until([], lambda: other_router.get("/readyz")[0] == 200)
    own = WireRelay(context, other_router, neighbour.master, neighbour.logins[0])
    strange = WireRelay(context, other_router, user.master, user.logins[0])
    for relay in (own, strange):
        relay.hello()
    until([own, strange], lambda: own.terminal.up and strange.terminal.refused == Refusal.UNKNOWN_ACCOUNT)
    until([own, strange], lambda: metric(other_router, "lockstep_router_accounts") == 2)
    for relay in (own, strange):
        relay.socket.close()
    context.term()


@pytest.mark.cluster
@pytest.mark.timeout(120)
async def test_a_router_is_seen_for_as_long_as_it_works(user: DatabaseUser, router: RouterProcess) -> None:
    execute = user.connection.execute
    until([], lambda: router.get("/readyz")[0] == 200)
    await execute("update private.shards set seen_at = now() - interval '1 hour' where name = $1", SHARD)
    for n in range(2 * int(ANNOUNCE_EVERY_S)):
        await execute("update public.trading_accounts set label = $2 where id = $1", user.master, f"change {n}")
        if await user.connection.fetchval("select now() - seen_at from private.shards where name = $1", SHARD) < MINUTE:
            return
        await asyncio.sleep(1)
    pytest.fail("the router did not renew its row")

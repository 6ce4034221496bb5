"""A router serves the accounts of its own shard and knows of no others."""

import asyncio
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
from lockstep_router.journal.ipc import PlanRows, SentOrdersMessage
from lockstep_router.process.settings import Settings, from_environment
from lockstep_router.process.writer import ANNOUNCE_EVERY_S
from lockstep_service.errors import InvalidSettings

from .database_users import DatabaseUser, metric
from .real_router import SHARD, RouterProcess, WireRelay, until

OTHER = "demo-other"
MINUTE = timedelta(minutes=1)


def settings(**env: str) -> Settings:
    return from_environment({"LOCKSTEP_ADVERTISE_HOST": "router", **env}, with_database=False)


def test_the_name_of_a_shard_begins_with_its_environment() -> None:
    assert settings().shard == "demo-1"
    assert settings(LOCKSTEP_ENVIRONMENT="live").shard == "live-1"
    assert settings(LOCKSTEP_SHARD="demo-2").shard == "demo-2"
    with pytest.raises(InvalidSettings, match="LOCKSTEP_SHARD"):
        settings(LOCKSTEP_ENVIRONMENT="live", LOCKSTEP_SHARD="demo-2")


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
def other_router(tmp_path: Path, database: str) -> Iterator[RouterProcess]:
    process = RouterProcess(tmp_path, database, OTHER)
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
        await connection.execute("set role lockstep_router")
        plan = await statements.read_plan(connection, one.shard)
        sent = await statements.read_sent(connection, one.shard)
        await connection.execute("reset role")
        copier = {one.copier}
        assert owners(plan, sent) == [{one.master, one.slave}, copier, copier, copier, copier, {one.slave}]


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

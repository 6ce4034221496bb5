"""Accounts go from one real router to another while their master trades: nothing is lost, nothing is copied twice."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import zmq

from lockstep_core.wire.enums import Action
from lockstep_core.wire.envelope import Refusal

from .database_users import OTHER, DatabaseUser, Pair, metric, router_login
from .real_router import SHARD, RouterProcess, WireRelay, until
from .terminals import LOT
from .ticket_issuer import Issuer

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]

Routers = Mapping[str, RouterProcess]
MOVES = 4
TURN_S = 0.002
TRADE_EVERY_S = 0.1


@pytest.fixture
def routers(tmp_path: Path, database: str) -> Iterator[Routers]:
    """Two routers of one environment, which know the same keyring."""
    issuer = Issuer()
    made = {}
    with ExitStack() as stack:
        for shard in (SHARD, OTHER):
            folder = tmp_path / shard
            folder.mkdir()
            made[shard] = RouterProcess(folder, router_login(database, shard), shard, issuer)
            made[shard].start()
            stack.callback(made[shard].stop)
        until([], lambda: all(router.get("/readyz")[0] == 200 for router in made.values()), 60)
        yield made


class Field:
    """A master that trades, its slave, and what a keyring would answer their relays."""

    def __init__(self, user: DatabaseUser, relays: Pair, routers: Routers) -> None:
        self.user = user
        self.relays = relays
        self.routers = routers
        self.opened = 0
        self.held: list[int] = []
        self.copied: list[int] = []

    async def shard(self, account: UUID) -> str:
        """Where the account is now, as the keyring reads it in its CopierAccount."""
        found = await self.user.connection.fetchval("select shard from public.trading_accounts where id = $1", account)
        return str(found)

    async def turn(self) -> None:
        """Lets all peers send and receive. A relay whose account has moved asks the keyring for the new router."""
        for relay in self.relays:
            relay.turn()
            if relay.terminal.refused in {Refusal.MOVED, Refusal.UNKNOWN_ACCOUNT}:
                relay.terminal.refused = 0
                await asyncio.sleep(0.05)
                relay.use(self.routers[await self.shard(relay.terminal.account)])
        await asyncio.sleep(TURN_S)

    async def pass_s(self, seconds: float) -> None:
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            await self.turn()

    def trade(self) -> None:
        """The master opens a position, and closes one of those that were copied before this round."""
        master = self.relays[0].terminal
        self.held.append(master.open(LOT))
        self.opened += 1
        if self.copied:
            ticket = self.copied.pop()
            self.held.remove(ticket)
            master.close(ticket)

    async def trade_for(self, seconds: float) -> None:
        end = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < end:
            self.trade()
            await self.pass_s(TRADE_EVERY_S)

    async def move(self, shard: str) -> None:
        await self.user.connection.execute("select private.move_group($1, $2)", self.user.slave, shard)

    async def arrived(self, shard: str) -> bool:
        return {await self.shard(relay.terminal.account) for relay in self.relays} == {shard}

    async def until_copied(self) -> None:
        """The slave has what the master has, and the database knows it."""
        slave = self.relays[1].terminal
        for _ in range(20_000):
            await self.turn()
            if len(slave.positions) == len(self.held) and await self.written() == (self.opened, len(self.held)):
                self.copied = list(self.held)
                return
        pytest.fail(f"{len(slave.positions)} of {len(self.held)} are open, {await self.written()} rows of {self.opened}")

    async def written(self) -> tuple[int, int]:
        """How many trades were copied, and how many of the copies are open."""
        row = await self.user.connection.fetchrow(
            """select count(*) filter (where status in ('open', 'closed')) as copied,
                 count(*) filter (where status = 'open') as open
               from public.copies where copier_id = $1""",
            self.user.copier,
        )
        assert row is not None
        return row["copied"], row["open"]

    def openings(self) -> int:
        """How many opening orders the slave's broker got."""
        return [order.action for order in self.relays[1].terminal.orders].count(Action.OPEN)


@pytest.fixture
async def field(user: DatabaseUser, routers: Routers) -> AsyncIterator[Field]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    accounts = zip((user.master, user.slave), user.logins, strict=True)
    master, slave = (WireRelay(context, routers[SHARD], account, login) for account, login in accounts)
    for relay in (master, slave):
        relay.hello()
    until([master, slave], lambda: master.terminal.up and slave.terminal.up)
    await user.create_copier()
    field = Field(user, (master, slave), routers)
    field.trade()
    await field.until_copied()
    yield field
    for relay in (master, slave):
        relay.socket.close()
    context.term()


async def moved(field: Field, shard: str) -> None:
    """Trades until both accounts are on the shard, and a little longer."""
    await field.move(shard)
    for _ in range(600):
        await field.trade_for(TRADE_EVERY_S)
        if await field.arrived(shard):
            await field.trade_for(1.0)
            return
    pytest.fail("the accounts never arrived")


async def test_a_group_that_moves_under_trades_loses_and_doubles_nothing(field: Field) -> None:
    for n in range(MOVES):
        shard = (OTHER, SHARD)[n % 2]
        await moved(field, shard)
        await field.until_copied()
    assert field.openings() == field.opened
    for router in field.routers.values():
        assert metric(router, "lockstep_copies_doubled_total") == 0
        assert metric(router, "lockstep_router_lost_records_total") == 0


async def test_a_router_that_is_killed_while_a_group_leaves_it_loses_and_doubles_nothing(field: Field) -> None:
    await field.trade_for(0.5)
    await field.move(OTHER)
    field.trade()
    await field.pass_s(0.02)
    field.routers[SHARD].kill()
    await field.trade_for(0.5)
    field.routers[SHARD].start()
    await moved(field, OTHER)
    await field.until_copied()
    assert field.openings() == field.opened


async def test_a_router_that_is_killed_when_a_group_comes_to_it_loses_and_doubles_nothing(field: Field) -> None:
    await field.trade_for(0.5)
    field.routers[OTHER].kill()
    await field.move(OTHER)
    await field.trade_for(1.0)
    field.routers[OTHER].start()
    await moved(field, OTHER)
    await field.until_copied()
    assert field.openings() == field.opened


async def test_records_of_a_group_are_all_written_before_another_router_reads_them(field: Field) -> None:
    for n in range(3):
        await moved(field, (OTHER, SHARD)[n % 2])
    await field.until_copied()
    for router in field.routers.values():
        lines = router.get("/metrics")[1].splitlines()
        refused = [line for line in lines if line.startswith("lockstep_router_records_refused_total{")]
        assert refused
        assert [line for line in refused if not line.endswith(" 0.0")] == []


async def test_a_link_between_two_shards_brings_its_accounts_together(database: str, field: Field) -> None:
    connection = await asyncpg.connect(database)
    alone = DatabaseUser(connection, OTHER)
    try:
        await alone.create()
        await connection.execute("update public.trading_accounts set shard = $2 where id = $1", alone.slave, SHARD)
        await alone.create_copier()
        places: set[tuple[str, str | None]] = set()
        for _ in range(2000):
            found = await connection.fetch(
                "select shard, moving_to from public.trading_accounts where user_id = $1", alone.user_id
            )
            places = {(row["shard"], row["moving_to"]) for row in found}
            if len(places) == 1:
                break
            await field.turn()
        assert places in ({(SHARD, None)}, {(OTHER, None)})
    finally:
        await alone.remove()
        await connection.close()

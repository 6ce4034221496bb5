"""The real processes, over real sockets, with a real Postgres that has the migrations."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID, uuid4

import asyncpg
import pytest
import zmq

from lockstep_core.wire.envelope import Refusal
from lockstep_router.database import Connection
from tests.stack.scratch import scratch_database

from .terminals import LOT
from .wires import RouterProcess, WireRelay, until

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

Pair = tuple[WireRelay, WireRelay]


class Trader:
    """A person with a master and a slave in the database."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.user, self.master, self.slave, self.copier = uuid4(), uuid4(), uuid4(), uuid4()
        self.logins = (self.master.int % 10**9 + 1, self.slave.int % 10**9 + 1)

    async def join(self) -> None:
        await self.connection.execute("insert into auth.users (id, email) values ($1, $2)", self.user, f"{self.user}@a.test")
        for number, login, role in ((self.master, self.logins[0], "master"), (self.slave, self.logins[1], "slave")):
            await self.connection.execute(
                "insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role)"
                " values ($1, $2, $3, 'MT5', 'demo', $4, 'Test-Demo', $3)",
                number,
                self.user,
                role,
                login,
            )

    async def link(self) -> None:
        # Openings stay fresh for longer than a slow machine needs to start a router.
        settings = json.dumps({"sizing": {"mode": "multiplier", "factor": "0.5"}, "max_signal_age_ms": 120_000})
        await self.connection.execute(
            "insert into public.copiers (id, user_id, master_id, slave_id, settings) values ($1, $2, $3, $4, $5::jsonb)",
            self.copier,
            self.user,
            self.master,
            self.slave,
            settings,
        )

    async def copies(self) -> list[tuple[str, int]]:
        rows = await self.connection.fetch("select status, open_lots from public.copies where copier_id = $1", self.copier)
        return [(row["status"], row["open_lots"]) for row in rows]

    async def state(self, account: UUID) -> str:
        value = await self.connection.fetchval("select state from public.trading_accounts where id = $1", account)
        return str(value)

    async def leave(self) -> None:
        await self.connection.execute("delete from auth.users where id = $1", self.user)


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """`LOCKSTEP_TEST_DATABASE_URL` where it is set, else a database of our own on the cluster's Postgres."""
    given = os.environ.get("LOCKSTEP_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with scratch_database() as url:
        yield url


@pytest.fixture
async def trader(database: str) -> AsyncIterator[Trader]:
    connection = await asyncpg.connect(database)
    person = Trader(connection)
    await person.join()
    yield person
    await person.leave()
    await connection.close()


@pytest.fixture
def router(tmp_path: Path, database: str) -> Iterator[RouterProcess]:
    process = RouterProcess(tmp_path, database, "test-wire")
    process.start()
    yield process
    with suppress(ProcessLookupError):
        assert process.stop() == 0


@pytest.fixture
def relays(router: RouterProcess, trader: Trader) -> Iterator[tuple[WireRelay, WireRelay]]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    until([], lambda: router.get("/readyz")[0] == 200)
    pair = tuple(
        WireRelay(context, router, account, login)
        for account, login in zip((trader.master, trader.slave), trader.logins, strict=True)
    )
    for relay in pair:
        relay.hello()
    until(list(pair), lambda: all(r.terminal.up for r in pair))
    yield pair[0], pair[1]
    for relay in pair:
        relay.socket.close()
    context.term()


async def eventually(relays: list[WireRelay], trader: Trader, copies: list[tuple[str, int]]) -> None:
    for _ in range(1000):
        for relay in relays:
            relay.turn()
        if await trader.copies() == copies:
            return
        await asyncio.sleep(0.02)
    assert await trader.copies() == copies


async def test_a_trade_is_copied_and_written(trader: Trader, router: RouterProcess, relays: Pair) -> None:
    master, slave = relays
    await trader.link()
    until(list(relays), lambda: metric(router, "lockstep_router_synced") >= 2)
    # The plan travels by notification; an opening before it arrives is still fresh when it does.
    ticket = master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.held)
    await eventually(list(relays), trader, [("open", LOT // 2)])
    master.terminal.close(ticket, LOT // 2)
    until(list(relays), lambda: [h.volume for h in slave.terminal.held.values()] == [LOT // 4])
    master.terminal.close(ticket)
    until(list(relays), lambda: not slave.terminal.held)
    await eventually(list(relays), trader, [("closed", 0)])
    assert [order.action for order in slave.terminal.orders] == [1, 2, 4]
    legs = await trader.connection.fetchval("select legs from public.copies where copier_id = $1", trader.copier)
    assert {"event_to_order_us", "terminal_to_router_us", "router_us", "router_to_terminal_us"} <= set(json.loads(legs))
    assert await trader.state(trader.slave) == "ready"


async def test_copying_goes_on_without_a_writer(trader: Trader, router: RouterProcess, relays: Pair) -> None:
    master, slave = relays
    await trader.link()
    master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.held)
    for _ in range(3):
        os.kill(router.children()["writer"], signal.SIGKILL)
        before = len(slave.terminal.held)
        master.terminal.open(LOT)
        until(list(relays), lambda: len(slave.terminal.held) == before + 1)  # noqa: B023 - used at once
        until(list(relays), lambda: "writer" in router.children())
    await eventually(list(relays), trader, [("open", LOT // 2)] * 4)


async def test_after_kill_9_nothing_is_lost_or_doubled(trader: Trader, router: RouterProcess, relays: Pair) -> None:
    master, slave = relays
    await trader.link()
    first = master.terminal.open(LOT)
    second = master.terminal.open(LOT)
    until(list(relays), lambda: len(slave.terminal.held) == 2)
    await eventually(list(relays), trader, [("open", LOT // 2)] * 2)
    router.kill()
    master.terminal.close(first)
    third = master.terminal.open(LOT)
    router.start()
    until(list(relays), lambda: len(slave.terminal.held) == 2 and len(slave.terminal.orders) == 4, 30)
    master.terminal.close(second)
    master.terminal.close(third)
    until(list(relays), lambda: not slave.terminal.held)
    await eventually(list(relays), trader, [("closed", 0)] * 3)
    assert [order.action for order in slave.terminal.orders].count(1) == 3


async def test_a_newer_pod_takes_over_and_the_older_one_is_refused(
    trader: Trader, router: RouterProcess, relays: Pair
) -> None:
    master, old = relays
    await trader.link()
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    new = WireRelay(context, router, trader.slave, trader.logins[1])
    new.hello(epoch=2)
    until([*relays, new], lambda: new.terminal.up and old.terminal.refused == Refusal.STALE_EPOCH)
    old.terminal.refused = 0
    old.hello(epoch=1)
    until([*relays, new], lambda: old.terminal.refused == Refusal.STALE_EPOCH)
    master.terminal.open(LOT)
    until([*relays, new], lambda: new.terminal.held)
    assert not old.terminal.held
    new.socket.close()
    context.term()


async def test_a_lost_database_stops_neither_copying_nor_the_history(trader: Trader, relays: Pair) -> None:
    master, slave = relays
    others = "from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"
    await trader.link()
    master.terminal.open(LOT)
    until(list(relays), lambda: slave.terminal.held)
    for count in (2, 3):
        await trader.connection.execute(f"select pg_terminate_backend(pid) {others}")
        master.terminal.open(LOT)
        until(list(relays), lambda: len(slave.terminal.held) == count)  # noqa: B023 - used at once
    await eventually(list(relays), trader, [("open", LOT // 2)] * 3)


def test_without_a_database_a_router_waits_and_says_so(tmp_path: Path) -> None:
    process = RouterProcess(tmp_path, "postgresql://nobody:secret-word@127.0.0.1:1/none", "test-wire")
    process.start()
    try:
        until([], lambda: "not reachable" in process.get("/readyz")[1])
        status, text = process.get("/readyz")
        assert (status, process.get("/livez")[0]) == (503, 200)
        assert "secret-word" not in text
    finally:
        assert process.stop() == 0


def metric(router: RouterProcess, name: str) -> float:
    text = router.get("/metrics")[1]
    return next((float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} ")), 0.0)

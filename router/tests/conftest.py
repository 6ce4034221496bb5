"""A real router with a real Postgres that has the migrations, a person in it, and the relays of both accounts."""

from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
import zmq

from tests.stack.scratch import scratch_database

from .traders import Trader
from .wires import SHARD, RouterProcess, WireRelay, until


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
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
    process = RouterProcess(tmp_path, database, SHARD)
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

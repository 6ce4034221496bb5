"""A real router, a real Postgres with the migrations and a user in it, and the relays of the user's accounts."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path

import asyncpg
import pytest
import zmq

from tests.stack.scratch import scratch_database

from .database_users import OTHER, DatabaseUser, add_router, router_login
from .real_router import SHARD, RouterProcess, WireRelay, until


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The database as its owner logs in, with the roles of the shards that tests use."""
    with scratch_database() as url:
        for shard in (SHARD, OTHER):
            asyncio.run(add_router(url, shard))
        yield url


@pytest.fixture(scope="module")
def router_database(database: str) -> str:
    """The database as the router of the shard logs in."""
    return router_login(database, SHARD)


@pytest.fixture
async def user(database: str) -> AsyncIterator[DatabaseUser]:
    connection = await asyncpg.connect(database)
    user = DatabaseUser(connection)
    await user.create()
    yield user
    await user.remove()
    await connection.close()


@pytest.fixture
def router(tmp_path: Path, router_database: str) -> Iterator[RouterProcess]:
    process = RouterProcess(tmp_path, router_database, SHARD)
    process.start()
    yield process
    with suppress(ProcessLookupError):
        assert process.stop() == 0


@pytest.fixture
def relays(router: RouterProcess, user: DatabaseUser) -> Iterator[tuple[WireRelay, WireRelay]]:
    context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
    until([], lambda: router.get("/readyz")[0] == 200)
    pair = tuple(
        WireRelay(context, router, account, login)
        for account, login in zip((user.master, user.slave), user.logins, strict=True)
    )
    for relay in pair:
        relay.hello()
    until(list(pair), lambda: all(r.terminal.up for r in pair))
    yield pair[0], pair[1]
    for relay in pair:
        relay.socket.close()
    context.term()

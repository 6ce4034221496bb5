"""Users in the database of a real router."""

import asyncio
import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import asyncpg

from lockstep_router.journal.refusals import Connection

from .real_router import SHARD, RouterProcess, WireRelay

OTHER = "demo-other"
Pair = tuple[WireRelay, WireRelay]
# Roles that exist only in tests; no deployment has their shards.
_PASSWORD = "of-a-test"


async def add_router(database: str, shard: str) -> None:
    """Makes the role of this shard's router as a deployment makes it."""
    connection = await asyncpg.connect(database)
    try:
        # Roles belong to all databases of a server, so another test may be creating the same role now.
        for _ in range(20):
            with suppress(asyncpg.InternalServerError, asyncpg.UniqueViolationError, asyncpg.DuplicateObjectError):
                role = await connection.fetchval("select private.add_router($1)", shard)
                await connection.execute(f"alter role \"{role}\" password '{_PASSWORD}'")
                break
            await asyncio.sleep(0.1)
    finally:
        await connection.close()


def router_login(database: str, shard: str) -> str:
    """The database's URL for the router of this shard."""
    address = urlsplit(database)
    host = address.netloc.rpartition("@")[2]
    return address._replace(netloc=f"lockstep_router_{shard}:{_PASSWORD}@{host}").geturl()


class DatabaseUser:
    """A user with a master and a slave account."""

    def __init__(self, connection: Connection, shard: str = SHARD) -> None:
        self.connection = connection
        self.shard = shard
        self.user_id, self.master, self.slave, self.copier = uuid4(), uuid4(), uuid4(), uuid4()
        self.logins = (self.master.int % 10**9 + 1, self.slave.int % 10**9 + 1)

    async def create(self) -> None:
        await self.connection.execute(
            "insert into auth.users (id, email) values ($1, $2)", self.user_id, f"{self.user_id}@a.test"
        )
        for number, login, role in ((self.master, self.logins[0], "master"), (self.slave, self.logins[1], "slave")):
            await self.connection.execute(
                "insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role, shard)"
                " values ($1, $2, $3, 'MT5', 'demo', $4, 'Test-Demo', $3, $5)",
                number,
                self.user_id,
                role,
                login,
                self.shard,
            )

    async def create_copier(self, **more: Any) -> None:
        # Openings stay fresh for longer than a slow machine needs to start a router.
        settings = json.dumps({"sizing": {"mode": "multiplier", "factor": "0.5"}, "max_signal_age_ms": 120_000, **more})
        await self.connection.execute(
            "insert into public.copiers (id, user_id, master_id, slave_id, settings) values ($1, $2, $3, $4, $5::jsonb)",
            self.copier,
            self.user_id,
            self.master,
            self.slave,
            settings,
        )

    async def copies(self) -> list[tuple[str, int]]:
        """Status and open lots of each copy, sorted: a table's rows are in no order."""
        rows = await self.connection.fetch("select status, open_lots from public.copies where copier_id = $1", self.copier)
        return sorted((row["status"], row["open_lots"]) for row in rows)

    async def play_the_router(self, shard: str | None = None) -> None:
        """From now on the connection has the rights of the shard's router."""
        await self.connection.execute(f'set role "lockstep_router_{shard or self.shard}"')

    async def state(self, account: UUID) -> str:
        value = await self.connection.fetchval("select state from public.trading_accounts where id = $1", account)
        return str(value)

    async def remove(self) -> None:
        # A failed test may still have the router's role, which may not do this.
        await self.connection.execute("reset role")
        await self.connection.execute("delete from auth.users where id = $1", self.user_id)


async def eventually(relays: list[WireRelay], user: DatabaseUser, copies: list[tuple[str, int]]) -> None:
    for _ in range(1000):
        for relay in relays:
            relay.turn()
        if await user.copies() == sorted(copies):
            return
        await asyncio.sleep(0.02)
    found = await user.copies()
    assert found == sorted(copies), found


def metric(router: RouterProcess, name: str) -> float:
    text = router.get("/metrics")[1]
    return next((float(line.split()[1]) for line in text.splitlines() if line.startswith(f"{name} ")), 0.0)

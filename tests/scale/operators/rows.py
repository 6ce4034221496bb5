"""Rows of accounts in a database of its own, and what a router would write of them."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import asyncpg

SHARD = "live-bench"
OF_ONE_PERSON = 10
_PEOPLE = "insert into auth.users (id, email) select id, id || '@bench.test' from unnest($1::uuid[]) id"
_ACCOUNTS = """insert into public.trading_accounts (id, user_id, label, platform, environment, login, server, role, shard)
select id, person, 'x', 'MT5', 'live', login, 'Bench-Live', 'both', $4
from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as t (id, person, login)"""
_SEALED = """insert into private.credentials (account_id, key_id, sealed)
select id, '0123456789abcdef', decode(repeat('78', 60), 'hex') from unnest($1::uuid[]) id"""
_READY = """update public.trading_accounts a set state = 'ready', state_epoch = t.epoch, state_at = now()
from unnest($1::uuid[], $2::bigint[]) as t (id, epoch) where a.id = t.id"""


class Rows:
    """Accounts are added and removed in the order of their logins."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection
        self._login = 0
        self.there: list[UUID] = []

    async def begin(self) -> None:
        """A router says that it is there."""
        await self._connection.execute("insert into private.shards (name, environment) values ($1, 'live')", SHARD)

    async def add(self, count: int) -> list[UUID]:
        """So many accounts more, all in one transaction."""
        people = [uuid4() for _ in range(-(-count // OF_ONE_PERSON))]
        ids = [uuid4() for _ in range(count)]
        owners = [people[n // OF_ONE_PERSON] for n in range(count)]
        logins = list(range(self._login + 1, self._login + count + 1))
        self._login += count
        async with self._connection.transaction():
            await self._connection.execute(_PEOPLE, people)
            await self._connection.execute(_ACCOUNTS, ids, owners, logins, SHARD)
            await self._connection.execute(_SEALED, ids)
        self.there += ids
        return ids

    async def remove(self, ids: Sequence[UUID]) -> None:
        """Their people remove these accounts."""
        await self._connection.execute("delete from public.trading_accounts where id = any($1)", list(ids))
        gone = set(ids)
        self.there = [each for each in self.there if each not in gone]

    async def ready(self, epochs: dict[UUID, int]) -> None:
        """A router writes that these terminals are ready."""
        await self._connection.execute(_READY, list(epochs), list(epochs.values()))

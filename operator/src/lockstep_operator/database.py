"""The operator's connection to Postgres. It returns rows as plain data and changes as ids of accounts.

Every error of the driver becomes DatabaseUnavailable.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg

from lockstep_core.accounts import Platform
from lockstep_core.resources.copier_account import SpecEnvironment
from lockstep_operator.errors import DatabaseUnavailable
from lockstep_operator.facts import Shard
from lockstep_operator.rows import TradingAccountRow
from lockstep_operator.state_notes import StateNote
from lockstep_service.errors import PooledByTransaction
from lockstep_service.own_session import require_own_session

CHANNEL = "account_changes"
_TIMEOUT_S = 30
_CONNECT_S = 10
_ACCOUNTS = """
select a.id, a.user_id, a.platform, a.environment, a.shard, a.login, a.server, a.role, a.operating_mode,
       a.state, a.state_reason, a.state_message, a.state_epoch, a.trading, c.key_id, c.sealed,
       c.version as credentials_version,
       a.proxy_type, a.proxy_address, a.proxy_port, a.proxy_login, c.proxy_key_id, c.proxy_sealed,
       a.proxy_name
from public.trading_accounts a left join private.credentials c on c.account_id = a.id
"""
_REMOVED = """
select r.account_id from private.removed_accounts r
where not exists (select from public.trading_accounts a where a.id = r.account_id)
"""
# The state that a router wrote for a later pod stays. `state_at` changes only when the reason does.
_TELL = """
update public.trading_accounts
set state = $3, state_reason = $4, state_message = $5, queue_place = $6, queue_length = $7,
    state_at = case when state_reason is distinct from $4 then now() else state_at end
where id = $1 and coalesce(state_epoch, 0) <= $2
  and (state_reason, queue_place, queue_length) is distinct from ($4, $6, $7)
"""
_OFFER = """
with gone as (delete from private.offered_platforms where platform <> all($1))
insert into private.offered_platforms (platform) select unnest($1::text[]) on conflict do nothing
"""
_OFFER_PROXIES = """
with gone as (delete from private.offered_proxies where name <> all($1))
insert into private.offered_proxies (name) select unnest($1::text[]) on conflict do nothing
"""
_IN_FLIGHT = "select account_id from private.with_orders_in_flight($1) t (account_id)"
_SHARDS = "select name, environment from private.shards order by name"
_TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)


class OperatorDatabase:
    """One open connection that listens for changes. Only one task may use it at a time."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self._connection = connection

    async def accounts(self) -> tuple[TradingAccountRow, ...]:
        """All accounts. Raises DatabaseUnavailable."""
        return tuple(_row(record) for record in await self._fetch(_ACCOUNTS))

    async def accounts_of(self, wanted: Collection[UUID]) -> tuple[TradingAccountRow, ...]:
        """The given accounts that exist. An account that is not returned was deleted. Raises DatabaseUnavailable."""
        return tuple(_row(record) for record in await self._fetch(_ACCOUNTS + " where a.id = any($1)", list(wanted)))

    async def removed(self, among: Collection[UUID] | None = None) -> frozenset[UUID]:
        """The accounts, or those of the given ones, whose removal is recorded and that have no row. Raises
        DatabaseUnavailable.
        """
        if among is None:
            return frozenset(record["account_id"] for record in await self._fetch(_REMOVED))
        if not among:
            return frozenset()
        found = await self._fetch(_REMOVED + " and r.account_id = any($1)", list(among))
        return frozenset(record["account_id"] for record in found)

    async def forget_removed(self, accounts: Collection[UUID]) -> None:
        """Deletes the records of these removals. Raises DatabaseUnavailable."""
        await self._fetch("delete from private.removed_accounts where account_id = any($1)", list(accounts))

    async def report(self, account: UUID, note: StateNote) -> None:
        """Writes an account's state into its row. Raises DatabaseUnavailable."""
        place = (note.place.number, note.place.waiting) if note.place is not None else (None, None)
        await self._fetch(_TELL, account, note.epoch, note.state.value, note.reason.value, note.message, *place)

    async def with_orders_in_flight(self, among: Collection[UUID]) -> frozenset[UUID]:
        """Those of the given accounts that have an order on its way. Raises DatabaseUnavailable."""
        return frozenset(record["account_id"] for record in await self._fetch(_IN_FLIGHT, list(among)))

    async def shards(self) -> tuple[Shard, ...]:
        """The routers that have registered in `private.shards`. Raises DatabaseUnavailable."""
        return tuple(_shard(record) for record in await self._fetch(_SHARDS))

    async def offer(self, platforms: Collection[Platform]) -> None:
        """Says of which platforms accounts may be added. Raises DatabaseUnavailable."""
        await self._fetch(_OFFER, [platform.value for platform in platforms])

    async def offer_proxies(self, names: Collection[str]) -> None:
        """Writes which proxies of the service an account may use. Raises DatabaseUnavailable."""
        await self._fetch(_OFFER_PROXIES, list(names))

    async def _fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        try:
            return await self._connection.fetch(query, *arguments, timeout=_TIMEOUT_S)
        except _TROUBLE as error:
            raise DatabaseUnavailable(f"The database did not answer ({type(error).__name__}).") from error


@asynccontextmanager
async def connected(
    url: str, on_change: Callable[[UUID], None], on_loss: Callable[[], None]
) -> AsyncIterator[OperatorDatabase]:
    """A connection that calls `on_change` for each changed account and `on_loss` at its end. Raises DatabaseUnavailable."""
    connection = await _connect(url)

    def lost(_: Any) -> None:
        on_loss()

    def changed(_: Any, __: int, ___: str, payload: object) -> None:
        account = changed_account(str(payload))
        if account is not None:
            on_change(account)

    try:
        await require_own_session(connection, url, _CONNECT_S)
        connection.add_termination_listener(lost)
        await connection.add_listener(CHANNEL, changed)
        yield OperatorDatabase(connection)
    except PooledByTransaction as error:
        raise DatabaseUnavailable(str(error)) from None
    except _TROUBLE as error:
        raise DatabaseUnavailable(f"The database cannot be listened to ({type(error).__name__}).") from error
    finally:
        connection.remove_termination_listener(lost)
        await _close(connection)


async def _connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    try:
        return await asyncpg.connect(url, timeout=_CONNECT_S, server_settings={"application_name": "lockstep-operator"})
    except (*_TROUBLE, ValueError) as error:
        # The driver's text may contain the URL with its password, so it is neither repeated nor chained.
        raise DatabaseUnavailable(f"The database cannot be reached ({type(error).__name__}).") from None


async def _close(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    try:
        async with asyncio.timeout(5):
            await connection.close()
    except _TROUBLE:
        connection.terminate()


def changed_account(payload: str) -> UUID | None:
    """The id of the account in a notification, None if the payload cannot be read."""
    try:
        return UUID(json.loads(payload)["id"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _row(record: asyncpg.Record) -> TradingAccountRow:
    return TradingAccountRow(**dict(record.items()))


def _shard(record: asyncpg.Record) -> Shard:
    return Shard(**{**dict(record.items()), "environment": SpecEnvironment(record["environment"].capitalize())})

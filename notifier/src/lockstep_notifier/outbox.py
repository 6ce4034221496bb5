"""The outbox in Postgres: takes rows for an attempt and writes down how it went. Every call is one function of `private`."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from lockstep_notifier.delivery import Channel, Delivery, Reader, Told, Webhook
from lockstep_notifier.errors import DatabaseAway
from lockstep_service.own_session import require_own_session

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

NOTIFIED = "outbox"
_AWAY = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError)
_CONNECTIONS = 8
_TIMEOUT_S = 15.0


def attempt_s(lease_s: int) -> float:
    """The longest that an attempt may take: its lease ends later, so that two attempts at one row never overlap."""
    return lease_s * 2 / 3


@dataclass(frozen=True)
class Figures:
    """What the outbox holds. `next_s` is when the next row is due; None: nothing waits."""

    waiting: int
    late_s: float
    next_s: float | None
    dead: int


class Outbox:
    """Calls the database on a pool that is opened at the first use. Every call raises DatabaseAway."""

    def __init__(self, url: str, lease_s: int) -> None:
        self._url = url
        self._lease_s = lease_s
        self.attempt_s = attempt_s(lease_s)
        self._pool: Pool | None = None
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        """Closes all connections at once."""
        if self._pool is not None:
            self._pool.terminate()

    async def claim(self, channel: Channel, most: int) -> list[Delivery]:
        """Takes due rows, at most so many and what goes along with them, for one attempt each."""
        rows = await self._rows("select * from private.outbox_claim($1, $2, $3)", channel, most, self._lease_s)
        by_lease = sorted(rows, key=lambda row: str(row["lease"]))
        found = [_delivery(list(group)) for _, group in groupby(by_lease, key=lambda row: row["lease"])]
        return sorted(found, key=lambda each: each.told[0].id)

    async def sent(self, delivery: Delivery) -> None:
        """The attempt has succeeded."""
        await self._rows("select private.outbox_sent($1)", delivery.lease)

    async def failed(self, delivery: Delivery, code: str, retry_s: float | None, *, unknown: bool) -> None:
        """The attempt has failed. The next one is after `retry_s`; None: there is none."""
        await self._rows("select private.outbox_failed($1, $2, $3, $4)", delivery.lease, code, retry_s, unknown)

    async def webhook_ended(self, webhook: UUID) -> None:
        """Nothing is sent to this webhook any more."""
        await self._rows("select private.webhook_ended($1)", webhook)

    async def figures(self) -> Figures:
        """What the outbox holds."""
        (row,) = await self._rows("select * from private.outbox_figures()")
        return Figures(row["waiting"], row["late_s"] or 0.0, row["next_s"], row["dead"])

    async def forget(self) -> None:
        """Removes what is older than it is kept."""
        await self._rows("select private.outbox_forget()")

    @asynccontextmanager
    async def listening(self, filled: asyncio.Event) -> AsyncIterator[asyncio.Event]:
        """Sets `filled` whenever rows come. Gives an event that is set when the connection is lost. Raises DatabaseAway,
        PooledByTransaction.
        """
        lost = asyncio.Event()
        try:
            connection = await asyncpg.connect(self._url, timeout=_TIMEOUT_S)
            connection.add_termination_listener(lambda _: lost.set())
            await require_own_session(connection, self._url, _TIMEOUT_S)
            await connection.add_listener(NOTIFIED, lambda *_: filled.set())
        except _AWAY as error:
            raise DatabaseAway from error
        try:
            yield lost
        finally:
            connection.terminate()

    async def _rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        try:
            pool = await self._connected()
            return await pool.fetch(query, *arguments, timeout=_TIMEOUT_S)
        except _AWAY as error:
            raise DatabaseAway from error

    async def _connected(self) -> "Pool":
        async with self._lock:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    self._url,
                    min_size=1,
                    max_size=_CONNECTIONS,
                    timeout=_TIMEOUT_S,
                    command_timeout=_TIMEOUT_S,
                    reset=_nothing,
                )
            return self._pool


async def _nothing(_connection: object) -> None:
    """Calls of functions leave nothing in a session that would have to be reset, so no round trip is spent on it."""


def _delivery(rows: list[asyncpg.Record]) -> Delivery:
    rows = sorted(rows, key=lambda row: row["id"])
    first = rows[0]
    reader = Reader(first["address"] or "", first["language"], first["zone"], first["unsubscribe_token"])
    return Delivery(first["lease"], tuple(map(_told, rows)), max(row["attempts"] for row in rows), reader, _webhook(first))


def _told(row: asyncpg.Record) -> Told:
    data = json.loads(row["data"])
    return Told(row["id"], row["event"], data, row["urgent"], row["account_id"], row["created_at"])


def _webhook(row: asyncpg.Record) -> Webhook | None:
    if row["webhook_id"] is None:
        return None
    return Webhook(row["webhook_id"], row["url"], tuple(each for each in (row["secret"], row["old_secret"]) if each))

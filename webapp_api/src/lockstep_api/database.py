"""The API's own connections to Postgres, for calls that a caller's token must not make. Each call is one function of
`private`.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from lockstep_api.errors import FeatureOff, StoreUnavailable
from lockstep_core.skips import Params
from lockstep_service.own_session import require_own_session

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]

_AWAY = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError)

_CONNECTIONS = 8


@dataclass(frozen=True)
class StoredFactor:
    """A second factor as it is stored: its encrypted secret, the last time step used, and the backup codes left."""

    secret: bytes
    confirmed: bool
    last_step: int
    codes_left: int


class ApiDatabase:
    """A pool of connections. It is opened at the first use, so that the API starts without a database."""

    def __init__(self, url: str | None, timeout_s: float) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._pool: Pool | None = None
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        """Closes all connections."""
        if self._pool is not None:
            await self._pool.close()

    async def factor(self, user: UUID) -> StoredFactor | None:
        """The second factor of a user, None if there is none."""
        rows = await self._rows("select * from private.factor_of($1)", user)
        return (
            StoredFactor(rows[0]["secret"], rows[0]["confirmed"], rows[0]["last_step"], rows[0]["codes_left"])
            if rows
            else None
        )

    async def begin_factor(self, user: UUID, secret: bytes) -> bool:
        """Stores an unconfirmed second factor. False if a confirmed one exists."""
        return bool(await self._value("select private.factor_begin($1, $2)", user, secret))

    async def count_code(self, user: UUID) -> Params | None:
        """Counts a code before it is compared. Returns None, or how long to wait after too many wrong ones."""
        waiting = await self._value("select private.factor_attempt($1)", user)
        return None if waiting is None else json.loads(str(waiting))

    async def wrong_code(self, user: UUID) -> None:
        """Alerts the user to wrong codes, once there are many in a row."""
        await self._value("select private.factor_wrong($1)", user)

    async def permit_change(self, user: UUID, session: UUID, what: str) -> None:
        """Lets the session change the user's password or e-mail address once, within the next minutes."""
        await self._value("select private.permit_change($1, $2, $3)", user, session, what)

    async def accept_step(self, user: UUID, session: UUID, step: int) -> bool:
        """Marks the code of a time step as used, and the session as verified. False if the code was used before."""
        return bool(await self._value("select private.factor_accept($1, $2, $3)", user, session, step))

    async def use_backup(self, user: UUID, session: UUID, code_hash: bytes) -> bool:
        """Marks a backup code as used, and the session as verified. False if there is no such unused code."""
        return bool(await self._value("select private.factor_use_backup($1, $2, $3)", user, session, code_hash))

    async def set_backup_codes(self, user: UUID, hashes: tuple[bytes, ...]) -> None:
        """Replaces all backup codes."""
        await self._value("select private.factor_codes($1, $2)", user, list(hashes))

    async def remove_factor(self, user: UUID) -> None:
        """Removes the second factor with its backup codes."""
        await self._value("select private.factor_remove($1)", user)

    async def unsubscribe(self, token: str) -> bool:
        """Ends the mails to whoever has this token. False if nobody has it."""
        return bool(await self._value("select private.unsubscribe($1)", token))

    async def owner_of(self, token_hash: bytes) -> UUID | None:
        """The owner of an API token, None if the token is not valid (any more)."""
        found = await self._value("select private.act_for_api_token($1)", token_hash)
        return found if isinstance(found, UUID) else None

    async def begin_idempotency(
        self, user: UUID, key: str, fingerprint: bytes
    ) -> tuple[bool, int | None, str | None] | None:
        """Reserves an idempotency key. Returns None if it is new, else (same request, status, body) of its first use.

        Status and body are None while the first request is still being served.
        """
        rows = await self._rows("select * from private.idempotency_begin($1, $2, $3)", user, key, fingerprint)
        return (rows[0]["same"], rows[0]["status"], rows[0]["body"]) if rows else None

    async def end_idempotency(self, user: UUID, key: str, status: int | None, body: str | None) -> None:
        """Stores the response for an idempotency key. A status of None releases the key."""
        await self._value("select private.idempotency_end($1, $2, $3, $4)", user, key, status, body)

    async def put_calendar(
        self, source: str, events: list[dict[str, Any]], refused: int, reason: str, digest: str
    ) -> dict[str, Any]:
        """Stores entries of a news calendar. Returns the counts of changes, and how far the calendar reaches now."""
        query = "select private.put_calendar($1, $2::jsonb, $3, $4, $5)"
        found: dict[str, Any] = json.loads(
            str(await self._value(query, source, json.dumps(events), refused, reason, digest))
        )
        return found

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Connection"]:
        """A transaction, which ends with the block. Raises StoreUnavailable, FeatureOff, asyncpg.PostgresError."""
        pool = await self._connected()
        try:
            async with pool.acquire(timeout=self._timeout_s) as connection, connection.transaction():
                yield connection
        except _AWAY as error:
            raise StoreUnavailable from error

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """Opens a separate connection for LISTEN. Raises StoreUnavailable, FeatureOff, PooledByTransaction."""
        if self._url is None:
            raise FeatureOff
        try:
            connection = await asyncpg.connect(self._url, timeout=self._timeout_s)
        except _AWAY as error:
            raise StoreUnavailable from error
        try:
            await require_own_session(connection, self._url, self._timeout_s)
            yield connection
        finally:
            connection.terminate()

    async def _rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        pool = await self._connected()
        try:
            return await pool.fetch(query, *arguments, timeout=self._timeout_s)
        except _AWAY as error:
            raise StoreUnavailable from error

    async def _value(self, query: str, *arguments: Any) -> object:
        rows = await self._rows(query, *arguments)
        return rows[0][0] if rows else None

    async def _connected(self) -> "Pool":
        if self._url is None:
            raise FeatureOff
        async with self._lock:
            if self._pool is None:
                try:
                    self._pool = await self._new_pool(self._url)
                except _AWAY as error:
                    raise StoreUnavailable from error
            return self._pool

    async def _new_pool(self, url: str) -> "Pool":
        timeout_s = self._timeout_s
        return await asyncpg.create_pool(
            url, min_size=1, max_size=_CONNECTIONS, timeout=timeout_s, command_timeout=timeout_s
        )

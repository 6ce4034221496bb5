"""The API's own connections to Postgres: what no person's token may do. Each call is one function of schema `private`."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

from lockstep_api.errors import FeatureOff, StoreUnavailable

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

_AWAY = (OSError, TimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError, asyncpg.OperatorInterventionError)


@dataclass(frozen=True)
class Factor:
    """A second factor as it is kept: its encrypted secret, and what was used of it."""

    secret: bytes
    confirmed: bool
    last_step: int
    codes_left: int


@dataclass(frozen=True)
class Redeemed:
    """Whom an API token stands for."""

    id: UUID
    user: UUID
    scope: str


class Database:
    """Connections are made when they are first needed, so that the API starts without a database."""

    def __init__(self, url: str | None, timeout_s: float) -> None:
        self._url = url
        self._timeout_s = timeout_s
        self._pool: Pool | None = None
        self._lock = asyncio.Lock()

    async def close(self) -> None:
        """Ends all connections."""
        if self._pool is not None:
            await self._pool.close()

    async def factor(self, user: UUID) -> Factor | None:
        """The second factor of a person."""
        rows = await self._rows("select * from private.factor_of($1)", user)
        return Factor(rows[0]["secret"], rows[0]["confirmed"], rows[0]["last_step"], rows[0]["codes_left"]) if rows else None

    async def begin_factor(self, user: UUID, secret: bytes) -> bool:
        """False where one is confirmed already."""
        return bool(await self._value("select private.factor_begin($1, $2)", user, secret))

    async def may_try(self, user: UUID) -> bool:
        """Whether one more code may be tried now; counts it."""
        return bool(await self._value("select private.factor_attempt($1)", user))

    async def accept_step(self, user: UUID, session: UUID, step: int) -> bool:
        """False where the code was used before."""
        return bool(await self._value("select private.factor_accept($1, $2, $3)", user, session, step))

    async def use_backup(self, user: UUID, session: UUID, code_hash: bytes) -> bool:
        """False where there is no such code, or it was used."""
        return bool(await self._value("select private.factor_use_backup($1, $2, $3)", user, session, code_hash))

    async def set_backup_codes(self, user: UUID, hashes: tuple[bytes, ...]) -> None:
        """Replaces all backup codes."""
        await self._value("select private.factor_codes($1, $2)", user, list(hashes))

    async def remove_factor(self, user: UUID) -> None:
        """Removes the second factor with its backup codes."""
        await self._value("select private.factor_remove($1)", user)

    async def redeem(self, token_hash: bytes) -> Redeemed | None:
        """Whom a token stands for; None where it is not good (any more)."""
        rows = await self._rows("select * from private.redeem_api_token($1)", token_hash)
        return Redeemed(rows[0]["id"], rows[0]["user_id"], rows[0]["scope"]) if rows else None

    async def begin_once(self, user: UUID, key: str, fingerprint: bytes) -> tuple[bool, int | None, str | None] | None:
        """None: the key is new and now in use. Otherwise whether the request is the same, and what it was answered."""
        rows = await self._rows("select * from private.idempotency_begin($1, $2, $3)", user, key, fingerprint)
        return (rows[0]["same"], rows[0]["status"], rows[0]["body"]) if rows else None

    async def end_once(self, user: UUID, key: str, status: int | None, body: str | None) -> None:
        """Keeps an answer; a status of None forgets the key."""
        await self._value("select private.idempotency_end($1, $2, $3, $4)", user, key, status, body)

    async def put_calendar(
        self, source: str, events: list[dict[str, Any]], refused: int, reason: str, digest: str
    ) -> dict[str, Any]:
        """Takes entries of a news calendar over; how many were added, changed, removed, and how far it reaches now."""
        query = "select private.put_calendar($1, $2::jsonb, $3, $4, $5)"
        found: dict[str, Any] = json.loads(
            str(await self._value(query, source, json.dumps(events), refused, reason, digest))
        )
        return found

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
        """A connection of its own, for LISTEN. Raises StoreUnavailable, FeatureOff."""
        if self._url is None:
            raise FeatureOff
        try:
            connection = await asyncpg.connect(self._url, timeout=self._timeout_s)
        except _AWAY as error:
            raise StoreUnavailable from error
        try:
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
                    self._pool = await asyncpg.create_pool(self._url, min_size=1, max_size=4, timeout=self._timeout_s)
                except _AWAY as error:
                    raise StoreUnavailable from error
            return self._pool

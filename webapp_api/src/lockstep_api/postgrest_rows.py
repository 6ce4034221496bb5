"""Reads and writes rows through Supabase's REST API, with a session's access token. Supabase checks the token at every
call.
"""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from postgrest import AsyncPostgrestClient
from postgrest.exceptions import APIError

from lockstep_api.errors import StoreBroken, StoreUnavailable
from lockstep_api.rows import Query, Row, Values, Where
from lockstep_api.store_errors import store_error


class PostgrestRows:
    """The rows of the token's owner. Opens no connection by itself."""

    def __init__(self, http: httpx.AsyncClient, url: str, publishable_key: str, token: str) -> None:
        headers = {"apikey": publishable_key, "Authorization": f"Bearer {token}"}
        # No retries here: the caller retries, and a request must not take longer than its timeout.
        self._client = AsyncPostgrestClient(
            f"{url.rstrip('/')}/rest/v1", headers=headers, http_client=http, retry_enabled=False
        )

    async def select(self, query: Query) -> list[Row]:
        """The rows."""
        asked = self._client.table(query.table).select(",".join(query.columns) or "*")
        for where in query.where:
            asked = _filtered(asked, where)
        if query.order is not None:
            asked = asked.order(query.order, desc=query.descending)
        if query.limit is not None:
            asked = asked.limit(query.limit)
        return _rows(await _answer(asked.execute))

    async def insert(self, table: str, values: Values) -> list[Row]:
        """Adds a row and returns it."""
        return _rows(await _answer(self._client.table(table).insert(dict(values)).execute))

    async def update(self, table: str, values: Values, *where: Where) -> list[Row]:
        """Changes rows and returns them."""
        asked = self._client.table(table).update(dict(values))
        for one in where:
            asked = _filtered(asked, one)
        return _rows(await _answer(asked.execute))

    async def delete(self, table: str, where: Where) -> list[Row]:
        """Removes rows and returns them."""
        return _rows(await _answer(_filtered(self._client.table(table).delete(), where).execute))

    async def call(self, function: str, arguments: Values) -> Any:
        """Calls a function and returns its result."""
        return await _answer(self._client.rpc(function, dict(arguments)).execute)


async def is_reachable(http: httpx.AsyncClient, url: str, publishable_key: str) -> bool:
    """Whether Supabase answers."""
    try:
        answer = await http.get(f"{url.rstrip('/')}/auth/v1/health", headers={"apikey": publishable_key})
    except httpx.HTTPError:
        return False
    return answer.is_success


def _filtered(asked: Any, where: Where) -> Any:
    if where.operator == "in":
        return asked.in_(where.column, where.value)
    return asked.filter(where.column, where.operator, where.value)


async def _answer(execute: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return (await execute()).data
    except APIError as error:
        raise store_error(error.code, error.message, error.details) from error
    except httpx.HTTPError as error:
        raise StoreUnavailable from error


def _rows(data: Any) -> list[Row]:
    if not isinstance(data, list):
        raise StoreBroken("unexpected_answer")
    return data

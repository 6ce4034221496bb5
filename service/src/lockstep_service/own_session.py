"""Whether a connection to Postgres has a session of its own, as LISTEN needs it.

A pooler that lends connections by the transaction gives it none: LISTEN then hears nothing, and there is no error.
"""

import asyncpg

from lockstep_service.errors import PooledByTransaction

TRIES = 3
_LENT = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError, asyncpg.ProtocolViolationError)
"""Errors of a prepared statement that is looked up on another connection than the one that prepared it."""


async def require_own_session(connection: "asyncpg.Connection[asyncpg.Record]", url: str, timeout_s: float) -> None:
    """Raises PooledByTransaction where two open connections share one process of Postgres, and what asyncpg raises."""
    other = await asyncpg.connect(url, timeout=timeout_s, statement_cache_size=0)
    try:
        for _ in range(TRIES):
            # A pooler lends the connection that was returned last, so two idle clients get the same one.
            if await _process(connection) == await _process(other):
                raise PooledByTransaction
    except _LENT:
        raise PooledByTransaction from None
    finally:
        other.terminate()


async def _process(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    found: int = await connection.fetchval("select pg_backend_pid()")
    return found

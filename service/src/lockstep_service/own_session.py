"""Whether a connection to Postgres is a session of one's own, as LISTEN needs it.

Behind a pooler that lends connections by the transaction it is not: what listens there hears nothing, and nobody says so.
"""

import asyncpg

from lockstep_service.errors import PooledByTransaction

TRIES = 3
_LENT = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError, asyncpg.ProtocolViolationError)
"""What a prepared statement meets that is looked for in another connection than the one that it was prepared in."""


async def require_own_session(connection: "asyncpg.Connection[asyncpg.Record]", url: str, timeout_s: float) -> None:
    """Raises PooledByTransaction where two open connections share one process of Postgres, and what asyncpg raises."""
    other = await asyncpg.connect(url, timeout=timeout_s, statement_cache_size=0)
    try:
        for _ in range(TRIES):
            # The pooler lends what was given back last, so that the second of two idle connections gets the first one's.
            if await _process(connection) == await _process(other):
                raise PooledByTransaction
    except _LENT:
        raise PooledByTransaction from None
    finally:
        other.terminate()


async def _process(connection: "asyncpg.Connection[asyncpg.Record]") -> int:
    found: int = await connection.fetchval("select pg_backend_pid()")
    return found

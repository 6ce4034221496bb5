"""Writes the newest row of each account, and a sample of its equity each minute."""

import asyncio
import time
from uuid import UUID

import asyncpg
import structlog

from lockstep_router.journal.database import Connection
from lockstep_router.journal.ipc import LiveRow, LiveRows
from lockstep_router.live.rows import equity_sample, shown

# The row of an account that was removed meanwhile matches nothing and is not written.
_LIVE = """
insert into public.account_live (account_id, user_id, currency, balance, equity, margin, margin_free, leverage,
  connected, heartbeat_at, first_tick, positions, updated_at)
select a.id, a.user_id, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, now()
from public.trading_accounts a where a.id = $1
on conflict (account_id) do update set currency = excluded.currency, balance = excluded.balance, equity = excluded.equity,
  margin = excluded.margin, margin_free = excluded.margin_free, leverage = excluded.leverage, connected = excluded.connected,
  heartbeat_at = excluded.heartbeat_at, first_tick = excluded.first_tick, positions = excluded.positions, updated_at = now()
"""
_SAMPLE = """
insert into public.account_equity (account_id, at, user_id, balance, equity)
select a.id, $2, a.user_id, $3, $4 from public.trading_accounts a where a.id = $1
on conflict do nothing
"""
THIN_EVERY_S = 3600.0
MINUTE_NS = 60_000_000_000

log = structlog.get_logger("writer")


class LivePublisher:
    """Rows that wait to be written. While the database is away newer rows replace them."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self._rows: dict[UUID, LiveRow] = {}
        self._utc_offset_ns = 0
        self._minutes: dict[UUID, int] = {}
        self._thinned_s: float | None = None

    def put(self, live: LiveRows) -> None:
        """Newer rows."""
        self._utc_offset_ns = live.utc_offset_ns
        self._rows.update((row.account, row) for row in live.rows)
        self.ready.set()

    async def write(self, connection: Connection) -> None:
        """Writes the waiting rows. What the database refuses is not tried again: a newer row follows within a second."""
        self.ready.clear()
        rows, self._rows = list(self._rows.values()), {}
        if not rows:
            return
        samples = [row for row in rows if row.connected and self._minutes.get(row.account) != self._minute(row)]
        try:
            await connection.executemany(_LIVE, [shown(row, self._utc_offset_ns) for row in rows])
            await connection.executemany(_SAMPLE, [equity_sample(row, self._minute(row)) for row in samples])
        except (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError) as error:
            log.error("live rows refused by the database", code=error.sqlstate)
            return
        self._minutes.update((row.account, self._minute(row)) for row in samples)
        await self._thin(connection)

    def _minute(self, row: LiveRow) -> int:
        """The minute since 1970 of a row."""
        return (row.beat_ns + self._utc_offset_ns) // MINUTE_NS

    async def _thin(self, connection: Connection) -> None:
        if self._thinned_s is not None and time.monotonic() - self._thinned_s < THIN_EVERY_S:
            return
        self._thinned_s = time.monotonic()
        gone = await connection.fetchval("select private.thin_equity()")
        log.info("equity thinned", samples=gone)

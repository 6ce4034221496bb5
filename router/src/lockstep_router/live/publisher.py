"""Writes the newest row of each account, and a sample of its equity each minute."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import structlog

from lockstep_router.journal.ipc import LiveRow, LiveRows
from lockstep_router.journal.refusals import Connection, write_apart
from lockstep_router.live.rows import MINUTE_NS, equity_sample, shown
from lockstep_router.live.whole_symbols import WholeSymbols

# The row of a removed account matches nothing, so it is not written.
_LIVE = """
insert into public.account_live (account_id, user_id, currency, balance, equity, margin, margin_free, leverage,
  connected, heartbeat_at, first_tick, positions, credit, permissions, trading, updated_at)
select a.id, a.user_id, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb, $12, $13, $14, now()
from public.trading_accounts a where a.id = $1
on conflict (account_id) do update set currency = excluded.currency, balance = excluded.balance, equity = excluded.equity,
  margin = excluded.margin, margin_free = excluded.margin_free, leverage = excluded.leverage, connected = excluded.connected,
  heartbeat_at = excluded.heartbeat_at, first_tick = excluded.first_tick, positions = excluded.positions,
  credit = excluded.credit, permissions = excluded.permissions, trading = excluded.trading,
  updated_at = now()
"""
_SYMBOLS = """
insert into public.account_symbols as s (account_id, user_id, symbols, updated_at)
select a.id, a.user_id, $2::jsonb, now() from public.trading_accounts a where a.id = $1
on conflict (account_id) do update set symbols = excluded.symbols, updated_at = now() where s.symbols <> excluded.symbols
"""
_SAMPLE = """
insert into public.account_equity (account_id, at, user_id, balance, equity)
select a.id, $2, a.user_id, $3, $4 from public.trading_accounts a where a.id = $1
on conflict do nothing
"""
THIN_EVERY_S = 3600.0

log = structlog.get_logger("writer")


class _Columns(NamedTuple):
    """What is written of an account. A sample is written only if its minute has none yet."""

    account: UUID
    minute: int
    live: tuple[Any, ...]
    sample: tuple[Any, ...] | None


class LivePublisher:
    """Rows that wait to be written. While the database is away, newer rows replace them. `refused` counts lost rows."""

    def __init__(self) -> None:
        self.ready = asyncio.Event()
        self.refused = 0
        self._rows: dict[UUID, LiveRow] = {}
        self._symbols = WholeSymbols()
        self._utc_offset_ns = 0
        self._minutes: dict[UUID, int] = {}
        self._thinned_s: float | None = None

    def put(self, live: LiveRows) -> None:
        """Takes newer rows."""
        self._utc_offset_ns = live.utc_offset_ns
        self._rows.update((row.account, row) for row in live.rows)
        if live.portion is not None:
            self._symbols.put(live.portion)
        self.ready.set()

    async def write(self, connection: Connection) -> None:
        """Writes the waiting rows. A refused row is not tried again, because a newer one follows within a second."""
        self.ready.clear()
        waiting, self._rows = list(self._rows.values()), {}
        rows = [columns for row in waiting if (columns := self._columns(row)) is not None]
        await self._write_symbols(connection)
        if not rows:
            return
        apart = await write_apart(connection, rows, _write)
        for row, code in apart:
            self._refuse(row.account, code)
        lost = {row.account for row, _ in apart}
        self._minutes.update((row.account, row.minute) for row in rows if row.sample and row.account not in lost)
        await self._thin(connection)

    async def _write_symbols(self, connection: Connection) -> None:
        """Writes the symbols of accounts whose symbols are complete. Unchanged ones cost no new row."""
        for (account, _), code in await write_apart(connection, self._symbols.take(), _write_symbols):
            self._refuse(account, code)

    def _columns(self, row: LiveRow) -> _Columns | None:
        try:
            minute = self._minute(row)
            due = row.connected and self._minutes.get(row.account) != minute
            sample = equity_sample(row, minute) if due else None
            return _Columns(row.account, minute, shown(row, self._utc_offset_ns), sample)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one account's row, the others are written
            self._refuse(row.account, type(error).__name__)
            return None

    def _refuse(self, account: UUID, code: str) -> None:
        self.refused += 1
        log.error("live row refused", account=str(account), code=code)

    def _minute(self, row: LiveRow) -> int:
        """The minute since 1970 of a row."""
        return (row.beat_ns + self._utc_offset_ns) // MINUTE_NS

    async def _thin(self, connection: Connection) -> None:
        if self._thinned_s is not None and time.monotonic() - self._thinned_s < THIN_EVERY_S:
            return
        self._thinned_s = time.monotonic()
        gone = await connection.fetchval("select private.thin_equity()")
        log.info("equity thinned", samples=gone)


async def _write_symbols(connection: Connection, rows: Sequence[tuple[UUID, str]]) -> None:
    await connection.executemany(_SYMBOLS, rows)


async def _write(connection: Connection, rows: Sequence[_Columns]) -> None:
    await connection.executemany(_LIVE, [row.live for row in rows])
    await connection.executemany(_SAMPLE, [row.sample for row in rows if row.sample is not None])

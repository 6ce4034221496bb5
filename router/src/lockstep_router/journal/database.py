"""What the router reads from and writes to Postgres. One connection; all of it may be repeated."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

import asyncpg

from lockstep_core.decision.economic_news import items_of
from lockstep_router.journal.ipc import AccountRow, Batch, CalendarMessage, CopierRow, PlanRows, SentOrdersMessage
from lockstep_router.journal.plan_refusals import read_refusals, read_unreadable
from lockstep_router.journal.records import KnownGuard, KnownLink, ManualRequest
from lockstep_router.journal.refusals import Connection, write_apart
from lockstep_router.journal.rows import HISTORY, KINDS, RefusedRecord, Row, rows_of

MOST_NEWS = 2000
_SHARD = """
insert into private.shards (name, environment, seen_at, capacity) values ($1, $2, now(), $3)
on conflict (name) do update set environment = excluded.environment, seen_at = now(), capacity = excluded.capacity
"""
_CANARY = """
insert into private.canaries (shard, account) values ($1, $2)
on conflict (shard) do update set account = excluded.account, told_at = now(),
  since = case when canaries.account = excluded.account then canaries.since else now() end
"""
_RUN = "update private.shards set run = $2 where name = $1 and ($3::bigint[] is null or run is null or run = any ($3))"
_ACCOUNTS = """
select id, user_id, login, role, coalesce(state_epoch, 0) as epoch, mode, coalesce(move, 0) as move
from public.trading_accounts
where shard = $1 order by id
"""
_COPIERS = """
select c.id, c.user_id, c.master_id, c.slave_id, c.mode, c.settings::text as settings, c.version
from public.copiers c join public.trading_accounts a on a.id = c.slave_id where a.shard = $1 order by c.id
"""
# Links that have ended matter for as long as their opening could still be fresh. Of a slave 4,000 of them are read, twice as
# many as it may have open, so no slave's rows are too many for the router's memory. There are three selections, because each
# one has an index, and one condition with `or` over all three has none.
_LINKS = """
select link_id, copier_id, master_position, slave_position, symbol, slave_symbol, side, master_lots, target_lots, open_lots,
  status, from_order, waits, exact_lots, part, stop_loss, take_profit, spans::text as spans,
  coalesce((extract(epoch from opened_at) * 1000)::bigint, 0) as opened_ms
from public.copies
where (copier_id = any ($1::uuid[]) or link_id = any ($2::bigint[])) and link_id in (
  select link_id from public.copies where status in ('sent', 'open', 'unresolved', 'waiting')
  union all select link_id from (
    select link_id, row_number() over (partition by slave_account_id order by updated_at desc) as n
    from public.copies where updated_at > now() - interval '15 minutes') recent where n <= 4000
  union all select unnest($2::bigint[]))
"""
# Queries do not count as orders. Brokers' days begin at full quarters of an hour.
_SENT = """
select account_id, (extract(epoch from date_bin('15 minutes', occurred_at, 'epoch')) * 1000)::bigint, count(*)
from public.trade_events
where kind = 'command' and data ->> 'action' <> 'query' and occurred_at > now() - interval '25 hours'
  and account_id in (select a.id from public.trading_accounts a where a.shard = $1)
  and ($2::uuid[] is null or account_id = any ($2))
group by 1, 2
"""
_GUARDS = """
select copier_id, guard, period, start_value::text, peak_value::text, tripped, warned, resets, requested_resets,
  moved_msc, day, last_value::text, coalesce((extract(epoch from locked_until) * 1000)::bigint, 0),
  coalesce((extract(epoch from paused_until) * 1000)::bigint, 0), paid_in::text
from public.guard_states where copier_id = any ($1::uuid[])
"""
_ASKS = """
select id, copier_id, link_id, kind, (extract(epoch from created_at) * 1000)::bigint,
  (extract(epoch from expires_at) * 1000)::bigint
from public.manual_requests where state = 'pending' and copier_id = any ($1::uuid[]) order by created_at
"""
# No setting reaches further than a week. The time is cut to the hour, so that the result seldom changes because of time
# alone. If there are too many news, the nearest ones are read.
_CALENDAR = """
select (extract(epoch from at) * 1000)::bigint, currencies, importance, title from public.calendar_events
where at between date_trunc('hour', now()) - interval '7 days' and date_trunc('hour', now()) + interval '7 days 2 hours'
order by abs(extract(epoch from at - now())), source, source_id limit $1
"""
_ANSWER = """
update public.manual_requests set state = $2, reason = $3, setting = $4, params = $5::jsonb, done_at = $6
where id = $1 and state = 'pending'
"""
_GUARD = """
insert into public.guard_states (copier_id, guard, user_id, period, start_value, peak_value, tripped, warned, resets, at,
  moved_msc, day, last_value, locked_until, paused_until, paid_in)
select c.id, $2, c.user_id, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15 from public.copiers c where c.id = $1
on conflict (copier_id, guard) do update set period = excluded.period, start_value = excluded.start_value,
  peak_value = excluded.peak_value, tripped = excluded.tripped, warned = excluded.warned, resets = excluded.resets,
  at = excluded.at, moved_msc = excluded.moved_msc, day = excluded.day, last_value = excluded.last_value,
  locked_until = excluded.locked_until, paused_until = excluded.paused_until,
  paid_in = excluded.paid_in
"""
_MONEY = """
insert into public.deal_money as m (account_id, user_id, deal, position, order_ticket, closes, link_id, entry, reason,
  symbol, currency, profit, commission, swap, fee, at, told_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
on conflict (account_id, deal) do update set profit = excluded.profit, commission = excluded.commission,
  swap = excluded.swap, fee = excluded.fee, told_at = excluded.told_at
where (m.profit, m.commission, m.swap, m.fee)
  is distinct from (excluded.profit, excluded.commission, excluded.swap, excluded.fee)
"""
_OPERATION = """
insert into public.money_operations as o (account_id, user_id, deal, operation, currency, amount, comment, at, told_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (account_id, deal) do update set amount = excluded.amount, told_at = excluded.told_at
where o.amount is distinct from excluded.amount
"""
_EVENT = """
insert into public.trade_events (run, n, user_id, account_id, copier_id, link_id, kind, occurred_at, data)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb) on conflict (run, n) do nothing
"""
# A link that got further than "waiting" or "skipped" stays so, because a restarted router looks at ended links again, and
# would find reasons against them.
_COPY = """
insert into public.copies as c (link_id, user_id, copier_id, master_account_id, slave_account_id, master_position,
  slave_position, symbol, slave_symbol, side, master_lots, target_lots, open_lots, status, reason, setting, params, spans,
  opened_at, closed_at, updated_at, from_order, waits, exact_lots, part,
  stop_loss, take_profit, stops_kept)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17::jsonb, $18::jsonb,
  $19, $20, $21, $22, $23, $24, $25, $26, $27, $28)
on conflict (link_id) do update set slave_position = excluded.slave_position, slave_symbol = excluded.slave_symbol,
  master_lots = excluded.master_lots, target_lots = excluded.target_lots,
  open_lots = excluded.open_lots, status = excluded.status,
  reason = excluded.reason, setting = excluded.setting, params = excluded.params, spans = c.spans || excluded.spans,
  opened_at = coalesce(c.opened_at, excluded.opened_at), closed_at = excluded.closed_at, updated_at = excluded.updated_at,
  from_order = c.from_order or excluded.from_order, waits = c.waits and excluded.waits,
  exact_lots = excluded.exact_lots, stop_loss = excluded.stop_loss, take_profit = excluded.take_profit,
  stops_kept = excluded.stops_kept
where excluded.status not in ('waiting', 'skipped') or c.status in ('sent', 'unresolved', 'waiting')
  or (excluded.status = 'waiting' and c.status = 'skipped')
"""
_FILLED = "update public.copies set waits = false where link_id = $1 and waits"
_RELEASED = "select private.release_account($1, $2)"
_ACCOUNT = """
update public.trading_accounts set state = $3, state_reason = $4, state_message = $5, state_epoch = $2, state_at = $6
where id = $1 and coalesce(state_epoch, 0) <= $2
"""


_STATEMENTS: Mapping[str, str] = {
    "copy": _COPY,
    "filled": _FILLED,
    "guard": _GUARD,
    "request": _ANSWER,
    "event": _EVENT,
    "account": _ACCOUNT,
    "money": _MONEY,
    "operation": _OPERATION,
    "released": _RELEASED,
}


async def announce_shard(connection: Connection, shard: str, environment: str, capacity: int | None = None) -> None:
    """Writes that this shard has a router, and how many accounts it may have (None: any number). The database refuses every
    shard but the one of the role that is logged in.
    """
    await connection.execute(_SHARD, shard, environment, capacity)


async def announce_canary(connection: Connection, shard: str, account: UUID) -> None:
    """Writes which account trades every minute, so that its copies are taken for the shard's availability."""
    await connection.execute(_CANARY, shard, account)


async def claim_run(connection: Connection, shard: str, run: int, after: Collection[int] | None = None) -> bool:
    """Records that the loop `run` changes the rows of a shard from now on. Returns False if it may not.

    A batch that an earlier process left in the file may change rows only if the last loop that wrote is one of `after`.
    `after` None: the batch is from the loop that runs now, which always may.
    """
    known = None if after is None else list(after)
    return str(await connection.execute(_RUN, shard, run, known)) == "UPDATE 1"


async def read_plan(connection: Connection, shard: str, followed: Collection[UUID] = ()) -> PlanRows:
    """The plan of one shard at one moment. Links of copiers that are `followed` already are left out, except those that a
    manual request is about.
    """
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        accounts = await connection.fetch(_ACCOUNTS, shard)
        copiers = await connection.fetch(_COPIERS, shard)
        ids = [row["id"] for row in copiers]
        guards = await connection.fetch(_GUARDS, ids)
        requests = [ManualRequest(*row) for row in await connection.fetch(_ASKS, ids)]
        new = [number for number in ids if number not in followed]
        asked = [request.link for request in requests if request.link is not None]
        links = await connection.fetch(_LINKS, new, asked) if new or asked else []
        refusals, unreadable = await read_refusals(connection, shard), await read_unreadable(connection, shard)
    return PlanRows(
        [AccountRow(*row) for row in accounts],
        [CopierRow(*row) for row in copiers],
        [_link(row) for row in links],
        [KnownGuard(*row) for row in guards],
        requests,
        refusals,
        unreadable,
    )


async def read_sent(connection: Connection, shard: str, accounts: Collection[UUID] | None = None) -> SentOrdersMessage:
    """How many orders went to brokers in the last day, for all accounts of a shard, or for these."""
    return SentOrdersMessage([tuple(row) for row in await connection.fetch(_SENT, shard, accounts)])


async def read_calendar(connection: Connection) -> CalendarMessage:
    """The news that may matter before this is read again, at most `MOST_NEWS` entries."""
    rows = await connection.fetch(_CALENDAR, MOST_NEWS)
    return CalendarMessage(list(items_of(tuple(row) for row in rows)))


async def write_batch(connection: Connection, batch: Batch, *, only_history: bool = False) -> list[RefusedRecord]:
    """Writes a batch in one transaction. Records that the database refuses are left out and returned. `only_history`: writes
    only events, and no rows that say how something is now.
    """
    rows, refused = rows_of(batch)
    rows = [row for row in rows if row.kind in HISTORY] if only_history else rows
    apart = await write_apart(connection, rows, _write) if rows else []
    return [*refused, *(RefusedRecord(row.n, row.kind, code) for row, code in apart)]


async def _write(connection: Connection, rows: Sequence[Row]) -> None:
    for kind in KINDS:
        newest = {row.key: row.columns for row in rows if row.kind == kind}
        if newest:
            await connection.executemany(_STATEMENTS[kind], list(newest.values()))


def _link(row: asyncpg.Record) -> KnownLink:
    *fields, spans, opened_ms = tuple(row)
    values: tuple[Any, ...] = (*fields, json.loads(spans), opened_ms)
    return KnownLink(*values)

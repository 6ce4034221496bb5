-- The current figures of each account and the history of its equity. The router's writer writes them at most once a second per
-- account, and only when they changed.
create table public.account_live (
  account_id uuid primary key references public.trading_accounts (id) on delete cascade,
  user_id uuid not null,
  currency text not null default '',
  -- In the currency of the account.
  balance float8,
  equity float8,
  margin float8,
  margin_free float8,
  leverage int,
  -- Whether the terminal is connected to its broker.
  connected boolean not null default false,
  heartbeat_at timestamptz,
  -- The first tick since the pod connected: symbol, bid, ask, at.
  first_tick jsonb,
  -- Each has ticket, magic, keys, symbol, side, lots (1e-8), open_price, sl, tp, price, profit, opened_at. Ids are text, because
  -- JSON numbers lose digits beyond 2^53.
  positions jsonb not null default '[]',
  -- What the broker lends; part of the equity.
  credit float8,
  -- Which switches between the terminal's programs and the broker are on: bits of the wire's Permission. 0: not reported.
  permissions int not null default 0,
  -- What these switches allow: lockstep_core.accounts.Trading; 'unknown' while the terminal is not connected to its broker.
  trading text not null default 'unknown',
  updated_at timestamptz not null default now()
)
-- Half of each page stays free, so that the frequent updates stay on their page and touch no index.
with (fillfactor = 50);
create index account_live_user_idx on public.account_live (user_id);
alter table public.account_live enable row level security;
grant select on public.account_live to authenticated;
grant select, insert, update on public.account_live to lockstep_router;
create policy "own accounts are seen" on public.account_live for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.account_live as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "a router reads its shard" on public.account_live for select to lockstep_router using (exists (
  select from private.account_shards s
  where s.account_id = account_live.account_id and s.user_id = account_live.user_id and s.shard = (select private.own_shard())));
create policy "a router adds to its shard" on public.account_live for insert to lockstep_router with check (exists (
  select from private.account_shards s
  where s.account_id = account_live.account_id and s.user_id = account_live.user_id and s.shard = (select private.own_shard())));
create policy "a router changes its shard" on public.account_live for update to lockstep_router using (exists (
  select from private.account_shards s
  where s.account_id = account_live.account_id and s.user_id = account_live.user_id and s.shard = (select private.own_shard()))) with check (exists (
  select from private.account_shards s
  where s.account_id = account_live.account_id and s.user_id = account_live.user_id and s.shard = (select private.own_shard())));

create trigger account_live_notify_made after insert on public.account_live
for each row execute function private.notify_change('live_changes', 'account_id');
-- A heartbeat alone notifies nobody.
create trigger account_live_notify_changed after update on public.account_live
for each row when ((old.currency, old.balance, old.equity, old.margin_free, old.connected, old.first_tick, old.positions, old.credit,
    old.permissions)
  is distinct from (new.currency, new.balance, new.equity, new.margin_free, new.connected, new.first_tick, new.positions,
    new.credit, new.permissions))
execute function private.notify_change('live_changes', 'account_id');

-- Samples of the equity: one a minute, and of hours that are older than a week one an hour.
create table public.account_equity (
  account_id uuid not null references public.trading_accounts (id) on delete cascade,
  at timestamptz not null,
  user_id uuid not null,
  balance float8 not null,
  equity float8 not null,
  -- True when `thin_equity` kept this sample as the only one of its hour.
  hourly boolean not null default false,
  primary key (account_id, at)
);
create index account_equity_minutes_idx on public.account_equity (at) where not hourly;
create index account_equity_user_idx on public.account_equity (user_id);
alter table public.account_equity enable row level security;
grant select on public.account_equity to authenticated;
grant select, insert on public.account_equity to lockstep_router;
create policy "own equity is seen" on public.account_equity for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.account_equity as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "a router reads its shard" on public.account_equity for select to lockstep_router using (exists (
  select from private.account_shards s
  where s.account_id = account_equity.account_id and s.user_id = account_equity.user_id and s.shard = (select private.own_shard())));
create policy "a router adds to its shard" on public.account_equity for insert to lockstep_router with check (exists (
  select from private.account_shards s
  where s.account_id = account_equity.account_id and s.user_id = account_equity.user_id and s.shard = (select private.own_shard())));

-- Keeps one sample, the first, of each hour that is older than a week. Samples it has kept are marked, so that it does not look
-- at them again. A router thins its own shard, whoever runs the service all. The session's role tells which router calls,
-- because the function itself runs as its owner.
create function private.thin_equity() returns bigint
language plpgsql security definer set search_path = '' as $$
declare
  v_shard text := private.shard_of_role(session_user::text);
  v_gone bigint;
begin
  with old as (
    select e.account_id, e.at,
      row_number() over (partition by e.account_id, date_trunc('hour', e.at) order by e.at) as n
    from public.account_equity e where not e.hourly and e.at < date_trunc('hour', now() - interval '7 days')
      and (v_shard is null or exists (
        select from private.account_shards s where s.account_id = e.account_id and s.shard = v_shard))
  ), kept as (
    update public.account_equity e set hourly = true from old o
    where o.n = 1 and e.account_id = o.account_id and e.at = o.at
  ), gone as (
    delete from public.account_equity e using old o
    where o.n > 1 and e.account_id = o.account_id and e.at = o.at returning 1
  )
  select count(*) into v_gone from gone;
  return v_gone;
end $$;
grant execute on function private.thin_equity to lockstep_router;

-- All that the page of positions shows: current figures, which accounts are masters, and open copies. A copy that was closed just
-- now is among them: the figures of its slave may be older than that and hold its position still.
create function public.live_positions() returns jsonb
language sql stable security invoker set search_path = '' as $$
  select jsonb_build_object(
    'accounts', (
      select coalesce(jsonb_agg(to_jsonb(l) order by l.account_id), '[]') from public.account_live l
      where l.user_id = (select auth.uid())),
    'masters', (
      select coalesce(jsonb_agg(distinct c.master_id), '[]') from public.copiers c where c.user_id = (select auth.uid())),
    'copies', (
      select coalesce(jsonb_agg(jsonb_build_object('link_id', p.link_id::text, 'copier_id', p.copier_id,
        'master_account_id', p.master_account_id, 'slave_account_id', p.slave_account_id,
        'master_position', p.master_position::text, 'slave_position', p.slave_position::text, 'status', p.status,
        'open_lots', p.open_lots, 'reason', p.reason, 'params', p.params) order by p.link_id), '[]')
      from (
        select * from public.copies c
        where c.user_id = (select auth.uid()) and (c.status in ('sent', 'open', 'unresolved')
          or c.status = 'closed' and c.updated_at > now() - interval '10 seconds')
        order by c.updated_at desc limit 5000) p))
$$;

-- At most 500 points. Each is the last sample of its interval, with the lowest and highest equity in it.
create function public.equity_points(p_account uuid, p_range text) returns jsonb
language plpgsql stable security invoker set search_path = '' as $$
declare
  v_since timestamptz := case p_range when 'day' then now() - interval '1 day' when 'week' then now() - interval '7 days'
    when 'month' then now() - interval '1 month' when 'year' then now() - interval '1 year' else '-infinity' end;
  v_step interval := case p_range when 'day' then interval '5 minutes' when 'week' then interval '30 minutes'
    when 'month' then interval '2 hours' when 'year' then interval '1 day' end;
begin
  if v_step is null then
    select greatest((now() - min(e.at)) / 400, interval '1 hour') into v_step
    from public.account_equity e where e.account_id = p_account;
  end if;
  return jsonb_build_object(
    'currency', (select nullif(l.currency, '') from public.account_live l where l.account_id = p_account),
    'points', (
      select coalesce(jsonb_agg(jsonb_build_object('at', p.at, 'balance', p.balance, 'equity', p.equity, 'low', p.low,
        'high', p.high) order by p.at), '[]')
      from (
        select max(e.at) as at, (array_agg(e.balance order by e.at desc))[1] as balance,
          (array_agg(e.equity order by e.at desc))[1] as equity, min(e.equity) as low, max(e.equity) as high
        from public.account_equity e where e.account_id = p_account and e.at >= v_since
        group by date_bin(v_step, e.at, timestamptz '2000-01-01') order by 1 desc limit 500) p));
end $$;
grant execute on function public.live_positions, public.equity_points to authenticated;

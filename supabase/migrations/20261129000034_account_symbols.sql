-- Which symbols each account's broker has, and their lots and contracts: what stays while prices move. Accounts are compared by it
-- before they are linked. The router's writer writes it when a terminal has told all of them, and when that changes.
create table public.account_symbols (
  account_id uuid primary key references public.trading_accounts (id) on delete cascade,
  user_id uuid not null,
  -- By name: digits, contract, min, max and step (lots in 1e-8), mode, base, profit, calc, as in lockstep_core's SymbolSpec.
  symbols jsonb not null check (jsonb_typeof(symbols) = 'object'),
  updated_at timestamptz not null default now()
);
create index account_symbols_user_idx on public.account_symbols (user_id);
alter table public.account_symbols enable row level security;
grant select on public.account_symbols to authenticated;
grant select, insert, update on public.account_symbols to lockstep_router;
create policy "own symbols are seen" on public.account_symbols for select to authenticated using ((select auth.uid()) = user_id);
create policy "second factor" on public.account_symbols as restrictive for select to authenticated
  using ((select private.caller_ok()));
create policy "a router reads its shard" on public.account_symbols for select to lockstep_router using (exists (
  select from private.account_shards s
  where s.account_id = account_symbols.account_id and s.user_id = account_symbols.user_id and s.shard = (select private.own_shard())));
create policy "a router adds to its shard" on public.account_symbols for insert to lockstep_router with check (exists (
  select from private.account_shards s
  where s.account_id = account_symbols.account_id and s.user_id = account_symbols.user_id and s.shard = (select private.own_shard())));
create policy "a router changes its shard" on public.account_symbols for update to lockstep_router using (exists (
  select from private.account_shards s
  where s.account_id = account_symbols.account_id and s.user_id = account_symbols.user_id and s.shard = (select private.own_shard()))) with check (exists (
  select from private.account_shards s
  where s.account_id = account_symbols.account_id and s.user_id = account_symbols.user_id and s.shard = (select private.own_shard())));

-- What two accounts are compared by: the symbols that the master opened last, each with its smallest lots; what its broker says
-- of these, and all that the slave's broker has. Null where that was not told yet.
create function public.link_symbols(p_master uuid, p_slave uuid) returns jsonb
language sql stable security invoker set search_path = '' as $$
  with opened as (
    select d.symbol, min(d.lots) as lots, max(d.at) as at from (
      select symbol, lots, at from public.deals
      where account_id = p_master and user_id = (select auth.uid()) and entry = 0 order by at desc limit 500) d
    group by d.symbol order by 3 desc limit 50
  )
  select jsonb_build_object(
    'opened', (select coalesce(jsonb_agg(jsonb_build_object('symbol', o.symbol, 'lots', o.lots) order by o.at desc), '[]') from opened o),
    'master', (select jsonb_object_agg(o.symbol, s.symbols -> o.symbol) filter (where s.symbols ? o.symbol)
      from public.account_symbols s, opened o where s.account_id = p_master),
    'slave', (select s.symbols from public.account_symbols s where s.account_id = p_slave))
$$;
grant execute on function public.link_symbols to authenticated;
